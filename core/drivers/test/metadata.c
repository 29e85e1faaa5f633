/* Titles, descriptions, and applications' elements of guests. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/drivers/test/events.h"
#include "core/drivers/test/happening.h"
#include "core/drivers/test/inside.h"
#include "core/conf/guest/notes.h"

int test_domainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
                           const char *uri, unsigned int flags)
{
    const struct note note = {type,           key, uri, "virDomainSetMetadata", VIR_FROM_DOMAIN,
                              VIR_FROM_DOMAIN};
    g_autoptr(xmlDoc) element = NULL;
    struct domain *docs[2];
    bool listened;
    int n;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || note_check_set(&note, metadata) < 0)
        return -1;
    if (type == VIR_DOMAIN_METADATA_ELEMENT && metadata && !(element = note_read(&note, metadata)))
        return -1;
    /* what is written for this driver has to be right */
    if (element && !strcmp(uri, FAULT_NAMESPACE) && script_check(xmlDocGetRootElement(element)) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    n = guest_edit(guest, flags, docs);
    if (n < 0)
        return -1;
    listened = guest->live && agent_listens(guest->live->doc);
    for (int i = 0; i < n; i++) {
        if (type == VIR_DOMAIN_METADATA_TITLE)
            note_set_text(&docs[i]->title, metadata);
        else if (type == VIR_DOMAIN_METADATA_DESCRIPTION)
            note_set_text(&docs[i]->description, metadata);
        else if (note_put(&docs[i]->metadata, element, uri) < 0)
            return -1;
    }
    guest_event_metadata(world, guest, type, uri);
    if (guest->live)
        guest_script_changed(world, guest, listened);
    return 0;
}

char *test_domainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags)
{
    const struct note note = {type,           NULL, uri, "virDomainGetMetadata", VIR_FROM_DOMAIN,
                              VIR_FROM_DOMAIN};
    g_autoptr(definition) definition = NULL;
    char *text;

    if (flags_check(flags, AFFECT_FLAGS, __func__) < 0 || note_check_get(&note) < 0)
        return NULL;
    {
        WITH_GUEST(domain, NULL);
        if (guest_check_affected(guest, flags) < 0)
            return NULL;
        definition = definition_ref(flags & VIR_DOMAIN_AFFECT_CONFIG || !guest->live ? guest->config
                                                                                     : guest->live);
    }
    if (type == VIR_DOMAIN_METADATA_ELEMENT)
        text = note_get(definition->doc->metadata, uri);
    else
        text = g_strdup(type == VIR_DOMAIN_METADATA_TITLE ? definition->doc->title
                                                          : definition->doc->description);
    if (!text && !error_code())
        error_set(VIR_FROM_DOMAIN, VIR_ERR_NO_DOMAIN_METADATA,
                  "Requested metadata element is not present");
    return text;
}
