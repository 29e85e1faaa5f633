#include "core/drivers/qemu/qmp/monitor.h"

#include <string.h>

#include "core/base/log.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/qmp/channel.h"
#include "core/drivers/qemu/qmp/json.h"

struct qemu_monitor {
    gint refs;
    struct channel *channel;
    const struct qemu_monitor_ops *ops;
    void *opaque;
    gint64 last_id;
};

/* ---- this thread's last refusal ---- */

struct refusal {
    char *class, *text;
};

static void refusal_free(void *data)
{
    struct refusal *refusal = data;

    g_free(refusal->class);
    g_free(refusal->text);
    g_free(refusal);
}

static GPrivate last_refusal = G_PRIVATE_INIT(refusal_free);

const char *monitor_error_class(void)
{
    struct refusal *refusal = g_private_get(&last_refusal);

    return refusal ? refusal->class : NULL;
}

const char *monitor_error_text(void)
{
    struct refusal *refusal = g_private_get(&last_refusal);

    return refusal ? refusal->text : NULL;
}

static int refused(const char *command, const json_t *error)
{
    struct refusal *refusal = g_new0(struct refusal, 1);
    const char *text = json_text_of(error, "desc");

    refusal->class = g_strdup(json_text_of(error, "class"));
    refusal->text = g_strdup(text ? text : "no reason given");
    g_private_replace(&last_refusal, refusal);
    qemu_error(INTERNAL_ERROR, "unable to execute QEMU command '%s': %s", command, refusal->text);
    return -1;
}

/* ---- what the channel brings ---- */

static bool take_message(void *opaque, json_t *message)
{
    struct qemu_monitor *monitor = opaque;
    const char *name = json_text_of(message, "event");
    json_t *stamp;

    if (!name)
        return json_object_get(message, "QMP") != NULL;
    stamp = json_object_get(message, "timestamp");
    log_debug("event %s", name);
    if (monitor->ops->event)
        monitor->ops->event(monitor, name, json_object_get(message, "data"),
                            json_number_of(stamp, "seconds", 0),
                            json_number_of(stamp, "microseconds", 0), monitor->opaque);
    return true;
}

static void take_end(void *opaque, const char *why)
{
    struct qemu_monitor *monitor = opaque;

    if (monitor->ops->eof)
        monitor->ops->eof(monitor, why, monitor->opaque);
}

static void take_leave(void *opaque)
{
    struct qemu_monitor *monitor = opaque;

    if (monitor->ops->gone)
        monitor->ops->gone(monitor->opaque);
    monitor_unref(monitor);
}

static const struct channel_ops channel_ops = {
    .message = take_message,
    .eof = take_end,
    .gone = take_leave,
};

struct qemu_monitor *monitor_open(GMainContext *loop, int fd, const struct qemu_monitor_ops *ops,
                                  void *opaque)
{
    struct qemu_monitor *monitor = g_new0(struct qemu_monitor, 1);

    monitor->refs = 2; /* the caller's, and the channel's until it is gone */
    monitor->ops = ops;
    monitor->opaque = opaque;
    monitor->channel = channel_new(loop, fd, &channel_ops, monitor);
    return monitor;
}

struct qemu_monitor *monitor_ref(struct qemu_monitor *monitor)
{
    g_atomic_int_inc(&monitor->refs);
    return monitor;
}

void monitor_unref(struct qemu_monitor *monitor)
{
    if (!monitor || !g_atomic_int_dec_and_test(&monitor->refs))
        return;
    channel_unref(monitor->channel);
    g_free(monitor);
}

void monitor_close(struct qemu_monitor *monitor)
{
    channel_close(monitor->channel);
}

bool monitor_is_open(struct qemu_monitor *monitor)
{
    return channel_is_open(monitor->channel);
}

/* ---- calls ---- */

static bool is_answer(json_t *message, gint64 id)
{
    json_t *answered = json_object_get(message, "id");

    return json_is_integer(answered) && json_integer_value(answered) == id &&
           (json_object_get(message, "return") || json_object_get(message, "error"));
}

/* NULL with an error. */
static char *write_command(const struct monitor_request *request, gint64 id)
{
    g_autoptr(json_t) message =
        json_pack("{s:s, s:o*, s:I}", "execute", request->command, "arguments",
                  json_incref(request->arguments), "id", (json_int_t)id);
    g_autofree char *text = NULL;
    char *line;

    if (message)
        text = json_dumps(message, JSON_COMPACT);
    if (!text) {
        qemu_error(INTERNAL_ERROR, "QEMU command '%s' has arguments that are no UTF-8 text",
                   request->command);
        return NULL;
    }
    line = g_strconcat(text, "\n", NULL);
    return line;
}

static int fail(struct qemu_monitor *monitor, const struct monitor_request *request,
                enum channel_result result, unsigned timeout_ms)
{
    g_autofree char *why = channel_why(monitor->channel);

    if (result == CHANNEL_TIMED_OUT)
        qemu_error(OPERATION_TIMEOUT, "QEMU has not answered command '%s' within %u.%03u s",
                   request->command, timeout_ms / 1000, timeout_ms % 1000);
    else if (result == CHANNEL_CLOSED && why)
        qemu_error(OPERATION_FAILED, "QEMU command '%s' was not answered: %s", request->command,
                   why);
    else if (result == CHANNEL_CLOSED)
        qemu_error(OPERATION_FAILED, "domain is no longer running");
    return -1;
}

static int execute(struct qemu_monitor *monitor, const struct monitor_request *request,
                   json_t **ret_answer)
{
    unsigned timeout_ms = request->timeout_ms ? request->timeout_ms : MONITOR_TIMEOUT_MS;
    gint64 id = __atomic_add_fetch(&monitor->last_id, 1, __ATOMIC_RELAXED);
    g_autofree char *text = write_command(request, id);
    struct channel_exchange exchange = {
        .text = text,
        .fd = request->fd,
        .accepts = is_answer,
        .id = id,
        .deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000,
        .call = request->call,
    };
    enum channel_result result;

    if (!text)
        return -1;
    if (channel_in_loop(monitor->channel)) {
        qemu_error(INTERNAL_ERROR, "QEMU command '%s' in the thread that reads the answer",
                   request->command);
        return -1;
    }
    exchange.length = strlen(text);
    log_debug("%s", text);
    result = channel_exchange(monitor->channel, &exchange, ret_answer);
    return result == CHANNEL_ANSWERED ? 0 : fail(monitor, request, result, timeout_ms);
}

int monitor_execute(struct qemu_monitor *monitor, const struct monitor_request *request,
                    json_t **ret)
{
    g_autoptr(json_t) arguments = request->arguments, answer = NULL;
    json_t *error;

    g_private_replace(&last_refusal, NULL);
    if (execute(monitor, request, &answer) < 0)
        return -1;
    error = json_object_get(answer, "error");
    if (error)
        return refused(request->command, error);
    if (ret)
        *ret = json_incref(json_object_get(answer, "return"));
    return 0;
}

int monitor_call(struct qemu_monitor *monitor, const char *command, json_t *arguments, int fd,
                 unsigned timeout_ms, json_t **ret)
{
    return monitor_execute(
        monitor,
        &(struct monitor_request){
            .command = command, .arguments = arguments, .fd = fd, .timeout_ms = timeout_ms},
        ret);
}

int monitor_handshake(struct qemu_monitor *monitor, unsigned timeout_ms)
{
    /* the greeting comes before the answer, and what it says is asked for elsewhere */
    return monitor_call(monitor, "qmp_capabilities", NULL, -1, timeout_ms, NULL);
}
