#include "core/rpc/server.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/object/error.h"
#include "core/rpc/server_private.h"

#define EVENTS_AT_ONCE 64
#define TICK_US G_USEC_PER_SEC

/* Services and the wake-up are told from clients by the lowest bit of their pointers. */
#define TAG_SERVICE 1

static int watch(struct server *server, int fd, void *tag, int operation)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

    return epoll_ctl(server->epoll_fd, operation, fd, &event);
}

static void *service_tag(struct server_service *service)
{
    return (void *)((uintptr_t)service | TAG_SERVICE);
}

struct server *server_new(const struct server_limits *limits, const struct server_handler *handler,
                          void *data)
{
    struct server *server = g_new0(struct server, 1);

    lock_init(&server->lock);
    server->limits = *limits;
    server->handler = handler;
    server->data = data;
    server->services = g_array_new(FALSE, FALSE, sizeof(struct server_service *));
    server->gone = g_ptr_array_new_with_free_func((GDestroyNotify)server_client_unref);
    server->workers = workers_new(limits->workers_min, limits->workers_max);
    server->waiters = workers_new(0, limits->workers_max);
    g_queue_init(&server->clients);
    g_queue_init(&server->woken);
    server->next_id = 1;
    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->epoll_fd < 0 || server->wake_fd < 0 ||
        watch(server, server->wake_fd, NULL, EPOLL_CTL_ADD) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "the server cannot wait for its clients");
        server_free(server);
        return NULL;
    }
    return server;
}

void *server_data(struct server *server)
{
    return server->data;
}

struct workers *server_workers(struct server *server)
{
    return server->workers;
}

/* --- accepting ----------------------------------------------------------------------------------
 */

static void set_accepting(struct server *server, gboolean accepting)
{
    if (server->accepting == accepting)
        return;
    server->accepting = accepting;
    for (guint i = 0; i < server->services->len; i++) {
        struct server_service *service =
            g_array_index(server->services, struct server_service *, i);

        if (watch(server, service->fd, service_tag(service),
                  accepting ? EPOLL_CTL_ADD : EPOLL_CTL_DEL) < 0)
            log_error("service %s: %s", service->name, g_strerror(errno));
    }
}

static gboolean has_room(const struct server *server)
{
    return (int)server->clients.length < server->limits.clients &&
           server->anonymous < server->limits.anonymous && !server->starved;
}

void server_balance(struct server *server)
{
    lock_guard(&server->lock);
    set_accepting(server, server->started && !server->stop_accepting && has_room(server));
}

int server_add_service(struct server *server, struct server_service *service)
{
    lock_guard(&server->lock);
    if (server->accepting && watch(server, service->fd, service_tag(service), EPOLL_CTL_ADD) < 0) {
        error_set_system(VIR_FROM_RPC, errno, "service %s cannot be watched", service->name);
        return -1;
    }
    g_array_append_val(server->services, service);
    return 0;
}

/* The connection that waits is looked at again when a client has gone, or in a second: descriptors
 * may also have been used by others. */
static void starve(struct server *server, const struct server_service *service)
{
    log_error("service %s: no descriptor for another client: %s", service->name, g_strerror(errno));
    lock_take(&server->lock);
    server->starved = g_get_monotonic_time();
    lock_drop(&server->lock);
    server_balance(server);
}

static void end_starving(struct server *server)
{
    lock_take(&server->lock);
    server->starved = 0;
    lock_drop(&server->lock);
    server_balance(server);
}

/* Several connections may wait; each is taken only as long as there is room. */
static void accept_clients(struct server *server, struct server_service *service)
{
    gboolean room;

    do {
        int fd = accept4(service->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                starve(server, service);
            return;
        }
        server_client_new(server, service, fd);
        lock_take(&server->lock);
        room = has_room(server);
        lock_drop(&server->lock);
    } while (room);
    server_balance(server);
}

void server_stop_accepting(struct server *server)
{
    lock_take(&server->lock);
    server->stop_accepting = TRUE;
    lock_drop(&server->lock);
    server_balance(server);
}

void server_set_limits(struct server *server, const struct server_limits *limits)
{
    lock_take(&server->lock);
    server->limits.clients = limits->clients;
    server->limits.anonymous = limits->anonymous;
    g_atomic_int_set(&server->limits.client_requests, limits->client_requests);
    lock_drop(&server->lock);
    workers_set_limits(server->workers, limits->workers_min, limits->workers_max);
    workers_set_limits(server->waiters, 0, limits->workers_max);
    server_balance(server);
}

/* --- the server's thread ------------------------------------------------------------------------
 */

void server_wake(struct server *server)
{
    guint64 one = 1;

    if (write(server->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        log_error("the server's thread cannot be woken: %s", g_strerror(errno));
}

/* Those that are there now: a client that wants another look waits for the next round. */
static void look_at_woken(struct server *server)
{
    GQueue woken;
    struct server_client *client;
    guint64 count;

    if (read(server->wake_fd, &count, sizeof(count)) < 0)
        return;
    lock_take(&server->lock);
    woken = server->woken;
    g_queue_init(&server->woken);
    lock_drop(&server->lock);
    while ((client = g_queue_pop_head(&woken))) {
        lock_take(&client->lock);
        client->queued = FALSE;
        lock_drop(&client->lock);
        server_client_look(client);
        server_client_unref(client);
    }
}

static void tick(struct server *server, gint64 now)
{
    GList *link = server->clients.head;

    server->next_tick = now + TICK_US;
    while (link) {
        struct server_client *client = link->data;

        link = link->next;
        if (client->ticking)
            server->handler->tick(client, now);
    }
}

static int wait_ms(struct server *server)
{
    gint64 left = G_MAXINT64, now = g_get_monotonic_time();

    if (server->n_ticking)
        left = server->next_tick - now;
    if (server->starved)
        left = MIN(left, server->starved + TICK_US - now);
    if (left == G_MAXINT64)
        return -1;
    return left > 0 ? left / 1000 + 1 : 0;
}

static void handle_event(struct server *server, const struct epoll_event *event)
{
    uintptr_t tag = (uintptr_t)event->data.ptr;

    if (!tag)
        look_at_woken(server);
    else if (tag & TAG_SERVICE)
        accept_clients(server, (struct server_service *)(tag & ~(uintptr_t)TAG_SERVICE));
    else
        server_client_event(event->data.ptr, event->events);
}

static gboolean is_ending(struct server *server)
{
    lock_guard(&server->lock);
    return server->ending;
}

/* After a round of events. */
static void clean_up(struct server *server)
{
    gboolean some_gone = server->gone->len > 0;

    g_ptr_array_set_size(server->gone, 0);
    if (server->starved && (some_gone || g_get_monotonic_time() >= server->starved + TICK_US))
        end_starving(server);
}

static void *server_thread(void *data)
{
    struct server *server = data;
    struct epoll_event events[EVENTS_AT_ONCE];

    while (!is_ending(server)) {
        int n = epoll_wait(server->epoll_fd, events, EVENTS_AT_ONCE, wait_ms(server));

        for (int i = 0; i < n; i++)
            handle_event(server, &events[i]);
        if (server->n_ticking) {
            gint64 now = g_get_monotonic_time();

            if (now >= server->next_tick)
                tick(server, now);
        }
        clean_up(server);
    }
    while (server->clients.head)
        server_client_end(server->clients.head->data);
    g_ptr_array_set_size(server->gone, 0);
    return NULL;
}

int server_start(struct server *server)
{
    int error = pthread_create(&server->thread, NULL, server_thread, server);

    if (error) {
        error_set_system(VIR_FROM_RPC, error, "no thread to serve clients with");
        return -1;
    }
    server->started = TRUE;
    server_balance(server);
    return 0;
}

static void end_thread(struct server *server)
{
    server_stop_accepting(server);
    lock_take(&server->lock);
    server->ending = TRUE;
    lock_drop(&server->lock);
    server_wake(server);
    pthread_join(server->thread, NULL);
}

void server_free(struct server *server)
{
    struct server_client *client;

    if (!server)
        return;
    if (server->started)
        end_thread(server);
    workers_free(server->waiters);
    workers_free(server->workers);
    while ((client = g_queue_pop_head(&server->woken)))
        server_client_unref(client);
    if (server->epoll_fd >= 0)
        close(server->epoll_fd);
    if (server->wake_fd >= 0)
        close(server->wake_fd);
    g_array_unref(server->services);
    g_ptr_array_unref(server->gone);
    lock_clear(&server->lock);
    g_free(server);
}

/* --- what others want to know -------------------------------------------------------------------
 */

void server_each_client(struct server *server, void (*each)(struct server_client *, void *),
                        void *data)
{
    g_autoptr(GPtrArray) clients =
        g_ptr_array_new_with_free_func((GDestroyNotify)server_client_unref);

    lock_take(&server->lock);
    for (GList *link = server->clients.head; link; link = link->next)
        g_ptr_array_add(clients, server_client_ref(link->data));
    lock_drop(&server->lock);
    for (guint i = 0; i < clients->len; i++)
        each(clients->pdata[i], data);
}

struct server_state server_state(struct server *server)
{
    struct server_state state;

    lock_take(&server->lock);
    state.clients = server->clients.length;
    state.anonymous = server->anonymous;
    state.accepted = server->next_id - 1;
    lock_drop(&server->lock);
    state.workers = workers_state(server->workers);
    return state;
}
