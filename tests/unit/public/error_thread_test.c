/* Errors in many threads at once: each has its own; handlers and connections are shared. For TSan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/driver/registry.h"
#include "core/public/entry.h"

#define THREADS 8
#define ROUNDS 2000

static int get_info(virDomainPtr domain, virDomainInfoPtr info)
{
    (void)info;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_FAILED, "of '%s'", domain->name);
    return -1;
}

static virConnectPtr connection(void)
{
    static const struct hypervisor_driver hypervisor = {.domainGetInfo = get_info};
    virConnectPtr conn = connect_new();

    conn->uri = g_strdup("failing:///");
    conn->tables.hypervisor = &hypervisor;
    return conn;
}

struct worker {
    virConnectPtr conn;
    int number;
    int mistakes;
    pthread_t thread;
};

static void run(struct worker *workers, virConnectPtr conn, void *(*work)(void *))
{
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.conn = conn, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
}

static void finish(struct worker *workers)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].mistakes, 0);
    }
}

static virDomainPtr guest(struct worker *worker)
{
    unsigned char uuid[VIR_UUID_BUFLEN] = {worker->number};
    g_autofree char *name = g_strdup_printf("guest-%d", worker->number);

    return new_domain(worker->conn, name, uuid, -1);
}

static void ignore(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void *fail_and_look(void *opaque)
{
    struct worker *worker = opaque;
    virDomainPtr domain = guest(worker);
    g_autofree char *expected = g_strdup_printf("operation failed: of 'guest-%d'", worker->number);
    virDomainInfo info;

    worker->mistakes += virGetLastErrorCode() != VIR_ERR_OK; /* a new thread has none */
    for (int i = 0; i < ROUNDS; i++) {
        worker->mistakes += virDomainGetInfo(domain, &info) != -1;
        worker->mistakes += strcmp(virGetLastErrorMessage(), expected) != 0;
    }
    virDomainFree(domain);
    worker->mistakes += virGetLastErrorCode() != VIR_ERR_OK;
    virDomainGetInfo(NULL, &info); /* left behind: it goes with the thread */
    return NULL;
}

static void every_thread_has_its_own_error(void **state)
{
    struct worker workers[THREADS];
    virConnectPtr conn = connection();

    (void)state;
    virSetErrorFunc(NULL, ignore);
    virResetLastError();
    run(workers, conn, fail_and_look);
    finish(workers);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_int_equal(virConnectClose(conn), 0);
}

/* Whole or not at all: the message and its parts fit together, whoever failed last. */
static gboolean consistent(const virError *error)
{
    g_autofree char *message = g_strdup_printf("operation failed: %s", error->str2);

    return error->code == VIR_ERR_OPERATION_FAILED && strcmp(message, error->message) == 0;
}

static void *fail_and_ask_the_connection(void *opaque)
{
    struct worker *worker = opaque;
    virDomainPtr domain = guest(worker);
    virDomainInfo info;

    for (int i = 0; i < ROUNDS; i++) {
        virErrorPtr error;
        virError copy;

        virDomainGetInfo(domain, &info);
        error = virConnGetLastError(worker->conn);
        worker->mistakes += error && !consistent(error);
        if (virConnCopyLastError(worker->conn, &copy) > 0)
            worker->mistakes += !consistent(&copy);
        virResetError(&copy);
        if (i % 16 == worker->number)
            virConnResetLastError(worker->conn);
    }
    virDomainFree(domain);
    return NULL;
}

static void a_connection_s_error_is_whole_in_every_thread(void **state)
{
    struct worker workers[THREADS];
    virConnectPtr conn = connection();

    (void)state;
    virSetErrorFunc(NULL, ignore);
    run(workers, conn, fail_and_ask_the_connection);
    finish(workers);
    assert_int_equal(virConnectClose(conn), 0);
}

static int data_of_one, data_of_other, mixed;

static void handler_one(void *data, virErrorPtr error)
{
    (void)error;
    if (data != &data_of_one)
        __atomic_add_fetch(&mixed, 1, __ATOMIC_RELAXED);
}

static void handler_other(void *data, virErrorPtr error)
{
    (void)error;
    if (data != &data_of_other)
        __atomic_add_fetch(&mixed, 1, __ATOMIC_RELAXED);
}

static void a_handler_gets_its_own_data(void **state)
{
    struct worker workers[THREADS];
    virConnectPtr conn = connection();

    (void)state;
    mixed = 0;
    virSetErrorFunc(&data_of_one, handler_one);
    run(workers, conn, fail_and_look);
    for (int i = 0; i < ROUNDS; i++) {
        virSetErrorFunc(&data_of_other, handler_other);
        virConnSetErrorFunc(conn, &data_of_one, handler_one);
        virSetErrorFunc(&data_of_one, handler_one);
        virConnSetErrorFunc(conn, &data_of_other, handler_other);
        virConnSetErrorFunc(conn, NULL, NULL);
    }
    finish(workers);
    assert_int_equal(mixed, 0);
    virSetErrorFunc(NULL, ignore);
    assert_int_equal(virConnectClose(conn), 0);
}

/* A destructor of the application's that runs after ours, and fails in the library. */
static pthread_key_t late;
static int late_code;

static void on_thread_end(void *data)
{
    (void)data;
    virDomainGetInfo(NULL, NULL);
    late_code = virGetLastErrorCode();
}

static void *end_late(void *opaque)
{
    pthread_setspecific(late, opaque);
    virDomainGetInfo(NULL, NULL);
    return NULL;
}

static void a_thread_may_fail_while_it_ends(void **state)
{
    pthread_t thread;

    (void)state;
    virSetErrorFunc(NULL, ignore);
    assert_int_equal(pthread_key_create(&late, on_thread_end), 0);
    assert_int_equal(pthread_create(&thread, NULL, end_late, &late), 0);
    pthread_join(thread, NULL);
    assert_int_equal(late_code, VIR_ERR_INVALID_DOMAIN);
    pthread_key_delete(late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thread_has_its_own_error),
        cmocka_unit_test(a_connection_s_error_is_whole_in_every_thread),
        cmocka_unit_test(a_handler_gets_its_own_data),
        cmocka_unit_test(a_thread_may_fail_while_it_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
