/* Finding guests and listing them. */
#include "core/drivers/test/list.h"

#include "core/conf/guest/filter.h"
#include "core/drivers/test/moment.h"

virDomainPtr test_domainLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);
    lock_guard(&world->lock);
    struct guest *guest = objlist_by_name(&world->guests, name);

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    test_error(NO_DOMAIN, "no domain with matching name '%s'", name);
    return NULL;
}

virDomainPtr test_domainLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct world *world = world_of(conn);
    lock_guard(&world->lock);
    struct guest *guest = objlist_by_uuid(&world->guests, uuid);
    char text[UUID_TEXT];

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    test_error(NO_DOMAIN, "no domain with matching uuid '%s'", uuid_format(uuid, text));
    return NULL;
}

virDomainPtr test_domainLookupByID(virConnectPtr conn, int id)
{
    struct world *world = world_of(conn);
    lock_guard(&world->lock);
    struct guest *guest = objlist_by_id(&world->guests, id);

    if (G_LIKELY(guest))
        return guest_object(conn, guest);
    test_error(NO_DOMAIN, "no domain with matching id %d", id);
    return NULL;
}

bool guest_matches(const struct guest *guest, unsigned int flags)
{
    const struct guest_facts facts = {
        .state = guest->state,
        .active = guest->live != NULL,
        .persistent = guest->config != NULL,
        .managed_save = guest->managed_save,
        .autostart = guest->autostart,
        .snapshots = moments_count(guest->snapshots) > 0,
        .checkpoints = moments_count(guest->checkpoints) > 0,
    };

    return guest_filter(&facts, flags);
}

int test_connectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    struct world *world = world_of(conn);
    g_autofree virDomainPtr *list = NULL;
    int n = 0;

    if (flags_check(flags, guest_filters, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (domains)
        list = g_new(virDomainPtr, objlist_count(&world->guests) + 1);
    for (objlist_each(&world->guests, struct guest, guest)) {
        if (!guest_matches(guest, flags))
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
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->guests, struct guest, guest))
        n += guest_active(guest) == active;
    return n;
}

int test_connectNumOfDomains(virConnectPtr conn)
{
    return count(conn, true);
}

int test_connectNumOfDefinedDomains(virConnectPtr conn)
{
    return count(conn, false);
}

int test_connectListDomains(virConnectPtr conn, int *ids, int maxids)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->guests, struct guest, guest))
        if (n < maxids && guest_active(guest))
            ids[n++] = guest->item.id;
    return n;
}

int test_connectListDefinedDomains(virConnectPtr conn, char **names, int maxnames)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->guests, struct guest, guest))
        if (n < maxnames && !guest_active(guest))
            names[n++] = g_strdup(guest->name);
    return n;
}
