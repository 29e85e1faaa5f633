/* References taken and dropped by many threads; to be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "objects.h"

#define THREADS 8
#define ROUNDS 5000

static int closed;

static void on_close(virConnectPtr conn)
{
    (void)conn;
    __atomic_add_fetch(&closed, 1, __ATOMIC_RELAXED);
}

static virConnectPtr connection(void)
{
    static const struct connect_driver driver = {.name = "Some", .close = on_close};
    virConnectPtr conn = connect_new();

    conn->driver = &driver;
    return conn;
}

static void *use(void *opaque)
{
    static const unsigned char uuid[VIR_UUID_BUFLEN];
    virConnectPtr conn = opaque;

    for (int i = 0; i < ROUNDS; i++) {
        virDomainPtr domain = new_domain(conn, "guest", uuid, i);
        virDomainSnapshotPtr snapshot = new_domain_snapshot(domain, "before");

        virConnectRef(conn);
        virDomainFree(domain);
        virDomainRef(virDomainSnapshotGetDomain(snapshot));
        virConnectClose(conn);
        virDomainFree(domain);
        virDomainSnapshotFree(snapshot);
    }
    virConnectClose(conn); /* the thread's own */
    return NULL;
}

static void the_last_one_disposes_whoever_that_is(void **state)
{
    virConnectPtr conn = connection();
    pthread_t threads[THREADS];

    (void)state;
    closed = 0;
    for (int i = 0; i < THREADS; i++) {
        virConnectRef(conn);
        assert_int_equal(pthread_create(&threads[i], NULL, use, conn), 0);
    }
    virConnectClose(conn);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(closed, 1);
}

struct shared {
    virDomainPtr domain;
    int written;
};

/* What one thread wrote before it dropped its reference, the one that disposes sees. */
static void *write_and_drop(void *opaque)
{
    struct shared *shared = opaque;

    __atomic_add_fetch(&shared->written, 1, __ATOMIC_RELAXED);
    assert_string_equal(virDomainGetName(shared->domain), "guest");
    virDomainFree(shared->domain);
    return NULL;
}

static void a_shared_object_goes_once(void **state)
{
    static const unsigned char uuid[VIR_UUID_BUFLEN];
    pthread_t threads[THREADS];

    (void)state;
    for (int round = 0; round < 100; round++) {
        virConnectPtr conn = connection();
        struct shared shared = {new_domain(conn, "guest", uuid, 1), 0};

        for (int i = 1; i < THREADS; i++)
            virDomainRef(shared.domain);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, write_and_drop, &shared), 0);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(shared.written, THREADS);
        assert_int_equal(virConnectClose(conn), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_one_disposes_whoever_that_is),
        cmocka_unit_test(a_shared_object_goes_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
