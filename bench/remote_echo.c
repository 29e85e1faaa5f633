/* Preloaded into a daemon: one more thread of it, which waits on epoll as a server does, takes
 * BENCH_ASK bytes and answers with BENCH_ANSWER. What a call costs beyond that is the daemon's and
 * the client's own. BENCH_ECHO is where it listens, BENCH_NAME
 * the daemon's program. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "remote_echo.h"

static void answer(int fd)
{
    char bytes[4096];
    ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

    if (n < BENCH_ASK || send(fd, bytes, BENCH_ANSWER, MSG_NOSIGNAL) < 0)
        close(fd);
}

static void *serve(void *data)
{
    int listening = *(int *)data, epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening};

    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listening, &event);
    while (epoll_wait(epoll_fd, &event, 1, -1) >= 0) {
        if (event.data.fd != listening) {
            answer(event.data.fd);
            continue;
        }
        event.events = EPOLLIN;
        event.data.fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    return NULL;
}

__attribute__((constructor)) static void begin(void)
{
    static int listening;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("BENCH_ECHO");
    sigset_t all, before;
    pthread_t thread;

    if (!path || strcmp(program_invocation_short_name, getenv("BENCH_NAME")) != 0)
        return; /* of what starts the daemon, for instance */
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    unsetenv("BENCH_ECHO"); /* not for the daemon's children */
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(listening, 4) < 0)
        abort();
    sigfillset(&all); /* they are for the daemon's own threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, serve, &listening))
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
