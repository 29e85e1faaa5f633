#include "unit/drivers/test/guest_fixture.h"

#define OTHER_UUID "99999999-2222-3333-4444-555555555555"
#define LIST(flag) VIR_CONNECT_LIST_DOMAINS_##flag

/* The names of those that pass, in the order of the list. */
static char *names(unsigned int flags)
{
    g_autoptr(GString) text = g_string_new(NULL);
    virDomainPtr *list = NULL;
    int n = virConnectListAllDomains(conn, &list, flags);

    assert_ok(n);
    assert_int_equal(virConnectListAllDomains(conn, NULL, flags), n);
    for (int i = 0; i < n; i++) {
        g_string_append_printf(text, "%s ", virDomainGetName(list[i]));
        virDomainFree(list[i]);
    }
    assert_null(list[n]);
    free(list);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void filters_choose_guests(void **state)
{
    static const struct {
        unsigned int flags;
        const char *names;
    } filters[] = {
        {0, "test off paused saved brief "},
        {LIST(ACTIVE), "test paused brief "},
        {LIST(INACTIVE), "off saved "},
        {LIST(ACTIVE) | LIST(INACTIVE), "test off paused saved brief "},
        {LIST(PERSISTENT), "test off paused saved "},
        {LIST(TRANSIENT), "brief "},
        {LIST(RUNNING), "test brief "},
        {LIST(PAUSED), "paused "},
        {LIST(SHUTOFF), "off saved "},
        {LIST(OTHER), ""},
        {LIST(MANAGEDSAVE), "saved "},
        {LIST(NO_MANAGEDSAVE), "test off paused brief "},
        {LIST(AUTOSTART), "off "},
        {LIST(NO_AUTOSTART), "test paused saved brief "},
        {LIST(HAS_SNAPSHOT), ""},
        {LIST(NO_SNAPSHOT), "test off paused saved brief "},
        {LIST(HAS_CHECKPOINT), ""},
        {LIST(NO_CHECKPOINT), "test off paused saved brief "},
        {LIST(RUNNING) | LIST(PAUSED) | LIST(PERSISTENT), "test paused "},
        {LIST(ACTIVE) | LIST(SHUTOFF), ""},
    };
    static const char *const documents[] = {
        GUEST("off", "11111111-2222-3333-4444-000000000001"),
        GUEST("paused", "11111111-2222-3333-4444-000000000002"),
        GUEST("saved", "11111111-2222-3333-4444-000000000003"),
        GUEST("brief", "11111111-2222-3333-4444-000000000004"),
    };
    virDomainPtr made[4];

    for (int i = 0; i < 3; i++)
        made[i] = define_guest(documents[i]);
    made[3] = virDomainCreateXML(conn, documents[3], 0);
    assert_ok(virDomainSetAutostart(made[0], 1));
    assert_ok(virDomainCreate(made[1]));
    assert_ok(virDomainSuspend(made[1]));
    assert_ok(virDomainCreate(made[2]));
    assert_ok(virDomainManagedSave(made[2], 0));
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        g_autofree char *text = names(filters[i].flags);

        if (strcmp(text, filters[i].names) != 0)
            fail_msg("flags 0x%x: \"%s\", expected \"%s\"", filters[i].flags, text,
                     filters[i].names);
    }
    assert_int_equal(virConnectListAllDomains(conn, NULL, 1 << 20), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    for (int i = 0; i < 4; i++)
        unmake_guest(made[i]);
}

static void old_lists_hold_ids_and_names(void **state)
{
    virDomainPtr domain = make_guest(OFF);
    char *defined[2] = {NULL};
    int ids[2] = {-1, -1};

    assert_int_equal(virConnectNumOfDomains(conn), 1);
    assert_int_equal(virConnectNumOfDefinedDomains(conn), 1);
    assert_int_equal(virConnectListDomains(conn, ids, 2), 1);
    assert_int_equal(ids[0], 1);
    assert_int_equal(ids[1], -1);
    assert_int_equal(virConnectListDefinedDomains(conn, defined, 2), 1);
    assert_text(defined[0], "g");
    assert_null(defined[1]);
    assert_int_equal(virConnectListDefinedDomains(conn, defined, 0), 0);
    unmake_guest(domain);
}

static void guests_are_found_by_name_uuid_and_id(void **state)
{
    virDomainPtr by_name = virDomainLookupByName(conn, "test");
    virDomainPtr by_uuid =
        virDomainLookupByUUIDString(conn, "6695eb01-f6a4-8304-79aa-97f2502e193f");
    virDomainPtr by_id = virDomainLookupByID(conn, 1);

    assert_string_equal(virDomainGetName(by_uuid), "test");
    assert_string_equal(virDomainGetName(by_id), "test");
    assert_int_equal(virDomainGetID(by_name), 1);
    virDomainFree(by_name);
    virDomainFree(by_uuid);
    virDomainFree(by_id);
    assert_null(virDomainLookupByName(conn, "nobody"));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    assert_non_null(strstr(virGetLastErrorMessage(), "'nobody'"));
    assert_null(virDomainLookupByUUIDString(conn, OTHER_UUID));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    assert_null(virDomainLookupByID(conn, 77));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
}

static void an_object_outlives_its_guest(void **state)
{
    virDomainPtr domain = make_guest(OFF);
    virDomainInfo info;

    assert_ok(virDomainUndefine(domain));
    assert_int_equal(virDomainGetInfo(domain, &info), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    assert_null(virDomainGetXMLDesc(domain, 0));
    assert_int_equal(virDomainCreate(domain), -1);
    assert_string_equal(virDomainGetName(domain), "g");
    virDomainFree(domain);
}

static void a_new_name_is_found_and_the_old_one_is_free(void **state)
{
    virDomainPtr domain = make_guest(OFF), renamed, again;
    g_autofree char *xml = NULL;

    assert_int_equal(virDomainRename(domain, "test", 0), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_INVALID);
    assert_int_equal(virDomainRename(domain, "a/b", 0), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_XML_ERROR);
    assert_int_equal(virDomainRename(domain, "", 0), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    assert_ok(virDomainRename(domain, "h", 0));
    renamed = virDomainLookupByName(conn, "h");
    xml = virDomainGetXMLDesc(renamed, 0);
    assert_non_null(strstr(xml, "<name>h</name>"));
    again = define_guest(GUEST("g", OTHER_UUID));
    assert_ok(virDomainUndefine(again));
    virDomainFree(again);
    virDomainFree(renamed);
    unmake_guest(domain);
}

static void one_of_five_thousand_is_found_and_all_are_listed(void **state)
{
    virDomainPtr *list = NULL;

    for (int i = 0; i < 5000; i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain type='test'><name>n%d</name><memory>1024</memory>"
                            "<os><type>hvm</type></os></domain>",
                            i);

        virDomainFree(define_guest(xml));
    }
    virDomainFree(virDomainLookupByName(conn, "n4999"));
    assert_int_equal(virConnectListAllDomains(conn, &list, 0), 5001);
    assert_string_equal(virDomainGetName(list[2500]), "n2499");
    for (int i = 1; i < 5001; i++)
        assert_ok(virDomainUndefine(list[i]));
    for (int i = 0; i < 5001; i++)
        virDomainFree(list[i]);
    free(list);
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(filters_choose_guests),
        test(old_lists_hold_ids_and_names),
        test(guests_are_found_by_name_uuid_and_id),
        test(an_object_outlives_its_guest),
        test(a_new_name_is_found_and_the_old_one_is_free),
        test(one_of_five_thousand_is_found_and_all_are_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
