#define _GNU_SOURCE 1 /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/log.h"

static int evaluated;

static int evaluate(void)
{
    return ++evaluated;
}

static char *read_all(int fd)
{
    char text[4096];
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

    assert_true(n >= 0);
    return g_strndup(text, n);
}

/* The environment is read once per process, so the order of these tests matters. */
static void off_by_default_and_evaluates_nothing(void **state)
{
    (void)state;
    log_debug("number %d", evaluate());
    log_error("number %d", evaluate());
    assert_int_equal(evaluated, 0);
}

static void writes_from_its_level_upward(void **state)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    g_autofree char *text = NULL;

    (void)state;
    log_open(LOG_LEVEL_WARNING, fd);
    log_info("not %s", "this");
    log_warning("but %s", "that");
    text = read_all(fd);
    assert_null(strstr(text, "not this"));
    assert_non_null(strstr(text, ": warning : writes_from_its_level_upward : but that\n"));
    log_open(LOG_LEVEL_OFF, STDERR_FILENO);
    close(fd);
}

static void environment_names_file_and_level(void **state)
{
    g_autofree char *path = g_strdup_printf("%s/log-test-%d", g_get_tmp_dir(), (int)getpid());
    g_autofree char *outputs = g_strdup_printf("2:file:%s", path);
    g_autofree char *text = NULL;

    (void)state;
    setenv("LIBVIRT_LOG_OUTPUTS", outputs, 1);
    log_init();
    log_debug("not this");
    log_info("but that");
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_null(strstr(text, "not this"));
    assert_non_null(strstr(text, "but that\n"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_by_default_and_evaluates_nothing),
        cmocka_unit_test(writes_from_its_level_upward),
        cmocka_unit_test(environment_names_file_and_level),
    };

    unsetenv("LIBVIRT_DEBUG");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
