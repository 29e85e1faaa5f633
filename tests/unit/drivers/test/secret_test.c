#include "unit/drivers/test/fixture.h"

#define UUID "11111111-2222-3333-4444-555555555555"
#define OTHER "21111111-2222-3333-4444-555555555555"
#define VOLUME(uuid, path)                                                                         \
    "<secret><uuid>" uuid "</uuid><usage type='volume'><volume>" path "</volume></usage></secret>"

static void on_lifecycle(virConnectPtr c, virSecretPtr secret, int event, int detail, void *opaque)
{
    assert_ptr_equal(c, conn);
    assert_int_equal(detail, 0);
    g_string_append_printf(opaque, "%s:%d ", virSecretGetUsageID(secret), event);
}

static void on_value(virConnectPtr c, virSecretPtr secret, void *opaque)
{
    assert_ptr_equal(c, conn);
    g_string_append_printf(opaque, "%s:value ", virSecretGetUsageID(secret));
}

static int listen_to(virSecretPtr secret, int event)
{
    int id = virConnectSecretEventRegisterAny(
        conn, secret, event,
        event == VIR_SECRET_EVENT_ID_LIFECYCLE
            ? any_callback(virConnectSecretEventGenericCallback, on_lifecycle)
            : on_value,
        trace, NULL);

    assert_ok(id);
    return id;
}

static virSecretPtr define(const char *xml)
{
    virSecretPtr secret = virSecretDefineXML(conn, xml, 0);

    if (!secret)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return secret;
}

static void assert_value(virSecretPtr secret, const char *expected)
{
    size_t size = 99;
    unsigned char *value = virSecretGetValue(secret, &size, 0);

    assert_non_null(value);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(value, expected, size);
    free(value);
}

static void set_value(virSecretPtr secret, const char *value)
{
    assert_ok(virSecretSetValue(secret, (const unsigned char *)value, strlen(value), 0));
}

static void a_secret_lives_from_its_definition_to_its_end(void **state)
{
    int id = listen_to(NULL, VIR_SECRET_EVENT_ID_LIFECYCLE);
    int value_id = listen_to(NULL, VIR_SECRET_EVENT_ID_VALUE_CHANGED);
    virSecretPtr secret = define(VOLUME(UUID, "/v"));

    assert_int_equal(virSecretGetUsageType(secret), VIR_SECRET_USAGE_TYPE_VOLUME);
    assert_string_equal(virSecretGetUsageID(secret), "/v");
    assert_text(virSecretGetXMLDesc(secret, 0), "<secret ephemeral='no' private='no'>\n"
                                                "  <uuid>" UUID "</uuid>\n"
                                                "  <usage type='volume'>\n"
                                                "    <volume>/v</volume>\n"
                                                "  </usage>\n"
                                                "</secret>\n");
    set_value(secret, "one");
    assert_ok(virSecretUndefine(secret));
    assert_fails(virSecretUndefine(secret), VIR_ERR_NO_SECRET, UUID);
    assert_fails(virSecretGetXMLDesc(secret, 0), VIR_ERR_NO_SECRET, UUID);
    assert_fails(virSecretSetValue(secret, (const unsigned char *)"x", 1, 0), VIR_ERR_NO_SECRET,
                 UUID);
    expect_events("/v:0 /v:value /v:1 ");
    assert_ok(virConnectSecretEventDeregisterAny(conn, id));
    assert_ok(virConnectSecretEventDeregisterAny(conn, value_id));
    virSecretFree(secret);
}

static void values_are_read_unless_private(void **state)
{
    virSecretPtr secret = define(VOLUME(UUID, "/v"));
    virSecretPtr hidden = define("<secret private='yes'/>");
    size_t size;

    assert_fails(virSecretGetValue(secret, &size, 0), VIR_ERR_NO_SECRET, "does not have a value");
    assert_fails(virSecretGetValue(hidden, &size, 0), VIR_ERR_INVALID_SECRET, "is private");
    set_value(secret, "one");
    assert_value(secret, "one");
    set_value(secret, "another");
    assert_value(secret, "another");
    set_value(secret, "");
    assert_value(secret, "");
    set_value(hidden, "hidden");
    assert_fails(virSecretGetValue(hidden, &size, 0), VIR_ERR_INVALID_SECRET, "is private");
    virSecretFree(hidden);
    virSecretFree(secret);
}

static void a_new_definition_keeps_use_value_and_privacy(void **state)
{
    virSecretPtr secret = define(VOLUME(UUID, "/v"));
    size_t size;

    set_value(secret, "kept");
    assert_fails(virSecretDefineXML(conn, VOLUME(UUID, "/w"), 0), VIR_ERR_INTERNAL_ERROR,
                 "is already defined for use with /v");
    assert_fails(virSecretDefineXML(conn, VOLUME(OTHER, "/v"), 0), VIR_ERR_INTERNAL_ERROR,
                 UUID " already defined for use with /v");
    assert_fails(virSecretDefineXML(conn, "<secret><uuid>" UUID "</uuid></secret>", 0),
                 VIR_ERR_INTERNAL_ERROR, "is already defined for use with /v");
    virSecretFree(define("<secret><uuid>" UUID "</uuid><description>d</description>"
                         "<usage type='volume'><volume>/v</volume></usage></secret>"));
    assert_value(secret, "kept");
    virSecretFree(define("<secret private='yes'><uuid>" UUID "</uuid>"
                         "<usage type='volume'><volume>/v</volume></usage></secret>"));
    assert_fails(virSecretDefineXML(conn, VOLUME(UUID, "/v"), 0), VIR_ERR_INTERNAL_ERROR,
                 "cannot change private flag");
    assert_fails(virSecretGetValue(secret, &size, 0), VIR_ERR_INVALID_SECRET, "is private");
    assert_text(virSecretGetXMLDesc(secret, 0), "private='yes'");
    assert_int_equal(virConnectNumOfSecrets(conn), 1);
    virSecretFree(secret);
}

static void secrets_are_found_by_identity_and_by_use(void **state)
{
    virSecretPtr secret = define("<secret><uuid>" UUID "</uuid><usage type='ceph'>"
                                 "<name>c</name></usage></secret>");
    virSecretPtr target = define("<secret><usage type='iscsi'><target>t</target></usage></secret>");
    virSecretPtr found = virSecretLookupByUUIDString(conn, UUID);

    assert_non_null(found);
    virSecretFree(found);
    found = virSecretLookupByUsage(conn, VIR_SECRET_USAGE_TYPE_ISCSI, "t");
    assert_non_null(found);
    virSecretFree(found);
    assert_fails(virSecretLookupByUUIDString(conn, OTHER), VIR_ERR_NO_SECRET, OTHER);
    assert_fails(virSecretLookupByUsage(conn, VIR_SECRET_USAGE_TYPE_VOLUME, "c"), VIR_ERR_NO_SECRET,
                 "'c'");
    virSecretFree(define("<secret/>"));
    virSecretFree(define("<secret/>")); /* nothing in particular is nobody's alone */
    assert_fails(virSecretLookupByUsage(conn, VIR_SECRET_USAGE_TYPE_NONE, ""), VIR_ERR_NO_SECRET,
                 "''");
    virSecretFree(target);
    virSecretFree(secret);
}

static void every_filter_counts_what_it_says(void **state)
{
    static const struct {
        unsigned int flags;
        int count;
    } cases[] = {
        {0, 3},
        {VIR_CONNECT_LIST_SECRETS_EPHEMERAL, 2},
        {VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL, 1},
        {VIR_CONNECT_LIST_SECRETS_PRIVATE, 1},
        {VIR_CONNECT_LIST_SECRETS_NO_PRIVATE, 2},
        {VIR_CONNECT_LIST_SECRETS_PRIVATE | VIR_CONNECT_LIST_SECRETS_NO_PRIVATE, 3},
        {VIR_CONNECT_LIST_SECRETS_EPHEMERAL | VIR_CONNECT_LIST_SECRETS_PRIVATE, 1},
        {VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL | VIR_CONNECT_LIST_SECRETS_PRIVATE, 0},
    };
    virSecretPtr *all;
    char *uuids[3];

    virSecretFree(define(VOLUME(UUID, "/v")));
    virSecretFree(define("<secret ephemeral='yes'/>"));
    virSecretFree(define("<secret ephemeral='yes' private='yes'/>"));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(virConnectListAllSecrets(conn, NULL, cases[i].flags), cases[i].count);
    assert_int_equal(virConnectListAllSecrets(conn, &all, VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL),
                     1);
    assert_string_equal(virSecretGetUsageID(all[0]), "/v");
    assert_null(all[1]);
    virSecretFree(all[0]);
    free(all);
    assert_int_equal(virConnectNumOfSecrets(conn), 3);
    assert_int_equal(virConnectListSecrets(conn, uuids, 1), 1);
    assert_string_equal(uuids[0], UUID);
    free(uuids[0]);
}

static void who_listens_to_one_secret_hears_of_it_alone(void **state)
{
    virSecretPtr secret = define(VOLUME(UUID, "/v"));
    virSecretPtr other = define(VOLUME(OTHER, "/w"));
    int id = listen_to(secret, VIR_SECRET_EVENT_ID_VALUE_CHANGED);

    set_value(other, "x");
    set_value(secret, "y");
    expect_events("/v:value ");
    assert_ok(virConnectSecretEventDeregisterAny(conn, id));
    assert_fails(virConnectSecretEventDeregisterAny(conn, id), VIR_ERR_INVALID_ARG, "");
    assert_fails(virConnectSecretEventRegisterAny(conn, NULL, 9, on_value, trace, NULL),
                 VIR_ERR_INVALID_ARG, "9");
    virSecretFree(other);
    virSecretFree(secret);
}

static void unknown_flags_and_bad_documents_change_nothing(void **state)
{
    virSecretPtr secret = define(VOLUME(UUID, "/v"));
    size_t size;

    assert_fails(virConnectListAllSecrets(conn, NULL, 16), VIR_ERR_INVALID_ARG, "0x10");
    assert_fails(virSecretGetXMLDesc(secret, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virSecretGetValue(secret, &size, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virSecretSetValue(secret, (const unsigned char *)"x", 1, 1), VIR_ERR_INVALID_ARG,
                 "0x1");
    assert_fails(virSecretDefineXML(conn, "<secret/>", 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virSecretDefineXML(conn, "<pool/>", 0), VIR_ERR_XML_ERROR, "'secret'");
    assert_fails(virSecretDefineXML(conn, "<secret><typo/></secret>", VIR_SECRET_DEFINE_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "typo");
    assert_int_equal(virConnectNumOfSecrets(conn), 1);
    virSecretFree(virSecretDefineXML(conn, VOLUME(OTHER, "/w"), VIR_SECRET_DEFINE_VALIDATE));
    assert_int_equal(virConnectNumOfSecrets(conn), 2);
    virSecretFree(secret);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_secret_lives_from_its_definition_to_its_end),
        test(values_are_read_unless_private),
        test(a_new_definition_keeps_use_value_and_privacy),
        test(secrets_are_found_by_identity_and_by_use),
        test(every_filter_counts_what_it_says),
        test(who_listens_to_one_secret_hears_of_it_alone),
        test(unknown_flags_and_bad_documents_change_nothing),
    };

    return cmocka_run_group_tests_name("secrets of the test driver", tests, NULL, NULL);
}
