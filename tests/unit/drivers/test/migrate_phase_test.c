/* The phases of a migration one by one, as a daemon's clients and drivers call them: what each
 * refuses, and that the older form is the same. */
#include "unit/drivers/test/guest_fixture.h"

#include "internal.h"

static virConnectPtr other; /* the destination: a world of its own */
static char *cookie;        /* of the phase before */
static int length;

static int open_both(void **state)
{
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("node-XXXXXX.xml", &path, NULL);

    close(fd);
    g_file_set_contents(path, "<node/>", -1, NULL);
    uri = g_strdup_printf("test://%s", path);
    other = virConnectOpen(uri);
    unlink(path);
    return other ? open_default(state) : -1;
}

static int close_both(void **state)
{
    g_clear_pointer(&cookie, free);
    virConnectClose(other);
    return close_default(state);
}

static virTypedParameterPtr settings(int *n, const char *name, const char *xml)
{
    virTypedParameterPtr params = NULL;
    int max = 0;

    *n = 0;
    if (name)
        virTypedParamsAddString(&params, n, &max, VIR_MIGRATE_PARAM_DEST_NAME, name);
    if (xml)
        virTypedParamsAddString(&params, n, &max, VIR_MIGRATE_PARAM_DEST_XML, xml);
    return params;
}

static char *begin(virDomainPtr domain, unsigned int flags)
{
    g_clear_pointer(&cookie, free);
    return virDomainMigrateBegin3Params(domain, NULL, 0, &cookie, &length, flags);
}

static int prepare(virConnectPtr dconn, const char *name, const char *xml, unsigned int flags)
{
    char *out = NULL, *uri = NULL;
    int n, n_out = 0;
    virTypedParameterPtr params = settings(&n, name, xml);
    int rc = virDomainMigratePrepare3Params(dconn, params, (unsigned int)n, cookie, length, &out,
                                            &n_out, &uri, flags);

    assert_true(rc < 0 || g_str_has_prefix(uri, "tcp:"));
    virTypedParamsFree(params, n);
    free(out);
    free(uri);
    return rc;
}

static int perform(virDomainPtr domain, const char *uri, unsigned int flags)
{
    char *out = NULL;
    int n_out = 0;
    int rc = virDomainMigratePerform3Params(domain, uri, NULL, 0, NULL, 0, &out, &n_out, flags);

    free(out);
    return rc;
}

static virDomainPtr finish(virConnectPtr dconn, const char *name, unsigned int flags, int cancelled)
{
    char *out = NULL;
    int n, n_out = 0;
    virTypedParameterPtr params = settings(&n, name, NULL);
    virDomainPtr result = virDomainMigrateFinish3Params(dconn, params, (unsigned int)n, NULL, 0,
                                                        &out, &n_out, flags, cancelled);

    virTypedParamsFree(params, n);
    free(out);
    return result;
}

/* Asked once: it may be gone afterwards. */
static void assert_not_finished(virDomainPtr domain, int code, const char *text)
{
    assert_null(domain);
    assert_int_equal(virGetLastErrorCode(), code);
    assert_non_null(strstr(virGetLastErrorMessage(), text));
}

static int confirm(virDomainPtr domain, unsigned int flags, int cancelled)
{
    return virDomainMigrateConfirm3Params(domain, NULL, 0, NULL, 0, flags, cancelled);
}

static void expect_state(const char *expected)
{
    g_autofree char *text = guest_state_text("g");

    assert_string_equal(text, expected);
}

static void phase_after_phase(void **state)
{
    virDomainPtr domain = make_guest(RUNNING), moved;
    char *xml = begin(domain, VIR_MIGRATE_LIVE);

    assert_non_null(xml);
    assert_ok(prepare(other, "h", xml, VIR_MIGRATE_LIVE));
    assert_ok(perform(domain, NULL, VIR_MIGRATE_LIVE));
    expect_state("3/2"); /* paused, for the migration */
    moved = finish(other, "h", VIR_MIGRATE_LIVE, 0);
    assert_non_null(moved);
    assert_string_equal(virDomainGetName(moved), "h");
    assert_ok(confirm(domain, VIR_MIGRATE_LIVE, 0));
    expect_state("5/4"); /* off, since it has moved */
    virDomainFree(moved);
    free(xml);
    unmake_guest(domain);
}

static void a_source_resumes_what_did_not_arrive(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    char *xml = begin(domain, VIR_MIGRATE_CHANGE_PROTECTION);

    assert_fails(virDomainSetMemory(domain, 1024), VIR_ERR_OPERATION_TIMEOUT, "migration out");
    assert_fails(confirm(domain, 0, 0), VIR_ERR_OPERATION_INVALID, "confirmed");
    assert_ok(confirm(domain, 0, 1));
    assert_ok(virDomainSetMemory(domain, 1024));
    free(xml);
    unmake_guest(domain);
}

static void the_destination_refuses(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    char *xml = begin(domain, 0);

    assert_fails(prepare(conn, NULL, xml, 0), VIR_ERR_INTERNAL_ERROR, "same host");
    assert_fails(prepare(other, NULL, NULL, 0), VIR_ERR_INVALID_ARG, "destination_xml");
    assert_fails(prepare(other, NULL, "<guest/>", 0), VIR_ERR_XML_ERROR, "");
    assert_not_finished(finish(other, NULL, 0, 0), VIR_ERR_INVALID_ARG, "destination_name");
    assert_not_finished(finish(other, "g", 0, 0), VIR_ERR_NO_DOMAIN, "'g'");
    assert_not_finished(finish(other, "g", VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST, 0),
                        VIR_ERR_NO_DOMAIN, "'g'");
    assert_ok(prepare(other, NULL, xml, 0));
    assert_fails(prepare(other, NULL, xml, 0), VIR_ERR_OPERATION_INVALID, "already active");
    assert_not_finished(finish(other, "g", 0, 1), VIR_ERR_OPERATION_FAILED, "cancelled");
    assert_int_equal(virConnectNumOfDomains(other), 0);
    free(xml);
    unmake_guest(domain);
}

static void cookies_are_not_believed(void **state)
{
    static const char *const wrong[] = {NULL,
                                        "",
                                        "x",
                                        "corral-test:",
                                        "corral-test:-1",
                                        "corral-test:99999999999",
                                        "corral-test:1x"};
    virDomainPtr domain = make_guest(RUNNING);
    char *xml = begin(domain, 0), *right = g_strdup(cookie);

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        free(cookie);
        cookie = wrong[i] ? strdup(wrong[i]) : NULL;
        length = wrong[i] ? (int)strlen(wrong[i]) : 0;
        assert_fails(prepare(other, NULL, xml, 0), VIR_ERR_INVALID_ARG, "cookie");
    }
    free(cookie);
    cookie = right;
    for (length = 0; length < (int)strlen("corral-test:"); length++)
        assert_fails(prepare(other, NULL, xml, 0), VIR_ERR_INVALID_ARG, "cookie");
    free(xml);
    unmake_guest(domain);
}

static void a_source_refuses(void **state)
{
    virDomainPtr domain = make_guest(OFF);

    assert_null(begin(domain, 0));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_INVALID);
    assert_fails(perform(domain, NULL, 0), VIR_ERR_OPERATION_INVALID, "not running");
    assert_fails(confirm(domain, 0, 0), VIR_ERR_OPERATION_INVALID, "no migration");
    assert_ok(confirm(domain, 0, 1));
    assert_fails(perform(domain, NULL, VIR_MIGRATE_PEER2PEER), VIR_ERR_INVALID_ARG, "URI");
    unmake_guest(domain);
}

static void the_older_form_is_the_same(void **state)
{
    virDomainPtr domain = make_guest(RUNNING), moved;
    char *out = NULL, *uri = NULL, *xml;
    int n = 0;

    xml = virDomainMigrateBegin3(domain, NULL, &cookie, &length, 0, "h", 7);
    assert_non_null(xml);
    assert_ok(virDomainMigratePrepare3(other, cookie, length, &out, &n, "tcp:there", &uri, 0, "h",
                                       0, xml));
    assert_null(uri);
    assert_ok(
        virDomainMigratePerform3(domain, NULL, NULL, 0, &out, &n, NULL, "tcp:there", 0, "h", 0));
    moved = virDomainMigrateFinish3(other, "h", NULL, 0, &out, &n, NULL, "tcp:there", 0, 0);
    assert_non_null(moved);
    assert_ok(virDomainMigrateConfirm3(domain, NULL, 0, 0, 0));
    expect_state("5/4");
    virDomainFree(moved);
    free(xml);
    unmake_guest(domain);
}

static void what_lies_on_its_way_goes_with_its_world(void **state)
{
    virDomainPtr domain = make_guest(OFF);
    unsigned int flags = VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST;
    char *xml = begin(domain, flags);

    assert_non_null(xml);
    assert_ok(prepare(other, NULL, xml, flags));
    assert_int_equal(virConnectNumOfDefinedDomains(other), 0);
    assert_not_finished(finish(other, "g", flags, 1), VIR_ERR_OPERATION_FAILED, "cancelled");
    assert_ok(prepare(other, NULL, xml, flags));
    free(xml);
    unmake_guest(domain);
}

static void who_goes_away_leaves_nothing_behind(void **state)
{
    virConnectPtr second = virConnectOpen("test:///default"), third;
    virDomainPtr domain = make_guest(RUNNING), same = virDomainLookupByName(second, "g");
    virDomainPtr there = virDomainCreateXML(other, GUEST("h", GUEST_UUID), 0);
    char *xml = begin(same, VIR_MIGRATE_CHANGE_PROTECTION);

    assert_fails(virDomainSetMemory(domain, 1024), VIR_ERR_OPERATION_TIMEOUT, "migration out");
    virDomainFree(same);
    virConnectClose(second);
    assert_ok(virDomainSetMemory(domain, 1024));
    free(xml);
    unmake_guest(domain);

    third = virConnectOpen("test:///default");
    xml = begin(there, 0);
    assert_ok(prepare(third, NULL, xml, 0));
    expect_state("gone");
    assert_int_equal(virConnectNumOfDomains(conn), 2);
    virConnectClose(third);
    assert_int_equal(virConnectNumOfDomains(conn), 1);
    virDomainFree(there);
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(phase_after_phase, open_both, close_both),
        cmocka_unit_test_setup_teardown(a_source_resumes_what_did_not_arrive, open_both,
                                        close_both),
        cmocka_unit_test_setup_teardown(the_destination_refuses, open_both, close_both),
        cmocka_unit_test_setup_teardown(cookies_are_not_believed, open_both, close_both),
        cmocka_unit_test_setup_teardown(a_source_refuses, open_both, close_both),
        cmocka_unit_test_setup_teardown(the_older_form_is_the_same, open_both, close_both),
        cmocka_unit_test_setup_teardown(what_lies_on_its_way_goes_with_its_world, open_both,
                                        close_both),
        cmocka_unit_test_setup_teardown(who_goes_away_leaves_nothing_behind, open_both, close_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
