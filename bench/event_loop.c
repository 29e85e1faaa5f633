/* The default event loop with 10,000 handles and timers that rest: what does a wake-up cost? */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/event/loop.h"

#define WAKE_UPS 200000

static struct loop *loop;
static int wake_ups;

static void on_handle(int watch, int fd, int events, void *opaque)
{
    (void)watch, (void)fd, (void)events, (void)opaque;
    wake_ups++;
}

static void on_timer(int timer, void *opaque)
{
    (void)timer, (void)opaque;
    wake_ups++;
}

/* Pushes its timer back each time, as a keepalive does: a change of the heap per wake-up. */
static void on_ping(int timer, void *opaque)
{
    (void)timer;
    wake_ups++;
    loop_update_timeout(loop, *(int *)opaque, 3600 * 1000);
}

static void measure(const char *what)
{
    gint64 begin = g_get_monotonic_time();

    wake_ups = 0;
    while (wake_ups < WAKE_UPS)
        loop_run_once(loop);
    printf("%-44s %6.0f ns\n", what, (g_get_monotonic_time() - begin) * 1000.0 / wake_ups);
}

/* `n` handles that are never ready and as many timers that are not due. */
static void fill(int n)
{
    int ends[2];

    if (pipe(ends) < 0)
        exit(1);
    for (int i = 0; i < n; i++) {
        int fd = dup(ends[0]);

        if (fd < 0) {
            perror("dup");
            exit(1);
        }
        loop_add_handle(loop, fd, VIR_EVENT_HANDLE_READABLE, on_handle, NULL, NULL);
        loop_add_timeout(loop, 3600 * 1000 + i, on_timer, NULL, NULL);
    }
}

static void run(int n)
{
    struct rlimit limit;
    char text[64];
    int ends[2], id, other;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    loop = loop_new(NULL);
    fill(n);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        exit(1);
    id = loop_add_handle(loop, ends[0], VIR_EVENT_HANDLE_WRITABLE, on_handle, NULL, NULL);
    snprintf(text, sizeof(text), "a ready handle among %d", n);
    measure(text);
    loop_remove_handle(loop, id);
    id = loop_add_timeout(loop, 0, on_timer, NULL, NULL);
    snprintf(text, sizeof(text), "a due timer among %d", n);
    measure(text);
    loop_remove_timeout(loop, id);
    other = loop_add_timeout(loop, 3600 * 1000, on_timer, NULL, NULL);
    id = loop_add_timeout(loop, 0, on_ping, &other, NULL);
    snprintf(text, sizeof(text), "a due timer that moves another among %d", n);
    measure(text);
    loop_free(loop);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    run(10);
    run(10000);
    return 0;
}
