/* Work that goes on with the time: how far it is, and when it will be somewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/drivers/test/progress.h"

#define SECOND G_USEC_PER_SEC

static void without_a_limit_it_takes_a_tenth_of_a_second(void **state)
{
    unsigned long long sizes[] = {1, 1000, 1ULL << 40, G_MAXUINT64};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct progress progress;

        progress_begin(&progress, sizes[i], 0);
        progress_move(&progress, progress.since + PROGRESS_UNLIMITED_US + 1);
        assert_true(progress.done == sizes[i]);
    }
}

static void with_a_limit_it_takes_as_long_as_its_bytes(void **state)
{
    struct progress progress;
    gint64 start;

    progress_begin(&progress, 1000, 100);
    start = progress.since;
    progress_move(&progress, start + 3 * SECOND);
    assert_int_equal(progress.done, 300);
    assert_int_equal(progress_when(&progress, 200), progress.since);
    assert_true(ABS(progress_when(&progress, 500) - (start + 5 * SECOND)) <= 1);
    progress_move(&progress, start + 20 * SECOND);
    assert_int_equal(progress.done, 1000);
}

static void what_is_less_than_a_byte_is_not_lost(void **state)
{
    struct progress progress;
    gint64 start;

    progress_begin(&progress, 10, 1);
    start = progress.since;
    for (int i = 1; i <= 40; i++)
        progress_move(&progress, start + i * SECOND / 10);
    assert_in_range(progress.done, 3, 4);
}

static void time_does_not_run_back(void **state)
{
    struct progress progress;

    progress_begin(&progress, 100, 1);
    progress_move(&progress, progress.since - SECOND);
    assert_int_equal(progress.done, 0);
}

static void another_limit_holds_from_then_on(void **state)
{
    struct progress progress;

    progress_begin(&progress, 1ULL << 40, 1);
    progress_limit(&progress, 0);
    progress_move(&progress, progress.since + PROGRESS_UNLIMITED_US);
    assert_true(progress.done == progress.end);
}

static void the_end_may_be_too_far_off_to_be_named(void **state)
{
    struct progress progress;

    progress_begin(&progress, G_MAXUINT64, 1);
    assert_true(progress_when(&progress, G_MAXUINT64) == G_MAXINT64);
}

static void nothing_to_do_is_done(void **state)
{
    struct progress progress;

    progress_begin(&progress, 0, 0);
    progress_move(&progress, progress.since + 1);
    assert_int_equal(progress.done, 0);
    assert_int_equal(progress_when(&progress, progress.end), progress.since);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_it_takes_a_tenth_of_a_second),
        cmocka_unit_test(with_a_limit_it_takes_as_long_as_its_bytes),
        cmocka_unit_test(what_is_less_than_a_byte_is_not_lost),
        cmocka_unit_test(time_does_not_run_back),
        cmocka_unit_test(another_limit_holds_from_then_on),
        cmocka_unit_test(the_end_may_be_too_far_off_to_be_named),
        cmocka_unit_test(nothing_to_do_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
