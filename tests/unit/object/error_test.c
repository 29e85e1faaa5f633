#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/object/error.h"

static int reset(void **state)
{
    (void)state;
    error_reset();
    return 0;
}

static void assert_message(const char *message)
{
    assert_non_null(error_last());
    assert_string_equal(error_last()->message, message);
}

static void without_an_error_there_is_none(void **state)
{
    (void)state;
    assert_null(error_last());
    assert_int_equal(error_code(), VIR_ERR_OK);
    assert_null(error_steal());
    error_prefix("in front of %s", "nothing");
    assert_null(error_last());
}

static void an_error_has_all_its_fields(void **state)
{
    (void)state;
    error_set(VIR_FROM_TEST, VIR_ERR_NO_DOMAIN, "no guest '%s' of %d", "a", 3);
    assert_int_equal(error_code(), VIR_ERR_NO_DOMAIN);
    assert_int_equal(error_last()->domain, VIR_FROM_TEST);
    assert_int_equal(error_last()->level, VIR_ERR_ERROR);
    assert_message("Domain not found: no guest 'a' of 3");
    assert_string_equal(error_last()->str1, "Domain not found: %s");
    assert_string_equal(error_last()->str2, "no guest 'a' of 3");
    assert_null(error_last()->str3);
    assert_int_equal(error_last()->int1, -1);
    assert_int_equal(error_last()->int2, -1);
    assert_null(error_last()->conn);
    assert_null(error_last()->dom);
    assert_null(error_last()->net);
}

static void without_a_detail_the_opening_stands_alone(void **state)
{
    const char *none = "";

    (void)state;
    error_set(VIR_FROM_DOM, VIR_ERR_NO_DOMAIN, "%s", none);
    assert_message("Domain not found");
    assert_string_equal(error_last()->str1, "Domain not found");
    error_set(VIR_FROM_DOM, 99999, "%s", none);
    assert_message("unknown error");
    assert_null(error_last()->str1);
}

static void unknown_codes_have_a_message_too(void **state)
{
    static const int codes[] = {99999, -1, G_MAXINT, G_MININT};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        error_set(VIR_FROM_NONE, codes[i], "what %s", "happened");
        assert_int_equal(error_code(), codes[i]);
        assert_message("unknown error: what happened");
    }
}

static void every_code_s_message_ends_with_the_detail(void **state)
{
    (void)state;
    for (int code = VIR_ERR_INTERNAL_ERROR; code <= VIR_ERR_OPERATION_ABORTED; code++) {
        error_set(VIR_FROM_NONE, code, "DETAIL");
        assert_int_equal(error_code(), code);
        assert_non_null(strstr(error_last()->message, "DETAIL"));
        assert_null(strstr(error_last()->message, "%"));
    }
}

static void percent_signs_and_odd_bytes_stay_as_they_are(void **state)
{
    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "%s", "%s%n%%\xff\xfe\n");
    assert_message("internal error: %s%n%%\xff\xfe\n");
    error_prefix("%s", "100%");
    assert_message("internal error: 100%: %s%n%%\xff\xfe\n");
}

static void a_long_message_is_whole(void **state)
{
    g_autofree char *text = g_strnfill(1 << 20, 'x');

    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "%s", text);
    assert_int_equal(strlen(error_last()->message), strlen("internal error: ") + (1 << 20));
}

static void the_last_error_may_be_part_of_the_next(void **state)
{
    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "one");
    error_set(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "two: %s", error_last()->message);
    assert_message("operation failed: two: internal error: one");
}

static void a_system_error_has_its_number_and_its_words(void **state)
{
    (void)state;
    error_set_system(VIR_FROM_NONE, ENOENT, "cannot open '%s'", "/nowhere");
    assert_int_equal(error_code(), VIR_ERR_SYSTEM_ERROR);
    assert_message("cannot open '/nowhere': No such file or directory");
    assert_int_equal(error_last()->int1, ENOENT);
    assert_int_equal(error_last()->int2, -1);
}

static void a_refused_argument_has_the_field_s_wording(void **state)
{
    (void)state;
    error_set_argument(VIR_FROM_DOM, "info", "virDomainGetInfo", "%s in %s must not be NULL",
                       "info", "virDomainGetInfo");
    assert_int_equal(error_code(), VIR_ERR_INVALID_ARG);
    assert_message("info in virDomainGetInfo must not be NULL");
    assert_string_equal(error_last()->str1, "virDomainGetInfo");
    assert_string_equal(error_last()->str2, "info");
    assert_int_equal(error_last()->int1, 0);
}

static void a_prefix_goes_behind_the_opening(void **state)
{
    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_XML_ERROR, "no name");
    error_prefix("disk %d", 3);
    assert_message("XML error: disk 3: no name");
    assert_string_equal(error_last()->str2, "disk 3: no name");
    error_prefix("guest");
    assert_message("XML error: guest: disk 3: no name");
}

static void a_prefix_of_a_message_without_opening_goes_in_front(void **state)
{
    (void)state;
    error_set_argument(VIR_FROM_NONE, "a", "f", "a in f is wrong");
    error_prefix("while trying");
    assert_message("while trying: a in f is wrong");
    assert_string_equal(error_last()->str2, "a");
    error_set(VIR_FROM_NONE, VIR_ERR_NO_DOMAIN, "%s", "");
    error_prefix("while trying");
    assert_message("while trying: Domain not found");
}

static void a_stolen_error_comes_back(void **state)
{
    virErrorPtr error;

    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_NO_DOMAIN, "first");
    error = error_steal();
    assert_null(error_last());
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "cleanup failed");
    error_restore(error);
    assert_message("Domain not found: first");
    error_restore(NULL); /* what error_steal() gives when there was none */
    assert_null(error_last());
}

static void a_copy_shares_nothing(void **state)
{
    virError copy;

    (void)state;
    error_set(VIR_FROM_NONE, VIR_ERR_NO_DOMAIN, "first");
    error_copy(&copy, error_last());
    error_reset();
    assert_string_equal(copy.message, "Domain not found: first");
    assert_string_equal(copy.str2, "first");
    error_clear(&copy);
    assert_null(copy.message);
    assert_int_equal(copy.code, VIR_ERR_OK);
}

static void domains_have_the_field_s_names(void **state)
{
    (void)state;
    assert_string_equal(error_domain_name(VIR_FROM_TEST), "Test Driver");
    assert_string_equal(error_domain_name(VIR_FROM_DOM), "Domain");
    assert_string_equal(error_domain_name(VIR_FROM_URI), "URI Utils");
    assert_null(error_domain_name(-1));
    assert_null(error_domain_name(99999));
    assert_null(error_domain_name(G_MAXINT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_an_error_there_is_none, reset),
        cmocka_unit_test_setup(an_error_has_all_its_fields, reset),
        cmocka_unit_test_setup(without_a_detail_the_opening_stands_alone, reset),
        cmocka_unit_test_setup(unknown_codes_have_a_message_too, reset),
        cmocka_unit_test_setup(every_code_s_message_ends_with_the_detail, reset),
        cmocka_unit_test_setup(percent_signs_and_odd_bytes_stay_as_they_are, reset),
        cmocka_unit_test_setup(a_long_message_is_whole, reset),
        cmocka_unit_test_setup(the_last_error_may_be_part_of_the_next, reset),
        cmocka_unit_test_setup(a_system_error_has_its_number_and_its_words, reset),
        cmocka_unit_test_setup(a_refused_argument_has_the_field_s_wording, reset),
        cmocka_unit_test_setup(a_prefix_goes_behind_the_opening, reset),
        cmocka_unit_test_setup(a_prefix_of_a_message_without_opening_goes_in_front, reset),
        cmocka_unit_test_setup(a_stolen_error_comes_back, reset),
        cmocka_unit_test_setup(a_copy_shares_nothing, reset),
        cmocka_unit_test_setup(domains_have_the_field_s_names, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
