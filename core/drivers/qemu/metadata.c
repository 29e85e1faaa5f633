/* Titles, descriptions, and applications' elements of guests. */
#include "core/base/xml.h"
#include "core/conf/guest/notes.h"
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/events.h"
#include "core/drivers/qemu/run.h"

static int put(struct domain *doc, const struct note *note, xmlDocPtr element, const char *text)
{
    if (note->type == NOTE_ELEMENT)
        return note_put(&doc->metadata, element, note->uri);
    note_set_text(note->type == NOTE_TITLE ? &doc->title : &doc->description, text);
    return 0;
}

static int put_config(struct job *job, const struct note *note, xmlDocPtr element, const char *text)
{
    struct domain *doc = domain_copy(job->guest->config->doc);

    if (put(doc, note, element, text) == 0)
        return definition_replace(job, doc);
    domain_free(doc);
    return -1;
}

int qemu_domainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
                           const char *uri, unsigned int flags)
{
    const struct note note = {type,           key, uri, "virDomainSetMetadata", VIR_FROM_DOMAIN,
                              VIR_FROM_DOMAIN};
    g_autoptr(xmlDoc) element = NULL;
    struct definitions pair;

    if (qemu_flags(flags, AFFECT_FLAGS) < 0 || note_check_set(&note, metadata) < 0)
        return -1;
    if (type == VIR_DOMAIN_METADATA_ELEMENT && metadata && !(element = note_read(&note, metadata)))
        return -1;
    WITH_JOB(domain, -1);
    pair = guest_definitions(guest);
    if (definitions_check(&pair, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags |= guest->live ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_AFFECT_CONFIG && put_config(&job, &note, element, metadata) < 0)
        return -1;
    if (flags & VIR_DOMAIN_AFFECT_LIVE && guest->live &&
        (put(definition_edit(&guest->live), &note, element, metadata) < 0 || run_note(&job) < 0))
        return -1;
    guest_push_metadata(host, guest, type, uri);
    return 0;
}

char *qemu_domainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags)
{
    const struct note note = {type,           NULL, uri, "virDomainGetMetadata", VIR_FROM_DOMAIN,
                              VIR_FROM_DOMAIN};
    g_autoptr(definition) definition = NULL;
    char *text;

    if (qemu_flags(flags, AFFECT_FLAGS) < 0 || affects_one(flags) < 0 || note_check_get(&note) < 0)
        return NULL;
    {
        WITH_GUEST(domain, NULL);
        struct definitions pair = guest_definitions(guest);

        definition = definition_ref(definitions_get(&pair, flags));
    }
    if (!definition)
        return NULL;
    if (type == VIR_DOMAIN_METADATA_ELEMENT)
        text = note_get(definition->doc->metadata, uri);
    else
        text = g_strdup(type == VIR_DOMAIN_METADATA_TITLE ? definition->doc->title
                                                          : definition->doc->description);
    if (!text && !error_code())
        qemu_error(NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return text;
}
