#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <corral/corral.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/conf/store.h"

static int set_up(void **state)
{
    *state = g_dir_make_tmp("corral-store-XXXXXX", NULL);
    return *state ? 0 : -1;
}

static void remove_all(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_unlink(path) < 0)
            remove_all(path);
    }
    g_rmdir(folder);
}

static int tear_down(void **state)
{
    remove_all(*state);
    g_free(*state);
    return 0;
}

static void assert_text(const char *folder, const char *name, const char *wanted)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_null(text);
}

static void the_text_before_the_last_one_is_kept(void **state)
{
    assert_int_equal(store_write(*state, "a.xml", "one", 0600), 0);
    assert_text(*state, "a.xml", "one");
    assert_text(*state, ".last/a.xml", NULL);
    assert_int_equal(store_write(*state, "a.xml", "two", 0600), 0);
    assert_text(*state, "a.xml", "two");
    assert_text(*state, ".last/a.xml", "one");
    assert_text(*state, "a.xml.new", NULL);
}

static void what_cannot_be_written_leaves_the_old_one(void **state)
{
    g_autofree char *beside = g_build_filename(*state, "a.xml.new", NULL);

    assert_int_equal(store_write(*state, "a.xml", "one", 0600), 0);
    assert_int_equal(g_mkdir(beside, 0700), 0);
    assert_int_equal(store_write(*state, "a.xml", "two", 0600), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "a.xml"));
    assert_text(*state, "a.xml", "one");
    assert_int_equal(store_write("/nowhere", "a.xml", "two", 0600), -1);
    assert_int_equal(g_rmdir(beside), 0);
}

static void what_is_removed_is_gone_and_need_not_have_been_there(void **state)
{
    assert_int_equal(store_write(*state, "a.xml", "one", 0600), 0);
    assert_int_equal(store_remove(*state, "a.xml"), 0);
    assert_text(*state, "a.xml", NULL);
    assert_int_equal(store_remove(*state, "a.xml"), 0);
}

static void links_come_and_go(void **state)
{
    g_autofree char *path = g_build_filename(*state, "link.xml", NULL);

    assert_int_equal(store_link(*state, "link.xml", "../a.xml"), 0);
    assert_int_equal(store_link(*state, "link.xml", "../a.xml"), 0);
    assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
    assert_int_equal(store_link(*state, "link.xml", NULL), 0);
    assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
}

static int note(const char *name, const char *text, void *opaque)
{
    g_string_append_printf(opaque, "%s=%s ", name, text);
    return strcmp(name, "b") ? 0 : -1;
}

static void all_are_visited_in_their_order(void **state)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    assert_int_equal(store_write(*state, "c.xml", "3", 0600), 0);
    assert_int_equal(store_write(*state, "a.xml", "1", 0600), 0);
    assert_int_equal(store_write(*state, "b.xml", "2", 0600), 0);
    assert_int_equal(store_write(*state, "other", "4", 0600), 0);
    store_each(*state, ".xml", note, seen);
    assert_string_equal(seen->str, "a=1 b=2 c=3 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_text_before_the_last_one_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_leaves_the_old_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_removed_is_gone_and_need_not_have_been_there,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_are_visited_in_their_order, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
