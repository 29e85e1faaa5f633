#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <corral/call.h>

#include "unit/public/waiting.h"

static void ignore(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static virConnectPtr conn;
static virDomainPtr domain;

static int set_up(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, ignore);
    virResetLastError();
    conn = waiting_connection();
    domain = waiting_domain(conn);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    corralSetCallTimeout(conn, 0, CORRAL_CALL_TIMEOUT_THREAD);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(conn), 0);
    return 0;
}

static void assert_error(int code, const char *part)
{
    assert_int_equal(virGetLastErrorCode(), code);
    if (!strstr(virGetLastErrorMessage(), part))
        fail_msg("'%s' is not in '%s'", part, virGetLastErrorMessage());
}

static void a_connection_s_deadline_ends_its_calls(void **state)
{
    (void)state;
    assert_int_equal(corralSetCallTimeout(conn, 20, 0), 0);
    assert_int_equal(virDomainCreate(domain), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "virDomainCreate took longer than its limit of 20 ms");
    /* and the next one too */
    assert_int_equal(virDomainCreate(domain), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "20 ms");
}

static void a_thread_s_deadline_goes_before_the_connection_s(void **state)
{
    (void)state;
    assert_int_equal(corralSetCallTimeout(conn, 600000, 0), 0);
    assert_int_equal(corralSetCallTimeout(conn, 10, CORRAL_CALL_TIMEOUT_THREAD), 0);
    assert_int_equal(virDomainCreate(domain), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "10 ms");
    /* 0 goes back to the connection's */
    assert_int_equal(corralSetCallTimeout(conn, 0, CORRAL_CALL_TIMEOUT_THREAD), 0);
    assert_int_equal(corralSetCallTimeout(conn, 15, 0), 0);
    assert_int_equal(virDomainCreate(domain), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "15 ms");
}

static void the_range_of_a_deadline(void **state)
{
    (void)state;
    assert_int_equal(corralSetCallTimeout(conn, G_MAXINT, 0), 0);
    assert_int_equal(call_group_timeout(&conn->calls), G_MAXINT);
    assert_int_equal(corralSetCallTimeout(conn, (unsigned int)G_MAXINT + 1, 0), -1);
    assert_error(VIR_ERR_INVALID_ARG,
                 "milliseconds in corralSetCallTimeout must not exceed 2147483647");
    assert_int_equal(corralSetCallTimeout(conn, G_MAXUINT, 0), -1);
    assert_int_equal(call_group_timeout(&conn->calls), G_MAXINT); /* as it was */
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_INVALID_ARG);
    assert_int_equal(corralSetCallTimeout(conn, 0, 0), 0);
    assert_int_equal(call_group_timeout(&conn->calls), 0);
}

static void unknown_flags_are_refused(void **state)
{
    (void)state;
    assert_int_equal(corralSetCallTimeout(conn, 5, 0x80), -1);
    assert_error(VIR_ERR_INVALID_ARG, "unsupported flags (0x80) in function corralSetCallTimeout: "
                                      "CORRAL_CALL_TIMEOUT_THREAD is accepted");
    assert_int_equal(call_group_timeout(&conn->calls), 0);
    assert_int_equal(corralCancelCalls(conn, 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "unsupported flags (0x1) in function corralCancelCalls");
}

static void with_nothing_to_cancel_it_is_none(void **state)
{
    (void)state;
    assert_int_equal(corralCancelCalls(conn, 0), 0);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
}

static void only_connections_have_calls(void **state)
{
    (void)state;
    assert_int_equal(corralCancelCalls(NULL, 0), -1);
    assert_error(VIR_ERR_INVALID_CONN, "corralCancelCalls");
    assert_int_equal(corralCancelCalls((virConnectPtr)domain, 0), -1);
    assert_error(VIR_ERR_INVALID_CONN, "corralCancelCalls");
    assert_int_equal(corralSetCallTimeout((virConnectPtr)domain, 0, 0), -1);
    assert_error(VIR_ERR_INVALID_CONN, "corralSetCallTimeout");
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_connection_s_deadline_ends_its_calls),
        UNIT(a_thread_s_deadline_goes_before_the_connection_s),
        UNIT(the_range_of_a_deadline),
        UNIT(unknown_flags_are_refused),
        UNIT(with_nothing_to_cancel_it_is_none),
        UNIT(only_connections_have_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
