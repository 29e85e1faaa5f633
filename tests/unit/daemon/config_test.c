/* The configuration's reader: the form, defaults, and whatever bytes somebody wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/daemon/config.h"
#include "core/daemon/config_private.h"
#include "core/object/error.h"

static struct daemon_config *read_text(const char *text)
{
    error_reset();
    return daemon_config_parse("f", text);
}

static void nothing_said_is_the_default(void **state)
{
    struct daemon_config *one = daemon_config_new(), *two = read_text("");
    g_autoptr(GPtrArray) changes = daemon_config_fixed_changes(one, two);

    (void)state;
    assert_int_equal(one->max_clients, 5000);
    assert_string_equal(one->tls_port, "16514");
    assert_null(one->access_rules);
    assert_int_equal(changes->len, 0);
    daemon_config_unref(one);
    daemon_config_unref(two);
}

static void values_are_numbers_strings_and_lists(void **state)
{
    struct daemon_config *it =
        read_text("  max_clients\t= 12 # twelve\r\ntls_port='a \"b\" #c'\n"
                  "tls_allowed_dn_list = [ \"one\" , # first\n 'two',\n]\nkeepalive_interval = -1\n"
                  "sasl_allowed_username_list = []");

    (void)state;
    assert_non_null(it);
    assert_int_equal(it->max_clients, 12);
    assert_string_equal(it->tls_port, "a \"b\" #c");
    assert_string_equal(it->tls_allowed_dn_list[1], "two");
    assert_null(it->tls_allowed_dn_list[2]);
    assert_non_null(it->sasl_allowed_username_list);
    assert_null(it->sasl_allowed_username_list[0]);
    assert_int_equal(it->keepalive_interval, -1);
    assert_string_equal(it->path, "f");
    daemon_config_unref(it);
}

static void changes_that_need_a_start_are_named(void **state)
{
    struct daemon_config *one = read_text("listen_tcp = 1"), *two = read_text("max_clients = 3");
    g_autoptr(GPtrArray) changes = daemon_config_fixed_changes(one, two);

    (void)state;
    assert_int_equal(changes->len, 1);
    assert_string_equal(changes->pdata[0], "listen_tcp");
    daemon_config_unref(one);
    daemon_config_unref(two);
}

static void keys_are_of_one_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_n_keys; i++) {
        const struct config_key *key = &config_keys[i];
        g_autofree char *text = g_strdup_printf("%s = %s", key->name, key->example);
        g_autofree char *wrong =
            g_strdup_printf("%s = %s", key->name, key->type == CONFIG_STRING ? "1" : "\"1\"");
        struct daemon_config *it = read_text(text);

        if (!it && strcmp(key->name, "max_workers") != 0)
            fail_msg("%s: %s", text, error_last()->message);
        daemon_config_unref(it);
        assert_null(read_text(wrong));
        assert_int_equal(error_code(), VIR_ERR_CONF_SYNTAX);
        assert_non_null(strstr(error_last()->message, key->name));
        assert_non_null(strstr(error_last()->message, "f:1: "));
    }
}

static void whatever_is_written_there_is_survived(void **state)
{
    static const char bytes[] = "=[]\"'#,\n \tab_1max_clients\xff\x01";
    char text[24];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t size = g_random_int_range(0, sizeof(text));

        for (size_t i = 0; i < size; i++)
            text[i] = bytes[g_random_int_range(0, sizeof(bytes) - 1)];
        text[size] = '\0';
        daemon_config_unref(read_text(text));
    }
}

static void files_are_texts_of_some_size(void **state)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("corrald-XXXXXX", &path, NULL);

    (void)state;
    assert_int_equal(write(fd, "max_clients = 3\0x", 17), 17);
    close(fd);
    assert_null(daemon_config_load(path));
    assert_non_null(strstr(error_last()->message, "not a text"));
    g_unlink(path);
    assert_null(daemon_config_load(path));
    assert_non_null(strstr(error_last()->message, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said_is_the_default),
        cmocka_unit_test(values_are_numbers_strings_and_lists),
        cmocka_unit_test(changes_that_need_a_start_are_named),
        cmocka_unit_test(keys_are_of_one_kind),
        cmocka_unit_test(whatever_is_written_there_is_survived),
        cmocka_unit_test(files_are_texts_of_some_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
