/* From documents to guests. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/drivers/test/events.h"
#include "core/drivers/test/jobs.h"
#include "core/drivers/test/moment.h"
#include "core/drivers/test/script.h"

/* The host has one architecture; what is written of a guest's inside has to be right. */
int guest_complete(void *part, const struct doc_call *call)
{
    struct domain *doc = part;

    if (!doc->os.type.arch)
        doc->os.type.arch = g_strdup("i686");
    return script_check_document(doc);
}

/* Nothing runs that could be given a file. */
static int guest_check(void *part, const struct doc_call *call)
{
    const struct domain *doc = part;

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];

        if (disk->source.fdgroup) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "driver does not support FD passing for disk '%s'", disk->target.dev);
            return -1;
        }
    }
    return 0;
}

/* No namespaces: "test" is a matter of node descriptions, see guest_load(); only a state that is
 * none is refused everywhere. */
static const struct doc_context context = {.post_parse = guest_complete, .validate = guest_check};

struct domain *guest_parse(const char *xml, unsigned int doc_flags)
{
    struct domain *doc = domain_parse(xml, &context, DOC_INACTIVE | doc_flags);

    if (doc && guest_check_state(xml) < 0)
        g_clear_pointer(&doc, domain_free);
    return doc;
}

static bool interface_name_taken(const struct domain *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        if (!g_strcmp0(doc->devices.interfaces[i].target.dev, name))
            return true;
    return false;
}

/* The first name that no other interface of the guest has. */
static char *free_interface_name(const struct domain *doc)
{
    for (unsigned int i = 0;; i++) {
        g_autofree char *name = g_strdup_printf("testnet%u", i);

        if (!interface_name_taken(doc, name))
            return g_steal_pointer(&name);
    }
}

void guest_name_interfaces(struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        if (!doc->devices.interfaces[i].target.dev)
            doc->devices.interfaces[i].target.dev = free_interface_name(doc);
}

struct guest *guest_add_for(struct world *world, const struct domain *doc)
{
    unsigned char uuid[UUID_BYTES];

    uuid_parse(doc->uuid, uuid);
    return guest_add(world, doc->name, uuid);
}

virDomainPtr test_domainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
    struct world *world = world_of(conn);
    g_autoptr(definition) definition = NULL;
    struct domain *doc;
    struct guest *guest;

    if (flags_check(flags, VIR_DOMAIN_START_VALIDATE, __func__) < 0)
        return NULL;
    doc = guest_parse(xmlDesc, flags & VIR_DOMAIN_START_VALIDATE ? DOC_VALIDATE : 0);
    if (!doc)
        return NULL;
    definition = definition_new(doc);
    lock_guard(&world->lock);
    if (guest_match(world, doc, true, &guest) < 0)
        return NULL;
    guest_name_interfaces(doc);
    if (!guest)
        guest = guest_add_for(world, doc);
    guest->live = g_steal_pointer(&definition);
    guest_start(world, guest, VIR_DOMAIN_RUNNING_BOOTED);
    guest_forget_saved(guest);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    return guest_object(conn, guest);
}

virDomainPtr test_domainCreateXMLWithFiles(virConnectPtr conn, const char *xmlDesc,
                                           unsigned int nfiles, int *files, unsigned int flags)
{
    return test_domainCreateXML(conn, xmlDesc, flags);
}

virDomainPtr test_domainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct world *world = world_of(conn);
    g_autoptr(definition) definition = NULL;
    struct domain *doc;
    struct guest *guest;
    int detail;

    if (flags_check(flags, VIR_DOMAIN_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    doc = guest_parse(xml, flags & VIR_DOMAIN_DEFINE_VALIDATE ? DOC_VALIDATE : 0);
    if (!doc)
        return NULL;
    definition = definition_new(doc);
    lock_guard(&world->lock);
    if (guest_match(world, doc, false, &guest) < 0)
        return NULL;
    guest_name_interfaces(doc);
    detail =
        guest && guest->config ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED;
    if (!guest)
        guest = guest_add_for(world, doc);
    definition_unref(guest->config);
    guest->config = g_steal_pointer(&definition);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_DEFINED, detail);
    return guest_object(conn, guest);
}

virDomainPtr test_domainDefineXML(virConnectPtr conn, const char *xml)
{
    return test_domainDefineXMLFlags(conn, xml, 0);
}

int test_domainUndefineFlags(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags,
                    VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
                    __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (guest_check_free(guest) < 0)
        return -1;
    if (guest->managed_save && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)) {
        test_error(OPERATION_INVALID,
                   "Refusing to undefine while domain managed save image exists");
        return -1;
    }
    if (!guest_active(guest) && moments_count(guest->snapshots) &&
        !(flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)) {
        test_error(OPERATION_INVALID, "cannot delete inactive domain with %u snapshots",
                   moments_count(guest->snapshots));
        return -1;
    }
    guest_forget_saved(guest);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_UNDEFINED,
                          VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (guest_active(guest))
        definition_unref(g_steal_pointer(&guest->config));
    else
        guest_remove(world, guest);
    return 0;
}

int test_domainUndefine(virDomainPtr domain)
{
    return test_domainUndefineFlags(domain, 0);
}

static int check_new_name(struct world *world, const struct guest *guest, const char *name)
{
    if (guest_active(guest)) {
        test_error(OPERATION_INVALID, "cannot rename active domain");
        return -1;
    }
    if (strchr(name, '/')) {
        test_error(XML_ERROR, "name %s cannot contain '/'", name);
        return -1;
    }
    if (strcmp(name, guest->name) == 0) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "Can't rename domain to itself");
        return -1;
    }
    if (objlist_by_name(&world->guests, name)) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID,
                  "domain with name '%s' already exists", name);
        return -1;
    }
    return 0;
}

int test_domainRename(virDomainPtr dom, const char *new_name, unsigned int flags)
{
    char *old;
    struct domain *doc;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    if (!*new_name) {
        error_set_argument(VIR_FROM_DOMAIN, "new_name", "virDomainRename",
                           "string new_name in virDomainRename must not be empty");
        return -1;
    }
    WITH_GUEST(dom, -1);
    if (check_new_name(world, guest, new_name) < 0)
        return -1;
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_UNDEFINED,
                          VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    doc = definition_edit(&guest->config);
    g_free(doc->name);
    doc->name = g_strdup(new_name);
    old = guest->name;
    guest->name = g_strdup(new_name);
    objlist_rename(&world->guests, &guest->item, guest->name);
    g_free(old);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    return 0;
}
