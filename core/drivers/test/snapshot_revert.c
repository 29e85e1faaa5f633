/* Going back to snapshots. */
#include "core/drivers/test/events.h"
#include "core/drivers/test/snapshot.h"

/* Stops what runs; a transient guest stays, to run what the snapshot has. */
static void stop(struct world *world, struct guest *guest)
{
    if (!guest_active(guest))
        return;
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STOPPED,
                          VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    definition_unref(g_steal_pointer(&guest->live));
    objlist_set_id(&world->guests, &guest->item, -1);
    guest_set_state(guest, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT);
}

static void start(struct world *world, struct guest *guest, bool paused)
{
    guest_start(world, guest, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED,
                          VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
    if (!paused)
        return;
    guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                          VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT);
}

/* What the guest is to be afterwards: the flags decide, else the snapshot. */
static int wanted_state(enum domainsnapshot_state state, unsigned int flags)
{
    if (flags & VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING)
        return VIR_DOMAIN_RUNNING;
    if (flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED)
        return VIR_DOMAIN_PAUSED;
    switch (state) {
    case DOMAINSNAPSHOT_STATE_RUNNING:
    case DOMAINSNAPSHOT_STATE_PAUSED:
        return (int)state;
    default:
        return VIR_DOMAIN_SHUTOFF;
    }
}

static void set_definition(struct guest *guest, const struct domain *doc, bool live)
{
    g_autoptr(definition) definition = definition_new(domain_copy(doc));
    bool persistent = guest->config != NULL;

    if (persistent) {
        definition_unref(guest->config);
        guest->config = definition_ref(definition);
    }
    if (live)
        guest->live = definition_ref(definition);
}

int test_domainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    int state;

    if (flags_check(flags,
                    VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED |
                        VIR_DOMAIN_SNAPSHOT_REVERT_FORCE,
                    __func__) < 0)
        return -1;
    WITH_SNAPSHOT(snapshot, -1);
    state = wanted_state(snapshot_doc(moment)->state, flags);
    if (!guest->config && state == VIR_DOMAIN_SHUTOFF) {
        test_error(OPERATION_INVALID,
                   "transient domain needs to request run or pause to revert to inactive snapshot");
        return -1;
    }
    stop(world, guest);
    guest->snapshots->current = moment;
    set_definition(guest, snapshot_doc(moment)->domain, state != VIR_DOMAIN_SHUTOFF);
    if (state != VIR_DOMAIN_SHUTOFF)
        start(world, guest, state == VIR_DOMAIN_PAUSED);
    __atomic_store_n(&snapshot->parent->id, guest->item.id, __ATOMIC_RELAXED);
    return 0;
}
