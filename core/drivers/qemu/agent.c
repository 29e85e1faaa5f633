#include "core/drivers/qemu/agent.h"

#include <string.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/qmp/channel.h"
#include "core/object/call.h"

/* For those who want to wait without end: something always ends it. */
#define FOREVER_MS (24 * 60 * 60 * 1000)
/* A guest that goes down needs not find the time to say so. */
#define END_MS 60000

struct qemu_agent {
    gint refs;
    struct channel *channel;
    void (*gone)(void *opaque);
    void *opaque;

    lock_t lock;
    cond_t changed;
    bool busy; /* somebody's question is on its way */
    gint64 last_id;
};

/* An agent says nothing of its own accord. */
static bool take_message(void *opaque, json_t *message)
{
    return false;
}

static void take_end(void *opaque, const char *why)
{
    struct qemu_agent *agent = opaque;

    if (agent->gone)
        agent->gone(agent->opaque);
}

static void take_leave(void *opaque)
{
    agent_unref(opaque);
}

static const struct channel_ops channel_ops = {
    .message = take_message,
    .eof = take_end,
    .gone = take_leave,
    .tolerant = true, /* a system that boots may write there as well */
};

struct qemu_agent *agent_open(GMainContext *loop, int fd, void (*gone)(void *opaque), void *opaque)
{
    struct qemu_agent *agent = g_new0(struct qemu_agent, 1);

    agent->refs = 2; /* the caller's, and the channel's until it is gone */
    agent->gone = gone;
    agent->opaque = opaque;
    lock_init(&agent->lock);
    cond_init(&agent->changed);
    /* numbers that an earlier connection's answers do not have */
    agent->last_id = g_get_real_time();
    agent->channel = channel_new(loop, fd, &channel_ops, agent);
    return agent;
}

struct qemu_agent *agent_ref(struct qemu_agent *agent)
{
    g_atomic_int_inc(&agent->refs);
    return agent;
}

void agent_unref(struct qemu_agent *agent)
{
    if (!agent || !g_atomic_int_dec_and_test(&agent->refs))
        return;
    channel_unref(agent->channel);
    cond_clear(&agent->changed);
    lock_clear(&agent->lock);
    g_free(agent);
}

void agent_close(struct qemu_agent *agent)
{
    channel_close(agent->channel);
}

bool agent_is_open(struct qemu_agent *agent)
{
    return channel_is_open(agent->channel);
}

/* ---- turns ---- */

static int take_turn(struct qemu_agent *agent, gint64 deadline, struct call *call)
{
    lock_guard(&agent->lock);

    while (agent->busy) {
        int more = call ? call_cond_wait_until(call, &agent->changed, &agent->lock, deadline)
                        : cond_wait_until(&agent->changed, &agent->lock, deadline);

        if (more < 0)
            return -1;
        if (more == 0 && agent->busy) {
            qemu_error(AGENT_UNRESPONSIVE, "others' questions to the guest agent take too long");
            return -1;
        }
    }
    agent->busy = true;
    return 0;
}

static void end_turn(struct qemu_agent *agent)
{
    lock_guard(&agent->lock);

    agent->busy = false;
    cond_signal(&agent->changed);
}

/* ---- questions ---- */

static bool is_sync(json_t *message, gint64 id)
{
    json_t *value = json_object_get(message, "return");

    return json_is_integer(value) && json_integer_value(value) == id;
}

static bool is_answer(json_t *message, gint64 id)
{
    return json_object_get(message, "return") || json_object_get(message, "error");
}

static char *write_line(const char *command, json_t *arguments, const char *before)
{
    g_autoptr(json_t) message =
        json_pack("{s:s, s:o*}", "execute", command, "arguments", json_incref(arguments));
    g_autofree char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;

    if (!text) {
        qemu_error(INTERNAL_ERROR, "agent command '%s' has arguments that are no UTF-8 text",
                   command);
        return NULL;
    }
    return g_strconcat(before, text, "\n", NULL);
}

/* What came before, from whomever, is over when the agent has repeated the number. */
static int sync_up(struct qemu_agent *agent, gint64 deadline, struct call *call)
{
    gint64 id = ++agent->last_id;
    g_autoptr(json_t) arguments = json_pack("{s:I}", "id", (json_int_t)id), answer = NULL;
    g_autofree char *line = write_line("guest-sync-delimited", arguments, "\xff");
    struct channel_exchange exchange = {
        .text = line,
        .length = strlen(line),
        .fd = -1,
        .accepts = is_sync,
        .id = id,
        .deadline = deadline,
        .call = call,
    };

    switch (channel_exchange(agent->channel, &exchange, &answer)) {
    case CHANNEL_ANSWERED:
        return 0;
    case CHANNEL_TIMED_OUT:
        qemu_error(AGENT_UNRESPONSIVE, "guest agent didn't respond to synchronization in time");
        return -1;
    case CHANNEL_CLOSED:
        qemu_error(AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
        return -1;
    default:
        return -1;
    }
}

static int refused(const char *command, const json_t *error)
{
    const char *text = json_text_of(error, "desc");

    if (g_strcmp0(json_text_of(error, "class"), "CommandNotFound") == 0)
        qemu_error(OPERATION_UNSUPPORTED, "unable to execute QEMU agent command '%s': %s", command,
                   text ? text : "it is not known there");
    else
        qemu_error(INTERNAL_ERROR, "unable to execute QEMU agent command '%s': %s", command,
                   text ? text : "no reason given");
    return -1;
}

static int ask(struct qemu_agent *agent, const struct agent_request *request, gint64 deadline,
               json_t **ret)
{
    g_autofree char *line = write_line(request->command, request->arguments, "");
    g_autoptr(json_t) answer = NULL;
    struct channel_exchange exchange = {
        .text = line,
        .fd = -1,
        .accepts = is_answer,
        .deadline = deadline,
        .call = request->call,
    };

    if (!line)
        return -1;
    exchange.length = strlen(line);
    switch (channel_exchange(agent->channel, &exchange, &answer)) {
    case CHANNEL_ANSWERED:
        break;
    case CHANNEL_TIMED_OUT:
        if (request->ends)
            return 0;
        qemu_error(AGENT_UNRESPONSIVE, "guest agent has not answered command '%s'",
                   request->command);
        return -1;
    case CHANNEL_CLOSED:
        if (request->ends)
            return 0;
        qemu_error(AGENT_UNRESPONSIVE, "QEMU guest agent has left during command '%s'",
                   request->command);
        return -1;
    default:
        return -1;
    }
    if (json_object_get(answer, "error"))
        return refused(request->command, json_object_get(answer, "error"));
    if (ret)
        *ret = json_incref(json_object_get(answer, "return"));
    return 0;
}

/* Without an own wish the agent gets time to show itself, and then as long as it takes. */
static unsigned time_for(const struct agent_request *request)
{
    if (request->ends)
        return END_MS;
    if (request->timeout >= 0)
        return MIN(request->timeout, FOREVER_MS / 1000) * 1000;
    return FOREVER_MS;
}

int agent_execute(struct qemu_agent *agent, const struct agent_request *request, json_t **ret)
{
    g_autoptr(json_t) arguments = request->arguments;
    gint64 now = g_get_monotonic_time(), deadline = now + (gint64)time_for(request) * 1000;
    gint64 sync = MIN(deadline, now + AGENT_SYNC_MS * 1000);
    int result;

    if (channel_in_loop(agent->channel)) {
        qemu_error(INTERNAL_ERROR, "agent command '%s' in the thread that reads the answer",
                   request->command);
        return -1;
    }
    if (take_turn(agent, deadline, request->call) < 0)
        return -1;
    /* an agent that has no time at all is asked, but not waited for */
    if (request->timeout == VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_NOWAIT)
        deadline = sync = g_get_monotonic_time() + AGENT_SYNC_MS * 1000;
    result = sync_up(agent, sync, request->call);
    if (result == 0)
        result = ask(agent, request, deadline, ret);
    end_turn(agent);
    return result;
}
