/* A connection that outlives its daemon, used by many threads while daemons are killed; to be run
 * under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/drivers/remote/dial.h"

#define CALLERS 4
#define DEATHS 5

struct fixture {
    char *root, *socket, *uri;
    pid_t daemon;
    pthread_t loop;
    gboolean ends;

    lock_t lock;
    cond_t changed;
    int begun, ended; /* gaps that were told */
    int appeared, vanished;
    gboolean freed;
};

/* --- a daemon ------------------------------------------------------------------------------------
 */

static void start_daemon(struct fixture *f)
{
    g_autofree char *program = g_build_filename(g_getenv("CORRAL_BUILD"), "bin", "corrald", NULL);
    int fd;

    f->daemon = fork();
    if (f->daemon == 0) {
        execl(program, program, "--root", f->root, NULL);
        _exit(127);
    }
    while ((fd = remote_dial_unix(f->socket)) < 0) {
        assert_int_equal(waitpid(f->daemon, NULL, WNOHANG), 0);
        g_usleep(1000);
    }
    close(fd);
}

static void kill_daemon(struct fixture *f)
{
    kill(f->daemon, SIGKILL);
    waitpid(f->daemon, NULL, 0);
}

/* --- the loop, and what it is told ---------------------------------------------------------------
 */

static void on_tick(int timer, void *opaque)
{
    (void)timer, (void)opaque;
}

static void *run_loop(void *opaque)
{
    struct fixture *f = opaque;

    while (!__atomic_load_n(&f->ends, __ATOMIC_ACQUIRE))
        virEventRunDefaultImpl();
    return NULL;
}

static void on_gap(virConnectPtr conn, int event, int reason, unsigned long long milliseconds,
                   const corralGapChange *changes, int nchanges, void *opaque)
{
    struct fixture *f = opaque;

    (void)conn, (void)reason, (void)milliseconds;
    lock_guard(&f->lock);
    f->begun += event == CORRAL_GAP_BEGIN;
    f->ended += event == CORRAL_GAP_END;
    for (int i = 0; i < nchanges; i++) {
        f->appeared += changes[i].type == CORRAL_GAP_APPEARED;
        f->vanished += changes[i].type == CORRAL_GAP_VANISHED;
    }
    cond_broadcast(&f->changed);
}

static void on_other_gap(virConnectPtr conn, int event, int reason, unsigned long long milliseconds,
                         const corralGapChange *changes, int nchanges, void *opaque)
{
    (void)conn, (void)event, (void)reason, (void)milliseconds, (void)opaque;
    for (int i = 0; i < nchanges; i++)
        assert_non_null(changes[i].name);
}

static void on_event(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    (void)conn, (void)dom, (void)event, (void)detail, (void)opaque;
}

static void on_freed(void *opaque)
{
    struct fixture *f = opaque;

    lock_guard(&f->lock);
    f->freed = TRUE;
    cond_broadcast(&f->changed);
}

#define WAIT_UNTIL(f, condition)                                                                   \
    do {                                                                                           \
        lock_take(&(f)->lock);                                                                     \
        while (!(condition))                                                                       \
            cond_wait(&(f)->changed, &(f)->lock);                                                  \
        lock_drop(&(f)->lock);                                                                     \
    } while (0)

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);

    lock_init(&f->lock);
    cond_init(&f->changed);
    f->root = g_dir_make_tmp("reconnect-XXXXXX", NULL);
    f->socket = g_build_filename(f->root, "run", "corral-sock", NULL);
    f->uri = g_strdup_printf("test+unix:///default?socket=%s", f->socket);
    virEventRegisterDefaultImpl();
    assert_true(virEventAddTimeout(10, on_tick, NULL, NULL) >= 0);
    pthread_create(&f->loop, NULL, run_loop, f);
    start_daemon(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", f->root);

    __atomic_store_n(&f->ends, TRUE, __ATOMIC_RELEASE);
    pthread_join(f->loop, NULL);
    kill_daemon(f);
    assert_int_equal(system(command), 0);
    g_free(f->root);
    g_free(f->socket);
    g_free(f->uri);
    cond_clear(&f->changed);
    lock_clear(&f->lock);
    g_free(f);
    return 0;
}

static virConnectPtr open_to(struct fixture *f)
{
    virConnectPtr conn = corralOpenReconnecting(f->uri, NULL, 0);

    assert_non_null(conn);
    return conn;
}

/* --- callers -------------------------------------------------------------------------------------
 */

struct caller {
    struct fixture *f;
    virConnectPtr conn;
    pthread_t thread;
    gboolean *ends;
    int answered;
};

static gboolean go_on(struct caller *caller)
{
    return !__atomic_load_n(caller->ends, __ATOMIC_ACQUIRE);
}

static void *look_and_change(void *opaque)
{
    struct caller *caller = opaque;

    while (go_on(caller)) {
        virDomainPtr dom = virDomainLookupByName(caller->conn, "test");
        virDomainInfo info;

        if (dom) {
            caller->answered += virDomainGetInfo(dom, &info) == 0;
            virDomainSetMetadata(dom, VIR_DOMAIN_METADATA_TITLE, "t", NULL, NULL, 0);
            virDomainFree(dom);
        }
        virConnectIsAlive(caller->conn);
    }
    return NULL;
}

static void *register_and_not(void *opaque)
{
    struct caller *caller = opaque;
    int callback, gap;

    while (go_on(caller)) {
        callback =
            virConnectDomainEventRegisterAny(caller->conn, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
                                             VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, NULL);
        gap = corralRegisterGapCallback(caller->conn, on_other_gap, NULL, NULL);
        virConnectSetKeepAlive(caller->conn, 5, 3);
        if (callback >= 0)
            assert_int_equal(virConnectDomainEventDeregisterAny(caller->conn, callback), 0);
        if (gap >= 0)
            assert_int_equal(corralDeregisterGapCallback(caller->conn, gap), 0);
    }
    return NULL;
}

static void threads_while_daemons_die(void **state)
{
    struct fixture *f = *state;
    virConnectPtr conn = open_to(f);
    struct caller callers[CALLERS];
    gboolean ends = FALSE;
    int gap = corralRegisterGapCallback(conn, on_gap, f, on_freed);
    int callback = virConnectDomainEventRegisterAny(
        conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, NULL);

    assert_true(gap >= 0 && callback >= 0);
    assert_int_equal(corralSetCallTimeout(conn, 600000, 0), 0);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){f, conn, 0, &ends, 0};
        pthread_create(&callers[i].thread, NULL, i ? look_and_change : register_and_not,
                       &callers[i]);
    }
    for (int i = 1; i <= DEATHS; i++) {
        kill_daemon(f);
        start_daemon(f);
        WAIT_UNTIL(f, f->ended >= i);
    }
    __atomic_store_n(&ends, TRUE, __ATOMIC_RELEASE);
    for (int i = 0; i < CALLERS; i++)
        pthread_join(callers[i].thread, NULL);
    for (int i = 1; i < CALLERS; i++)
        assert_true(callers[i].answered > 0);
    assert_int_equal(corralDeregisterGapCallback(conn, gap), 0);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, callback), 0);
    WAIT_UNTIL(f, f->freed);
    assert_true(f->begun >= DEATHS);
    assert_true(virConnectClose(conn) >= 0); /* the loop may hold what was registered */
}

/* Wherever the thread that mends is. */
static void closed_in_the_gap(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 20; i++) {
        virConnectPtr conn = open_to(f);

        kill_daemon(f);
        while (virConnectIsAlive(conn))
            ;
        if (i % 2)
            start_daemon(f); /* it may just be mended */
        assert_int_equal(virConnectClose(conn), 0);
        if (!(i % 2))
            start_daemon(f);
    }
}

static void *close_it(void *conn)
{
    virConnectClose(conn);
    return NULL;
}

static void closed_by_another_thread(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 20; i++) {
        virConnectPtr conn = open_to(f);
        pthread_t thread;

        pthread_create(&thread, NULL, close_it, conn);
        kill_daemon(f);
        start_daemon(f);
        pthread_join(thread, NULL);
    }
}

/* A child has neither the thread nor the locks. */
static void a_child_leaves_it_alone(void **state)
{
    struct fixture *f = *state;
    virConnectPtr conn = open_to(f);
    int status;
    pid_t child;

    kill_daemon(f);
    while (virConnectIsAlive(conn))
        ;
    child = fork();
    if (child == 0) {
        int fine = virConnectIsAlive(conn) == 0 && virConnectNumOfDomains(conn) == -1 &&
                   strstr(virGetLastErrorMessage(), "forked");

        virConnectClose(conn);
        _exit(fine ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    start_daemon(f);
    while (!virConnectIsAlive(conn))
        ;
    assert_int_equal(virConnectNumOfDomains(conn), 1);
    assert_int_equal(virConnectClose(conn), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_while_daemons_die, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closed_in_the_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closed_by_another_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_leaves_it_alone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
