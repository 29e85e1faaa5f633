/* Telling of gaps. The connection's event queue keeps everything in order: old events, the
 * beginning, the end with what has changed, new events. What there was before is therefore kept up
 * to date by callbacks of our own in the same queue, and compared when the end is delivered. */
#include <string.h>

#include "core/base/log.h"
#include "core/drivers/remote/event_table.h"
#include "core/drivers/remote/reconnect_private.h"
#include "core/event/loop.h"
#include "core/object/error.h"
#include "objects.h"

/* Beside those of the callbacks: the first inventory is on its way. */
#define ID_FIRST (EVENT_ID_GAP + 1)

struct gap_event {
    struct event base;
    struct reconnect *reconnect;
    int event;
    int reason;
    gint64 milliseconds;
    unsigned int kinds;       /* that are watched: a bit for each corralGapObject */
    struct inventory *found;  /* until it is the reconnect's */
    struct inventory *before; /* which `changes` borrow from */
    GArray *changes;          /* once compared */
    GStringChunk *texts;
};

static void gap_free(struct event *base)
{
    struct gap_event *event = (struct gap_event *)base;

    if (event->changes)
        g_array_free(event->changes, TRUE);
    g_string_chunk_free(event->texts);
    inventory_free(event->found);
    inventory_free(event->before);
    reconnect_unref(event->reconnect);
    g_free(event);
}

/* At the first delivery, in order with what our own callbacks have heard. */
static void compare(struct gap_event *event)
{
    struct reconnect *it = event->reconnect;

    if (event->changes)
        return;
    if (event->found && it->inventory) {
        event->changes = inventory_compare(it->inventory, event->found, event->kinds, event->texts);
    } else {
        event->changes = g_array_new(FALSE, FALSE, sizeof(corralGapChange));
    }
    if (!event->found)
        return;
    event->before = it->inventory;
    it->inventory = g_steal_pointer(&event->found);
}

static void deliver(virConnectPtr conn, struct event *base, event_callback callback, void *opaque)
{
    struct gap_event *event = (struct gap_event *)base;

    if (event->event == CORRAL_GAP_END)
        compare(event);
    if (base->id == EVENT_ID_GAP)
        ((corralGapCallback)callback)(conn, event->event, event->reason, event->milliseconds,
                                      event->changes ? (corralGapChange *)event->changes->data
                                                     : NULL,
                                      event->changes ? event->changes->len : 0, opaque);
}

static struct gap_event *gap_new(struct reconnect *it, int id)
{
    struct gap_event *event = g_new0(struct gap_event, 1);

    event->base.klass = EVENT_KLASS_GAP;
    event->base.id = id;
    event->base.deliver = deliver;
    event->base.free = gap_free;
    event->base.refs = 1;
    event->reconnect = it;
    event->texts = g_string_chunk_new(256);
    reconnect_ref(it);
    return event;
}

void reconnect_tell_begin(struct reconnect *it)
{
    struct gap_event *event = gap_new(it, EVENT_ID_GAP);

    event->event = CORRAL_GAP_BEGIN;
    event->reason = it->reason; /* nobody changes it before the thread is let go on */
    reconnect_push(it, &event->base);
}

struct event *reconnect_end_event(struct reconnect *it, struct inventory *found)
{
    struct gap_event *event = gap_new(it, EVENT_ID_GAP);

    event->event = CORRAL_GAP_END;
    event->reason = it->reason;
    event->milliseconds = (g_get_monotonic_time() - it->since) / 1000;
    event->found = found;
    event->kinds = it->kinds;
    return &event->base;
}

/* --- what there is -------------------------------------------------------------------------------
 */

static void heard(struct reconnect *it, int object, const char *name, const unsigned char *uuid,
                  int event)
{
    struct inventory_key key = {object, name, uuid};

    if (it->inventory)
        inventory_event(it->inventory, &key, event);
}

static void heard_domain(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    (void)conn, (void)detail;
    heard(opaque, CORRAL_GAP_DOMAIN, dom->name, dom->uuid, event);
}

static void heard_network(virConnectPtr conn, virNetworkPtr net, int event, int detail,
                          void *opaque)
{
    (void)conn, (void)detail;
    heard(opaque, CORRAL_GAP_NETWORK, net->name, net->uuid, event);
}

static void heard_pool(virConnectPtr conn, virStoragePoolPtr pool, int event, int detail,
                       void *opaque)
{
    (void)conn, (void)detail;
    heard(opaque, CORRAL_GAP_STORAGE_POOL, pool->name, pool->uuid, event);
}

static void heard_device(virConnectPtr conn, virNodeDevicePtr dev, int event, int detail,
                         void *opaque)
{
    (void)conn, (void)detail;
    heard(opaque, CORRAL_GAP_NODE_DEVICE, dev->name, NULL, event);
}

static void heard_secret(virConnectPtr conn, virSecretPtr secret, int event, int detail,
                         void *opaque)
{
    (void)conn, (void)detail;
    heard(opaque, CORRAL_GAP_SECRET, secret->usageID, secret->uuid, event);
}

/* --- watching ------------------------------------------------------------------------------------
 */

static void add_watch(struct reconnect *it, int klass, int id)
{
    struct reconnect_watch watch = {klass, id};

    g_array_append_val(it->watches, watch);
}

static const struct remote_event_family *family_of(const char *what)
{
    for (size_t i = 0; i < remote_n_event_families; i++)
        if (strcmp(remote_event_families[i]->what, what) == 0)
            return remote_event_families[i];
    return NULL;
}

/* A kind that the daemon tells nothing of is not watched; -1 without a daemon. */
static int watch_family(struct reconnect *it, int object, const char *what, event_callback callback)
{
    const struct remote_event_family *family = family_of(what);
    int id;

    reconnect_ref(it);
    id = remote_event_register(it->conn, family, 0, NULL, callback, it, reconnect_unref);
    if (id >= 0) {
        add_watch(it, family->klass, id);
        it->kinds |= 1u << object;
        return 0;
    }
    reconnect_unref(it);
    return reconnect_hopeless(it->conn) ? -1 : 0;
}

static int watch_families(struct reconnect *it)
{
    static const struct {
        int object;
        const char *what;
        event_callback callback;
    } kinds[] = {
        {CORRAL_GAP_DOMAIN, "domain", (event_callback)heard_domain},
        {CORRAL_GAP_NETWORK, "network", (event_callback)heard_network},
        {CORRAL_GAP_STORAGE_POOL, "storage pool", (event_callback)heard_pool},
        {CORRAL_GAP_NODE_DEVICE, "node device", (event_callback)heard_device},
        {CORRAL_GAP_SECRET, "secret", (event_callback)heard_secret},
    };

    it->kinds = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (watch_family(it, kinds[i].object, kinds[i].what, kinds[i].callback) < 0)
            return -1;
    return 0;
}

static void heard_first(void) {}

/* For the first inventory, which goes the events' way to be in order with them. */
static int watch_first(struct reconnect *it)
{
    struct event_registration registration = {.klass = EVENT_KLASS_GAP,
                                              .id = ID_FIRST,
                                              .callback = heard_first,
                                              .opaque = it,
                                              .freecb = reconnect_unref};
    int id;

    reconnect_ref(it);
    id = event_queue_register(it->conn->events, &registration);
    if (id < 0) {
        reconnect_unref(it);
        return -1;
    }
    add_watch(it, EVENT_KLASS_GAP, id);
    return 0;
}

static void unwatch(struct reconnect *it)
{
    __atomic_store_n(&it->watching, FALSE, __ATOMIC_RELEASE);
    for (guint i = 0; i < it->watches->len; i++) {
        const struct reconnect_watch *watch =
            &g_array_index(it->watches, struct reconnect_watch, i);

        if (watch->klass == EVENT_KLASS_GAP)
            event_queue_deregister(it->conn->events, watch->klass, watch->id);
        else
            remote_event_deregister(it->conn, remote_event_families[watch->klass], watch->id);
    }
    g_array_set_size(it->watches, 0);
}

static int take_first(struct reconnect *it)
{
    struct inventory *found = inventory_ask(it->conn);
    struct gap_event *event;

    if (!found)
        return -1;
    event = gap_new(it, ID_FIRST);
    event->event = CORRAL_GAP_END;
    event->found = found;
    event_queue_push(it->conn->events, &event->base);
    return 0;
}

/* Events wait until the inventory is on its way, so that none comes before it. */
static int watch(struct reconnect *it)
{
    int status;

    reconnect_hold_events(it);
    status = watch_first(it) < 0 || watch_families(it) < 0 || take_first(it) < 0 ? -1 : 0;
    reconnect_release_events(it);
    if (status == 0) {
        __atomic_store_n(&it->watching, TRUE, __ATOMIC_RELEASE);
    } else {
        virErrorPtr error = error_steal();

        unwatch(it);
        error_restore(error);
    }
    return status;
}

int remote_watch_gaps(virConnectPtr conn)
{
    struct reconnect *it = remote_of(conn)->reconnect;
    int status = 0;

    if (event_loop_require("registering for gaps") < 0 ||
        reconnect_wait(it, "corralRegisterGapCallback") < 0)
        return -1;
    lock_take(&it->resync);
    reconnect_hurry(1);
    if (it->watchers == 0)
        status = watch(it);
    it->watchers += status == 0;
    reconnect_hurry(-1);
    lock_drop(&it->resync);
    return status;
}

void remote_unwatch_gaps(virConnectPtr conn)
{
    struct reconnect *it = remote_of(conn)->reconnect;
    virErrorPtr error = error_steal(); /* that nobody tells any more is no error */

    lock_take(&it->resync);
    reconnect_hurry(1);
    if (--it->watchers == 0)
        unwatch(it);
    reconnect_hurry(-1);
    lock_drop(&it->resync);
    error_restore(error);
}
