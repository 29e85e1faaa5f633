/* Screens of guests over sockets of callers'. Nothing is ever shown: the guest's end says which
 * protocol it speaks, as a server of that kind does first, and closes when the run ends. */
#include "core/drivers/test/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RFB_GREETING "RFB 003.008\n"

void screens_end(struct inside *inside)
{
    for (guint i = 0; i < inside->screens->len; i++)
        close(g_array_index(inside->screens, int, i));
    g_array_set_size(inside->screens, 0);
}

/* Clients that have left need no end any more. */
static void screens_sweep(struct inside *inside)
{
    for (guint i = inside->screens->len; i-- > 0;) {
        struct pollfd fd = {.fd = g_array_index(inside->screens, int, i)};

        if (poll(&fd, 1, 0) <= 0 || !(fd.revents & (POLLHUP | POLLERR)))
            continue;
        close(fd.fd);
        g_array_remove_index_fast(inside->screens, i);
    }
}

static int check_screen(const struct guest *guest, unsigned int idx)
{
    const struct domain_devices *devices = &guest->live->doc->devices;

    if (idx >= devices->n_graphics) {
        test_error(INVALID_ARG, "guest '%s' has no graphics device of number %u: it has %zu",
                   guest->name, idx, devices->n_graphics);
        return -1;
    }
    if (devices->graphics[idx].type == DOMAIN_GRAPHICS_TYPE_VNC ||
        devices->graphics[idx].type == DOMAIN_GRAPHICS_TYPE_SPICE)
        return 0;
    test_error(INVALID_ARG, "Can only open VNC or SPICE graphics backends, not %s",
               doc_word(&domain_graphics_type_words, devices->graphics[idx].type));
    return -1;
}

/* Takes the descriptor over. A SPICE server lets its client speak first; and whoever has left at
 * once has no use for a greeting. */
static void serve(struct guest *guest, unsigned int idx, int fd)
{
    screens_sweep(guest->inside);
    if (guest->live->doc->devices.graphics[idx].type == DOMAIN_GRAPHICS_TYPE_VNC)
        send(fd, RFB_GREETING, strlen(RFB_GREETING), MSG_DONTWAIT | MSG_NOSIGNAL);
    g_array_append_val(guest->inside->screens, fd);
}

static int check_socket(int fd)
{
    struct stat info;

    if (fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode))
        return 0;
    error_set_argument(VIR_FROM_DOMAIN, "fd", "virDomainOpenGraphics",
                       "fd %d must be a socket in virDomainOpenGraphics", fd);
    return -1;
}

static int dup_socket(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy < 0)
        error_set_system(VIR_FROM_TEST, errno, "cannot take descriptor %d over", fd);
    return copy;
}

int test_domainOpenGraphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags)
{
    int copy;

    if (flags_check(flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, __func__) < 0 || check_socket(fd) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (check_screen(guest, idx) < 0 || (copy = dup_socket(fd)) < 0)
        return -1;
    serve(guest, idx, copy);
    return 0;
}

int test_domainOpenGraphicsFD(virDomainPtr dom, unsigned int idx, unsigned int flags)
{
    int ends[2];

    if (flags_check(flags, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (check_screen(guest, idx) < 0)
        return -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        error_set_system(VIR_FROM_TEST, errno, "cannot make a pair of sockets");
        return -1;
    }
    serve(guest, idx, ends[1]);
    return ends[0];
}
