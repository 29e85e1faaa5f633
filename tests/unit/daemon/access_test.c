/* Rules, and what they come to for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "core/daemon/access.h"
#include "core/object/error.h"

static struct access_rights *rights(const struct access_identity *identity, gboolean read_only,
                                    char **list)
{
    struct access_rules *rules = access_rules_new(list, "0");
    struct access_rights *made;

    assert_non_null(rules);
    made = access_rights_for(rules, identity, read_only);
    access_rules_unref(rules); /* which the rights keep */
    return made;
}

static gboolean may(const struct access_rights *rights, const char *object, const char *permission,
                    const char *name)
{
    const struct wire_acl *acl = access_permission(object, permission);

    assert_non_null(acl);
    return access_ask_name(rights, acl, name);
}

static const struct access_identity stranger = {.local = TRUE, .uid = 77777, .gid = 77777};

static void permissions_are_known_by_name(void **state)
{
    (void)state;
    assert_non_null(access_permission("domain", "write"));
    assert_non_null(access_permission("storage_vol", "data_read"));
    assert_null(access_permission("domain", "fly"));
    assert_null(access_permission("planet", "write"));
}

static void without_rules_the_owner_may_everything(void **state)
{
    struct access_identity owner = {.local = TRUE, .uid = geteuid()};
    struct access_identity far = {.uid = geteuid()};
    struct access_identity member = {.local = TRUE, .uid = 77777, .gid = 0};
    struct access_identity named = {.sasl = (char *)"joe"};
    struct access_rights *one = rights(&owner, FALSE, NULL), *two = rights(&far, FALSE, NULL),
                         *three = rights(&member, FALSE, NULL), *four = rights(&named, FALSE, NULL),
                         *five = rights(&stranger, FALSE, NULL);

    (void)state;
    assert_true(one->all);
    assert_false(two->all); /* a number from elsewhere is nobody's */
    assert_false(may(two, "domain", "getattr", "a"));
    assert_true(three->all);
    assert_true(four->all);
    assert_false(may(five, "connect", "getattr", NULL));
    access_rights_unref(one);
    access_rights_unref(two);
    access_rights_unref(three);
    access_rights_unref(four);
    access_rights_unref(five);
}

static void an_empty_list_lets_in_the_owner_alone(void **state)
{
    char *none[] = {NULL};
    struct access_identity owner = {.local = TRUE, .uid = geteuid()};
    struct access_identity named = {.sasl = (char *)"joe"};
    struct access_rights *one = rights(&owner, FALSE, none), *two = rights(&named, FALSE, none);

    (void)state;
    assert_true(one->all);
    assert_false(may(two, "connect", "getattr", NULL));
    access_rights_unref(one);
    access_rights_unref(two);
}

static void the_socket_for_reading_is_for_looking(void **state)
{
    struct access_identity owner = {.local = TRUE, .uid = geteuid()};
    struct access_rights *it = rights(&owner, TRUE, NULL);

    (void)state;
    assert_false(it->all);
    assert_true(may(it, "domain", "getattr", "a"));
    assert_true(may(it, "domain", "read", NULL));
    assert_true(may(it, "connect", "search_domains", NULL));
    assert_false(may(it, "domain", "read_secure", "a"));
    assert_false(may(it, "domain", "write", "a"));
    assert_false(may(it, "storage_vol", "data_read", "a/b"));
    access_rights_unref(it);
}

static void rules_with_names_are_for_those(void **state)
{
    char *rules[] = {(char *)"user 77777: domain:*, network:read on web-*, db",
                     (char *)"anyone: connect:getattr", (char *)"user 1: *", NULL};
    struct access_rights *it = rights(&stranger, FALSE, rules);

    (void)state;
    assert_true(may(it, "domain", "write", "web-1"));
    assert_true(may(it, "domain", "write", "db"));
    assert_false(may(it, "domain", "write", "db2"));
    assert_false(may(it, "domain", "write", NULL));
    assert_true(may(it, "network", "read", "db"));
    assert_false(may(it, "network", "write", "db"));
    assert_true(may(it, "connect", "getattr", NULL));
    assert_int_equal(access_ask(it, access_permission("domain", "write")), ACCESS_BY_NAME);
    assert_int_equal(access_ask(it, access_permission("connect", "getattr")), ACCESS_YES);
    assert_int_equal(access_ask(it, access_permission("connect", "write")), ACCESS_NO);
    access_rights_unref(it);
}

static void everything_on_names_is_not_everything(void **state)
{
    char *rules[] = {(char *)"user 77777: * on web-*", NULL};
    struct access_rights *it = rights(&stranger, FALSE, rules);

    (void)state;
    assert_false(it->all);
    assert_true(may(it, "domain", "write", "web-1"));
    assert_false(may(it, "domain", "write", "db"));
    assert_false(may(it, "connect", "getattr", NULL));
    access_rights_unref(it);
}

static struct access_rights *polkit_rights(struct access_identity identity, gboolean read_only)
{
    struct access_rules *rules = access_rules_new(NULL, "0");
    struct access_rights *made;

    access_rules_ask_polkit(rules, 7);
    assert_true(access_rules_want_polkit(rules));
    made = access_rights_for(rules, &identity, read_only);
    access_rules_unref(rules);
    return made;
}

static void polkit_is_asked_about_processes_that_are_not_the_owners(void **state)
{
    struct access_identity process = {
        .local = TRUE, .uid = 77777, .gid = 0, .pid = 5, .pid_time = 9};
    struct access_identity numberless = process, owner = process;
    struct access_rights *it[6];

    (void)state;
    numberless.pid_time = 0;
    owner.uid = geteuid();
    it[0] = polkit_rights(process, FALSE);
    it[1] = polkit_rights(process, TRUE);
    it[2] = polkit_rights(numberless, FALSE);
    it[3] = polkit_rights(owner, FALSE);
    it[4] = polkit_rights((struct access_identity){.sasl = (char *)"joe"}, FALSE);
    it[5] = polkit_rights((struct access_identity){.x509 = (char *)"CN=joe"}, FALSE);
    assert_int_equal(it[0]->polkit, 7);
    assert_int_equal(it[0]->pid, 5);
    assert_int_equal(it[0]->pid_time, 9);
    assert_int_equal(it[0]->uid, 77777);
    for (int i = 0; i < 6; i++) {
        enum access_answer wanted = i < 2 ? ACCESS_BY_NAME : i == 3 ? ACCESS_YES : ACCESS_NO;

        assert_int_equal(it[i]->polkit, i < 2 ? 7 : 0);
        assert_int_equal(access_ask(it[i], access_permission("domain", "getattr")), wanted);
        assert_int_equal(may(it[i], "domain", "getattr", "a"), i == 3); /* by the rules alone */
        access_rights_unref(it[i]);
    }
}

static void certificates_may_have_colons_and_commas(void **state)
{
    char *rules[] = {(char *)"x509 C=GB,O=a:b,CN=*: domain:read", NULL};
    struct access_identity good = {.x509 = (char *)"C=GB,O=a:b,CN=joe"};
    struct access_identity other = {.x509 = (char *)"C=GB,O=a,CN=joe"};
    struct access_rights *one = rights(&good, FALSE, rules), *two = rights(&other, FALSE, rules);

    (void)state;
    assert_true(may(one, "domain", "read", "a"));
    assert_false(may(two, "domain", "read", "a"));
    access_rights_unref(one);
    access_rights_unref(two);
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "anyone",
        "anyone:*",
        "anyone: ",
        "anyone: domain",
        "anyone: a:b",
        "somebody: *",
        "user : *",
        "anyone: * on ",
        "anyone: *, ",
        "anyone: * on a,,b",
        "x509: *",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        char *rules[] = {(char *)"anyone: *", (char *)wrong[i], NULL};

        error_reset();
        if (access_rules_new(rules, NULL))
            fail_msg("'%s' was taken", wrong[i]);
        assert_int_equal(error_code(), VIR_ERR_CONF_SYNTAX);
        assert_non_null(strstr(error_last()->message, wrong[i]));
    }
}

static void names_of_local_users_are_looked_up(void **state)
{
    struct access_identity root = {.local = TRUE, .uid = 0, .gid = 0};
    g_autofree char *text = NULL;

    (void)state;
    access_identity_fill(&root);
    assert_string_equal(root.user, "root");
    assert_string_equal(root.group, "root");
    assert_true(root.groups->len >= 1);
    text = access_identity_text(&root);
    assert_string_equal(text, "user root");
    access_identity_clear(&root);
    assert_null(root.user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permissions_are_known_by_name),
        cmocka_unit_test(without_rules_the_owner_may_everything),
        cmocka_unit_test(an_empty_list_lets_in_the_owner_alone),
        cmocka_unit_test(the_socket_for_reading_is_for_looking),
        cmocka_unit_test(rules_with_names_are_for_those),
        cmocka_unit_test(everything_on_names_is_not_everything),
        cmocka_unit_test(polkit_is_asked_about_processes_that_are_not_the_owners),
        cmocka_unit_test(certificates_may_have_colons_and_commas),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(names_of_local_users_are_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
