#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/public/failing.h"

static int heard;

static void hear(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
    heard++;
}

static int begin(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, hear);
    virResetLastError();
    heard = 0;
    return 0;
}

static void assert_failed(int code, const char *part)
{
    assert_int_equal(virGetLastErrorCode(), code);
    if (!strstr(virGetLastErrorMessage(), part))
        fail_msg("'%s' is not in '%s'", part, virGetLastErrorMessage());
    assert_int_equal(heard, 1);
    heard = 0;
}

static void open_and_close(void **state)
{
    virConnectPtr conn;

    (void)state;
    assert_int_equal(virInitialize(), 0);
    assert_int_equal(virInitialize(), 0);
    conn = virConnectOpen("test:///default");
    assert_non_null(conn);
    assert_false(conn->readonly);
    assert_int_equal(virConnectClose(conn), 0);
    conn = virConnectOpenReadOnly("test:///default");
    assert_true(conn->readonly);
    assert_int_equal(virConnectClose(conn), 0);
    conn = virConnectOpenAuth("test:///default", virConnectAuthPtrDefault,
                              VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES);
    assert_true(conn->readonly);
    assert_int_equal(virConnectClose(conn), 0);
    assert_int_equal(heard, 0);
}

static void a_failed_open_says_why(void **state)
{
    (void)state;
    assert_null(virConnectOpen("nosuch:///?socket=/nosuch/x"));
    assert_failed(VIR_ERR_SYSTEM_ERROR, "'/nosuch/x'");
    assert_null(virConnectOpenReadOnly("nosuch:///?socket=/nosuch/x"));
    assert_failed(VIR_ERR_SYSTEM_ERROR, "'/nosuch/x'");
    assert_null(virConnectOpenAuth("nosuch:///?socket=/nosuch/x", NULL, 0));
    assert_failed(VIR_ERR_SYSTEM_ERROR, "'/nosuch/x'");
}

static void unknown_flags_are_refused(void **state)
{
    (void)state;
    assert_null(virConnectOpenAuth("test:///default", NULL, 0x80));
    assert_failed(VIR_ERR_INVALID_ARG, "unsupported flags (0x80) in function virConnectOpenAuth");
    assert_null(virConnectOpenAuth("test:///default", NULL, ~0U));
    assert_failed(VIR_ERR_INVALID_ARG, "unsupported flags (0xffffffff)");
}

static void close_answers_what_is_left(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");

    (void)state;
    assert_int_equal(virConnectRef(conn), 0);
    assert_int_equal(virConnectRef(conn), 0);
    assert_int_equal(virConnectClose(conn), 2);
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(virConnectClose(conn), 0);
    assert_int_equal(virConnectClose(NULL), -1);
    assert_failed(VIR_ERR_INVALID_CONN, "invalid connection pointer in virConnectClose");
}

static void the_uri_is_what_was_opened(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    char *uri = virConnectGetURI(conn);

    (void)state;
    assert_string_equal(uri, "test:///default");
    free(uri);
    virConnectClose(conn);
    assert_null(virConnectGetURI(NULL));
    assert_failed(VIR_ERR_INVALID_CONN, "virConnectGetURI");
}

static void versions(void **state)
{
    virConnectPtr conn = failing_connection();
    unsigned long library = 0, type = 0;

    (void)state;
    assert_int_equal(virGetVersion(&library, NULL, NULL), 0);
    assert_int_equal(library, LIBVIR_VERSION_NUMBER);
    assert_int_equal(library, 9000000);
    assert_int_equal(virGetVersion(&library, "TEST", &type), 0);
    assert_int_equal(type, library);
    library = 0;
    assert_int_equal(virConnectGetLibVersion(conn, &library), 0);
    assert_int_equal(library, LIBVIR_VERSION_NUMBER);
    assert_int_equal(virGetVersion(NULL, NULL, NULL), -1);
    assert_failed(VIR_ERR_INVALID_ARG, "libVer in virGetVersion must not be NULL");
    assert_int_equal(virConnectGetLibVersion(conn, NULL), -1);
    assert_failed(VIR_ERR_INVALID_ARG, "libVer in virConnectGetLibVersion must not be NULL");
    /* it was the connection's */
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_INVALID_ARG);
    virConnectClose(conn);
}

static void the_default_for_credentials_asks_for_all_kinds(void **state)
{
    (void)state;
    assert_non_null(virConnectAuthPtrDefault);
    assert_non_null(virConnectAuthPtrDefault->cb);
    assert_int_equal(virConnectAuthPtrDefault->ncredtype, 6);
}

/* The answers of somebody at the keyboard; the last of them is the end of the input. */
static int answer(const char *typed, virConnectCredentialPtr credential)
{
    FILE *file = tmpfile(), *before = stdin;
    int result;

    fputs(typed, file);
    rewind(file);
    stdin = file;
    result = virConnectAuthPtrDefault->cb(credential, 1, virConnectAuthPtrDefault->cbdata);
    stdin = before;
    fclose(file);
    return result;
}

static void what_is_typed_is_the_answer(void **state)
{
    virConnectCredential credential = {
        .type = VIR_CRED_ECHOPROMPT, .prompt = "Name", .defresult = "root"};

    (void)state;
    assert_int_equal(answer("somebody\n", &credential), 0);
    assert_string_equal(credential.result, "somebody");
    assert_int_equal(credential.resultlen, 8);
    free(credential.result);
    assert_int_equal(answer("\n", &credential), 0);
    assert_string_equal(credential.result, "root");
    assert_int_equal(credential.resultlen, 4);
    free(credential.result);
    credential.defresult = NULL;
    assert_int_equal(answer("\n", &credential), 0);
    assert_string_equal(credential.result, "");
    free(credential.result);
    assert_int_equal(answer("", &credential), -1);
    assert_null(credential.result);
    credential.type = VIR_CRED_EXTERNAL;
    assert_int_equal(answer("x\n", &credential), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(open_and_close, begin),
        cmocka_unit_test_setup(a_failed_open_says_why, begin),
        cmocka_unit_test_setup(unknown_flags_are_refused, begin),
        cmocka_unit_test_setup(close_answers_what_is_left, begin),
        cmocka_unit_test_setup(the_uri_is_what_was_opened, begin),
        cmocka_unit_test_setup(versions, begin),
        cmocka_unit_test_setup(the_default_for_credentials_asks_for_all_kinds, begin),
        cmocka_unit_test_setup(what_is_typed_is_the_answer, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
