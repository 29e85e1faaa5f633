#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/public/failing.h"

struct heard {
    int times, code;
    char message[200];
};

static virConnectPtr conn;
static virDomainPtr domain;
static struct heard global, own;

static void hear(void *data, virErrorPtr error)
{
    struct heard *heard = data;

    heard->times++;
    heard->code = error->code;
    g_strlcpy(heard->message, error->message, sizeof(heard->message));
    /* a handler may look */
    assert_ptr_equal(error, virGetLastError());
    if (heard == &own)
        assert_string_equal(virConnGetLastError(conn)->message, error->message);
}

static int set_up(void **state)
{
    (void)state;
    conn = failing_connection();
    domain = failing_domain(conn);
    memset(&global, 0, sizeof(global));
    memset(&own, 0, sizeof(own));
    virSetErrorFunc(&global, hear);
    virResetLastError();
    failing_status = -1;
    failing_code = VIR_ERR_OPERATION_FAILED;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    virDomainFree(domain);
    virConnectClose(conn);
    virSetErrorFunc(NULL, NULL);
    return 0;
}

static void fail_once(void)
{
    virDomainInfo info;

    assert_int_equal(virDomainGetInfo(domain, &info), -1);
}

static void without_an_error(void **state)
{
    virError error = {.code = 55};
    virErrorPtr saved;

    (void)state;
    assert_null(virGetLastError());
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_NONE);
    assert_string_equal(virGetLastErrorMessage(), "no error");
    assert_int_equal(virCopyLastError(&error), 0);
    assert_int_equal(error.code, 0);
    assert_int_equal(virCopyLastError(NULL), -1);
    saved = virSaveLastError();
    assert_non_null(saved);
    assert_int_equal(saved->code, VIR_ERR_OK);
    virFreeError(saved);
    virFreeError(NULL);
    virResetError(NULL);
    assert_int_equal(global.times, 0);
}

static void a_failure_is_heard_of_once(void **state)
{
    (void)state;
    fail_once();
    assert_int_equal(global.times, 1);
    assert_int_equal(global.code, VIR_ERR_OPERATION_FAILED);
    assert_string_equal(global.message, "operation failed: of 'guest'");
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_TEST);
    assert_string_equal(virGetLastErrorMessage(), global.message);
}

static void a_success_forgets_the_error(void **state)
{
    virDomainInfo info;

    (void)state;
    fail_once();
    failing_status = 0;
    failing_code = VIR_ERR_OK;
    assert_int_equal(virDomainGetInfo(domain, &info), 0);
    assert_int_equal(info.state, VIR_DOMAIN_RUNNING);
    assert_null(virGetLastError());
    /* the connection's stays */
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_OPERATION_FAILED);
    assert_int_equal(global.times, 1);
}

static void a_driver_that_does_not_say_why_is_made_to(void **state)
{
    (void)state;
    failing_code = VIR_ERR_OK;
    fail_once();
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INTERNAL_ERROR);
    assert_non_null(strstr(virGetLastErrorMessage(), "does not say why"));
    assert_int_equal(global.times, 1);
}

static void copies_outlive_the_next_call(void **state)
{
    virError copy;
    virErrorPtr saved;

    (void)state;
    fail_once();
    assert_int_equal(virCopyLastError(&copy), VIR_ERR_OPERATION_FAILED);
    saved = virSaveLastError();
    virResetLastError();
    assert_null(virGetLastError());
    assert_string_equal(copy.message, "operation failed: of 'guest'");
    assert_string_equal(saved->message, copy.message);
    assert_ptr_not_equal(saved->message, copy.message);
    virResetError(&copy);
    assert_null(copy.message);
    virFreeError(saved);
}

static void a_connection_has_its_own_handler(void **state)
{
    (void)state;
    virConnSetErrorFunc(conn, &own, hear);
    fail_once();
    assert_int_equal(own.times, 1);
    assert_int_equal(global.times, 0);
    virConnSetErrorFunc(conn, NULL, NULL);
    fail_once();
    assert_int_equal(own.times, 1);
    assert_int_equal(global.times, 1);
}

static void a_connection_keeps_its_last_error(void **state)
{
    virErrorPtr error;
    virError copy;

    (void)state;
    assert_null(virConnGetLastError(conn));
    assert_int_equal(virConnCopyLastError(conn, &copy), 0);
    fail_once();
    virResetLastError();
    error = virConnGetLastError(conn);
    assert_string_equal(error->message, "operation failed: of 'guest'");
    assert_int_equal(virConnCopyLastError(conn, &copy), VIR_ERR_OPERATION_FAILED);
    assert_string_equal(copy.message, error->message);
    virResetError(&copy);
    failing_code = VIR_ERR_NO_DOMAIN;
    fail_once();
    /* what was given away stays until it is asked for again, and is then the same place */
    assert_int_equal(error->code, VIR_ERR_OPERATION_FAILED);
    assert_ptr_equal(virConnGetLastError(conn), error);
    assert_int_equal(error->code, VIR_ERR_NO_DOMAIN);
    virConnResetLastError(conn);
    assert_null(virConnGetLastError(conn));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
}

static void what_is_no_connection_has_no_error(void **state)
{
    virError copy;

    (void)state;
    assert_null(virConnGetLastError(NULL));
    assert_null(virConnGetLastError((virConnectPtr)domain));
    assert_int_equal(virConnCopyLastError(NULL, &copy), -1);
    assert_int_equal(virConnCopyLastError((virConnectPtr)domain, &copy), -1);
    assert_int_equal(virConnCopyLastError(conn, NULL), -1);
    virConnResetLastError(NULL);
    virConnSetErrorFunc(NULL, NULL, hear);
    virConnSetErrorFunc((virConnectPtr)domain, NULL, hear);
    assert_int_equal(global.times, 0);
}

/* What is written on standard error while `run` runs. */
static char *capture(void (*run)(void *), void *data)
{
    char name[] = "/tmp/corral-test-XXXXXX", *text = NULL;
    int file = mkstemp(name), before;

    fflush(stderr);
    before = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    run(data);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    close(file);
    g_file_get_contents(name, &text, NULL, NULL);
    unlink(name);
    return text;
}

static void print_default(void *data)
{
    virDefaultErrorFunc(data);
}

/* The lines as the field's own library prints them. */
static void the_default_handler_prints_one_line(void **state)
{
    static const struct {
        virError error;
        const char *line;
    } cases[] = {
        {{.code = 1, .domain = 0, .message = "m", .level = 2}, "libvirt:  error : m\n"},
        {{.code = 1, .domain = 12, .message = "m", .level = 2}, "libvirt: Test Driver error : m\n"},
        {{.code = 1, .domain = 12, .message = "m", .level = 1},
         "libvirt: Test Driver warning : m\n"},
        {{.code = 1, .domain = 12, .message = "m", .level = 0}, "libvirt: Test Driver  : m\n"},
        {{.code = 1, .domain = 12, .message = "m", .level = 7}, "libvirt: Test Driver  : m\n"},
        {{.code = 1, .domain = 9999, .message = "m", .level = 2}, "libvirt: Unknown error : m\n"},
        {{.code = 1, .domain = -1, .message = "m", .level = 2}, "libvirt: Unknown error : m\n"},
        {{.code = 1, .domain = 12, .message = "m\n", .level = 2},
         "libvirt: Test Driver error : m\n"},
        {{.code = 1, .domain = 12, .message = "", .level = 2}, "libvirt: Test Driver error : \n"},
        {{.code = 1, .domain = 12, .message = "%s%n", .level = 2},
         "libvirt: Test Driver error : %s%n\n"},
        {{.code = 0, .domain = 12, .message = "m", .level = 2}, ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = capture(print_default, (void *)&cases[i].error);

        assert_string_equal(text, cases[i].line);
    }
    g_free(capture(print_default, NULL));
}

static void fail_for_capture(void *data)
{
    (void)data;
    fail_once();
}

static void without_a_handler_it_is_printed(void **state)
{
    g_autofree char *text = NULL;

    (void)state;
    virSetErrorFunc(NULL, NULL);
    text = capture(fail_for_capture, NULL);
    assert_string_equal(text, "libvirt: Test Driver error : operation failed: of 'guest'\n");
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(without_an_error),
        UNIT(a_failure_is_heard_of_once),
        UNIT(a_success_forgets_the_error),
        UNIT(a_driver_that_does_not_say_why_is_made_to),
        UNIT(copies_outlive_the_next_call),
        UNIT(a_connection_has_its_own_handler),
        UNIT(a_connection_keeps_its_last_error),
        UNIT(what_is_no_connection_has_no_error),
        UNIT(the_default_handler_prints_one_line),
        UNIT(without_a_handler_it_is_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
