#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <corral/corral.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/process.h"

static int run(const char *script, char **ret_output)
{
    char *const argv[] = {"/bin/sh", "-c", (char *)script, NULL};

    return process_run(argv, 60000, ret_output);
}

static void a_program_runs_to_its_end(void **state)
{
    g_autofree char *text = NULL;

    assert_int_equal(run("echo said; echo complained >&2; exit 7", &text), 7);
    assert_string_equal(text, "said\ncomplained\n");
}

static void one_that_is_not_there_is_named(void **state)
{
    char *const argv[] = {"/nowhere/program", NULL};
    struct process_spec spec = {.argv = argv, .input = -1, .output = -1, .errors = -1};
    struct process process;

    assert_int_equal(process_spawn(&spec, &process), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "/nowhere/program"));
    spec.argv = (char *const[]){"/bin/true", NULL};
    spec.folder = "/nowhere";
    assert_int_equal(process_spawn(&spec, &process), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "entering its folder"));
}

static void one_that_takes_too_long_is_ended(void **state)
{
    char *const argv[] = {"/bin/sleep", "1000", NULL};

    assert_int_equal(process_run(argv, 50, NULL), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_TIMEOUT);
}

static void only_what_is_given_goes_along(void **state)
{
    int given = open("/dev/null", O_RDONLY | O_CLOEXEC), kept = open("/dev/null", O_RDONLY);
    g_autofree char *script =
        g_strdup_printf("test -e /proc/self/fd/%d && test ! -e /proc/self/fd/%d", given, kept);
    char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct process_spec spec = {
        .argv = argv, .input = -1, .output = -1, .errors = -1, .fds = &given, .n_fds = 1};
    struct process process;
    int status;

    assert_int_equal(process_spawn(&spec, &process), 0);
    assert_true(process_wait(&process, -1, &status));
    assert_int_equal(status, 0);
    process_release(&process);
    assert_int_equal(fcntl(given, F_GETFD), FD_CLOEXEC);
    close(given);
    close(kept);
}

static void a_process_is_known_by_when_it_started(void **state)
{
    char *const argv[] = {"/bin/sleep", "1000", NULL};
    struct process_spec spec = {.argv = argv, .input = -1, .output = -1, .errors = -1};
    struct process process, again;
    guint64 started;
    int status;

    assert_int_equal(process_spawn(&spec, &process), 0);
    started = process_started(process.pid);
    assert_true(started > 0);
    assert_int_equal(process_attach(process.pid, started + 1, &again), -1);
    assert_int_equal(process_attach(process.pid, started, &again), 0);
    assert_false(process_wait(&again, 0, NULL));
    process_kill(&again, SIGTERM);
    assert_true(process_wait(&process, -1, &status));
    assert_int_equal(status, 128 + SIGTERM);
    process_release(&again);
    process_release(&process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_runs_to_its_end),
        cmocka_unit_test(one_that_is_not_there_is_named),
        cmocka_unit_test(one_that_takes_too_long_is_ended),
        cmocka_unit_test(only_what_is_given_goes_along),
        cmocka_unit_test(a_process_is_known_by_when_it_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
