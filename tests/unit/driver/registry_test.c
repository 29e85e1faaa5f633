/* From what the caller names to a driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "unit/driver/configuration.h"

static int begin(void **state)
{
    (void)state;
    configuration_remove();
    error_reset();
    return 0;
}

static void assert_refused(const char *name, unsigned int flags, int code, const char *part)
{
    assert_null(registry_open(name, NULL, flags));
    assert_int_equal(error_code(), code);
    if (!strstr(error_last()->message, part))
        fail_msg("'%s' is not in '%s'", part, error_last()->message);
}

static void a_driver_s_uri_opens(void **state)
{
    virConnectPtr conn = registry_open("test:///default", NULL, VIR_CONNECT_RO);

    (void)state;
    assert_non_null(conn);
    assert_string_equal(conn->uri, "test:///default");
    assert_string_equal(conn->driver->name, "TEST");
    assert_int_equal(conn->flags, VIR_CONNECT_RO);
    assert_true(conn->readonly);
    assert_int_equal(virConnectClose(conn), 0);
}

/* What no driver here takes is for a daemon to open. */
static void what_nobody_takes_is_for_a_daemon(void **state)
{
    (void)state;
    assert_refused("nosuch:///?socket=/nosuch/x", 0, VIR_ERR_SYSTEM_ERROR,
                   "Failed to connect socket to '/nosuch/x'");
    assert_refused("testing:///default?socket=/nosuch/y", 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/y'");
}

static void what_cannot_be_parsed_is_refused(void **state)
{
    (void)state;
    assert_refused("nosuch", 0, VIR_ERR_NO_CONNECT, "does not include a driver name");
    assert_refused("nosuch:///a b", 0, VIR_ERR_INTERNAL_ERROR, "Unable to parse URI");
}

static void the_default_is_used_when_nothing_is_named(void **state)
{
    (void)state;
    g_setenv("LIBVIRT_DEFAULT_URI", "nosuch:///?socket=/nosuch/environment", TRUE);
    assert_refused(NULL, 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/environment'");
    assert_refused("", 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/environment'");
    g_unsetenv("LIBVIRT_DEFAULT_URI");
    configuration_write("uri_default = \"nosuch:///?socket=/nosuch/configured\"");
    assert_refused(NULL, 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/configured'");
}

static void a_broken_configuration_is_an_error(void **state)
{
    (void)state;
    configuration_write("uri_default = nosuch\nuri_aliases = nosuch\n");
    assert_refused(NULL, 0, VIR_ERR_CONF_SYNTAX, "uri_default");
    assert_refused("alias", 0, VIR_ERR_CONF_SYNTAX, "uri_aliases");
    /* which needs neither */
    assert_refused("nosuch:///?socket=/nosuch/x", 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/x'");
}

static void an_alias_is_resolved_unless_that_is_unwanted(void **state)
{
    (void)state;
    configuration_write(
        "uri_aliases = [ \"hail=nosuch:///?socket=/nosuch/hail\", \"bad=no such\" ]");
    assert_refused("hail", 0, VIR_ERR_SYSTEM_ERROR, "'/nosuch/hail'");
    assert_refused("hail", VIR_CONNECT_NO_ALIASES, VIR_ERR_NO_CONNECT,
                   "URI 'hail' does not include");
    assert_refused("bad", 0, VIR_ERR_NO_CONNECT, "URI 'no such' does not include");
    assert_refused("other", 0, VIR_ERR_NO_CONNECT, "URI 'other' does not include");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_driver_s_uri_opens, begin),
        cmocka_unit_test_setup(what_nobody_takes_is_for_a_daemon, begin),
        cmocka_unit_test_setup(what_cannot_be_parsed_is_refused, begin),
        cmocka_unit_test_setup(the_default_is_used_when_nothing_is_named, begin),
        cmocka_unit_test_setup(a_broken_configuration_is_an_error, begin),
        cmocka_unit_test_setup(an_alias_is_resolved_unless_that_is_unwanted, begin),
    };
    int failed;

    configuration_begin();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    configuration_end();
    return failed;
}
