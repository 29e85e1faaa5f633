/* The installed binary, what is kept of it on disk, and binaries that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/drivers/qemu/caps/facts.h"
#include "core/drivers/qemu/error.h"

struct fixture {
    char *binary, *folder, *cache;
};

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);

    f->binary = caps_emulator("x86_64");
    f->folder = g_dir_make_tmp("caps-XXXXXX", NULL);
    f->cache = g_build_filename(f->folder, "a", "b", NULL);
    assert_non_null(f->binary);
    *state = f;
    return 0;
}

static void remove_all(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_all(path);
        else
            g_unlink(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(folder);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    remove_all(f->folder);
    g_free(f->binary);
    g_free(f->folder);
    g_free(f->cache);
    g_free(f);
    error_reset();
    return 0;
}

static char *write_script(struct fixture *f, const char *text, int mode)
{
    char *path = g_build_filename(f->folder, "qemu", NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void expect_error(int code, const char *text)
{
    assert_int_equal(error_code(), code);
    if (!strstr(error_last()->message, text))
        fail_msg("%s", error_last()->message);
}

/* ---- the installed one ---- */

static void check_installed(const struct qemu_caps *caps, const char *binary)
{
    const struct qemu_machine *pc = caps_machine(caps, "pc"), *q35 = caps_machine(caps, "q35");
    size_t n;

    assert_string_equal(caps_binary(caps), binary);
    assert_string_equal(caps_arch(caps), "x86_64");
    assert_true(caps_version(caps) >= 7000000);
    assert_non_null(pc);
    assert_ptr_equal(caps_machine(caps, pc->name), pc);
    assert_string_equal(pc->alias, "pc");
    assert_true(pc->max_cpus >= 255);
    assert_true(q35 != pc && q35->hotplug_cpus);
    assert_non_null(caps_machine(caps, NULL));
    assert_null(caps_machine(caps, "none-such"));
    assert_true(caps_machines(caps, &n) && n > 10);
    assert_non_null(caps_cpu_model(caps, "tcg", "qemu64"));
    assert_true(caps_cpu_model(caps, "tcg", "qemu64")->usable);
    assert_non_null(caps_cpu_model(caps, "tcg", "qemu64")->blockers);
    assert_null(caps_cpu_model(caps, "tcg", "none-such"));
    assert_true(g_strv_contains(caps_cpu_features(caps, "tcg"), "sse2"));
    assert_true(caps_has_device(caps, "virtio-blk-pci"));
    assert_false(caps_has_device(caps, "memory-backend-memfd"));
    assert_false(caps_has_device(caps, "none-such"));
    assert_true(caps_has_object(caps, "memory-backend-memfd"));
    assert_false(caps_has_object(caps, "virtio-blk-pci"));
    assert_true(caps_device_has_property(caps, "virtio-blk-pci", "iothread"));
    assert_true(caps_device_has_property(caps, "memory-backend-memfd", "hugetlb"));
    assert_false(caps_device_has_property(caps, "virtio-blk-pci", "none-such"));
    assert_false(caps_device_has_property(caps, "none-such", "iothread"));
    assert_true(caps_has_command(caps, "blockdev-add"));
    assert_false(caps_has_command(caps, "STOP"));
    assert_true(caps_has_event(caps, "STOP"));
    assert_true(caps_has_option(caps, "sandbox", "elevateprivileges"));
    assert_true(caps_has_option(caps, "sandbox", NULL));
    assert_false(caps_has_option(caps, "sandbox", "none-such"));
    assert_false(caps_has_option(caps, "none-such", NULL));
    assert_true(caps_schema_has(caps, "device_add/$json-cli"));
    assert_true(caps_schema_has(caps, "query-status/ret-type/status/^paused"));
    assert_false(caps_schema_has(caps, "query-status/ret-type/status/^none-such"));
    assert_true(caps_has(caps, CAPS_DEVICE_JSON) && caps_has(caps, CAPS_TCG));
}

static void the_installed_binary_tells_the_same_from_disk(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(caps_cache) cache = caps_cache_new(f->cache);
        g_autoptr(qemu_caps) caps = caps_lookup(cache, f->binary);
        g_autoptr(qemu_caps) again = caps_lookup(cache, f->binary);

        assert_non_null(caps);
        assert_ptr_equal(caps, again);
        check_installed(caps, f->binary);
    }
}

/* Writes `text` into every file of the cache whose name ends so. */
static unsigned overwrite(const char *folder, const char *end, const char *text)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned n = 0;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_suffix(name, end)) {
            assert_true(g_file_set_contents(path, text, -1, NULL));
            n++;
        }
    }
    return n;
}

static void what_is_wrong_on_disk_is_asked_again(void **state)
{
    static const char *const texts[] = {
        "", "{", "[]", "{\"format\": 1}", "{\"format\": 1, \"identity\": 7}",
    };
    struct fixture *f = *state;
    g_autofree char *identity = facts_identity(f->binary);
    g_autoptr(json_t) plausible =
        json_pack("{s:i, s:s}", "format", FACTS_FORMAT, "identity", identity);
    g_autofree char *text = json_dumps(plausible, 0);
    unsigned n = 0;

    for (size_t i = 0; i <= G_N_ELEMENTS(texts); i++) {
        g_autoptr(caps_cache) cache = caps_cache_new(f->cache);
        g_autoptr(qemu_caps) caps = NULL;

        if (i > 0)
            n += overwrite(f->cache, ".json", i < G_N_ELEMENTS(texts) ? texts[i] : text);
        caps = caps_lookup(cache, f->binary);
        assert_non_null(caps);
        check_installed(caps, f->binary);
    }
    assert_true(n >= 2 * G_N_ELEMENTS(texts));
}

static void a_folder_that_cannot_be_made_is_of_no_matter(void **state)
{
    struct fixture *f = *state;
    g_autoptr(caps_cache) cache = caps_cache_new("/proc/none/such");
    g_autoptr(qemu_caps) caps = caps_lookup(cache, f->binary);

    assert_non_null(caps);
    check_installed(caps, f->binary);
}

static void whether_kvm_works_is_found_out_once_and_kept(void **state)
{
    struct fixture *f = *state;
    bool works[2];

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(caps_cache) cache = caps_cache_new(f->cache);
        g_autoptr(qemu_caps) caps = caps_lookup(cache, f->binary);
        size_t n;

        assert_non_null(caps);
        works[i] = caps_kvm_works(cache, caps);
        assert_int_equal(caps_kvm_works(cache, caps), works[i]);
        assert_int_equal(caps_cpu_models(caps, "kvm", &n) != NULL, works[i]);
        assert_int_equal(n > 0, works[i]);
    }
    assert_int_equal(works[0], works[1]);
}

static void *look_up(void *data)
{
    struct caps_cache *cache = data;
    g_autofree char *binary = caps_emulator("x86_64");
    struct qemu_caps *caps = caps_lookup(cache, binary);

    if (caps)
        caps_schema_has(caps, "query-status/ret-type/status/^paused");
    return caps;
}

static void many_who_ask_at_once_get_the_same(void **state)
{
    struct fixture *f = *state;
    g_autoptr(caps_cache) cache = caps_cache_new(f->cache);
    pthread_t threads[8];
    void *first = NULL, *caps;

    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, cache), 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++) {
        pthread_join(threads[i], &caps);
        assert_non_null(caps);
        assert_true(!first || caps == first);
        first = caps;
        caps_unref(caps);
    }
}

/* ---- others ---- */

static void expect_failure(const char *binary, int code, const char *text)
{
    g_autoptr(caps_cache) cache = caps_cache_new(NULL);

    assert_null(caps_lookup(cache, binary));
    expect_error(code, text);
}

static void what_is_no_program_is_named(void **state)
{
    struct fixture *f = *state;
    g_autofree char *plain = write_script(f, "", 0600);
    g_autofree char *missing = g_strconcat(plain, "-none-such", NULL);

    expect_failure("qemu", VIR_ERR_INVALID_ARG, "'qemu' is no absolute path");
    expect_failure(missing, VIR_ERR_SYSTEM_ERROR, "Cannot check QEMU binary");
    expect_failure(missing, VIR_ERR_SYSTEM_ERROR, "No such file or directory");
    expect_failure(plain, VIR_ERR_OPERATION_FAILED, "is not executable");
    expect_failure(f->folder, VIR_ERR_OPERATION_FAILED, "is not executable");
}

static void what_a_binary_says_before_it_ends_is_in_the_error(void **state)
{
    struct fixture *f = *state;
    g_autofree char *path = write_script(f, "#!/bin/sh\necho out of luck >&2\nexit 1\n", 0700);

    expect_failure(path, VIR_ERR_OPERATION_FAILED, path);
    expect_failure(path, VIR_ERR_OPERATION_FAILED, "(out of luck)");
}

/* Speaks, but knows nothing. */
static void a_binary_that_answers_oddly_is_refused(void **state)
{
    static const char script[] = "#!/usr/bin/python3 -I\n"
                                 "import re, socket, sys, json\n"
                                 "fd = int(re.search(r'fd=(\\d+)', ' '.join(sys.argv)).group(1))\n"
                                 "peer = socket.socket(fileno=fd)\n"
                                 "for line in peer.makefile():\n"
                                 "    answer = {'return': [], 'id': json.loads(line)['id']}\n"
                                 "    peer.sendall((json.dumps(answer) + '\\n').encode())\n";
    struct fixture *f = *state;
    g_autofree char *path = write_script(f, script, 0700);

    expect_failure(path, VIR_ERR_INTERNAL_ERROR, "it names no machines");
}

static void a_binary_that_changes_is_asked_again(void **state)
{
    struct fixture *f = *state;
    g_autofree char *path = write_script(f, "#!/bin/sh\necho first >&2\n", 0700);
    g_autoptr(caps_cache) cache = caps_cache_new(f->cache);
    g_autofree char *script = g_strdup_printf("#!/bin/sh\nexec %s \"$@\"\n", f->binary);
    g_autoptr(qemu_caps) caps = NULL, other = NULL;

    assert_null(caps_lookup(cache, path));
    g_free(write_script(f, script, 0700));
    caps = caps_lookup(cache, path);
    assert_non_null(caps);
    g_free(write_script(f, "#!/bin/sh\necho third >&2\n", 0700));
    assert_null(caps_lookup(cache, path));
    expect_error(VIR_ERR_OPERATION_FAILED, "(third)");
    check_installed(caps, path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_installed_binary_tells_the_same_from_disk),
        TEST(what_is_wrong_on_disk_is_asked_again),
        TEST(a_folder_that_cannot_be_made_is_of_no_matter),
        TEST(whether_kvm_works_is_found_out_once_and_kept),
        TEST(many_who_ask_at_once_get_the_same),
        TEST(what_is_no_program_is_named),
        TEST(what_a_binary_says_before_it_ends_is_in_the_error),
        TEST(a_binary_that_answers_oddly_is_refused),
        TEST(a_binary_that_changes_is_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
