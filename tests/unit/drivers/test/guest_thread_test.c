/* Eight threads on one connection, and the events that come of it. */
#include <pthread.h>

#include "unit/drivers/test/guest_fixture.h"

#define THREADS 8
#define ROUNDS 200

static int events; /* in the loop's thread only */

static int count_event(virConnectPtr c, virDomainPtr domain, int event, int detail, void *opaque)
{
    events++;
    return 0;
}

/* Each has a guest that it takes through its life, and all look at and change the same one. */
static void *hammer(void *opaque)
{
    int number = GPOINTER_TO_INT(opaque);
    g_autofree char *xml = g_strdup_printf(
        "<domain "
        "type='test'><name>t%d</name><memory>1024</memory><os><type>hvm</type></os></domain>",
        number);
    virDomainPtr shared = virDomainLookupByName(conn, "test");
    intptr_t failures = 0;

    for (int i = 0; i < ROUNDS; i++) {
        virDomainPtr own = virDomainDefineXML(conn, xml), *list = NULL;
        g_autofree char *text = virDomainGetXMLDesc(shared, 0);
        virDomainInfo info;
        int n;

        failures += !own || !text || virDomainCreate(own) < 0 || virDomainSuspend(own) < 0 ||
                    virDomainResume(own) < 0 || virDomainGetInfo(shared, &info) < 0 ||
                    virDomainSetMemory(shared, 1024 * (1 + i)) < 0 ||
                    virDomainSetMetadata(shared, VIR_DOMAIN_METADATA_TITLE, i % 2 ? "odd" : "even",
                                         NULL, NULL, VIR_DOMAIN_AFFECT_LIVE) < 0;
        n = virConnectListAllDomains(conn, &list, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
        failures += n < 2;
        for (int k = 0; k < n; k++)
            virDomainFree(list[k]);
        free(list);
        failures += virDomainDestroy(own) < 0 || virDomainUndefine(own) < 0;
        virDomainFree(own);
    }
    virDomainFree(shared);
    return (void *)failures;
}

static void threads_do_not_get_in_each_others_way(void **state)
{
    pthread_t threads[THREADS];
    int id = virConnectDomainEventRegisterAny(
        conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        any_callback(virConnectDomainEventGenericCallback, count_event), NULL, NULL);

    assert_ok(id);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, hammer, GINT_TO_POINTER(i));
    while (events <
           THREADS * ROUNDS * 6) /* defined, started, suspended, resumed, stopped, undefined */
        virEventRunDefaultImpl();
    for (int i = 0; i < THREADS; i++) {
        void *failures;

        pthread_join(threads[i], &failures);
        assert_int_equal((intptr_t)failures, 0);
    }
    run_loop();
    assert_int_equal(events, THREADS * ROUNDS * 6);
    assert_int_equal(virConnectNumOfDomains(conn), 1);
    assert_int_equal(virConnectNumOfDefinedDomains(conn), 0);
    assert_ok(virConnectDomainEventDeregisterAny(conn, id));
}

static void *open_and_close(void *opaque)
{
    intptr_t failures = 0;

    for (int i = 0; i < ROUNDS; i++) {
        virConnectPtr own = virConnectOpen("test:///default");

        failures += !own || virConnectNumOfDomains(own) != 1;
        failures += virConnectClose(own) != 0;
    }
    return (void *)failures;
}

static void the_default_world_comes_and_goes(void **state)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, open_and_close, NULL);
    for (int i = 0; i < THREADS; i++) {
        void *failures;

        pthread_join(threads[i], &failures);
        assert_int_equal((intptr_t)failures, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_do_not_get_in_each_others_way, open_default,
                                        close_default),
        cmocka_unit_test(the_default_world_comes_and_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
