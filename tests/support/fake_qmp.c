#include "support/fake_qmp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/lock.h"

struct fake_qmp {
    int fd;
    pthread_t thread;
    fake_qmp_fn answer;
    void *opaque;
    gboolean silent;
    lock_t lock, write_lock;
    cond_t changed;
    unsigned commands;
    int passed;
    GString *in;
};

void fake_qmp_say_bytes(struct fake_qmp *fake, const char *bytes, size_t n)
{
    lock_guard(&fake->write_lock);

    while (n > 0) {
        ssize_t sent = send(fake->fd, bytes, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return;
        bytes += sent;
        n -= sent;
    }
}

void fake_qmp_say(struct fake_qmp *fake, const char *text)
{
    fake_qmp_say_bytes(fake, text, strlen(text));
}

static void say_json(struct fake_qmp *fake, json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    char *line = g_strconcat(text, "\r\n", NULL);

    fake_qmp_say(fake, line);
    g_free(line);
    free(text);
    json_decref(message);
}

void fake_qmp_return(struct fake_qmp *fake, json_t *id, json_t *value)
{
    say_json(fake, json_pack("{s:o, s:O}", "return", value, "id", id));
}

void fake_qmp_refuse(struct fake_qmp *fake, json_t *id, const char *class, const char *text)
{
    say_json(fake,
             json_pack("{s:{s:s, s:s}, s:O}", "error", "class", class, "desc", text, "id", id));
}

void fake_qmp_event(struct fake_qmp *fake, const char *name, json_t *data)
{
    say_json(fake, json_pack("{s:s, s:o*, s:{s:i, s:i}}", "event", name, "data", data, "timestamp",
                             "seconds", 1700000000, "microseconds", 42));
}

void fake_qmp_hang_up(struct fake_qmp *fake)
{
    shutdown(fake->fd, SHUT_RDWR);
}

void fake_qmp_await(struct fake_qmp *fake, unsigned commands)
{
    lock_guard(&fake->lock);

    while (fake->commands < commands)
        cond_wait(&fake->changed, &fake->lock);
}

static void take_line(struct fake_qmp *fake, const char *line)
{
    /* what a byte that is in no text stands before is all that counts */
    const char *mark = strrchr(line, '\xff');
    json_t *message = json_loads(mark ? mark + 1 : line, 0, NULL);
    const char *command = json_string_value(json_object_get(message, "execute"));
    json_t *id = json_object_get(message, "id");

    if (!command) {
        json_decref(message);
        return;
    }
    lock_take(&fake->lock);
    fake->commands++;
    cond_broadcast(&fake->changed);
    lock_drop(&fake->lock);
    if (fake->answer && strcmp(command, "qmp_capabilities") != 0)
        fake->answer(fake, command, json_object_get(message, "arguments"), id, fake->passed,
                     fake->opaque);
    else if (!fake->silent)
        fake_qmp_return(fake, id, json_object());
    if (fake->passed >= 0) {
        close(fake->passed);
        fake->passed = -1;
    }
    json_decref(message);
}

static void take_lines(struct fake_qmp *fake)
{
    char *end;

    while ((end = memchr(fake->in->str, '\n', fake->in->len))) {
        char *line = g_strndup(fake->in->str, end - fake->in->str);

        g_string_erase(fake->in, 0, end + 1 - fake->in->str);
        take_line(fake, line);
        g_free(line);
    }
}

/* Remembers a descriptor that came along. */
static ssize_t receive(struct fake_qmp *fake, char *bytes, size_t size)
{
    struct iovec data = {.iov_base = bytes, .iov_len = size};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof(control.space)};
    ssize_t n = recvmsg(fake->fd, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;

    if (header && header->cmsg_type == SCM_RIGHTS) {
        assert(fake->passed < 0);
        memcpy(&fake->passed, CMSG_DATA(header), sizeof(int));
    }
    return n;
}

static void *run(void *data)
{
    struct fake_qmp *fake = data;
    char bytes[4096];
    ssize_t n;

    if (!fake->silent)
        fake_qmp_say(fake, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 1, "
                           "\"major\": 1}, \"package\": \"fake\"}, \"capabilities\": []}}\r\n");
    while ((n = receive(fake, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0)
            g_string_append_len(fake->in, bytes, n);
        take_lines(fake);
    }
    return NULL;
}

static struct fake_qmp *begin(fake_qmp_fn answer, void *opaque, gboolean silent, int *ret_fd)
{
    struct fake_qmp *fake = g_new0(struct fake_qmp, 1);
    int fds[2];

    assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    fake->fd = fds[0];
    fake->answer = answer;
    fake->opaque = opaque;
    fake->silent = silent;
    fake->passed = -1;
    fake->in = g_string_new(NULL);
    lock_init(&fake->lock);
    lock_init(&fake->write_lock);
    cond_init(&fake->changed);
    *ret_fd = fds[1];
    assert(pthread_create(&fake->thread, NULL, run, fake) == 0);
    return fake;
}

struct fake_qmp *fake_qmp_new(fake_qmp_fn answer, void *opaque, int *ret_fd)
{
    return begin(answer, opaque, FALSE, ret_fd);
}

struct fake_qmp *fake_qmp_silent(int *ret_fd)
{
    return begin(NULL, NULL, TRUE, ret_fd);
}

void fake_qmp_free(struct fake_qmp *fake)
{
    fake_qmp_hang_up(fake);
    pthread_join(fake->thread, NULL);
    close(fake->fd);
    g_string_free(fake->in, TRUE);
    cond_clear(&fake->changed);
    lock_clear(&fake->lock);
    lock_clear(&fake->write_lock);
    g_free(fake);
}

/* ---- the loop ---- */

static void *iterate(void *data)
{
    struct fake_loop *loop = data;

    g_main_context_acquire(loop->context);
    while (!g_atomic_int_get(&loop->stop))
        g_main_context_iteration(loop->context, TRUE);
    while (g_main_context_iteration(loop->context, FALSE))
        ;
    g_main_context_release(loop->context);
    return NULL;
}

void fake_loop_start(struct fake_loop *loop)
{
    loop->context = g_main_context_new();
    g_atomic_int_set(&loop->stop, 0);
    loop->thread = g_thread_new("loop", iterate, loop);
}

void fake_loop_stop(struct fake_loop *loop)
{
    g_atomic_int_set(&loop->stop, 1);
    g_main_context_wakeup(loop->context);
    g_thread_join(loop->thread);
    g_main_context_unref(loop->context);
}
