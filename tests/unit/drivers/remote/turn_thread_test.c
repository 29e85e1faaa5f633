/* What threads of one connection share beside its socket: the turn of those who change what the
 * daemon tells of, and words. To be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"

#define THREADS 6
#define TURNS 500
#define WORDS 10000

struct fixture {
    virConnect conn;
    struct remote remote;
    int inside; /* guarded by the turn */
};

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);

    call_group_init(&f->conn.calls);
    lock_init(&f->remote.turn_lock);
    cond_init(&f->remote.turn_over);
    f->remote.words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    f->conn.data.hypervisor = &f->remote;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    call_group_clear(&f->conn.calls);
    g_hash_table_unref(f->remote.words);
    cond_clear(&f->remote.turn_over);
    lock_clear(&f->remote.turn_lock);
    g_free(f);
    error_reset();
    return 0;
}

static void *take_turns(void *data)
{
    struct fixture *f = data;
    gboolean alone = TRUE;

    for (int i = 0; i < TURNS; i++) {
        if (remote_take_turn(&f->conn, "a test") < 0)
            return NULL;
        alone = alone && f->inside++ == 0;
        f->inside--;
        remote_end_turn(&f->conn);
    }
    return GINT_TO_POINTER(alone);
}

static void test_one_after_the_other(void **state)
{
    GThread *threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("turns", take_turns, *state);
    for (int i = 0; i < THREADS; i++)
        assert_true(GPOINTER_TO_INT(g_thread_join(threads[i])));
}

static void *wait_for_turn(void *data)
{
    struct fixture *f = data;
    int code = remote_take_turn(&f->conn, "a test") < 0 ? error_last()->code : VIR_ERR_OK;

    error_reset();
    return GINT_TO_POINTER(code);
}

static void test_a_wait_for_the_turn_has_a_limit_and_can_be_cancelled(void **state)
{
    struct fixture *f = *state;
    GThread *waiting;

    assert_int_equal(remote_take_turn(&f->conn, "a test"), 0);
    call_group_set_timeout(&f->conn.calls, 20);
    assert_int_equal(remote_take_turn(&f->conn, "a test"), -1);
    assert_int_equal(error_last()->code, VIR_ERR_OPERATION_TIMEOUT);
    call_group_set_timeout(&f->conn.calls, 0);
    waiting = g_thread_new("waiting", wait_for_turn, f);
    while (!call_group_cancel(&f->conn.calls))
        g_thread_yield();
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(waiting)), VIR_ERR_OPERATION_ABORTED);
    remote_end_turn(&f->conn);
    assert_int_equal(remote_take_turn(&f->conn, "a test"), 0);
}

static void test_words_are_kept_once_and_not_without_end(void **state)
{
    virConnectPtr conn = &((struct fixture *)*state)->conn;
    g_autofree char *longest = g_strnfill(256, 'w'), *longer = g_strnfill(257, 'w');
    const char *first = remote_word(conn, "a test", "word 0");
    char word[16];

    assert_null(remote_word(conn, "a test", NULL));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_string_equal(remote_word(conn, "a test", longest), longest);
    assert_null(remote_word(conn, "a test", longer));
    for (int i = 0; i < WORDS - 1; i++) {
        g_snprintf(word, sizeof(word), "word %d", i);
        assert_string_equal(remote_word(conn, "a test", word), word);
    }
    assert_null(remote_word(conn, "a test", "one more"));
    assert_int_equal(error_last()->code, VIR_ERR_RPC);
    assert_ptr_equal(remote_word(conn, "a test", "word 0"), first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_after_the_other),
        TEST(test_a_wait_for_the_turn_has_a_limit_and_can_be_cancelled),
        TEST(test_words_are_kept_once_and_not_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
