/* Events: asked for once a kind, for all objects; who wants which is sorted out here. */
#include "core/drivers/remote/event.h"

#include <string.h>

#include "core/base/log.h"
#include "core/drivers/remote/event_table.h"
#include "core/drivers/remote/reconnect.h"
#include "core/event/loop.h"
#include "core/object/error.h"
#include "core/rpc/codec.h"

/* A message on its way to the callbacks. */
struct remote_event {
    struct event base;
    unsigned int type;
    guint8 *payload; /* which `message` points into */
    guint8 message[];
};

const void *remote_event_message(const struct event *event)
{
    return ((const struct remote_event *)event)->message;
}

static void event_free(struct event *event)
{
    struct remote_event *it = (struct remote_event *)event;

    wire_clear(it->type, it->message);
    g_free(it->payload);
    g_free(it);
}

static const struct remote_event_kind *find_kind(guint32 program, gint32 procedure,
                                                 const struct remote_event_family **ret_family)
{
    if (program == WIRE_PROGRAM_QEMU) {
        *ret_family = &remote_monitor_events;
        return procedure == remote_monitor_events.kinds->procedure ? remote_monitor_events.kinds
                                                                   : NULL;
    }
    for (size_t i = 0; program == WIRE_PROGRAM_REMOTE && i < remote_n_event_families; i++) {
        *ret_family = remote_event_families[i];
        for (size_t j = 0; j < (*ret_family)->n_kinds; j++)
            if ((*ret_family)->kinds[j].procedure == procedure)
                return &(*ret_family)->kinds[j];
    }
    return NULL;
}

static void set_key(struct remote_event *event, const struct remote_event_family *family,
                    int procedure)
{
    const void *key = family->key_of(procedure, event->message);

    event->base.key.kind = family->key;
    if (family->key == EVENT_KEY_UUID)
        memcpy(event->base.key.uuid, key, UUID_BYTES);
    else
        event->base.key.name = key;
}

static struct remote_event *event_read(const struct remote_event_kind *kind,
                                       const struct remote_event_family *family,
                                       const guint8 *payload, size_t size)
{
    struct remote_event *event = g_malloc0(sizeof(*event) + wire_types[kind->type].size);
    struct xdr_in in;

    event->type = kind->type;
    event->payload = g_memdup2(payload, size);
    in = xdr_in(event->payload, size);
    if (wire_decode(&in, kind->type, event->message) < 0) {
        g_free(event->payload);
        g_free(event);
        return NULL;
    }
    event->base.klass = family->klass;
    event->base.id = family->id_of ? family->id_of(event->message) : kind->id;
    event->base.deliver = kind->deliver;
    event->base.free = event_free;
    event->base.refs = 1;
    set_key(event, family, kind->procedure);
    return event;
}

/* A message that cannot be read is nobody's error: the thread that reads waits for something else.
 */
void remote_event(void *opaque, const struct rpc_header *header, guint8 *payload, size_t size)
{
    virConnectPtr conn = opaque;
    const struct remote_event_family *family;
    const struct remote_event_kind *kind = find_kind(header->program, header->procedure, &family);
    struct remote_event *event;
    virErrorPtr error;

    if (!kind) {
        log_debug("event %d of program 0x%x is unknown", header->procedure, header->program);
        return;
    }
    if (!event_queue_wanted(conn->events))
        return;
    error = error_steal();
    event = event_read(kind, family, payload, size);
    if (event && remote_of(conn)->reconnect)
        reconnect_push(remote_of(conn)->reconnect, &event->base);
    else if (event)
        event_queue_push(conn->events, &event->base);
    else
        log_warning("event %d cannot be read: %s", header->procedure, error_last()->message);
    error_restore(error);
}

/* --- registering
 * ---------------------------------------------------------------------------------- */

/* The daemon's id for the callback that we have with it, in remote->asked. */
static gpointer asked_key(const struct remote_event_family *family, int id)
{
    return GINT_TO_POINTER(family->klass << 16 | id);
}

/* In one's turn: the daemon is to tell of events that nobody here has asked
 * for yet. */
static int ask(virConnectPtr conn, const struct remote_event_family *family, int id)
{
    struct remote *remote = remote_of(conn);
    int remote_id;

    if (g_hash_table_contains(remote->asked, asked_key(family, id)))
        return 0;
    reconnect_hurry(1);
    remote_id = family->ask(conn, id);
    reconnect_hurry(-1);
    if (remote_id < 0)
        return -1;
    g_hash_table_insert(remote->asked, asked_key(family, id), GINT_TO_POINTER(remote_id));
    return 0;
}

/* Nobody here is interested any more. */
static void leave(virConnectPtr conn, const struct remote_event_family *family, int id)
{
    struct remote *remote = remote_of(conn);
    gpointer remote_id;
    int status;

    if (event_queue_count(conn->events, family->klass, id) ||
        !g_hash_table_steal_extended(remote->asked, asked_key(family, id), NULL, &remote_id))
        return;
    if (GPOINTER_TO_INT(remote_id) < 0) /* not asked for in the end */
        return;
    reconnect_hurry(1);
    status = family->leave(conn, GPOINTER_TO_INT(remote_id));
    reconnect_hurry(-1);
    if (status < 0)
        log_warning("the daemon goes on telling of %s event %d: %s", family->what, id,
                    error_last()->message);
}

static const struct remote_event_family *family_of(int klass)
{
    for (size_t i = 0; i < remote_n_event_families; i++)
        if (remote_event_families[i]->klass == klass)
            return remote_event_families[i];
    return NULL;
}

/* What a daemon tells no longer may be told by the next one. */
int remote_ask_again(virConnectPtr scratch, GHashTable *asked)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, asked);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const struct remote_event_family *family = family_of(GPOINTER_TO_INT(key) >> 16);
        int id = GPOINTER_TO_INT(key) & G_MAXUINT16, remote_id = family->ask(scratch, id);

        if (remote_id < 0 && reconnect_hopeless(scratch))
            return -1;
        if (remote_id < 0)
            log_warning("the daemon does not tell of %s event %d any more: %s", family->what, id,
                        error_last()->message);
        g_hash_table_iter_replace(&iter, GINT_TO_POINTER(remote_id));
    }
    return 0;
}

static int check_id(const struct remote_event_family *family, int id)
{
    if (id >= 0 && id < family->last)
        return 0;
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "%s event %d: 0 to %d are accepted",
              family->what, id, family->last - 1);
    return -1;
}

int remote_ready(virConnectPtr conn)
{
    struct reconnect *reconnect = remote_of(conn)->reconnect;

    /* in a gap it is waited before anything is locked */
    if (reconnect && reconnect_wait(reconnect, "registering for events") < 0)
        return -1;
    return remote_use_loop(conn);
}

static int add(virConnectPtr conn, const struct remote_event_family *family,
               const struct event_registration *registration)
{
    int result = -1;

    if (check_id(family, registration->id) < 0 ||
        event_loop_require("registering for events") < 0 || remote_ready(conn) < 0 ||
        remote_take_turn(conn, "registering for events") < 0)
        return -1;
    if (ask(conn, family, registration->id) == 0)
        result = event_queue_register(conn->events, registration);
    if (result < 0)
        leave(conn, family, registration->id);
    remote_end_turn(conn);
    return result;
}

int remote_event_register(virConnectPtr conn, const struct remote_event_family *family, int id,
                          const void *key, event_callback callback, void *opaque,
                          virFreeCallback freecb)
{
    struct event_registration registration = {
        .klass = family->klass, .id = id, .callback = callback, .opaque = opaque, .freecb = freecb};

    registration.key.kind = key ? family->key : EVENT_KEY_NONE;
    if (key && family->key == EVENT_KEY_UUID)
        memcpy(registration.key.uuid, key, UUID_BYTES);
    else
        registration.key.name = key;
    return add(conn, family, &registration);
}

int remote_event_deregister(virConnectPtr conn, const struct remote_event_family *family,
                            int callback_id)
{
    int id = event_queue_event_of(conn->events, family->klass, callback_id), status;

    if (remote_take_turn(conn, "deregistering of events") < 0)
        return -1;
    status = event_queue_deregister(conn->events, family->klass, callback_id);
    if (status == 0)
        leave(conn, family, id);
    remote_end_turn(conn);
    return status;
}

static const struct remote_event_family *lifecycle_family(void)
{
    const struct remote_event_family *family;

    return find_kind(WIRE_PROGRAM_REMOTE, WIRE_PROC_DOMAIN_EVENT_LIFECYCLE, &family) ? family
                                                                                     : NULL;
}

/* The first of the field's two ways, for lifecycle events only. */
int remote_connectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
                                      void *opaque, virFreeCallback freecb)
{
    const struct remote_event_family *family = lifecycle_family();
    struct event_registration registration = {.klass = family->klass,
                                              .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              .callback = (event_callback)cb,
                                              .opaque = opaque,
                                              .freecb = freecb,
                                              .legacy = TRUE};

    return add(conn, family, &registration) < 0 ? -1 : 0;
}

int remote_connectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    const struct remote_event_family *family = lifecycle_family();
    int status;

    if (remote_take_turn(conn, "virConnectDomainEventDeregister") < 0)
        return -1;
    status = event_queue_deregister_legacy(conn->events, family->klass, (event_callback)cb);
    if (status == 0)
        leave(conn, family, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
    remote_end_turn(conn);
    return status;
}

/* --- the end
 * -------------------------------------------------------------------------------------- */

void remote_closed(void *opaque, int reason)
{
    struct remote *remote = remote_of(opaque);

    if (remote->reconnect)
        reconnect_look(remote->reconnect);
    else
        connect_tell_closed(opaque, reason);
}

int remote_connectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
                                        virFreeCallback freecb)
{
    return connect_watch_close(conn, cb, opaque, freecb);
}

int remote_connectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    return connect_unwatch_close(conn, cb);
}
