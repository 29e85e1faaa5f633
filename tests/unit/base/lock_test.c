#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/lock.h"

static lock_t lock = LOCK_INITIALIZER;
static cond_t cond;
static int turns, count;

static void guard_drops_at_the_end_of_the_scope(void **state)
{
    (void)state;
    {
        lock_guard(&lock);
        assert_int_not_equal(pthread_mutex_trylock(&lock), 0);
    }
    assert_int_equal(pthread_mutex_trylock(&lock), 0);
    lock_drop(&lock);
}

static void waiting_ends_at_the_moment(void **state)
{
    gint64 until = g_get_monotonic_time() + 2000;

    (void)state;
    lock_take(&lock);
    while (cond_wait_until(&cond, &lock, until))
        ;
    assert_true(g_get_monotonic_time() >= until);
    /* One in the past, and before the clock began, at once. */
    assert_false(cond_wait_until(&cond, &lock, until));
    assert_false(cond_wait_until(&cond, &lock, -5));
    lock_drop(&lock);
}

static void *take_turns(void *me)
{
    for (int i = 0; i < 1000; i++) {
        lock_guard(&lock);
        while (turns != GPOINTER_TO_INT(me))
            cond_wait(&cond, &lock);
        turns = !turns;
        count++;
        cond_broadcast(&cond);
    }
    return NULL;
}

static void threads_take_turns(void **state)
{
    pthread_t threads[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, GINT_TO_POINTER(i)), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(count, 2000);
}

static void locks_can_be_made_and_cleared(void **state)
{
    lock_t mine;

    (void)state;
    lock_init(&mine);
    lock_take(&mine);
    lock_drop(&mine);
    lock_clear(&mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_drops_at_the_end_of_the_scope),
        cmocka_unit_test(waiting_ends_at_the_moment),
        cmocka_unit_test(threads_take_turns),
        cmocka_unit_test(locks_can_be_made_and_cleared),
    };
    int failed;

    cond_init(&cond);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    cond_clear(&cond);
    return failed;
}
