/* The life of a connection: what is left of it at which moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "objects.h"

static GString *journal;

static void on_close(virConnectPtr conn)
{
    /* everything else is there still */
    assert_true(is_virConnect(conn));
    assert_string_equal(conn->uri, "some:///");
    assert_false(event_queue_wanted(conn->events));
    g_string_append(journal, "driver ");
}

static void on_free(void *opaque)
{
    g_string_append(journal, opaque);
}

static const struct connect_driver driver = {.name = "Some", .close = on_close};

static int set_up(void **state)
{
    (void)state;
    journal = g_string_new("");
    error_reset();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    g_string_free(journal, TRUE);
    return 0;
}

static virConnectPtr connection(void)
{
    virConnectPtr conn = connect_new();

    conn->uri = g_strdup("some:///");
    conn->driver = &driver;
    return conn;
}

static void a_new_connection_has_nothing_but_its_queue_and_calls(void **state)
{
    virConnectPtr conn = connect_new();

    (void)state;
    assert_true(is_virConnect(conn));
    assert_int_equal(object_refs(&conn->base), 1);
    assert_null(conn->driver);
    assert_null(conn->tables.hypervisor);
    assert_non_null(conn->events);
    assert_int_equal(call_group_timeout(&conn->calls), 0);
    assert_false(conn->readonly);
    assert_int_equal(virConnectClose(conn), 0);
}

static void the_driver_hears_of_the_end_first(void **state)
{
    virConnectPtr conn = connection();

    (void)state;
    conn->close_opaque = "callback ";
    conn->close_free = on_free;
    assert_int_equal(virConnectClose(conn), 0);
    assert_string_equal(journal->str, "driver callback ");
}

static void a_driver_that_did_not_open_is_not_closed(void **state)
{
    virConnectPtr conn = connection();

    (void)state;
    conn->driver = NULL;
    assert_int_equal(virConnectClose(conn), 0);
    assert_string_equal(journal->str, "");
}

static void closing_answers_how_many_references_are_left(void **state)
{
    virConnectPtr conn = connection();
    virNetworkPtr net = new_network(conn, "net", (const unsigned char[VIR_UUID_BUFLEN]){1});

    (void)state;
    assert_int_equal(virConnectRef(conn), 0);
    assert_int_equal(virConnectClose(conn), 2);
    assert_int_equal(virConnectClose(conn), 1);
    assert_string_equal(journal->str, "");
    assert_int_equal(virNetworkFree(net), 0);
    assert_string_equal(journal->str, "driver ");
}

static void its_errors_go_with_it(void **state)
{
    virConnectPtr conn = connection();

    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "first");
    conn->error = error_record_hold();
    assert_string_equal(virConnGetLastError(conn)->message, "internal error: first");
    assert_int_equal(virConnectClose(conn), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_connection_has_nothing_but_its_queue_and_calls,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_driver_hears_of_the_end_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_driver_that_did_not_open_is_not_closed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(closing_answers_how_many_references_are_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(its_errors_go_with_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
