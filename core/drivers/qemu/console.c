#include "core/drivers/qemu/console.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/object/stream_fd.h"

/* A stream that a console has; lives until the stream's end. */
struct console {
    struct qemu_host *host;
    struct qemu_guest *guest; /* a reference */
    char *alias;
    virStreamPtr stream;
};

struct place {
    enum domain_chardev_type type;
    const char *alias, *path;
};

#define FIND_IN(list)                                                                              \
    for (size_t i = 0; i < devices->n_##list; i++)                                                 \
        if (!alias || !g_strcmp0(devices->list[i].alias.name, alias)) {                            \
            *ret = (struct place){devices->list[i].type, devices->list[i].alias.name,              \
                                  devices->list[i].source.path};                                   \
            return true;                                                                           \
        }

/* The device of that name; without one the first console, else the first serial port. */
static bool find(const struct domain_devices *devices, const char *alias, struct place *ret)
{
    FIND_IN(consoles)
    FIND_IN(serials)
    if (!alias)
        return false;
    FIND_IN(parallels)
    return false;
}

static bool find_channel(const struct domain_devices *devices, const char *name, struct place *ret)
{
    const char *alias = NULL;

    for (size_t i = 0; name && i < devices->n_channels; i++)
        if (!g_strcmp0(devices->channels[i].target.name, name))
            alias = devices->channels[i].alias.name;
    if (name && !alias)
        alias = name;
    FIND_IN(channels)
    return false;
}

static int open_terminal(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        error_set_system(VIR_FROM_QEMU, errno, "cannot open the terminal '%s'", path);
    return fd;
}

static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = -1;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path))
        errno = ENAMETOOLONG;
    else
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error_set_system(VIR_FROM_QEMU, errno, "cannot connect to '%s'", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static int open_place(const struct place *place)
{
    if (place->type == DOMAIN_CHARDEV_TYPE_PTY && place->path)
        return open_terminal(place->path);
    if (place->type == DOMAIN_CHARDEV_TYPE_UNIX && place->path)
        return open_socket(place->path);
    qemu_error(OPERATION_UNSUPPORTED, "character device %s is not using a PTY or a Unix socket",
               place->alias);
    return -1;
}

static void console_ended(virStreamPtr stream, void *opaque)
{
    struct console *it = opaque;

    lock_take(&it->host->lock);
    if (it->guest->consoles && g_hash_table_lookup(it->guest->consoles, it->alias) == it)
        g_hash_table_remove(it->guest->consoles, it->alias);
    lock_drop(&it->host->lock);
    guest_unref(it->guest);
    g_free(it->alias);
    g_free(it);
}

/* Who has it is told, and has it no more. */
static void take_away(struct qemu_guest *guest, struct console *it, const char *why)
{
    stream_break_fd(it->stream, why);
    g_hash_table_remove(guest->consoles, it->alias);
}

void consoles_close(struct qemu_guest *guest)
{
    g_autoptr(GList) all = guest->consoles ? g_hash_table_get_values(guest->consoles) : NULL;

    for (GList *link = all; link; link = link->next)
        take_away(guest, link->data, "domain is not running");
}

static int make_room(struct qemu_guest *guest, const char *alias, bool force)
{
    struct console *it = guest->consoles ? g_hash_table_lookup(guest->consoles, alias) : NULL;

    if (it && !force) {
        qemu_error(OPERATION_FAILED, "Active console session exists for this domain");
        return -1;
    }
    if (it)
        take_away(guest, it, "somebody else has taken the console over");
    return 0;
}

static int connect_stream(struct qemu_host *host, struct qemu_guest *guest, virStreamPtr stream,
                          const struct place *place)
{
    int fd = open_place(place);
    struct console *it;

    if (fd < 0)
        return -1;
    it = g_new(struct console, 1);
    *it = (struct console){host, guest, g_strdup(place->alias), stream};
    if (stream_open_fd(stream, fd, console_ended, it) < 0) {
        g_free(it->alias);
        g_free(it);
        return -1;
    }
    guest_ref(guest);
    if (!guest->consoles)
        guest->consoles = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(guest->consoles, it->alias, it);
    return 0;
}

int qemu_domainOpenConsole(virDomainPtr dom, const char *dev_name, virStreamPtr st,
                           unsigned int flags)
{
    struct place place;

    if (qemu_flags(flags, VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (!find(&guest->live->doc->devices, dev_name, &place)) {
        qemu_error(INTERNAL_ERROR, "cannot find character device %s",
                   dev_name ? dev_name : "(default)");
        return -1;
    }
    if (make_room(guest, place.alias, flags & VIR_DOMAIN_CONSOLE_FORCE) < 0)
        return -1;
    return connect_stream(host, guest, st, &place);
}

int qemu_domainOpenChannel(virDomainPtr dom, const char *name, virStreamPtr st, unsigned int flags)
{
    struct place place;

    if (qemu_flags(flags, VIR_DOMAIN_CHANNEL_FORCE) < 0)
        return -1;
    WITH_ACTIVE_GUEST(dom, -1);
    if (!find_channel(&guest->live->doc->devices, name, &place)) {
        qemu_error(INTERNAL_ERROR, "cannot find channel %s", name ? name : "(default)");
        return -1;
    }
    if (make_room(guest, place.alias, flags & VIR_DOMAIN_CHANNEL_FORCE) < 0)
        return -1;
    return connect_stream(host, guest, st, &place);
}
