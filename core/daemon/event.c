#include "core/daemon/event.h"

#include <corral/qemu.h>

#include "core/daemon/dispatch.h"
#include "core/daemon/hearing.h"
#include "core/daemon/judge.h"
#include "core/object/connect.h"
#include "core/rpc/procedure.h"
#include "wire_objects.h"

/* How a family of events is registered with the API. */
struct family {
    guint32 program; /* of the messages */
    int (*leave)(virConnectPtr conn, int id);
    int n;
};

struct daemon_callback {
    gint refs;
    lock_t naming;              /* held until the id is known */
    struct server_client *peer; /* held */
    const struct family *family;
    int event;
    int id; /* the connection's, which the client knows it by; -1 where it was refused */
    gboolean legacy;
    gboolean gone; /* with __atomic: nothing is to be sent any more */
};

static const struct family domain_events = {WIRE_PROGRAM_REMOTE, virConnectDomainEventDeregisterAny,
                                            VIR_DOMAIN_EVENT_ID_LAST};
static const struct family network_events = {
    WIRE_PROGRAM_REMOTE, virConnectNetworkEventDeregisterAny, VIR_NETWORK_EVENT_ID_LAST};
static const struct family node_device_events = {
    WIRE_PROGRAM_REMOTE, virConnectNodeDeviceEventDeregisterAny, VIR_NODE_DEVICE_EVENT_ID_LAST};
static const struct family secret_events = {WIRE_PROGRAM_REMOTE, virConnectSecretEventDeregisterAny,
                                            VIR_SECRET_EVENT_ID_LAST};
static const struct family storage_pool_events = {
    WIRE_PROGRAM_REMOTE, virConnectStoragePoolEventDeregisterAny, VIR_STORAGE_POOL_EVENT_ID_LAST};
static const struct family monitor_events = {WIRE_PROGRAM_QEMU,
                                             virConnectDomainQemuMonitorEventDeregister, 0};

int daemon_callback_id(struct daemon_callback *callback)
{
    lock_guard(&callback->naming);
    return callback->id;
}

static void callback_unref(void *opaque)
{
    struct daemon_callback *callback = opaque;

    if (!g_atomic_int_dec_and_test(&callback->refs))
        return;
    server_client_unref(callback->peer);
    lock_clear(&callback->naming);
    g_free(callback);
}

void daemon_tell(struct daemon_callback *callback, int procedure, unsigned int type,
                 const void *message, unsigned int subject_type, const void *subject)
{
    struct rpc_header header = {.program = callback->family->program,
                                .version = 1,
                                .procedure = procedure,
                                .type = RPC_MESSAGE};
    struct daemon_client *client = callback->peer->data;
    struct access_rights *rights = daemon_client_rights(client);

    gboolean allowed = !rights || judge_event(rights, subject_type, subject);

    if (!__atomic_load_n(&callback->gone, __ATOMIC_ACQUIRE) &&
        !(rights && daemon_hearing_ask(client, rights, allowed, &header, type, message,
                                       subject_type, subject)) &&
        allowed)
        daemon_client_send(client, &header, type, message, NULL, 0);
    access_rights_unref(rights);
}

/* --- registering
 * ------------------------------------------------------------------------------------ */

/* Events are delivered from the loop, and the first one may come before the id is known here: it
 * waits until registered() says what it is. */
static struct daemon_callback *callback_new(struct dispatch_call *call, const struct family *family,
                                            int event, gboolean legacy)
{
    struct daemon_callback *callback = g_new0(struct daemon_callback, 1);

    callback->refs = 2; /* the client's list, and the connection's registration */
    lock_init(&callback->naming);
    callback->peer = server_client_ref(call->client->peer);
    callback->family = family;
    callback->event = event;
    callback->id = -1;
    callback->legacy = legacy;
    lock_take(&callback->naming);
    return callback;
}

static int check_event(const struct family *family, const event_callback *table, int event)
{
    if (event >= 0 && event < family->n && table[event])
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_INVALID_ARG, "unsupported event ID %d", event);
    return -1;
}

#define REGISTER(call, family, table, event_id, register_any, object, is_legacy)                   \
    __extension__({                                                                                \
        struct daemon_callback *callback_ = callback_new(call, family, event_id, is_legacy);       \
        int id_ = register_any((call)->conn, object, event_id, (void *)(table)[event_id],          \
                               callback_, callback_unref);                                         \
        registered(call, callback_, id_);                                                          \
    })

static int registered(struct dispatch_call *call, struct daemon_callback *callback, int id)
{
    callback->id = id;
    lock_drop(&callback->naming);
    if (id < 0) { /* a callback that is refused is not freed by the connection */
        callback_unref(callback);
        callback_unref(callback);
        return -1;
    }
    lock_guard(&call->client->lock);
    g_ptr_array_add(call->client->callbacks, callback);
    return id;
}

static struct daemon_callback *find(struct daemon_client *client, const struct family *family,
                                    gboolean legacy, int number)
{
    for (guint i = 0; i < client->callbacks->len; i++) {
        struct daemon_callback *callback = client->callbacks->pdata[i];

        if (callback->family == family && callback->legacy == legacy &&
            (legacy ? callback->event : callback->id) == number)
            return g_ptr_array_steal_index_fast(client->callbacks, i);
    }
    return NULL;
}

static int deregister(struct dispatch_call *call, const struct family *family, gboolean legacy,
                      int number)
{
    struct daemon_callback *callback;
    int result;

    lock_take(&call->client->lock);
    callback = find(call->client, family, legacy, number);
    lock_drop(&call->client->lock);
    if (!callback) {
        error_set(VIR_FROM_RPC, VIR_ERR_INVALID_ARG, "event callback %d is not registered", number);
        return -1;
    }
    __atomic_store_n(&callback->gone, TRUE, __ATOMIC_RELEASE);
    result = family->leave(call->conn, callback->id);
    callback_unref(callback);
    return result < 0 ? -1 : 0;
}

void daemon_callbacks_clear(struct daemon_client *client)
{
    struct daemon_callback *callback;
    virConnectPtr conn;

    lock_take(&client->lock);
    conn = client->conn ? object_ref(&client->conn->base) : NULL;
    while ((callback = client->callbacks->len ? g_ptr_array_steal_index_fast(client->callbacks, 0)
                                              : NULL)) {
        lock_drop(&client->lock);
        __atomic_store_n(&callback->gone, TRUE, __ATOMIC_RELEASE);
        if (conn)
            callback->family->leave(conn, callback->id);
        callback_unref(callback);
        lock_take(&client->lock);
    }
    lock_drop(&client->lock);
    if (conn)
        object_unref(&conn->base);
}

/* --- the procedures
 * --------------------------------------------------------------------------------- */

/* They differ in types alone. */
#define DEFINE_EVENTS(short, Name, object_member)                                                  \
    int dispatch_connect_##short##_event_register_any(struct dispatch_call *call,                  \
                                                      const void *message, void *answer)           \
    {                                                                                              \
        const wire_connect_##short##_event_register_any_args *args = message;                      \
        wire_connect_##short##_event_register_any_ret *ret = answer;                               \
        vir##Name##Ptr object;                                                                     \
                                                                                                   \
        if (check_event(&short##_events, daemon_##short##_events, args->eventID) < 0)              \
            return -1;                                                                             \
        object = args->object_member ? wire_new_##short(call->conn, args->object_member) : NULL;   \
        ret->result = REGISTER(call, &short##_events, daemon_##short##_events, args->eventID,      \
                               virConnect##Name##EventRegisterAny, object, FALSE);                 \
        if (object)                                                                                \
            object_unref(&object->base);                                                           \
        return ret->result < 0 ? -1 : 0;                                                           \
    }                                                                                              \
                                                                                                   \
    int dispatch_connect_##short##_event_deregister_any(struct dispatch_call *call,                \
                                                        const void *message, void *answer)         \
    {                                                                                              \
        const wire_connect_##short##_event_deregister_any_args *args = message;                    \
                                                                                                   \
        return deregister(call, &short##_events, FALSE, args->callbackID);                         \
    }

DEFINE_EVENTS(domain, Domain, dom)
DEFINE_EVENTS(network, Network, net)
DEFINE_EVENTS(node_device, NodeDevice, dev)
DEFINE_EVENTS(secret, Secret, secret)
DEFINE_EVENTS(storage_pool, StoragePool, pool)

/* The older ways, whose messages name no callback: one a kind of event. */
int dispatch_connect_domain_event_register_any_legacy(struct dispatch_call *call,
                                                      const void *message, void *answer)
{
    const wire_connect_domain_event_register_any_legacy_args *args = message;

    if (check_event(&domain_events, daemon_domain_events_legacy, args->eventID) < 0)
        return -1;
    return REGISTER(call, &domain_events, daemon_domain_events_legacy, args->eventID,
                    virConnectDomainEventRegisterAny, NULL, TRUE) < 0
               ? -1
               : 0;
}

int dispatch_connect_domain_event_deregister_any_legacy(struct dispatch_call *call,
                                                        const void *message, void *answer)
{
    const wire_connect_domain_event_deregister_any_legacy_args *args = message;

    return deregister(call, &domain_events, TRUE, args->eventID);
}

int dispatch_connect_domain_event_register(struct dispatch_call *call, const void *message,
                                           void *answer)
{
    wire_connect_domain_event_register_ret *ret = answer;

    ret->cb_registered = 1;
    return REGISTER(call, &domain_events, daemon_domain_events_legacy,
                    VIR_DOMAIN_EVENT_ID_LIFECYCLE, virConnectDomainEventRegisterAny, NULL, TRUE) < 0
               ? -1
               : 0;
}

int dispatch_connect_domain_event_deregister(struct dispatch_call *call, const void *message,
                                             void *answer)
{
    return deregister(call, &domain_events, TRUE, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
}

/* --- what QEMU's monitors announce
 * ------------------------------------------------------------------------------------------ */

static void tell_monitor(virConnectPtr conn, virDomainPtr dom, const char *event, long long seconds,
                         unsigned int micros, const char *details, void *opaque)
{
    wire_domain_qemu_monitor_event_msg message = {.callback_id = daemon_callback_id(opaque),
                                                  .dom = wire_of_domain(dom),
                                                  .event = event,
                                                  .seconds = seconds,
                                                  .micros = micros,
                                                  .details = details};

    (void)conn;
    daemon_tell(opaque, WIRE_PROC_DOMAIN_QEMU_MONITOR_EVENT, WIRE_DOMAIN_QEMU_MONITOR_EVENT_MSG,
                &message, WIRE_DOMAIN, &message.dom);
}

int dispatch_connect_domain_qemu_monitor_event_register(struct dispatch_call *call,
                                                        const void *message, void *answer)
{
    const wire_connect_domain_qemu_monitor_event_register_args *args = message;
    wire_connect_domain_qemu_monitor_event_register_ret *ret = answer;
    virDomainPtr domain = args->dom ? wire_new_domain(call->conn, args->dom) : NULL;
    struct daemon_callback *callback = callback_new(call, &monitor_events, 0, FALSE);
    int id = virConnectDomainQemuMonitorEventRegister(call->conn, domain, args->event, tell_monitor,
                                                      callback, callback_unref, args->flags);

    ret->result = registered(call, callback, id);
    if (domain)
        object_unref(&domain->base);
    return ret->result < 0 ? -1 : 0;
}

int dispatch_connect_domain_qemu_monitor_event_deregister(struct dispatch_call *call,
                                                          const void *message, void *answer)
{
    const wire_connect_domain_qemu_monitor_event_deregister_args *args = message;

    return deregister(call, &monitor_events, FALSE, args->callbackID);
}
