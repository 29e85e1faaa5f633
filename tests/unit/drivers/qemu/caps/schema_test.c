#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/drivers/qemu/caps/schema.h"

static const char text[] =
    "[{'name': 'frob', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '[2]', 'features': "
    "['json-cli']},"
    "{'name': 'bare', 'meta-type': 'command'},"
    "{'name': 'HAPPENED', 'meta-type': 'event', 'arg-type': '2'},"
    "{'name': '1', 'meta-type': 'object', 'members': [{'name': 'driver', 'type': '3'}, {'name': "
    "'speed', 'type': 'int', 'default': null, 'features': ['deprecated']}], 'tag': 'driver', "
    "'variants': [{'case': 'fast', 'type': '2'}, {'case': 'odd', 'type': '9'}]},"
    "{'name': '[2]', 'meta-type': 'array', 'element-type': '2'},"
    "{'name': '2', 'meta-type': 'object', 'members': [{'name': 'modes', 'type': '[3]'}, {'name': "
    "'other', 'type': '4'}]},"
    "{'name': '3', 'meta-type': 'enum', 'values': ['fast'], 'members': [{'name': 'odd', "
    "'features': ['unstable']}]},"
    "{'name': '[3]', 'meta-type': 'array', 'element-type': '3'},"
    "{'name': '4', 'meta-type': 'alternate', 'members': [{'type': 'str'}, {'type': '1'}, {'type': "
    "'4'}]},"
    "{'name': '[loop]', 'meta-type': 'array', 'element-type': '[loop]'},"
    "{'name': 'looping', 'meta-type': 'command', 'arg-type': '[loop]'},"
    "{'name': 7}, 5]";

static int set_up(void **state)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    json_t *entities = json_loads(json, 0, NULL);

    assert_non_null(entities);
    *state = schema_new(entities);
    return 0;
}

static int tear_down(void **state)
{
    schema_free(*state);
    return 0;
}

static void ways_that_there_are(void **state)
{
    static const char *const ways[] = {
        "frob",
        "HAPPENED",
        "frob/$json-cli",
        "frob/arg-type",
        "frob/arg-type/driver",
        "frob/arg-type/*speed",
        "frob/arg-type/speed/$deprecated",
        "frob/arg-type/driver/^fast",
        "frob/arg-type/driver/^odd",
        "frob/arg-type/driver/^odd/$unstable",
        "frob/arg-type/+fast/modes/^fast",
        "frob/ret-type/modes",
        "frob/ret-type/other/speed",
        "frob/ret-type/other/+fast/other/driver",
        "HAPPENED/arg-type/other/*speed",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (!schema_has(*state, ways[i]))
            fail_msg("no way '%s'", ways[i]);
}

static void ways_that_there_are_not(void **state)
{
    static const char *const ways[] = {
        "",
        "nothing",
        "frob/$json",
        "frob/driver",
        "bare/arg-type",
        "HAPPENED/ret-type",
        "frob/arg-type/*driver",
        "frob/arg-type/driver/^slow",
        "frob/arg-type/driver/$deprecated",
        "frob/arg-type/speed/anything",
        "frob/arg-type/+slow",
        "frob/arg-type/+odd/modes",
        "frob/arg-type/^fast",
        "frob/ret-type/other/nothing",
        "frob/arg-type/driver/^fast/^fast",
        "looping/arg-type/anything",
        "frob/arg-type//",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (schema_has(*state, ways[i]))
            fail_msg("a way '%s'", ways[i]);
}

static void no_schema_has_nothing(void **state)
{
    struct schema *schema = schema_new(NULL);

    assert_false(schema_has(schema, "frob"));
    schema_free(schema);
    schema = schema_new(json_string("frob"));
    assert_false(schema_has(schema, "frob"));
    schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_that_there_are),
        cmocka_unit_test(ways_that_there_are_not),
        cmocka_unit_test(no_schema_has_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
