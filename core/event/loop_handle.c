/* The default loop's handles: descriptors in one epoll set. */
#define _GNU_SOURCE 1 /* dup3 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/event/loop_private.h"
#include "core/object/error.h"

#define ALL_EVENTS                                                                                 \
    (VIR_EVENT_HANDLE_READABLE | VIR_EVENT_HANDLE_WRITABLE | VIR_EVENT_HANDLE_ERROR |              \
     VIR_EVENT_HANDLE_HANGUP)
/* Reported whether asked for or not, as poll() does. */
#define ALWAYS_EVENTS (VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP)

#define EVENTS_AT_ONCE 256

static guint32 to_epoll(int events)
{
    /* Error and hang-up are reported anyway, but something has to be asked for to be in the set. */
    return (events & VIR_EVENT_HANDLE_READABLE ? EPOLLIN : 0) |
           (events & VIR_EVENT_HANDLE_WRITABLE ? EPOLLOUT : 0) |
           (events & VIR_EVENT_HANDLE_ERROR ? EPOLLERR : 0) |
           (events & VIR_EVENT_HANDLE_HANGUP ? EPOLLHUP : 0);
}

static int from_epoll(guint32 mask)
{
    return (mask & EPOLLIN ? VIR_EVENT_HANDLE_READABLE : 0) |
           (mask & EPOLLOUT ? VIR_EVENT_HANDLE_WRITABLE : 0) |
           (mask & EPOLLERR ? VIR_EVENT_HANDLE_ERROR : 0) |
           (mask & EPOLLHUP ? VIR_EVENT_HANDLE_HANGUP : 0);
}

static guint32 wanted_mask(const struct loop_fd *fd)
{
    guint32 mask = 0;

    for (const struct loop_handle *h = fd->handles; h; h = h->next)
        if (!fd->muted || !h->entry.running)
            mask |= to_epoll(h->events);
    return mask;
}

static int epoll_set(int epoll_fd, int op, const struct loop_fd *fd, guint32 mask)
{
    struct epoll_event event = {
        .events = mask,
        .data.u64 = (guint64)fd->serial << 32 | (guint32)fd->fd,
    };

    return epoll_ctl(epoll_fd, op, fd->fd, &event) < 0 ? -errno : 0;
}

/* The kernel's view of a descriptor differs from ours after the application has closed it behind
 * our back, or closed and opened another of the same number: take whichever of the two operations
 * fits. */
static int epoll_put(int epoll_fd, const struct loop_fd *fd, guint32 mask)
{
    int r = epoll_set(epoll_fd, fd->mask ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, mask);

    if (r == -ENOENT)
        r = epoll_set(epoll_fd, EPOLL_CTL_ADD, fd, mask);
    else if (r == -EEXIST)
        r = epoll_set(epoll_fd, EPOLL_CTL_MOD, fd, mask);
    return r;
}

static void set_always(struct loop *loop, struct loop_fd *fd, gboolean always)
{
    if (always && !fd->always)
        g_ptr_array_add(loop->always, fd);
    else if (!always && fd->always)
        g_ptr_array_remove_fast(loop->always, fd);
    fd->always = always;
}

/* Tells the kernel what the handles want by now. `force`: even if that is what it was told before.
 */
static int sync_fd(struct loop *loop, struct loop_fd *fd, gboolean force)
{
    guint32 mask = wanted_mask(fd);
    int r = 0;

    if (mask == fd->mask && !fd->always && !force)
        return 0;
    if (!mask) {
        if (fd->mask)
            epoll_set(loop->epoll_fd, EPOLL_CTL_DEL, fd, 0); /* or closed, and out of it by that */
        fd->mask = 0;
        set_always(loop, fd, FALSE);
        return 0;
    }
    r = epoll_put(loop->epoll_fd, fd, mask);
    fd->mask = r == 0 ? mask : 0;
    /* A regular file: reads and writes never wait, so it is ready whenever it is asked for. */
    set_always(loop, fd, r == -EPERM);
    return r == -EPERM ? 0 : r;
}

static struct loop_fd *get_fd(struct loop *loop, int number)
{
    struct loop_fd *fd = g_hash_table_lookup(loop->fds, GINT_TO_POINTER(number));

    if (!fd) {
        fd = g_new0(struct loop_fd, 1);
        fd->fd = number;
        fd->serial = loop->next_serial++;
        g_hash_table_insert(loop->fds, GINT_TO_POINTER(number), fd);
    }
    return fd;
}

static void unlink_handle(struct loop *loop, struct loop_handle *handle)
{
    struct loop_fd *fd = handle->fd;
    struct loop_handle **link = &fd->handles;

    while (*link != handle)
        link = &(*link)->next;
    *link = handle->next;
    sync_fd(loop, fd, FALSE);
    if (!fd->handles)
        g_hash_table_remove(loop->fds, GINT_TO_POINTER(fd->fd));
}

static int check_events(int events)
{
    if (!(events & ~ALL_EVENTS))
        return 0;
    error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
              "events 0x%x has bits beyond readable (1), writable (2), error (4) and hang-up (8)",
              events);
    return -1;
}

static struct loop_handle *find_handle(struct loop *loop, int id)
{
    struct loop_handle *handle = g_hash_table_lookup(loop->handles, GINT_TO_POINTER(id));

    if (!handle)
        error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "there is no handle with watch %d", id);
    return handle;
}

static void link_handle(struct loop_handle *handle, struct loop_fd *fd)
{
    struct loop_handle **link = &fd->handles;

    while (*link)
        link = &(*link)->next;
    *link = handle;
    handle->fd = fd;
}

int loop_add_handle(struct loop *loop, int fd, int events, virEventHandleCallback cb, void *opaque,
                    virFreeCallback ff)
{
    struct loop_handle *handle;
    int r;

    if (check_events(events) < 0)
        return -1;
    if (!cb) {
        error_set_argument(VIR_FROM_EVENT, "cb", "virEventAddHandle",
                           "cb in virEventAddHandle must not be NULL");
        return -1;
    }
    if (fd < 0) {
        error_set(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
                  "a handle needs a file descriptor of 0 or more, not %d", fd);
        return -1;
    }
    handle = g_new0(struct loop_handle, 1);
    *handle = (struct loop_handle){{0, opaque, ff}, .events = events, .cb = cb};

    lock_guard(&loop->lock);
    link_handle(handle, get_fd(loop, fd));
    r = sync_fd(loop, handle->fd, TRUE);
    if (r < 0) {
        unlink_handle(loop, handle);
        g_free(handle);
        error_set_system(VIR_FROM_EVENT, -r, "cannot watch file descriptor %d", fd);
        return -1;
    }
    handle->id = loop_next_id(&loop->next_handle, loop->handles);
    g_hash_table_insert(loop->handles, GINT_TO_POINTER(handle->id), handle);
    loop_changed(loop);
    return handle->id;
}

int loop_update_handle(struct loop *loop, int id, int events)
{
    struct loop_handle *handle;
    int before, r;

    if (check_events(events) < 0)
        return -1;
    lock_guard(&loop->lock);
    handle = find_handle(loop, id);
    if (!handle)
        return -1;
    before = handle->events;
    handle->events = events;
    r = sync_fd(loop, handle->fd, FALSE);
    if (r < 0) {
        handle->events = before;
        error_set_system(VIR_FROM_EVENT, -r, "cannot watch file descriptor %d", handle->fd->fd);
        return -1;
    }
    loop_changed(loop);
    return 0;
}

int loop_remove_handle(struct loop *loop, int id)
{
    struct loop_handle *handle;

    lock_guard(&loop->lock);
    handle = find_handle(loop, id);
    if (!handle)
        return -1;
    g_hash_table_remove(loop->handles, GINT_TO_POINTER(id));
    unlink_handle(loop, handle);
    event_ended(handle->entry.ff, handle->entry.opaque);
    loop_bury(loop, &handle->entry);
    loop_changed(loop);
    return 0;
}

int loop_epoll_open(struct loop *loop)
{
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd >= 0)
        return 0;
    error_set_system(VIR_FROM_EVENT, errno, "no descriptor for the event loop");
    return -1;
}

/* A descriptor that was closed while a copy of it lives on (in a child, say) stays in the epoll set
 * and cannot be named any more: only a new set gets rid of it. dup3() puts that in the old one's
 * place. */
static void rebuild_epoll(struct loop *loop)
{
    GHashTableIter iter;
    struct loop_fd *fd;
    int fresh = epoll_create1(EPOLL_CLOEXEC);

    if (fresh < 0)
        return;
    g_hash_table_iter_init(&iter, loop->fds);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&fd))
        if (fd->mask && epoll_set(fresh, EPOLL_CTL_ADD, fd, fd->mask) < 0)
            fd->mask = 0;
    dup3(fresh, loop->epoll_fd, O_CLOEXEC);
    close(fresh);
}

/* Returns whether a handle whose callback is on the stack is ready: it is not called again, and
 * unless the kernel stops watching for it, iterations within that callback never rest. */
static gboolean collect_fd(const struct loop_fd *fd, int events, GArray *batch)
{
    gboolean busy = FALSE;

    for (const struct loop_handle *h = fd->handles; h; h = h->next) {
        struct loop_call call = {h->id, events & (h->events | ALWAYS_EVENTS)};

        if (!h->events || !call.events)
            continue;
        if (h->entry.running)
            busy = TRUE;
        else
            g_array_append_val(batch, call);
    }
    return busy;
}

static void set_muted(struct loop *loop, struct loop_fd *fd, gboolean muted)
{
    if (fd->muted == muted)
        return;
    fd->muted = muted;
    sync_fd(loop, fd, FALSE);
}

static void collect_always(struct loop *loop, GArray *batch)
{
    for (guint i = loop->always->len; i-- > 0;) { /* muting one takes it out */
        struct loop_fd *fd = loop->always->pdata[i];

        if (collect_fd(fd, VIR_EVENT_HANDLE_READABLE | VIR_EVENT_HANDLE_WRITABLE, batch))
            set_muted(loop, fd, TRUE);
    }
}

void loop_collect_handles(struct loop *loop, GArray *batch)
{
    struct epoll_event ready[EVENTS_AT_ONCE];
    int n = epoll_wait(loop->epoll_fd, ready, EVENTS_AT_ONCE, 0);
    gboolean ghost = FALSE;

    for (int i = 0; i < n; i++) {
        guint64 key = ready[i].data.u64;
        struct loop_fd *fd = g_hash_table_lookup(loop->fds, GINT_TO_POINTER((gint)(guint32)key));

        if (fd && fd->serial == key >> 32)
            set_muted(loop, fd, collect_fd(fd, from_epoll(ready[i].events), batch) || fd->muted);
        else
            ghost = TRUE;
    }
    collect_always(loop, batch);
    if (ghost)
        rebuild_epoll(loop);
}

void loop_run_handle(struct loop *loop, int id, int events)
{
    struct loop_handle *handle;
    int fd;

    lock_guard(&loop->lock);
    handle = g_hash_table_lookup(loop->handles, GINT_TO_POINTER(id));
    if (!handle || !handle->events || handle->entry.running)
        return;
    events &= handle->events | ALWAYS_EVENTS;
    if (!events)
        return;
    fd = handle->fd->fd;
    handle->entry.running++;
    lock_drop(&loop->lock);
    handle->cb(id, fd, events, handle->entry.opaque);
    lock_take(&loop->lock);
    handle->entry.running--;
    /* Removed meanwhile, it waits in loop->dead, and its descriptor may be gone. */
    if (g_hash_table_lookup(loop->handles, GINT_TO_POINTER(id)) == handle)
        set_muted(loop, handle->fd, FALSE);
}
