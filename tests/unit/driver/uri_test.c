#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/driver/uri.h"
#include "core/object/error.h"
#include "unit/driver/configuration.h"

static int begin(void **state)
{
    (void)state;
    configuration_remove();
    error_reset();
    return 0;
}

static void assert_error(int code, const char *part)
{
    assert_int_equal(error_code(), code);
    if (!strstr(error_last()->message, part))
        fail_msg("'%s' is not in '%s'", part, error_last()->message);
    error_reset();
}

static void the_parts_of_a_uri(void **state)
{
    g_autoptr(GUri) uri = uri_parse(
        "qemu+ssh://root@[2001:db8::1]:2222/system?socket=/run/x&keyfile=%2Froot%2Fk#part");

    (void)state;
    assert_non_null(uri);
    assert_string_equal(g_uri_get_scheme(uri), "qemu+ssh");
    assert_string_equal(g_uri_get_user(uri), "root");
    assert_string_equal(g_uri_get_host(uri), "2001:db8::1");
    assert_int_equal(g_uri_get_port(uri), 2222);
    assert_string_equal(g_uri_get_path(uri), "/system");
    assert_string_equal(g_uri_get_query(uri), "socket=/run/x&keyfile=%2Froot%2Fk");
    assert_int_equal(error_code(), VIR_ERR_OK);
}

static void a_path_stays_encoded(void **state)
{
    g_autoptr(GUri) uri = uri_parse("test:///a%20b%2Fc");

    (void)state;
    assert_non_null(uri);
    assert_string_equal(g_uri_get_path(uri), "/a%20b%2Fc");
    assert_null(g_uri_get_query(uri));
}

static void ordinary_uris_are_taken(void **state)
{
    static const char *const texts[] = {
        "test:///default",      "test:/default",  "test:default",   "qemu:///system",    "test:///",
        "esx://h/?no_verify=1", "xen+tls://h:0/", "test://u:p@h/x", "qemu:///session#a",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GUri) uri = uri_parse(texts[i]);

        assert_non_null(uri);
    }
}

static void without_a_driver_s_name_it_is_no_uri(void **state)
{
    (void)state;
    assert_null(uri_parse("foo"));
    assert_error(VIR_ERR_NO_CONNECT,
                 "no connection driver available for URI 'foo' does not include a driver name");
    assert_null(uri_parse("/etc/passwd"));
    assert_error(VIR_ERR_NO_CONNECT, "'/etc/passwd'");
    assert_null(uri_parse(""));
    assert_error(VIR_ERR_NO_CONNECT, "''");
}

static void broken_uris_are_refused(void **state)
{
    static const char *const texts[] = {
        "://",
        ":///x",
        "1test:///",
        "te st:///",
        "test:///default x",
        "test:///a\tb",
        "test:///a\nb",
        "test:///%zz",
        "test:///%",
        "test://[::1/x",
        "test://h:99999/",
        "test://h:x/",
        "test://h:-1/",
        "test:///\xff\xfe",
        "test:///\xc3\xbc",
        "test:///<a>",
        "test:///\"",
        "test:///a\\b",
        "test:///{}",
        "test:///^`|",
        "test:///\x01",
        "test:///\x7f",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GUri) uri = uri_parse(texts[i]);

        if (uri)
            fail_msg("'%s' was taken", texts[i]);
        assert_int_equal(error_last()->domain, VIR_FROM_URI);
        assert_error(VIR_ERR_INTERNAL_ERROR, "internal error: Unable to parse URI ");
    }
}

static void the_message_says_where_it_is_wrong(void **state)
{
    (void)state;
    assert_null(uri_parse("test:///a b"));
    assert_error(VIR_ERR_INTERNAL_ERROR, "test:///a b: byte 10 is to be written %20");
}

static void a_huge_uri_is_cut_in_the_message(void **state)
{
    g_autofree char *text = g_strnfill(1 << 20, 'a');

    (void)state;
    assert_null(uri_parse(text));
    assert_true(strlen(error_last()->message) < 1000);
    text[5] = ':';
    text[1000] = ' ';
    assert_null(uri_parse(text));
    assert_true(strlen(error_last()->message) < 1000);
}

static void the_environment_comes_first(void **state)
{
    g_autofree char *uri = NULL;

    (void)state;
    configuration_write("uri_default = \"test:///configured\"\n");
    g_setenv("LIBVIRT_DEFAULT_URI", "test:///environment", TRUE);
    assert_int_equal(uri_default(&uri), 0);
    assert_string_equal(uri, "test:///environment");
}

static char *take_default(void)
{
    char *uri = NULL;

    assert_int_equal(uri_default(&uri), 0);
    return uri;
}

static void assert_default(const char *configuration, const char *expected)
{
    g_autofree char *uri = NULL;

    configuration_write(configuration);
    uri = take_default();
    if (expected)
        assert_string_equal(uri, expected);
    else
        assert_null(uri);
}

static void the_configuration_s_default(void **state)
{
    (void)state;
    assert_default("uri_default = \"test:///a\"\n", "test:///a");
    assert_default("# uri_default = \"test:///no\"\n\n\turi_default='test:///b' # yes",
                   "test:///b");
    assert_default("uri_aliases = [ \"x=test:///x\" ]\nuri_default=\"test:///c\"", "test:///c");
    g_setenv("LIBVIRT_DEFAULT_URI", "", TRUE); /* as if it was not set */
    assert_default("uri_default = \"test:///a\"\n", "test:///a");
}

static void no_default_is_none(void **state)
{
    (void)state;
    assert_null(take_default());
    assert_default("", NULL);
    assert_default("#uri_default = \"test:///a\"\n", NULL);
    assert_default("my_uri_default = \"test:///a\"\n", NULL);
    assert_default("uri_default = \"\"\n", NULL);
    assert_default("\xff\xfe\x80 = \"\xff\"\n", NULL);
    assert_int_equal(error_code(), VIR_ERR_OK);
}

static void a_broken_default_is_an_error(void **state)
{
    static const char *const texts[] = {
        "uri_default = test:///a\n",
        "uri_default = \"test:///a\n",
        "uri_default =",
        "uri_default = 3\n",
        "uri_default = [ \"test:///a\" ]\n",
        "uri_default = \"a\" \"b\"\n",
    };
    char *uri = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        configuration_write(texts[i]);
        assert_int_equal(uri_default(&uri), -1);
        assert_null(uri);
        assert_error(VIR_ERR_CONF_SYNTAX, "uri_default must be");
    }
}

static void assert_alias(const char *name, const char *expected)
{
    g_autofree char *uri = NULL;

    assert_int_equal(uri_resolve_alias(name, &uri), 0);
    if (expected)
        assert_string_equal(uri, expected);
    else
        assert_null(uri);
}

static void aliases_are_found_by_their_whole_name(void **state)
{
    (void)state;
    configuration_write("uri_aliases = [\n"
                        "  \"hail=qemu+ssh://root@hail/system\", # \"not=this\"\n"
                        "  # \"nor=that\",\n"
                        "  'sleet=qemu+tcp://[::1]/system?a=b',\n"
                        "]\n");
    assert_alias("hail", "qemu+ssh://root@hail/system");
    assert_alias("sleet", "qemu+tcp://[::1]/system?a=b");
    assert_alias("hai", NULL);
    assert_alias("hail2", NULL);
    assert_alias("not", NULL);
    assert_alias("nor", NULL);
    assert_alias("", NULL);
    assert_alias("\xff", NULL);
    assert_int_equal(error_code(), VIR_ERR_OK);
}

static void without_a_list_there_are_no_aliases(void **state)
{
    (void)state;
    assert_alias("hail", NULL);
    configuration_write("uri_aliases = [ ]");
    assert_alias("hail", NULL);
}

static void broken_aliases_are_an_error(void **state)
{
    static const char *const texts[] = {
        "uri_aliases = [ \"hail\" ]",
        "uri_aliases = [ \"=test:///\" ]",
        "uri_aliases = [ \"a=\" ]",
        "uri_aliases = [ \"a b=test:///\" ]",
        "uri_aliases = [ \"\" ]",
        "uri_aliases = [ \"x=test:///x\"",
        "uri_aliases = x",
        "uri_aliases = [ x=y ]",
    };
    char *uri = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        configuration_write(texts[i]);
        assert_int_equal(uri_resolve_alias("nobody", &uri), -1);
        assert_null(uri);
        assert_error(VIR_ERR_CONF_SYNTAX, "uri_aliases");
    }
}

static void a_long_list_is_no_trouble(void **state)
{
    g_autoptr(GString) text = g_string_new("uri_aliases = [\n");

    (void)state;
    for (int i = 0; i < 10000; i++)
        g_string_append_printf(text, "\"a%d=test:///%d\", # %d\n", i, i, i);
    g_string_append(text, "]\n");
    configuration_write(text->str);
    assert_alias("a9999", "test:///9999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_parts_of_a_uri, begin),
        cmocka_unit_test_setup(a_path_stays_encoded, begin),
        cmocka_unit_test_setup(ordinary_uris_are_taken, begin),
        cmocka_unit_test_setup(without_a_driver_s_name_it_is_no_uri, begin),
        cmocka_unit_test_setup(broken_uris_are_refused, begin),
        cmocka_unit_test_setup(the_message_says_where_it_is_wrong, begin),
        cmocka_unit_test_setup(a_huge_uri_is_cut_in_the_message, begin),
        cmocka_unit_test_setup(the_environment_comes_first, begin),
        cmocka_unit_test_setup(the_configuration_s_default, begin),
        cmocka_unit_test_setup(no_default_is_none, begin),
        cmocka_unit_test_setup(a_broken_default_is_an_error, begin),
        cmocka_unit_test_setup(aliases_are_found_by_their_whole_name, begin),
        cmocka_unit_test_setup(without_a_list_there_are_no_aliases, begin),
        cmocka_unit_test_setup(broken_aliases_are_an_error, begin),
        cmocka_unit_test_setup(a_long_list_is_no_trouble, begin),
    };
    int failed;

    configuration_begin();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    configuration_end();
    return failed;
}
