/* Public calls that wait in some threads while others cancel or a deadline comes; to be run under
 * TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <corral/call.h>

#include "unit/public/waiting.h"

#define THREADS 8

static void ignore(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

struct waiter {
    virDomainPtr domain;
    unsigned int limit; /* of the thread, 0 for none */
    int code;
    pthread_t thread;
};

static void *create(void *opaque)
{
    struct waiter *waiter = opaque;

    if (waiter->limit)
        corralSetCallTimeout(waiter->domain->conn, waiter->limit, CORRAL_CALL_TIMEOUT_THREAD);
    __atomic_store_n(&waiter->code,
                     virDomainCreate(waiter->domain) < 0 ? virGetLastErrorCode() : -1,
                     __ATOMIC_RELEASE);
    return NULL;
}

static void start(struct waiter *waiters, virDomainPtr domain)
{
    virSetErrorFunc(NULL, ignore);
    for (int i = 0; i < THREADS; i++) {
        waiters[i].domain = domain;
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, create, &waiters[i]), 0);
    }
}

static void join(struct waiter *waiters, int code)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].code, code);
    }
}

static void another_thread_cancels_them_all(void **state)
{
    virConnectPtr conn = waiting_connection();
    virDomainPtr domain = waiting_domain(conn);
    struct waiter waiters[THREADS] = {{0}};
    int cancelled = 0;

    (void)state;
    start(waiters, domain);
    /* a cancel hits those that wait by then; each of them once */
    while (cancelled < THREADS) {
        int n = corralCancelCalls(conn, 0);

        assert_true(n >= 0 && n <= THREADS);
        for (cancelled = 0; cancelled < THREADS; cancelled++)
            if (__atomic_load_n(&waiters[cancelled].code, __ATOMIC_ACQUIRE) == 0)
                break;
        g_usleep(100);
    }
    join(waiters, VIR_ERR_OPERATION_ABORTED);
    assert_int_equal(corralCancelCalls(conn, 0), 0);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(conn), 0);
}

static void each_thread_has_its_own_deadline(void **state)
{
    virConnectPtr conn = waiting_connection();
    virDomainPtr domain = waiting_domain(conn);
    struct waiter waiters[THREADS] = {{0}};

    (void)state;
    for (int i = 0; i < THREADS; i++)
        waiters[i].limit = 1 + 3 * i;
    start(waiters, domain);
    join(waiters, VIR_ERR_OPERATION_TIMEOUT);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(conn), 0);
}

static void a_deadline_may_change_meanwhile(void **state)
{
    virConnectPtr conn = waiting_connection();
    virDomainPtr domain = waiting_domain(conn);
    struct waiter waiters[THREADS] = {{0}};

    (void)state;
    assert_int_equal(corralSetCallTimeout(conn, 30, 0), 0);
    start(waiters, domain);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(corralSetCallTimeout(conn, 20 + i % 7, 0), 0);
    join(waiters, VIR_ERR_OPERATION_TIMEOUT);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(conn), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_thread_cancels_them_all),
        cmocka_unit_test(each_thread_has_its_own_deadline),
        cmocka_unit_test(a_deadline_may_change_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
