#include "core/drivers/qemu/host.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/handoff.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/guest.h"
#include "core/drivers/qemu/reattach.h"
#include "core/drivers/qemu/run.h"

#define WORKERS 8

static GPtrArray *hosts;                     /* those that are open */
static lock_t hosts_lock = LOCK_INITIALIZER; /* guards it, and the references of all hosts */

/* ---- the loop */

static gpointer run_loop(gpointer data)
{
    struct qemu_host *host = handoff_take(data);
    bool done = false;

    g_main_context_push_thread_default(host->loop);
    while (!done) {
        g_main_context_iteration(host->loop, TRUE);
        lock_take(&host->lock);
        if (host->stopping)
            run_unwatch_all(host);
        done = host->stopping && !host->watches;
        lock_drop(&host->lock);
    }
    g_main_context_pop_thread_default(host->loop);
    return NULL;
}

struct work {
    void (*fn)(void *data);
    void *data;
};

static void run_work(gpointer data, gpointer host)
{
    struct work *work = handoff_take(data);

    work->fn(work->data);
    g_free(work);
}

void host_work(struct qemu_host *host, void (*fn)(void *data), void *data)
{
    struct work *work = g_new(struct work, 1);

    *work = (struct work){fn, data};
    handoff_give(work);
    g_thread_pool_push(host->workers, work, NULL);
}

/* ---- one host a set of folders */

/* Two that work with the same folders would start the same guests. */
static int take_folders(struct qemu_host *host)
{
    g_autofree char *path = g_build_filename(host->paths.run, "driver.lock", NULL);
    /* of a kind that a child which is about to become a QEMU does not have, too */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    host->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (host->lock_fd < 0) {
        error_set_system(VIR_FROM_QEMU, errno, "cannot open '%s'", path);
        return -1;
    }
    if (fcntl(host->lock_fd, F_SETLK, &whole) == 0)
        return 0;
    qemu_error(OPERATION_FAILED, "the guests below '%s' are another process's: '%s' is locked",
               host->paths.run, path);
    return -1;
}

static void host_free(struct qemu_host *host)
{
    if (host->workers)
        g_thread_pool_free(host->workers, FALSE, TRUE);
    guests_clear(host);
    objlist_clear(&host->guests);
    g_ptr_array_free(host->connections, TRUE);
    g_ptr_array_free(host->processes, TRUE);
    g_main_context_unref(host->loop);
    caps_cache_free(host->caps);
    if (host->lock_fd >= 0)
        close(host->lock_fd);
    paths_clear(&host->paths);
    cond_clear(&host->changed);
    lock_clear(&host->lock);
    g_free(host->root);
    g_free(host);
}

static struct qemu_host *host_new(enum host_scope kind, const char *root)
{
    struct qemu_host *host = g_new0(struct qemu_host, 1);

    host->refs = 1;
    host->pid = getpid();
    host->kind = kind;
    host->root = g_strdup(root);
    host->lock_fd = -1;
    host->next_id = host->next_run = 1;
    host->connections = g_ptr_array_new();
    host->processes = g_ptr_array_new();
    host->loop = g_main_context_new();
    lock_init(&host->lock);
    cond_init(&host->changed);
    objlist_init(&host->guests, OBJLIST_UUID | OBJLIST_ID);
    paths_init(&host->paths, kind, root);
    return host;
}

static int host_begin(struct qemu_host *host)
{
    if (paths_make(&host->paths) < 0 || take_folders(host) < 0)
        return -1;
    host->caps = caps_cache_new(host->paths.cache);
    host->facts = (struct document_facts){
        .caps = host->caps,
        .arch = "x86_64",
        .nvram_folder = host->paths.nvram,
        .channel_folder = host->paths.channel,
        .unprivileged = geteuid() != 0,
    };
    host->workers = g_thread_pool_new(run_work, host, WORKERS, FALSE, NULL);
    handoff_give(host);
    host->thread = g_thread_new("qemu", run_loop, host);
    definitions_load(host);
    guests_reattach(host);
    return 0;
}

/* What is on its way in the loop ends there. */
static void host_end(struct qemu_host *host)
{
    lock_take(&host->lock);
    host->stopping = true;
    guests_let_go(host);
    lock_drop(&host->lock);
    g_main_context_wakeup(host->loop);
    g_thread_join(host->thread);
}

static struct qemu_host *find(enum host_scope kind, const char *root)
{
    for (guint i = 0; hosts && i < hosts->len; i++) {
        struct qemu_host *host = hosts->pdata[i];

        if (host->pid == getpid() && host->kind == kind && !g_strcmp0(host->root, root))
            return host;
    }
    return NULL;
}

struct qemu_host *host_open(enum host_scope kind, const char *root)
{
    struct qemu_host *host;
    lock_guard(&hosts_lock);

    host = find(kind, root);
    if (host) {
        host->refs++;
        return host;
    }
    host = host_new(kind, root);
    if (host_begin(host) < 0) {
        host_free(host);
        return NULL;
    }
    if (!hosts)
        hosts = g_ptr_array_new();
    g_ptr_array_add(hosts, host);
    return host;
}

void host_unref(struct qemu_host *host)
{
    lock_guard(&hosts_lock);

    if (host->pid != getpid() || --host->refs)
        return;
    g_ptr_array_remove_fast(hosts, host);
    host_end(host);
    host_free(host);
}

/* ---- events */

void host_join(struct qemu_host *host, virConnectPtr conn)
{
    lock_guard(&host->lock);

    g_ptr_array_add(host->connections, conn);
}

void host_leave(struct qemu_host *host, virConnectPtr conn)
{
    lock_guard(&host->lock);

    g_ptr_array_remove_fast(host->connections, conn);
}

bool host_listens(struct qemu_host *host)
{
    for (guint i = 0; i < host->connections->len; i++) {
        virConnectPtr conn = host->connections->pdata[i];

        if (event_queue_wanted(conn->events))
            return true;
    }
    return false;
}

void host_push(struct qemu_host *host, struct event *event)
{
    for (guint i = 0; i < host->connections->len; i++) {
        virConnectPtr conn = host->connections->pdata[i];

        if (event_queue_wanted(conn->events))
            event_queue_push(conn->events, event_ref(event));
    }
    event_unref(event);
}
