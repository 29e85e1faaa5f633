#include "core/drivers/qemu/qmp/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/handoff.h"
#include "core/base/lock.h"
#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/qmp/lines.h"
#include "core/drivers/qemu/qmp/monitor.h"
#include "core/object/call.h"

/* Longer lines are read by a caller who waits: the loop serves other guests too, and what is not
 * asked for is never that long. */
#define LOOP_LINE_MAX (256 * 1024)

struct output {
    const struct waiter *waiter; /* whose it is, while that one still waits */
    char *text;
    size_t length, sent;
    int fd;
};

/* One caller, on its stack. */
struct waiter {
    const struct channel_exchange *exchange;
    json_t *answer;
    cond_t cond;
    GList link;
};

struct channel {
    gint refs;
    GMainContext *context;
    const struct channel_ops *ops;
    void *opaque;

    /* the loop's thread only */
    struct lines in;
    bool told; /* eof() has been called */

    lock_t lock;
    int fd;
    GSource *source; /* NULL once the loop has let go */
    gpointer tag;
    bool closed;
    bool by_us;
    char *why;
    GQueue out;
    GQueue waiters;
    char *unread; /* a long line that waits for a caller to read it; the loop reads on afterwards */
    size_t n_unread;
    const struct waiter *reader;  /* who does so */
    const struct waiter *carrier; /* whose descriptor is on its way: one at a time, as the peer
                                   * keeps no more */
};

struct channel_source {
    GSource source;
    struct channel *channel;
};

struct channel *channel_ref(struct channel *channel)
{
    g_atomic_int_inc(&channel->refs);
    return channel;
}

static void output_free(void *data)
{
    struct output *output = data;

    g_free(output->text);
    g_free(output);
}

void channel_unref(struct channel *channel)
{
    if (!channel || !g_atomic_int_dec_and_test(&channel->refs))
        return;
    close(channel->fd);
    g_main_context_unref(channel->context);
    g_queue_clear_full(&channel->out, output_free);
    lines_clear(&channel->in);
    lock_clear(&channel->lock);
    g_free(channel->unread);
    g_free(channel->why);
    g_free(channel);
}

/* What the loop is to look for; with the lock. */
static void rearm(struct channel *channel)
{
    int events = 0;

    if (!channel->source)
        return;
    if (channel->closed) {
        /* a descriptor that has nothing to say would not wake it */
        g_source_set_ready_time(channel->source, 0);
        return;
    }
    if (!channel->unread)
        events |= G_IO_IN;
    if (channel->out.length)
        events |= G_IO_OUT;
    g_source_modify_unix_fd(channel->source, channel->tag, events);
}

/* The loop goes on with what it has left; with the lock. */
static void resume(struct channel *channel)
{
    rearm(channel);
    if (channel->source)
        g_source_set_ready_time(channel->source, 0);
}

static void wake_all(struct channel *channel)
{
    for (GList *l = channel->waiters.head; l; l = l->next)
        cond_signal(&((struct waiter *)l->data)->cond);
}

/* With the lock. The first reason stays. */
static void shut(struct channel *channel, const char *why)
{
    if (channel->closed)
        return;
    channel->closed = true;
    channel->why = g_strdup(why);
    g_clear_pointer(&channel->unread, g_free);
    shutdown(channel->fd, SHUT_RDWR);
    wake_all(channel);
    rearm(channel);
}

void channel_close(struct channel *channel)
{
    lock_guard(&channel->lock);

    channel->by_us = true;
    shut(channel, NULL);
}

bool channel_is_open(struct channel *channel)
{
    lock_guard(&channel->lock);

    return !channel->closed;
}

char *channel_why(struct channel *channel)
{
    lock_guard(&channel->lock);

    return g_strdup(channel->why);
}

bool channel_in_loop(struct channel *channel)
{
    return g_main_context_is_owner(channel->context);
}

/* ---- out ---- */

static ssize_t send_some(int fd, const char *text, size_t length, int passed)
{
    struct iovec data = {.iov_base = (char *)text, .iov_len = length};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    ssize_t n;

    if (passed >= 0) {
        message.msg_control = control.space;
        message.msg_controllen = sizeof(control.space);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
    }
    do {
        n = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* As much as the peer takes; with the lock. */
static void flush(struct channel *channel)
{
    struct output *output;

    while (!channel->closed && (output = g_queue_peek_head(&channel->out))) {
        ssize_t n = send_some(channel->fd, output->text + output->sent,
                              output->length - output->sent, output->sent == 0 ? output->fd : -1);

        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0) {
            g_autofree char *why =
                g_strdup_printf("Unable to write to monitor: %s", g_strerror(errno));

            shut(channel, why);
            break;
        }
        output->sent += n;
        if (output->sent == output->length)
            output_free(g_queue_pop_head(&channel->out));
    }
}

/* With the lock. */
static void send_text(struct channel *channel, const struct waiter *waiter)
{
    const struct channel_exchange *exchange = waiter->exchange;
    struct output *output = g_new0(struct output, 1);

    *output = (struct output){
        .waiter = waiter,
        .text = g_strndup(exchange->text, exchange->length),
        .length = exchange->length,
        .fd = exchange->fd,
    };
    g_queue_push_tail(&channel->out, output);
    if (channel->out.length == 1)
        flush(channel);
    rearm(channel);
}

/* Whoever leaves takes along what has not been begun; the rest of what has must follow. */
static void withdraw(struct channel *channel, const struct waiter *waiter)
{
    GList *next;

    for (GList *l = channel->out.head; l; l = next) {
        struct output *output = l->data;

        next = l->next;
        if (output->waiter != waiter)
            continue;
        output->waiter = NULL;
        if (output->sent > 0)
            continue;
        g_queue_delete_link(&channel->out, l);
        output_free(output);
    }
}

/* ---- in ---- */

/* With the lock; takes the message when somebody waits for it. */
static bool hand_out(struct channel *channel, json_t *message)
{
    for (GList *l = channel->waiters.head; l; l = l->next) {
        struct waiter *waiter = l->data;

        if (waiter->answer || !waiter->exchange->accepts(message, waiter->exchange->id))
            continue;
        waiter->answer = message;
        cond_signal(&waiter->cond);
        return true;
    }
    return false;
}

/* Without the lock. */
static void take_message(struct channel *channel, json_t *message)
{
    bool wanted;

    if (channel_in_loop(channel) && channel->ops->message(channel->opaque, message)) {
        json_decref(message);
        return;
    }
    lock_take(&channel->lock);
    wanted = hand_out(channel, message);
    lock_drop(&channel->lock);
    /* an answer that came too late, or to a question nobody asked */
    if (!wanted)
        json_decref(message);
}

static void refuse(struct channel *channel, const char *why)
{
    g_autofree char *text = NULL;

    if (channel->ops->tolerant)
        return;
    text = g_strdup_printf("the monitor sent what is not to be understood: %s", why);
    lock_take(&channel->lock);
    shut(channel, text);
    lock_drop(&channel->lock);
}

static void read_line(struct channel *channel, const char *line, size_t length)
{
    const char *why, *mark = memrchr(line, 0xff, length);
    json_t *message;

    /* a byte that is in no text: what stands before it is to be forgotten */
    if (mark) {
        length -= mark + 1 - line;
        line = mark + 1;
    }
    message = json_read(line, length, &why);
    if (message)
        take_message(channel, message);
    else
        refuse(channel, why);
}

/* Leaves the line to one of those who wait; nobody: it cannot be of use. */
static void keep_line(struct channel *channel, const char *line, size_t length)
{
    lock_guard(&channel->lock);

    if (channel->closed || !channel->waiters.head)
        return;
    channel->unread = g_memdup2(line, length);
    channel->n_unread = length;
    cond_signal(&((struct waiter *)channel->waiters.head->data)->cond);
    rearm(channel);
}

static void read_lines(struct channel *channel)
{
    char *line;
    size_t length;
    int found;

    while (channel_is_open(channel)) {
        bool busy;

        lock_take(&channel->lock);
        busy = channel->unread != NULL;
        lock_drop(&channel->lock);
        if (busy || (found = lines_next(&channel->in, &line, &length)) == 0)
            return;
        if (found < 0)
            refuse(channel, "a line without end");
        else if (length > LOOP_LINE_MAX)
            keep_line(channel, line, length);
        else
            read_line(channel, line, length);
    }
}

static void read_some(struct channel *channel)
{
    char *room = lines_room(&channel->in);
    ssize_t n = recv(channel->fd, room, LINES_READ, MSG_DONTWAIT);
    g_autofree char *why = NULL;

    if (n > 0) {
        lines_added(&channel->in, n);
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0)
        why = g_strdup_printf("Unable to read from monitor: %s", g_strerror(errno));
    lock_take(&channel->lock);
    shut(channel, why ? why : "End of file from qemu monitor");
    lock_drop(&channel->lock);
}

/* The callbacks' last, and the end of the source. */
static gboolean finish(struct channel *channel)
{
    bool tell;

    lock_take(&channel->lock);
    channel->source = NULL;
    tell = !channel->by_us && !channel->told;
    lock_drop(&channel->lock);
    channel->told = true;
    if (tell)
        channel->ops->eof(channel->opaque, channel->why);
    return G_SOURCE_REMOVE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    struct channel *channel = ((struct channel_source *)source)->channel;
    GIOCondition seen = g_source_query_unix_fd(source, channel->tag);
    bool reads;

    handoff_take(channel);
    lock_take(&channel->lock);
    if (seen & G_IO_OUT)
        flush(channel);
    reads = !channel->closed && !channel->unread;
    if (!channel->closed) {
        g_source_set_ready_time(source, -1);
        rearm(channel);
    }
    lock_drop(&channel->lock);
    if (reads) {
        /* what came before a long line was read, first */
        read_lines(channel);
        if (seen & (G_IO_IN | G_IO_HUP | G_IO_ERR))
            read_some(channel);
        read_lines(channel);
    }
    return channel_is_open(channel) ? G_SOURCE_CONTINUE : finish(channel);
}

static void finalize(GSource *source)
{
    struct channel *channel = ((struct channel_source *)source)->channel;

    lock_take(&channel->lock);
    channel->source = NULL;
    shut(channel, "the loop has ended");
    lock_drop(&channel->lock);
    channel->ops->gone(channel->opaque);
    channel_unref(channel);
}

static GSourceFuncs source_funcs = {.dispatch = dispatch, .finalize = finalize};

struct channel *channel_new(GMainContext *context, int fd, const struct channel_ops *ops,
                            void *opaque)
{
    struct channel *channel = g_new0(struct channel, 1);
    GSource *source = g_source_new(&source_funcs, sizeof(struct channel_source));

    channel->refs = 2; /* the caller's and the source's */
    channel->context = g_main_context_ref(context);
    channel->ops = ops;
    channel->opaque = opaque;
    channel->fd = fd;
    channel->source = source;
    lines_init(&channel->in, MONITOR_LINE_MAX);
    lock_init(&channel->lock);
    ((struct channel_source *)source)->channel = channel;
    channel->tag = g_source_add_unix_fd(source, fd, G_IO_IN);
    handoff_give(channel);
    g_source_attach(source, context);
    g_source_unref(source);
    return channel;
}

/* ---- callers ---- */

/* With the lock, which is left meanwhile. */
static void read_kept(struct channel *channel, struct waiter *waiter)
{
    g_autofree char *line = g_steal_pointer(&channel->unread);
    size_t length = channel->n_unread;
    const char *why = NULL;
    json_t *message;

    /* an empty one stands for this while it is read, and keeps the loop from going on: what comes
     * behind it is not to be seen before */
    channel->unread = g_strdup("");
    channel->reader = waiter;
    lock_drop(&channel->lock);
    message = json_read(line, length, &why);
    lock_take(&channel->lock);
    g_clear_pointer(&channel->unread, g_free);
    channel->reader = NULL;
    if (message && !hand_out(channel, message))
        json_decref(message);
    if (!message && !channel->ops->tolerant)
        shut(channel, "the monitor sent what is not to be understood");
    resume(channel);
}

/* 1 to look again, 0 when the time is up, -1 with an error. */
static int wait_once(struct channel *channel, struct waiter *waiter)
{
    const struct channel_exchange *exchange = waiter->exchange;

    if (exchange->call)
        return call_cond_wait_until(exchange->call, &waiter->cond, &channel->lock,
                                    exchange->deadline);
    return cond_wait_until(&waiter->cond, &channel->lock, exchange->deadline);
}

/* With the lock. */
static enum channel_result wait_answer(struct channel *channel, struct waiter *waiter)
{
    bool sent = !waiter->exchange->text;

    while (!waiter->answer) {
        int more;

        if (channel->unread && !channel->reader) {
            read_kept(channel, waiter);
            continue;
        }
        if (channel->closed)
            return CHANNEL_CLOSED;
        if (!sent && (waiter->exchange->fd < 0 || !channel->carrier)) {
            if (waiter->exchange->fd >= 0)
                channel->carrier = waiter;
            sent = true;
            send_text(channel, waiter);
            continue;
        }
        more = wait_once(channel, waiter);
        if (more < 0)
            return CHANNEL_ABORTED;
        if (more == 0 && !waiter->answer)
            return channel->closed ? CHANNEL_CLOSED : CHANNEL_TIMED_OUT;
    }
    return CHANNEL_ANSWERED;
}

/* With the lock: what others now have to see to. */
static void leave(struct channel *channel, struct waiter *waiter)
{
    g_queue_unlink(&channel->waiters, &waiter->link);
    withdraw(channel, waiter);
    if (channel->carrier == waiter) {
        channel->carrier = NULL;
        wake_all(channel);
    }
    if (channel->unread && !channel->reader) {
        if (channel->waiters.head) {
            cond_signal(&((struct waiter *)channel->waiters.head->data)->cond);
        } else {
            g_clear_pointer(&channel->unread, g_free);
            resume(channel);
        }
    }
}

enum channel_result channel_exchange(struct channel *channel,
                                     const struct channel_exchange *exchange, json_t **ret)
{
    struct waiter waiter = {.exchange = exchange};
    enum channel_result result;

    waiter.link.data = &waiter;
    cond_init(&waiter.cond);
    lock_take(&channel->lock);
    g_queue_push_tail_link(&channel->waiters, &waiter.link);
    result = wait_answer(channel, &waiter);
    leave(channel, &waiter);
    lock_drop(&channel->lock);
    cond_clear(&waiter.cond);
    if (result == CHANNEL_ANSWERED)
        *ret = waiter.answer;
    else
        json_decref(waiter.answer);
    return result;
}
