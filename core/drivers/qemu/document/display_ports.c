/* Ports of graphics that are to be found when a guest starts. */
#include "core/drivers/qemu/document/document.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/error.h"

enum { FIRST_PORT = 5900, FIRST_WEBSOCKET = 5700, LAST_PORT = 65535, RESERVED_SECONDS = 30 };

/* A port that was given to a QEMU which does not listen yet looks free: port → when. */
static lock_t given_lock = LOCK_INITIALIZER;
static gint64 given[LAST_PORT + 1];

static bool can_bind(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    bool free;

    if (fd < 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    free = bind(fd, address->ai_addr, address->ai_addrlen) == 0;
    close(fd);
    return free;
}

static bool is_free(const char *host, int port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    g_autofree char *service = g_strdup_printf("%d", port);
    bool free;

    if (getaddrinfo(host, service, &hints, &found) != 0)
        return false;
    free = can_bind(found);
    freeaddrinfo(found);
    return free;
}

/* -1 with an error when all are taken. */
static int take_port(const char *host, int first)
{
    gint64 now = g_get_monotonic_time() / G_USEC_PER_SEC + RESERVED_SECONDS;
    lock_guard(&given_lock);

    for (int port = first; port <= LAST_PORT; port++) {
        if (now - given[port] < RESERVED_SECONDS || !is_free(host, port))
            continue;
        given[port] = now;
        return port;
    }
    qemu_error(OPERATION_FAILED, "Unable to find an unused port from %d to %d on '%s'", first,
               LAST_PORT, host);
    return -1;
}

static bool on_network(const struct domain_graphics *graphics)
{
    return !graphics->socket &&
           (!graphics->n_listens ||
            graphics->listens[0].type == DOMAIN_GRAPHICS_LISTENS_TYPE_ADDRESS ||
            graphics->listens[0].type == DOMAIN_GRAPHICS_LISTENS_TYPE_NETWORK);
}

static int assign(struct domain_graphics *graphics)
{
    const char *host = graphics->listen;
    int port;

    if (!host && graphics->n_listens)
        host = graphics->listens[0].address;
    if (!host)
        host = "127.0.0.1";
    if (graphics->autoport == TRISTATE_YES || graphics->port == -1) {
        port = take_port(host, FIRST_PORT);
        if (port < 0)
            return -1;
        graphics->port = port;
        graphics->has_port = true;
    }
    if (graphics->type == DOMAIN_GRAPHICS_TYPE_VNC && graphics->websocket == -1) {
        port = take_port(host, FIRST_WEBSOCKET);
        if (port < 0)
            return -1;
        graphics->websocket = port;
    }
    return 0;
}

int document_assign_ports(struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_graphics; i++) {
        struct domain_graphics *graphics = &doc->devices.graphics[i];

        if ((graphics->type == DOMAIN_GRAPHICS_TYPE_VNC ||
             graphics->type == DOMAIN_GRAPHICS_TYPE_SPICE) &&
            on_network(graphics) && assign(graphics) < 0)
            return -1;
    }
    return 0;
}
