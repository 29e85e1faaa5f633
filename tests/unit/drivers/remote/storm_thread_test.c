/* Many threads on few connections: some are closed while others call on them, calls are cancelled,
 * clients hang up in the middle of a message. To be run under TSan, the daemon as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib.h>

#include "support/own_daemon.h"

#define CALLERS 6
#define ROUNDS 15
#define CALLS 40

struct fixture {
    struct own_daemon daemon;
    virConnectPtr conn; /* in turn, what all callers share */
    GThread *loop;
    gint ends;
    gint events;
};

static void on_tick(int timer, void *opaque)
{
    (void)timer, (void)opaque;
}

static gpointer run_loop(gpointer data)
{
    struct fixture *f = data;

    while (!g_atomic_int_get(&f->ends))
        virEventRunDefaultImpl();
    return NULL;
}

static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque, (void)error;
}

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);

    own_daemon_start(&f->daemon);
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    virEventAddTimeout(10, on_tick, NULL, NULL);
    f->loop = g_thread_new("loop", run_loop, f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    g_atomic_int_set(&f->ends, TRUE);
    g_thread_join(f->loop);
    own_daemon_end(&f->daemon);
    g_free(f);
    return 0;
}

static virConnectPtr open_one(struct fixture *f)
{
    virConnectPtr conn = virConnectOpen(f->daemon.uri);

    assert_non_null(conn);
    return conn;
}

static void run_all(struct fixture *f, GThreadFunc function, GThread **threads)
{
    for (int i = 0; i < CALLERS; i++)
        threads[i] = g_thread_new("caller", function, f);
}

static void join_all(GThread **threads)
{
    for (int i = 0; i < CALLERS; i++)
        assert_true(GPOINTER_TO_INT(g_thread_join(threads[i])));
}

/* --- closing -------------------------------------------------------------------------------------
 */

/* Each has a reference of its own, and the last one's close is the connection's. */
static gpointer call_and_close(gpointer data)
{
    struct fixture *f = data;
    gboolean good = TRUE;
    unsigned long version;

    for (int i = 0; i < CALLS; i++)
        good = good && virConnectGetVersion(f->conn, &version) == 0;
    return GINT_TO_POINTER(good && virConnectClose(f->conn) >= 0);
}

static void test_closing_while_others_call(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS];

    for (int round = 0; round < ROUNDS; round++) {
        f->conn = open_one(f);
        for (int i = 0; i < CALLERS; i++)
            virConnectRef(f->conn);
        run_all(f, call_and_close, threads);
        assert_true(virConnectClose(f->conn) >= 0);
        join_all(threads);
    }
}

/* What is cancelled says so, and nothing else fails. */
static gpointer call_and_be_cancelled(gpointer data)
{
    struct fixture *f = data;
    gboolean good = TRUE;

    for (int i = 0; i < CALLS; i++) {
        virDomainPtr domain = virDomainLookupByName(f->conn, "test");

        good = good && (domain || virGetLastErrorCode() == VIR_ERR_OPERATION_ABORTED);
        if (domain)
            virDomainFree(domain);
    }
    return GINT_TO_POINTER(good);
}

static void test_cancelling_while_others_call(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS];
    unsigned long version;

    f->conn = open_one(f);
    run_all(f, call_and_be_cancelled, threads);
    for (int i = 0; i < CALLS; i++)
        assert_true(corralCancelCalls(f->conn, 0) >= 0);
    join_all(threads);
    assert_int_equal(virConnectGetVersion(f->conn, &version), 0);
    assert_int_equal(virConnectClose(f->conn), 0);
}

/* --- storms --------------------------------------------------------------------------------------
 */

static int on_event(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *opaque)
{
    (void)conn, (void)domain, (void)event, (void)detail;
    g_atomic_int_inc((gint *)opaque);
    return 0;
}

/* Announces a message, sends a part of it, and is gone. */
static void hang_up(struct fixture *f, int part)
{
    static const guint8 frame[28] = {0, 0, 0, 28, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 66};
    int fd = own_daemon_dial(&f->daemon);

    assert_true(fd >= 0);
    assert_int_equal(send(fd, frame, part, MSG_NOSIGNAL), part);
    close(fd);
}

static int watch(virConnectPtr conn, gint *events)
{
    return virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK((void (*)(void))on_event),
                                            events, NULL);
}

static gboolean live(struct fixture *f, int round)
{
    static gint unseen; /* what comes before the close */
    g_autofree char *xml =
        g_strdup_printf("<domain type='test'><name>storm-%p-%d</name>"
                        "<memory>65536</memory><os><type>hvm</type></os></domain>",
                        (void *)g_thread_self(), round);
    virConnectPtr conn = virConnectOpen(f->daemon.uri);
    virDomainPtr domain, *all = NULL;
    int callback, n;

    if (!conn)
        return FALSE;
    callback = watch(conn, &unseen);
    domain = virDomainCreateXML(conn, xml, 0);
    n = virConnectListAllDomains(conn, &all, 0);
    for (int i = 0; i < n; i++)
        virDomainFree(all[i]);
    free(all);
    if (domain)
        n = virDomainDestroy(domain) < 0 ? -1 : n;
    if (domain)
        virDomainFree(domain);
    if (virConnectDomainEventDeregisterAny(conn, callback) < 0)
        n = -1;
    return virConnectClose(conn) >= 0 && domain && n > 0; /* the loop may still hold it */
}

static gpointer live_often(gpointer data)
{
    gboolean good = TRUE;

    for (int round = 0; round < ROUNDS; round++) {
        good = live(data, round) && good;
        hang_up(data, round % 28 + 1);
    }
    return GINT_TO_POINTER(good);
}

static void test_a_storm(void **state)
{
    struct fixture *f = *state;
    GThread *threads[CALLERS];
    virConnectPtr conn = open_one(f);
    int callback = watch(conn, &f->events);

    assert_true(callback >= 0);
    run_all(f, live_often, threads);
    join_all(threads);
    while (g_atomic_int_get(&f->events) < 2 * CALLERS * ROUNDS) /* started, stopped */
        g_usleep(1000);
    assert_int_equal(virConnectDomainEventDeregisterAny(conn, callback), 0);
    assert_true(virConnectClose(conn) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closing_while_others_call),
        cmocka_unit_test(test_cancelling_while_others_call),
        cmocka_unit_test(test_a_storm),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
