/* What generated entry points are made of. The calls themselves are walked over by every_call.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/public/failing.h"

#undef ORIGIN
#define ORIGIN VIR_FROM_DOM

static void ignore(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static int begin(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, ignore);
    virResetLastError();
    failing_status = 0;
    failing_code = VIR_ERR_OK;
    return 0;
}

static void assert_message(int code, const char *message)
{
    assert_int_equal(virGetLastErrorCode(), code);
    assert_string_equal(virGetLastErrorMessage(), message);
    virResetLastError();
}

static void the_texts(void **state)
{
    virConnectPtr conn = failing_connection();

    (void)state;
    entry_null(ORIGIN, "info", "f");
    assert_message(VIR_ERR_INVALID_ARG, "info in f must not be NULL");
    entry_min(ORIGIN, "n", 0, "f");
    assert_message(VIR_ERR_INVALID_ARG, "n in f must be zero or greater");
    entry_min(ORIGIN, "n", 1, "f");
    assert_message(VIR_ERR_INVALID_ARG, "n in f must be greater than zero");
    entry_min(ORIGIN, "n", -2, "f");
    assert_message(VIR_ERR_INVALID_ARG, "n in f must be -2 or greater");
    entry_max(ORIGIN, "n", G_MAXUINT64, "f");
    assert_message(VIR_ERR_INVALID_ARG, "n in f must not exceed 18446744073709551615");
    entry_exclusive(ORIGIN, "A", "B", "f");
    assert_message(VIR_ERR_INVALID_ARG, "Flags 'A' and 'B' are mutually exclusive in f");
    entry_rows(ORIGIN, G_MAXINT, 2, "f");
    assert_message(VIR_ERR_OVERFLOW, "numerical overflow: input too large: 2147483647 * 2 in f");
    entry_read_only(ORIGIN, "f", NULL);
    assert_message(VIR_ERR_OPERATION_DENIED, "operation forbidden: read only access prevents f");
    entry_read_only(ORIGIN, "f", "SECURE");
    assert_message(VIR_ERR_OPERATION_DENIED,
                   "operation forbidden: read only access prevents f with SECURE");
    entry_no_support(ORIGIN, conn, "f");
    assert_message(VIR_ERR_NO_SUPPORT,
                   "this function is not supported by the connection driver: f (driver Failing)");
    conn->driver = NULL;
    entry_no_support(ORIGIN, conn, "f");
    assert_message(VIR_ERR_NO_SUPPORT,
                   "this function is not supported by the connection driver: f");
    virConnectClose(conn);
}

static int at_least_one(unsigned long long n)
{
    CHECK_UNSIGNED_MIN(n, "n", 1);
    return 0;
fail:
    return -1;
}

static int at_least_minus_two(long long n)
{
    CHECK_MIN(n, "n", -2);
    return 0;
fail:
    return -1;
}

static void bounds_hold_at_the_edges(void **state)
{
    (void)state;
    assert_int_equal(at_least_one(0), -1);
    assert_int_equal(at_least_one(1), 0);
    assert_int_equal(at_least_one(G_MAXINT64), 0);
    assert_int_equal(at_least_one((guint64)G_MAXINT64 + 1), 0);
    assert_int_equal(at_least_one(G_MAXUINT64), 0);
    assert_int_equal(at_least_minus_two(-3), -1);
    assert_int_equal(at_least_minus_two(-2), 0);
    assert_int_equal(at_least_minus_two(G_MININT64), -1);
    assert_int_equal(at_least_minus_two(G_MAXINT64), 0);
}

static int rows(void *array, int n, int length)
{
    CHECK_ROWS(array, n, length);
    return 0;
fail:
    return -1;
}

static void a_grid_s_size_is_a_number(void **state)
{
    int room;

    (void)state;
    assert_int_equal(rows(&room, G_MAXINT, 1), 0);
    assert_int_equal(rows(&room, G_MAXINT, 2), -1);
    assert_int_equal(rows(&room, 46341, 46341), -1);
    assert_int_equal(rows(&room, 46340, 46340), 0);
    assert_int_equal(rows(&room, G_MAXINT, 0), 0);
    assert_int_equal(rows(&room, G_MAXINT, -1), 0); /* another check's business */
    assert_int_equal(rows(NULL, G_MAXINT, G_MAXINT), 0);
}

static int intercepted;

static int intercept(virConnectPtr conn, const char *function)
{
    assert_ptr_equal(conn->intercept_data, &intercepted);
    assert_string_equal(function, "virDomainGetInfo");
    if (intercepted++ == 0)
        return 0;
    error_set(VIR_FROM_TEST, VIR_ERR_OPERATION_FAILED, "%s was told to fail", function);
    return -1;
}

static void a_call_can_be_intercepted(void **state)
{
    virConnectPtr conn = failing_connection();
    virDomainPtr domain = failing_domain(conn);
    virDomainInfo info;

    (void)state;
    intercepted = 0;
    conn->intercept = intercept;
    conn->intercept_data = &intercepted;
    assert_int_equal(virDomainGetInfo(domain, NULL), -1); /* refused before */
    assert_int_equal(intercepted, 0);
    assert_int_equal(virDomainGetInfo(domain, &info), 0);
    assert_int_equal(virDomainGetInfo(domain, &info), -1);
    assert_message(VIR_ERR_OPERATION_FAILED, "operation failed: virDomainGetInfo was told to fail");
    assert_int_equal(intercepted, 2);
    virDomainFree(domain);
    virConnectClose(conn);
}

static int block_stats(virDomainPtr domain, const char *disk, virDomainBlockStatsPtr stats,
                       size_t size)
{
    (void)domain;
    (void)disk;
    assert_int_equal(size, sizeof(*stats));
    stats->rd_req = 1;
    stats->errs = 5;
    return 0;
}

/* A program that was compiled when the struct was shorter gets that much of it. */
static void a_shorter_struct_is_filled_as_far_as_it_goes(void **state)
{
    static const struct hypervisor_driver hypervisor = {.domainBlockStats = block_stats};
    virConnectPtr conn = failing_connection();
    virDomainPtr domain = failing_domain(conn);
    virDomainBlockStatsStruct stats;

    (void)state;
    conn->tables.hypervisor = &hypervisor;
    memset(&stats, 0x55, sizeof(stats));
    assert_int_equal(virDomainBlockStats(domain, "vda", &stats, sizeof(long long)), 0);
    assert_int_equal(stats.rd_req, 1);
    assert_true(stats.errs == 0x5555555555555555);
    assert_int_equal(virDomainBlockStats(domain, "vda", &stats, sizeof(stats)), 0);
    assert_int_equal(stats.errs, 5);
    assert_int_equal(virDomainBlockStats(domain, "vda", &stats, sizeof(stats) + 1), -1);
    assert_message(VIR_ERR_INVALID_ARG, "size in virDomainBlockStats must not exceed 40");
    virDomainFree(domain);
    virConnectClose(conn);
}

static char *saved_path;

static int save(virDomainPtr domain, const char *to)
{
    (void)domain;
    saved_path = g_strdup(to);
    return 0;
}

static void a_path_becomes_absolute(void **state)
{
    static const struct hypervisor_driver hypervisor = {.domainSave = save};
    virConnectPtr conn = failing_connection();
    virDomainPtr domain = failing_domain(conn);
    g_autofree char *expected = g_canonicalize_filename("here", NULL);

    (void)state;
    conn->tables.hypervisor = &hypervisor;
    assert_int_equal(virDomainSave(domain, "here"), 0);
    assert_string_equal(saved_path, expected);
    g_free(saved_path);
    assert_int_equal(virDomainSave(domain, "/there"), 0);
    assert_string_equal(saved_path, "/there");
    g_free(saved_path);
    virDomainFree(domain);
    virConnectClose(conn);
}

static void a_uuid_as_text_leads_to_the_same_call(void **state)
{
    virConnectPtr conn = failing_connection();

    (void)state;
    assert_null(virDomainLookupByUUIDString(conn, "6695eb01-f6a4-8304-79aa-97f2502e193"));
    assert_message(VIR_ERR_INVALID_ARG,
                   "uuidstr in virDomainLookupByUUIDString must be a valid UUID, not "
                   "'6695eb01-f6a4-8304-79aa-97f2502e193'");
    /* it is not the connection that is wrong, so it keeps the error */
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_INVALID_ARG);
    assert_null(virDomainLookupByUUIDString((virConnectPtr)&saved_path, "x"));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_CONN);
    virConnectClose(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_texts, begin),
        cmocka_unit_test_setup(bounds_hold_at_the_edges, begin),
        cmocka_unit_test_setup(a_grid_s_size_is_a_number, begin),
        cmocka_unit_test_setup(a_call_can_be_intercepted, begin),
        cmocka_unit_test_setup(a_shorter_struct_is_filled_as_far_as_it_goes, begin),
        cmocka_unit_test_setup(a_path_becomes_absolute, begin),
        cmocka_unit_test_setup(a_uuid_as_text_leads_to_the_same_call, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
