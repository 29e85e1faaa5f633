/* Finding guests and listing them. */
#include "core/conf/guest/filter.h"
#include "core/drivers/qemu/guest.h"

virDomainPtr qemu_domainLookupByName(virConnectPtr conn, const char *name)
{
    struct qemu_host *host = host_of(conn);
    lock_guard(&host->lock);
    struct qemu_guest *guest = objlist_by_name(&host->guests, name);

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    qemu_error(NO_DOMAIN, "no domain with matching name '%s'", name);
    return NULL;
}

virDomainPtr qemu_domainLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct qemu_host *host = host_of(conn);
    lock_guard(&host->lock);
    struct qemu_guest *guest = objlist_by_uuid(&host->guests, uuid);
    char text[UUID_TEXT];

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    qemu_error(NO_DOMAIN, "no domain with matching uuid '%s'", uuid_format(uuid, text));
    return NULL;
}

virDomainPtr qemu_domainLookupByID(virConnectPtr conn, int id)
{
    struct qemu_host *host = host_of(conn);
    lock_guard(&host->lock);
    struct qemu_guest *guest = objlist_by_id(&host->guests, id);

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    qemu_error(NO_DOMAIN, "no domain with matching id %d", id);
    return NULL;
}

/* One that is about to be there for the first time is not to be seen yet. */
static bool is_there(const struct qemu_guest *guest)
{
    return guest->live || guest->config;
}

static bool matches(const struct qemu_guest *guest, unsigned int flags)
{
    const struct guest_facts facts = {
        .state = guest->state,
        .active = guest->live != NULL,
        .persistent = guest->config != NULL,
        .managed_save = guest->managed_save,
        .autostart = guest->autostart,
    };

    return is_there(guest) && guest_filter(&facts, flags);
}

int qemu_connectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    struct qemu_host *host = host_of(conn);
    g_autofree virDomainPtr *list = NULL;
    int n = 0;

    if (qemu_flags(flags, guest_filters) < 0)
        return -1;
    lock_guard(&host->lock);
    if (domains)
        list = g_new(virDomainPtr, objlist_count(&host->guests) + 1);
    for (objlist_each(&host->guests, struct qemu_guest, guest)) {
        if (!matches(guest, flags))
            continue;
        if (list)
            list[n] = guest_object(conn, guest);
        n++;
    }
    if (list) {
        list[n] = NULL;
        *domains = g_steal_pointer(&list);
    }
    return n;
}

static int count(virConnectPtr conn, bool active)
{
    struct qemu_host *host = host_of(conn);
    int n = 0;

    lock_guard(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        n += is_there(guest) && guest_active(guest) == active;
    return n;
}

int qemu_connectNumOfDomains(virConnectPtr conn)
{
    return count(conn, true);
}

int qemu_connectNumOfDefinedDomains(virConnectPtr conn)
{
    return count(conn, false);
}

int qemu_connectListDomains(virConnectPtr conn, int *ids, int maxids)
{
    struct qemu_host *host = host_of(conn);
    int n = 0;

    lock_guard(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        if (n < maxids && guest_active(guest))
            ids[n++] = guest->item.id;
    return n;
}

int qemu_connectListDefinedDomains(virConnectPtr conn, char **names, int maxnames)
{
    struct qemu_host *host = host_of(conn);
    int n = 0;

    lock_guard(&host->lock);
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        if (n < maxnames && is_there(guest) && !guest_active(guest))
            names[n++] = g_strdup(guest->name);
    return n;
}
