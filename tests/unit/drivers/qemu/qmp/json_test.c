#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/drivers/qemu/qmp/json.h"

static json_t *read_text(const char *text)
{
    const char *why;
    json_t *result = json_read(text, strlen(text), &why);

    assert_non_null(result);
    return result;
}

static void expect_refusal(const char *text, size_t length, const char *expected)
{
    const char *why = NULL;

    assert_null(json_read(text, length, &why));
    assert_string_equal(why, expected);
}

static void only_objects_are_read(void **state)
{
    g_autoptr(json_t) object = read_text("{\"a\": {\"b\": {\"c\": 7}}, \"t\": \"x\", \"y\": true}");

    assert_int_equal(json_integer_value(json_path(object, "a.b.c")), 7);
    assert_null(json_path(object, "a.c.b"));
    assert_string_equal(json_text_of(object, "t"), "x");
    assert_null(json_text_of(object, "a"));
    assert_int_equal(json_number_of(object, "t", -5), -5);
    assert_true(json_truth_of(object, "y", FALSE));
    assert_true(json_truth_of(object, "n", TRUE));
    expect_refusal("[1]", 3, "no JSON object");
    expect_refusal("7", 1, "no JSON");
    expect_refusal("{\"a\": ", 6, "no JSON");
    expect_refusal("{\"a\": \"\xff\"}", 9, "no JSON");
    expect_refusal("\"", 1, "no JSON");
    expect_refusal("{\"\\", 3, "no JSON");
    expect_refusal("", 0, "no JSON");
}

static void unsigned_numbers_keep_their_bits(void **state)
{
    g_autoptr(json_t) object =
        read_text("{\"all\": 18446744073709551615, \"top\": 9223372036854775808, \"last\": "
                  "[9223372036854775807,-9223372036854775808], \"text\": \"18446744073709551615\","
                  "\"q\\\"18446744073709551614\": 1, \"real\": 18446744073709551615.5}");

    assert_int_equal((guint64)json_number_of(object, "all", 0), G_MAXUINT64);
    assert_int_equal((guint64)json_number_of(object, "top", 0), (guint64)1 << 63);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(object, "last"), 0)),
                     G_MAXINT64);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(object, "last"), 1)),
                     G_MININT64);
    assert_string_equal(json_text_of(object, "text"), "18446744073709551615");
    assert_int_equal(json_number_of(object, "q\"18446744073709551614", 0), 1);
    assert_true(json_is_real(json_object_get(object, "real")));
}

static void wider_numbers_are_refused(void **state)
{
    static const char *const texts[] = {"{\"a\": 18446744073709551616}",
                                        "{\"a\": 99999999999999999999999}",
                                        "{\"a\": -9223372036854775809}"};

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        expect_refusal(texts[i], strlen(texts[i]), "no JSON");
}

static void small_texts_of_very_many_values_are_refused(void **state)
{
    GString *text = g_string_new("{\"a\": [");

    for (unsigned i = 0; i < 600000; i++)
        g_string_append(text, "{},");
    g_string_append(text, "{}]}");
    expect_refusal(text->str, text->len, "more values than any answer has");
    g_string_free(text, TRUE);
}

static void depth_has_an_end(void **state)
{
    GString *text = g_string_new("{\"a\": ");

    for (unsigned i = 0; i < 100000; i++)
        g_string_append_c(text, '[');
    expect_refusal(text->str, text->len, "no JSON");
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_objects_are_read),
        cmocka_unit_test(unsigned_numbers_keep_their_bits),
        cmocka_unit_test(wider_numbers_are_refused),
        cmocka_unit_test(small_texts_of_very_many_values_are_refused),
        cmocka_unit_test(depth_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
