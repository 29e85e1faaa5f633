#include "core/daemon/metrics_http.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/object/error.h"

#define REQUEST_MAX 4096
/* For one who asks, from the first byte to the last. */
#define PATIENCE_US (2 * G_USEC_PER_SEC)
#define TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct metrics_http {
    struct metrics *metrics;
    struct daemon *daemon;
    int fd;
    int end_fd;
    pthread_t thread;
};

/* FALSE when there is nothing within the time, or the end has come. */
static gboolean wait_for(struct metrics_http *http, int fd, short events, gint64 until)
{
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = http->end_fd, .events = POLLIN}};
    gint64 left = until ? MAX(until - g_get_monotonic_time(), 0) / 1000 : -1;

    return poll(fds, 2, left) > 0 && !fds[1].revents;
}

/* The first line, once the empty one has come; FALSE when it never does. */
static gboolean read_request(struct metrics_http *http, int fd, char request[REQUEST_MAX],
                             gint64 until)
{
    size_t size = 0;

    while (size < REQUEST_MAX - 1 && wait_for(http, fd, POLLIN, until)) {
        ssize_t n = recv(fd, request + size, REQUEST_MAX - 1 - size, 0);

        if (n <= 0)
            return FALSE;
        size += n;
        request[size] = '\0';
        if (strstr(request, "\r\n\r\n") || strstr(request, "\n\n")) {
            request[strcspn(request, "\r\n")] = '\0';
            return TRUE;
        }
    }
    return FALSE;
}

static void write_all(struct metrics_http *http, int fd, const char *text, size_t size,
                      gint64 until)
{
    while (size && wait_for(http, fd, POLLOUT, until)) {
        ssize_t n = send(fd, text, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n <= 0)
            return;
        text += n;
        size -= n;
    }
}

static GString *answer(struct metrics_http *http, const char *request)
{
    g_auto(GStrv) words = g_strsplit(request, " ", 3);
    gboolean known =
        g_strv_length(words) == 3 && (!strcmp(words[0], "GET") || !strcmp(words[0], "HEAD"));
    gboolean there =
        known && (!strcmp(words[1], "/metrics") || g_str_has_prefix(words[1], "/metrics?"));
    GString *body = there ? metrics_text(http->metrics, http->daemon)
                          : g_string_new(known ? "only /metrics is here\n" : "only GET\n");
    GString *text = g_string_new(NULL);

    g_string_append_printf(text,
                           "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
                           "\r\nConnection: close\r\n\r\n",
                           there   ? "200 OK"
                           : known ? "404 Not Found"
                                   : "405 Method Not Allowed",
                           there ? TYPE : "text/plain", body->len);
    if (!known || strcmp(words[0], "HEAD") != 0)
        g_string_append_len(text, body->str, body->len);
    g_string_free(body, TRUE);
    return text;
}

static void serve(struct metrics_http *http, int fd)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    char request[REQUEST_MAX];
    GString *text;

    if (!read_request(http, fd, request, until))
        return;
    text = answer(http, request);
    write_all(http, fd, text->str, text->len, g_get_monotonic_time() + PATIENCE_US);
    g_string_free(text, TRUE);
}

static void *http_thread(void *data)
{
    struct metrics_http *http = data;

    for (;;) {
        struct pollfd end = {.fd = http->end_fd, .events = POLLIN};
        int fd;

        wait_for(http, http->fd, POLLIN, 0);
        if (poll(&end, 1, 0) > 0)
            return NULL;
        fd = accept4(http->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            g_usleep(10000); /* no descriptor, perhaps */
            continue;
        }
        serve(http, fd);
        close(fd);
    }
}

struct metrics_http *metrics_http_new(struct metrics *metrics, struct daemon *daemon, int fd)
{
    struct metrics_http *http = g_new0(struct metrics_http, 1);
    int error;

    http->metrics = metrics;
    http->daemon = daemon;
    http->fd = fd;
    http->end_fd = eventfd(0, EFD_CLOEXEC);
    error = pthread_create(&http->thread, NULL, http_thread, http);
    if (!error)
        return http;
    error_set_system(VIR_FROM_RPC, error, "no thread to tell figures");
    close(http->end_fd);
    close(fd);
    g_free(http);
    return NULL;
}

void metrics_http_free(struct metrics_http *http)
{
    guint64 one = 1;

    if (write(http->end_fd, &one, sizeof(one)) == sizeof(one))
        pthread_join(http->thread, NULL);
    close(http->end_fd);
    close(http->fd);
    g_free(http);
}
