#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/conf/domain/order.h"
#include "core/drivers/test/clock.h"
#include "core/drivers/test/events.h"
#include "core/drivers/test/happening.h"
#include "core/drivers/test/inside.h"
#include "core/drivers/test/iothread.h"
#include "core/drivers/test/jobs.h"
#include "core/drivers/test/moment.h"

struct guest *guest_find(struct world *world, virDomainPtr domain)
{
    struct guest *guest = objlist_by_uuid(&world->guests, domain->uuid);
    char uuid[UUID_TEXT];

    if (G_UNLIKELY(!guest))
        test_error(NO_DOMAIN, "no domain with matching uuid '%s' (%s)",
                   uuid_format(domain->uuid, uuid), domain->name);
    return guest;
}

int guest_require_active(const struct guest *guest)
{
    if (G_LIKELY(guest_active(guest)))
        return 0;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return -1;
}

struct guest *guest_find_active(struct world *world, virDomainPtr domain)
{
    struct guest *guest = guest_find(world, domain);

    return guest && guest_require_active(guest) == 0 ? guest : NULL;
}

virDomainPtr guest_object(virConnectPtr conn, const struct guest *guest)
{
    return new_domain(conn, guest->name, guest->item.uuid, guest->item.id);
}

struct guest *guest_add(struct world *world, const char *name, const unsigned char *uuid)
{
    struct guest *guest = g_new0(struct guest, 1);

    guest->name = g_strdup(name);
    guest->item.name = guest->name;
    guest->item.id = -1;
    guest->weight = 50;
    guest->clock = guest->rtc = CLOCK_START;
    guest->pollers = g_array_new(FALSE, FALSE, sizeof(struct poller));
    guest->inside = inside_new();
    memcpy(guest->item.uuid, uuid, UUID_BYTES);
    guest_set_state(guest, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);
    objlist_add(&world->guests, &guest->item);
    return guest;
}

static void guest_free(struct guest *guest)
{
    definition_unref(guest->config);
    definition_unref(guest->live);
    g_array_free(guest->pollers, TRUE);
    inside_free(guest->inside);
    moments_free(guest->snapshots);
    moments_free(guest->checkpoints);
    guest_jobs_free(guest->jobs);
    definition_unref(guest->saved);
    g_free(guest->name);
    g_free(guest);
}

void guest_remove(struct world *world, struct guest *guest)
{
    objlist_remove(&world->guests, &guest->item);
    guest_free(guest);
}

void guests_clear(struct world *world)
{
    GList *link;

    while ((link = world->guests.order.head))
        guest_remove(world, link->data);
}

int guest_match(struct world *world, const struct domain *doc, bool inactive,
                struct guest **ret_guest)
{
    unsigned char uuid[UUID_BYTES];
    struct guest *guest;

    uuid_parse(doc->uuid, uuid);
    guest = objlist_by_uuid(&world->guests, uuid);
    if (guest && strcmp(guest->name, doc->name) != 0) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED,
                  "domain '%s' is already defined with uuid %s", guest->name, doc->uuid);
        return -1;
    }
    if (guest && inactive && guest_active(guest)) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain '%s' is already active",
                  doc->name);
        return -1;
    }
    if (!guest && (guest = objlist_by_name(&world->guests, doc->name))) {
        char other[UUID_TEXT];

        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_FAILED,
                  "domain '%s' already exists with uuid %s", doc->name,
                  uuid_format(guest->item.uuid, other));
        return -1;
    }
    *ret_guest = guest;
    return 0;
}

void guest_forget_saved(struct guest *guest)
{
    guest->managed_save = guest->saved_paused = false;
    definition_unref(g_steal_pointer(&guest->saved));
}

void guest_set_state(struct guest *guest, int state, int reason)
{
    guest->state = state;
    guest->reason = reason;
}

void guest_start(struct world *world, struct guest *guest, int reason)
{
    if (!guest->live)
        guest->live = definition_ref(guest->config);
    /* What waits beside a running guest is in the order that reading it again gives. */
    if (guest->config && !domain_controllers_ordered(guest->config->doc))
        domain_order_controllers(definition_edit(&guest->config));
    objlist_set_id(&world->guests, &guest->item, world->next_id++);
    guest_set_state(guest, VIR_DOMAIN_RUNNING, reason);
    guest->frozen = 0;
    inside_start(world, guest);
    if (script_has_agent(guest->live->doc))
        guest_agent_changed(world, guest, agent_listens(guest->live->doc),
                            VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED);
}

/* A transient guest keeps what ran, and its id, for the event. */
static void guest_stop(struct world *world, struct guest *guest, int reason)
{
    guest_set_state(guest, VIR_DOMAIN_SHUTOFF, reason);
    inside_stop(world, guest);
    guest_jobs_stop(world, guest);
    if (!guest->config)
        return;
    definition_unref(g_steal_pointer(&guest->live));
    objlist_set_id(&world->guests, &guest->item, -1);
}

void guest_stopped(struct world *world, struct guest *guest, int reason, int detail)
{
    guest_stop(world, guest, reason);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STOPPED, detail);
    if (!guest->config)
        guest_remove(world, guest);
}

/* For reading, too, which changes nothing. */
static struct definitions definitions_of(const struct guest *guest)
{
    return (struct definitions){(struct definition **)&guest->config,
                                (struct definition **)&guest->live};
}

int guest_check_affected(const struct guest *guest, unsigned int flags)
{
    struct definitions pair = definitions_of(guest);

    return guest_check_free(guest) < 0 ? -1 : definitions_check(&pair, flags);
}

const struct domain *guest_affected(const struct guest *guest, unsigned int flags)
{
    struct definitions pair = definitions_of(guest);
    struct definition *found = guest_check_free(guest) < 0 ? NULL : definitions_get(&pair, flags);

    return found ? found->doc : NULL;
}

struct domain *guest_edit_one(struct guest *guest, unsigned int flags)
{
    struct domain *docs[2];

    if (affects_one(flags) < 0 || guest_edit(guest, flags, docs) < 0)
        return NULL;
    return docs[0];
}

int guest_edit(struct guest *guest, unsigned int flags, struct domain *docs[2])
{
    struct definitions pair = definitions_of(guest);

    return guest_check_free(guest) < 0 ? -1 : definitions_edit(&pair, flags, docs);
}
