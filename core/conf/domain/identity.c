/* What a guest is called and what it tells about itself: names, ids, what others keep with it. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <libxml/tree.h>
#include <string.h>

#include "core/base/uuid.h"

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

int domain_hook_genid(void *part, const struct doc_call *call)
{
    struct domain_genid *genid = part;

    if (!genid->text || !*genid->text) {
        g_free(genid->text);
        genid->text = doc_uuid_generate(call->ctx);
    }
    return genid->text ? 0 : -1;
}

int domain_check_names(struct domain *def, const struct doc_call *call)
{
    if (strchr(def->name, '/')) {
        doc_error(call, VIR_ERR_XML_ERROR, "name %s cannot contain '/'", def->name);
        return -1;
    }
    if (strchr(def->name, '\n'))
        return refuse(call, VIR_ERR_XML_DETAIL, "invalid char in name: a line feed");
    if (def->title && strchr(def->title, '\n'))
        return refuse(call, VIR_ERR_XML_ERROR, "Domain title can't contain newlines");
    return 0;
}

/* ---- what the firmware tells the guest */

/* MM/DD/YY or MM/DD/YYYY */
static bool is_date(const char *text)
{
    unsigned long parts[3];

    for (int i = 0; i < 3; i++) {
        char *end;

        while (g_ascii_isspace(*text))
            text++;
        if (!g_ascii_isdigit(*text))
            return false;
        parts[i] = strtoul(text, &end, 10);
        if (*end != (i < 2 ? '/' : '\0'))
            return false;
        text = end + 1;
    }
    return parts[0] >= 1 && parts[0] <= 12 && parts[1] >= 1 && parts[1] <= 31 &&
           (parts[2] < 100 || parts[2] >= 1900);
}

static int complete_entry(struct domain_sysinfo_entries *entry, const struct doc_call *call)
{
    if (!entry->file && !(entry->text && *entry->text))
        return refuse(call, VIR_ERR_XML_ERROR,
                      "Firmware entry must have either value or 'file' attribute");
    if (entry->file)
        g_clear_pointer(&entry->text, g_free);
    return 0;
}

int domain_hook_sysinfo(void *part, const struct doc_call *call)
{
    struct domain_sysinfo *info = part;
    unsigned char uuid[UUID_BYTES];

    if (info->bios.date && !is_date(info->bios.date))
        return refuse(call, VIR_ERR_XML_DETAIL, "Invalid BIOS 'date' format");
    if (info->system.uuid) {
        if (!uuid_parse(info->system.uuid, uuid))
            return refuse(call, VIR_ERR_XML_DETAIL, "malformed <sysinfo> uuid element");
        g_free(info->system.uuid);
        info->system.uuid = g_malloc(UUID_TEXT);
        uuid_format(uuid, info->system.uuid);
    }
    for (size_t i = 0; i < info->n_entries; i++) {
        if (complete_entry(&info->entries[i], call) < 0)
            return -1;
    }
    return 0;
}

/* A guest without an identity has that of its tables. */
int domain_complete_identity(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->n_sysinfos && !domain_has_child(call, "uuid"); i++) {
        if (!def->sysinfos[i].system.uuid)
            continue;
        g_free(def->uuid);
        def->uuid = g_strdup(def->sysinfos[i].system.uuid);
    }
    return 0;
}

int domain_check_sysinfos(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->n_sysinfos; i++) {
        const char *uuid = def->sysinfos[i].system.uuid;

        if (uuid && strcmp(uuid, def->uuid) != 0)
            return refuse(call, VIR_ERR_XML_DETAIL, "UUID mismatch between <uuid> and <sysinfo>");
    }
    return 0;
}

/* ---- the end of a run */

static int check_event(enum domain_lifecycle_action action, const char *event,
                       const struct doc_call *call)
{
    if (action != DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY &&
        action != DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART)
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Lifecycle event '%s' doesn't support '%s' action",
              event, doc_word(&domain_lifecycle_action_words, action));
    return -1;
}

int domain_check_lifecycle(struct domain *def, const struct doc_call *call)
{
    if (check_event(def->on_poweroff, "poweroff", call) < 0)
        return -1;
    return check_event(def->on_reboot, "reboot", call);
}
