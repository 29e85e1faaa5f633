#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "core/object/error.h"
#include "core/object/params.h"

struct list {
    virTypedParameterPtr items;
    int n, max;
};
#define LIST(l) &(l).items, &(l).n, &(l).max

static void assert_error(int code, const char *part)
{
    assert_int_equal(virGetLastErrorCode(), code);
    if (!strstr(virGetLastErrorMessage(), part))
        fail_msg("'%s' is not in '%s'", part, virGetLastErrorMessage());
}

static void every_type_goes_in_and_comes_out(void **state)
{
    struct list l = {0};
    unsigned long long ul = 0;
    unsigned int ui = 0;
    long long ll = 0;
    const char *s = NULL;
    double d = 0;
    int i = 0;

    (void)state;
    assert_int_equal(virTypedParamsAddInt(LIST(l), "int", G_MININT), 0);
    assert_int_equal(virTypedParamsAddUInt(LIST(l), "uint", G_MAXUINT), 0);
    assert_int_equal(virTypedParamsAddLLong(LIST(l), "llong", G_MININT64), 0);
    assert_int_equal(virTypedParamsAddULLong(LIST(l), "ullong", G_MAXUINT64), 0);
    assert_int_equal(virTypedParamsAddDouble(LIST(l), "double", 0.1), 0);
    assert_int_equal(virTypedParamsAddBoolean(LIST(l), "boolean", 256), 0);
    assert_int_equal(virTypedParamsAddString(LIST(l), "string", "text"), 0);
    assert_int_equal(l.n, 7);
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, "int", &i), 1);
    assert_int_equal(i, G_MININT);
    assert_int_equal(virTypedParamsGetUInt(l.items, l.n, "uint", &ui), 1);
    assert_int_equal(ui, G_MAXUINT);
    assert_int_equal(virTypedParamsGetLLong(l.items, l.n, "llong", &ll), 1);
    assert_true(ll == G_MININT64);
    assert_int_equal(virTypedParamsGetULLong(l.items, l.n, "ullong", &ul), 1);
    assert_true(ul == G_MAXUINT64);
    assert_int_equal(virTypedParamsGetDouble(l.items, l.n, "double", &d), 1);
    assert_true(d == 0.1);
    assert_int_equal(virTypedParamsGetBoolean(l.items, l.n, "boolean", &i), 1);
    assert_int_equal(i, 1);
    assert_int_equal(virTypedParamsGetString(l.items, l.n, "string", &s), 1);
    assert_string_equal(s, "text");
    assert_ptr_equal(s, l.items[6].value.s);
    assert_ptr_equal(virTypedParamsGet(l.items, l.n, "double"), &l.items[4]);
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, "int", NULL), 1);
    virTypedParamsFree(l.items, l.n);
}

static void looking_for_something_else(void **state)
{
    struct list l = {0};
    int i = 7;

    (void)state;
    virTypedParamsAddUInt(LIST(l), "a", 3);
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, "b", &i), 0);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_null(virTypedParamsGet(l.items, l.n, "b"));
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, "a", &i), -1);
    assert_error(VIR_ERR_INVALID_ARG, "'int' requested for parameter 'a', actual type is 'uint'");
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, NULL, &i), -1);
    assert_error(VIR_ERR_INVALID_ARG, "name must not be NULL");
    assert_int_equal(virTypedParamsGetInt(NULL, 0, "a", &i), 0);
    assert_int_equal(virTypedParamsGetInt(NULL, 1, "a", &i), -1);
    assert_error(VIR_ERR_INVALID_ARG, "cannot hold 1 parameters");
    assert_int_equal(virTypedParamsGetInt(l.items, -1, "a", &i), -1);
    assert_null(virTypedParamsGet(l.items, l.n, NULL));
    assert_error(VIR_ERR_INVALID_ARG, "name");
    assert_int_equal(i, 7);
    virTypedParamsFree(l.items, l.n);
}

static void names_have_79_bytes_at_most(void **state)
{
    char name[VIR_TYPED_PARAM_FIELD_LENGTH + 1];
    struct list l = {0};

    (void)state;
    memset(name, 'x', sizeof(name));
    name[VIR_TYPED_PARAM_FIELD_LENGTH] = '\0';
    assert_int_equal(virTypedParamsAddInt(LIST(l), name, 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "longer than 79 bytes");
    assert_int_equal(virTypedParamsAddString(LIST(l), name, "s"), -1);
    assert_null(l.items);
    name[VIR_TYPED_PARAM_FIELD_LENGTH - 1] = '\0';
    assert_int_equal(virTypedParamsAddInt(LIST(l), name, 1), 0);
    assert_int_equal(virTypedParamsGetInt(l.items, l.n, name, NULL), 1);
    virTypedParamsFree(l.items, l.n);
}

static void bad_lists_are_refused_unchanged(void **state)
{
    virTypedParameter one;
    virTypedParameterPtr items = NULL;
    int n = 0, max = 0, minus = -1, two = 2;

    (void)state;
    assert_int_equal(virTypedParamsAddInt(NULL, &n, &max, "a", 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "params must not be NULL");
    assert_int_equal(virTypedParamsAddInt(&items, NULL, &max, "a", 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "nparams must not be NULL");
    assert_int_equal(virTypedParamsAddInt(&items, &n, NULL, "a", 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "maxparams must not be NULL");
    assert_int_equal(virTypedParamsAddInt(&items, &n, &max, NULL, 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "name must not be NULL");
    assert_int_equal(virTypedParamsAddInt(&items, &minus, &max, "a", 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "begin with NULL, 0 and 0");
    assert_int_equal(virTypedParamsAddInt(&items, &n, &two, "a", 1), -1);
    items = &one;
    assert_int_equal(virTypedParamsAddInt(&items, &two, &max, "a", 1), -1);
    assert_ptr_equal(items, &one);
    assert_int_equal(virTypedParamsAddString(&items, &n, &max, "a", NULL), -1);
    assert_error(VIR_ERR_INVALID_ARG, "the value of parameter 'a' is NULL");
    assert_int_equal(n + max, 0);
}

static void a_list_grows_without_a_copy_each_time(void **state)
{
    struct list l = {0};
    int grown = 0, max = 0;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(virTypedParamsAddInt(LIST(l), "n", i), 0);
        grown += l.max != max;
        max = l.max;
    }
    assert_int_equal(l.n, 10000);
    assert_true(grown < 20);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(l.items[i].value.i, i);
    virTypedParamsFree(l.items, l.n);
}

static void string_lists_add_one_parameter_each(void **state)
{
    const char *words[] = {"a", "", "c", NULL};
    const char *none[] = {NULL};
    struct list l = {0};

    (void)state;
    assert_int_equal(virTypedParamsAddStringList(LIST(l), "w", words), 0);
    assert_int_equal(virTypedParamsAddStringList(LIST(l), "w", none), 0);
    assert_int_equal(virTypedParamsAddStringList(LIST(l), "w", NULL), 0);
    assert_int_equal(l.n, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(l.items[i].value.s, words[i]);
    assert_int_equal(virTypedParamsAddStringList(LIST(l), NULL, words), -1);
    assert_error(VIR_ERR_INVALID_ARG, "name must not be NULL");
    virTypedParamsClear(l.items, l.n);
    assert_null(l.items[0].value.s);
    virTypedParamsFree(l.items, l.n);
    virTypedParamsFree(NULL, 0);
    virTypedParamsClear(NULL, 3);
}

struct text_case {
    int type;
    const char *text;
    gboolean good;
};

static const struct text_case texts[] = {
    {VIR_TYPED_PARAM_INT, "-2147483648", TRUE},
    {VIR_TYPED_PARAM_INT, "2147483647", TRUE},
    {VIR_TYPED_PARAM_INT, " +5", TRUE},
    {VIR_TYPED_PARAM_INT, "010", TRUE},
    {VIR_TYPED_PARAM_INT, "2147483648", FALSE},
    {VIR_TYPED_PARAM_INT, "5 ", FALSE},
    {VIR_TYPED_PARAM_INT, "", FALSE},
    {VIR_TYPED_PARAM_INT, "0x10", FALSE},
    {VIR_TYPED_PARAM_INT, "1e3", FALSE},
    {VIR_TYPED_PARAM_INT, "one", FALSE},
    {VIR_TYPED_PARAM_UINT, "4294967295", TRUE},
    {VIR_TYPED_PARAM_UINT, "4294967296", FALSE},
    {VIR_TYPED_PARAM_UINT, "-1", FALSE},
    {VIR_TYPED_PARAM_UINT, "-0", TRUE},
    {VIR_TYPED_PARAM_LLONG, "-9223372036854775808", TRUE},
    {VIR_TYPED_PARAM_LLONG, "9223372036854775807", TRUE},
    {VIR_TYPED_PARAM_LLONG, "9223372036854775808", FALSE},
    {VIR_TYPED_PARAM_ULLONG, "18446744073709551615", TRUE},
    {VIR_TYPED_PARAM_ULLONG, "18446744073709551616", FALSE},
    {VIR_TYPED_PARAM_ULLONG, "-1", FALSE},
    {VIR_TYPED_PARAM_DOUBLE, "1e3", TRUE},
    {VIR_TYPED_PARAM_DOUBLE, "-0.5", TRUE},
    {VIR_TYPED_PARAM_DOUBLE, "inf", TRUE},
    {VIR_TYPED_PARAM_DOUBLE, "1e999", FALSE},
    {VIR_TYPED_PARAM_DOUBLE, "1,5", FALSE},
    {VIR_TYPED_PARAM_DOUBLE, "", FALSE},
    {VIR_TYPED_PARAM_BOOLEAN, "true", TRUE},
    {VIR_TYPED_PARAM_BOOLEAN, "False", TRUE},
    {VIR_TYPED_PARAM_BOOLEAN, "1", TRUE},
    {VIR_TYPED_PARAM_BOOLEAN, "2", FALSE},
    {VIR_TYPED_PARAM_BOOLEAN, "yes", FALSE},
    {VIR_TYPED_PARAM_STRING, "", TRUE},
    {VIR_TYPED_PARAM_STRING, "x\xff", TRUE},
    {0, "1", FALSE},
    {8, "1", FALSE},
    {-1, "1", FALSE},
    {VIR_TYPED_PARAM_INT, NULL, FALSE},
};

static void text_becomes_a_value_of_the_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const struct text_case *t = &texts[i];
        struct list l = {0};
        int r = virTypedParamsAddFromString(LIST(l), "f", t->type, t->text);

        if (r != (t->good ? 0 : -1))
            fail_msg("type %d, '%s': %d", t->type, t->text, r);
        assert_int_equal(l.n, t->good);
        assert_int_equal(virGetLastErrorCode(), t->good ? VIR_ERR_OK : VIR_ERR_INVALID_ARG);
        if (t->good)
            assert_int_equal(l.items[0].type, t->type);
        virTypedParamsFree(l.items, l.n);
    }
}

static void text_keeps_every_bit(void **state)
{
    struct list l = {0};

    (void)state;
    virTypedParamsAddFromString(LIST(l), "f", VIR_TYPED_PARAM_ULLONG, "18446744073709551615");
    virTypedParamsAddFromString(LIST(l), "f", VIR_TYPED_PARAM_LLONG, "-9223372036854775808");
    virTypedParamsAddFromString(LIST(l), "f", VIR_TYPED_PARAM_BOOLEAN, "TRUE");
    virTypedParamsAddFromString(LIST(l), "f", VIR_TYPED_PARAM_INT, "010");
    assert_true(l.items[0].value.ul == G_MAXUINT64);
    assert_true(l.items[1].value.l == G_MININT64);
    assert_int_equal(l.items[2].value.b, 1);
    assert_int_equal(l.items[3].value.i, 10);
    virTypedParamsAddFromString(LIST(l), "f", VIR_TYPED_PARAM_UINT, "-1");
    assert_error(VIR_ERR_INVALID_ARG, "'-1' of parameter 'f' is not of type uint");
    virTypedParamsFree(l.items, l.n);
}

static void the_builder_formats_names(void **state)
{
    g_auto(params_auto_t) p = {0};
    virTypedParameterPtr items;
    int n;

    (void)state;
    params_add_uint(&p, 7, "vcpu.%u.state", 4294967295u);
    params_add_ullong(&p, G_MAXUINT64, "block.%d.%s", -2147483647 - 1, "rd.bytes");
    params_add_int(&p, -1, "%s", "");
    params_add_llong(&p, -2, "%lld%%%llu", (long long)G_MININT64, (unsigned long long)G_MAXUINT64);
    params_add_double(&p, 0.5, "plain");
    params_add_bool(&p, 256, "slow.%05d.%zu", 42, (size_t)3);
    params_add_string(&p, "v", "net.%u.name", 0);
    params_add_string(&p, NULL, "nothing");
    assert_int_equal(params_steal(&p, &items, &n), 0);
    assert_int_equal(n, 7);
    assert_string_equal(items[0].field, "vcpu.4294967295.state");
    assert_string_equal(items[1].field, "block.-2147483648.rd.bytes");
    assert_string_equal(items[2].field, "");
    assert_string_equal(items[3].field, "-9223372036854775808%18446744073709551615");
    assert_string_equal(items[4].field, "plain");
    assert_string_equal(items[5].field, "slow.00042.3");
    assert_int_equal(items[5].value.b, 1);
    assert_string_equal(items[6].value.s, "v");
    virTypedParamsFree(items, n);
    assert_int_equal(params_steal(&p, &items, &n), 0);
    assert_null(items);
    assert_int_equal(n, 0);
}

/* Every length around the limit, with the number at the end, where the fast path has to give way.
 */
static void the_builder_keeps_to_79_bytes(void **state)
{
    char text[200];

    (void)state;
    for (int length = 40; length < 120; length++) {
        g_auto(params_auto_t) p = {0};
        g_autofree char *want = NULL;
        virTypedParameterPtr items = NULL;
        int n = 0, r;

        memset(text, 'y', length);
        text[length] = '\0';
        want = g_strdup_printf("%s.%u", text, 1234567890u);
        error_reset();
        params_add_string(&p, "kept", "first");
        params_add_uint(&p, 1, "%s.%u", text, 1234567890u);
        params_add_uint(&p, 1, "later");
        r = params_steal(&p, &items, &n);
        assert_int_equal(r, strlen(want) < 80 ? 0 : -1);
        if (r < 0)
            assert_error(VIR_ERR_INTERNAL_ERROR, "longer than 79 bytes");
        else
            assert_string_equal(items[1].field, want);
        virTypedParamsFree(items, n);
    }
}

static const struct params_rule rules[] = {
    {"weight", VIR_TYPED_PARAM_UINT, FALSE},
    {"disk", VIR_TYPED_PARAM_STRING, TRUE},
    {"vcpu.{n}.state", VIR_TYPED_PARAM_INT, FALSE},
};

static int validate(struct params *p, unsigned int flags)
{
    error_reset();
    return params_validate(p->items, p->n, rules, G_N_ELEMENTS(rules), flags);
}

static void validation_knows_names_types_and_numbers(void **state)
{
    g_auto(params_auto_t) p = {0};

    (void)state;
    assert_int_equal(validate(&p, 0), 0);
    params_add_uint(&p, 1, "weight");
    params_add_string(&p, "a", "disk");
    params_add_string(&p, "b", "disk");
    params_add_int(&p, 1, "vcpu.0.state");
    params_add_int(&p, 1, "vcpu.17.state");
    assert_int_equal(validate(&p, 0), 0);
    params_add_int(&p, 1, "vcpu.17.state");
    assert_int_equal(validate(&p, 0), -1);
    assert_error(VIR_ERR_INVALID_ARG, "'vcpu.17.state' occurs multiple times");
}

static void validation_names_what_it_refuses(void **state)
{
    static const char *const unknown[] = {"wei", "weights", "vcpu..state", "vcpu.x.state", ""};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_auto(params_auto_t) p = {0};

        params_add_uint(&p, 1, "%s", unknown[i]);
        assert_int_equal(validate(&p, PARAMS_OPEN), 0);
        assert_int_equal(validate(&p, 0), -1);
        assert_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "not supported");
        assert_error(VIR_ERR_ARGUMENT_UNSUPPORTED, unknown[i]);
    }
    {
        g_auto(params_auto_t) p = {0};

        params_add_int(&p, 1, "weight");
        assert_int_equal(validate(&p, PARAMS_OPEN), -1);
        assert_error(VIR_ERR_INVALID_ARG,
                     "invalid type 'int' for parameter 'weight', expected 'uint'");
        p.items[0].type = 99;
        assert_int_equal(validate(&p, 0), -1);
        assert_error(VIR_ERR_INVALID_ARG, "'unknown'");
        strcpy(p.items[0].field, "disk");
        p.items[0].type = VIR_TYPED_PARAM_STRING;
        p.items[0].value.s = NULL;
        assert_int_equal(validate(&p, 0), -1);
        assert_error(VIR_ERR_INVALID_ARG, "'disk' has no string");
        memset(p.items[0].field, 'z', sizeof(p.items[0].field));
        assert_int_equal(validate(&p, 0), -1);
        assert_error(VIR_ERR_INVALID_ARG, "the name of parameter 0 has no end");
    }
}

static void copies_are_deep(void **state)
{
    g_auto(params_auto_t) p = {0};
    virTypedParameterPtr copy;

    (void)state;
    assert_null(params_copy(NULL, 0));
    params_add_string(&p, "text", "s");
    params_add_int(&p, 3, "i");
    copy = params_copy(p.items, p.n);
    assert_string_equal(copy[0].value.s, "text");
    assert_ptr_not_equal(copy[0].value.s, p.items[0].value.s);
    assert_int_equal(params_find(copy, 2, "i")->value.i, 3);
    assert_null(params_find(copy, 2, "j"));
    virTypedParamsFree(copy, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_goes_in_and_comes_out),
        cmocka_unit_test(looking_for_something_else),
        cmocka_unit_test(names_have_79_bytes_at_most),
        cmocka_unit_test(bad_lists_are_refused_unchanged),
        cmocka_unit_test(a_list_grows_without_a_copy_each_time),
        cmocka_unit_test(string_lists_add_one_parameter_each),
        cmocka_unit_test(text_becomes_a_value_of_the_type),
        cmocka_unit_test(text_keeps_every_bit),
        cmocka_unit_test(the_builder_formats_names),
        cmocka_unit_test(the_builder_keeps_to_79_bytes),
        cmocka_unit_test(validation_knows_names_types_and_numbers),
        cmocka_unit_test(validation_names_what_it_refuses),
        cmocka_unit_test(copies_are_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
