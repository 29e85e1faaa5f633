#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/agent.h"
#include "core/drivers/qemu/error.h"
#include "support/fake_qmp.h"

struct fixture {
    struct fake_loop loop;
    struct fake_qmp *fake;
    struct qemu_agent *agent;
    gint gone;
    gint deaf; /* does not take part in synchronization */
};

static void say_sync(struct fake_qmp *fake, json_t *arguments)
{
    g_autofree char *line = g_strdup_printf("\xff{\"return\": %" G_GINT64_FORMAT "}\n",
                                            json_number_of(arguments, "id", 0));

    fake_qmp_say(fake, line);
}

static void answer(struct fake_qmp *fake, const char *command, json_t *arguments, json_t *id,
                   int fd, void *opaque)
{
    struct fixture *f = opaque;

    if (strcmp(command, "guest-sync-delimited") == 0) {
        if (!g_atomic_int_get(&f->deaf))
            say_sync(fake, arguments);
    } else if (strcmp(command, "guest-ping") == 0) {
        fake_qmp_say(fake, "{\"return\": {}}\n");
    } else if (strcmp(command, "guest-echo") == 0) {
        g_autofree char *text = json_dumps(arguments, JSON_COMPACT);
        g_autofree char *line = g_strdup_printf("{\"return\": %s}\n", text);

        fake_qmp_say(fake, line);
    } else if (strcmp(command, "guest-refuse") == 0) {
        fake_qmp_say(fake, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"not today\"}}\n");
    } else if (strcmp(command, "guest-unknown") == 0) {
        fake_qmp_say(fake,
                     "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"never heard\"}}\n");
    } else if (strcmp(command, "guest-noise") == 0) {
        fake_qmp_say(fake, "[  0.000] Linux \x1b[31m\xc3\x28\r\n{\"half\": \n{\"x\": 1}\n\n[]\n");
        fake_qmp_say(fake, "{\"return\": 7}\n");
    } else if (strcmp(command, "guest-leave") == 0) {
        fake_qmp_hang_up(fake);
    }
}

static void on_gone(void *opaque)
{
    g_atomic_int_inc(&((struct fixture *)opaque)->gone);
}

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);
    int fd;

    fake_loop_start(&f->loop);
    f->fake = fake_qmp_new(answer, f, &fd);
    f->agent = agent_open(f->loop.context, fd, on_gone, f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    agent_close(f->agent);
    agent_unref(f->agent);
    fake_loop_stop(&f->loop);
    fake_qmp_free(f->fake);
    g_free(f);
    error_reset();
    return 0;
}

static int ask(struct fixture *f, const char *command, json_t *arguments, int timeout, json_t **ret)
{
    return agent_execute(
        f->agent,
        &(struct agent_request){.command = command, .arguments = arguments, .timeout = timeout},
        ret);
}

static void expect_error(int code, const char *text)
{
    assert_int_equal(error_code(), code);
    if (!strstr(error_last()->message, text))
        fail_msg("%s", error_last()->message);
}

static void questions_are_answered(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 20; i++) {
        g_autoptr(json_t) result = NULL;

        assert_int_equal(ask(f, "guest-echo", json_pack("{s:i}", "n", i), -1, &result), 0);
        assert_int_equal(json_number_of(result, "n", -1), i);
        assert_int_equal(ask(f, "guest-ping", NULL, -2, NULL), 0);
    }
}

static void refusals_are_errors(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "guest-refuse", NULL, -1, NULL), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR,
                 "unable to execute QEMU agent command 'guest-refuse': not today");
    assert_int_equal(ask(f, "guest-unknown", NULL, -1, NULL), -1);
    expect_error(VIR_ERR_OPERATION_UNSUPPORTED, "'guest-unknown': never heard");
    assert_int_equal(ask(f, "guest-ping", NULL, -1, NULL), 0);
}

static void noise_is_passed_over(void **state)
{
    struct fixture *f = *state;
    g_autoptr(json_t) result = NULL;

    assert_int_equal(ask(f, "guest-noise", NULL, -1, &result), 0);
    assert_int_equal(json_integer_value(result), 7);
    assert_int_equal(ask(f, "guest-ping", NULL, -1, NULL), 0);
}

static void late_answers_are_not_taken_for_others(void **state)
{
    struct fixture *f = *state;
    g_autoptr(json_t) result = NULL;

    assert_int_equal(ask(f, "guest-silence", NULL, 1, NULL), -1);
    expect_error(VIR_ERR_AGENT_UNRESPONSIVE, "has not answered command 'guest-silence'");
    fake_qmp_say(f->fake, "{\"return\": {\"n\": 99}}\n{\"return\": 12345}\n");
    assert_int_equal(ask(f, "guest-echo", json_pack("{s:i}", "n", 3), -1, &result), 0);
    assert_int_equal(json_number_of(result, "n", -1), 3);
}

static void deaf_agents_are_told_apart_from_slow_ones(void **state)
{
    struct fixture *f = *state;

    g_atomic_int_set(&f->deaf, 1);
    assert_int_equal(ask(f, "guest-ping", NULL, 1, NULL), -1);
    expect_error(VIR_ERR_AGENT_UNRESPONSIVE,
                 "Guest agent is not responding: guest agent didn't respond to synchronization");
    g_atomic_int_set(&f->deaf, 0);
    assert_int_equal(ask(f, "guest-ping", NULL, -1, NULL), 0);
}

static void agents_that_leave_end_the_question(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "guest-leave", NULL, -2, NULL), -1);
    expect_error(VIR_ERR_AGENT_UNRESPONSIVE, "has left during command 'guest-leave'");
    assert_false(agent_is_open(f->agent));
    assert_int_equal(ask(f, "guest-ping", NULL, -1, NULL), -1);
    expect_error(VIR_ERR_AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
    while (!g_atomic_int_get(&f->gone))
        g_thread_yield();
}

static void a_guest_that_goes_down_need_not_answer(void **state)
{
    struct fixture *f = *state;
    const struct agent_request request = {.command = "guest-leave", .ends = true};

    assert_int_equal(agent_execute(f->agent, &request, NULL), 0);
}

static void *ask_many(void *data)
{
    struct fixture *f = data;
    gintptr failed = 0;

    for (int i = 0; i < 50; i++) {
        g_autoptr(json_t) result = NULL;
        int n = g_random_int_range(0, G_MAXINT);

        if (ask(f, "guest-echo", json_pack("{s:i}", "n", n), -2, &result) < 0 ||
            json_number_of(result, "n", -1) != n)
            failed++;
    }
    return (void *)failed;
}

static void many_take_turns(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[6];
    void *failed;

    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_many, f), 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(questions_are_answered),
        TEST(refusals_are_errors),
        TEST(noise_is_passed_over),
        TEST(late_answers_are_not_taken_for_others),
        TEST(deaf_agents_are_told_apart_from_slow_ones),
        TEST(agents_that_leave_end_the_question),
        TEST(a_guest_that_goes_down_need_not_answer),
        TEST(many_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
