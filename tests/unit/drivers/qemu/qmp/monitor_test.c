#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/qmp/monitor.h"
#include "core/object/call.h"
#include "support/fake_qmp.h"

struct fixture {
    struct fake_loop loop;
    struct fake_qmp *fake;
    struct qemu_monitor *monitor;

    lock_t lock;
    cond_t changed;
    GString *events; /* what the callbacks have seen */
    char *why;
    bool gone;
};

static void on_event(struct qemu_monitor *monitor, const char *name, json_t *data, gint64 seconds,
                     gint64 micros, void *opaque)
{
    struct fixture *f = opaque;
    lock_guard(&f->lock);

    g_string_append_printf(f->events, "%s %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT " %d\n", name,
                           seconds, micros, (int)json_number_of(data, "n", -1));
    cond_broadcast(&f->changed);
}

static void on_eof(struct qemu_monitor *monitor, const char *why, void *opaque)
{
    struct fixture *f = opaque;
    lock_guard(&f->lock);

    assert_null(f->why);
    assert_false(f->gone);
    f->why = g_strdup(why);
    cond_broadcast(&f->changed);
}

static void on_gone(void *opaque)
{
    struct fixture *f = opaque;
    lock_guard(&f->lock);

    assert_false(f->gone);
    f->gone = true;
    cond_broadcast(&f->changed);
}

static const struct qemu_monitor_ops ops = {on_event, on_eof, on_gone};

static void await_gone(struct fixture *f)
{
    lock_guard(&f->lock);

    while (!f->gone)
        cond_wait(&f->changed, &f->lock);
}

static void await_events(struct fixture *f, const char *text)
{
    lock_guard(&f->lock);

    while (strcmp(f->events->str, text) != 0)
        cond_wait(&f->changed, &f->lock);
}

static void expect_error(int code, const char *text)
{
    assert_int_equal(error_code(), code);
    assert_non_null(strstr(error_last()->message, text));
}

/* ---- peers ---- */

static void answer(struct fake_qmp *fake, const char *command, json_t *arguments, json_t *id,
                   int fd, void *opaque)
{
    if (strcmp(command, "echo") == 0) {
        fake_qmp_return(fake, id, json_incref(arguments));
    } else if (strcmp(command, "refuse") == 0) {
        fake_qmp_refuse(fake, id, "DeviceNotFound", "Device 'x' not found");
    } else if (strcmp(command, "refuse-oddly") == 0) {
        g_autofree char *number = json_dumps(id, JSON_ENCODE_ANY);
        g_autofree char *text =
            g_strdup_printf("{\"error\": {\"class\": 7}, \"id\": %s}\n", number);

        fake_qmp_say(fake, text);
    } else if (strcmp(command, "file-size") == 0) {
        struct stat info;

        fake_qmp_return(fake, id,
                        json_integer(fd >= 0 && fstat(fd, &info) == 0 ? info.st_size : -1));
    } else if (strcmp(command, "long") == 0) {
        g_autofree char *text = g_strnfill(3 * 1024 * 1024, 'x');

        fake_qmp_event(fake, "BEFORE", NULL);
        fake_qmp_return(fake, id, json_pack("{s:s}", "text", text));
        fake_qmp_event(fake, "AFTER", NULL);
    } else if (strcmp(command, "wrong-ids") == 0) {
        fake_qmp_say(fake, "{\"return\": {\"bad\": 1}, \"id\": 999999}\n{\"return\": {\"bad\": "
                           "1}}\n{\"return\": {\"bad\": 1}, \"id\": \"1\"}\n{\"return\": {}, "
                           "\"id\": {}}\n{\"error\": {\"class\": \"a\", \"desc\": \"b\"}}\n{}\n");
        fake_qmp_return(fake, id, json_pack("{s:i}", "good", 1));
    } else if (strcmp(command, "hang-up") == 0) {
        fake_qmp_say(fake, "{\"return\": {\"half\": ");
        fake_qmp_hang_up(fake);
    } else if (strcmp(command, "storm") == 0) {
        for (unsigned i = 0; i < 20000; i++)
            fake_qmp_say(fake, "{\"event\": \"NOISE\"}\n");
        fake_qmp_return(fake, id, json_object());
    } else if (strcmp(command, "endless") == 0) {
        g_autofree char *text = g_strnfill(1024 * 1024, '[');

        for (unsigned i = 0; i < 40; i++)
            fake_qmp_say(fake, text);
    } else if (strcmp(command, "silence") != 0) {
        fake_qmp_say(fake, command);
        fake_qmp_say(fake, "\n");
    }
}

static struct fixture *begin(void)
{
    struct fixture *f = g_new0(struct fixture, 1);

    lock_init(&f->lock);
    cond_init(&f->changed);
    f->events = g_string_new(NULL);
    fake_loop_start(&f->loop);
    return f;
}

static int set_up(void **state)
{
    struct fixture *f = begin();
    int fd;

    f->fake = fake_qmp_new(answer, f, &fd);
    f->monitor = monitor_open(f->loop.context, fd, &ops, f);
    *state = f;
    return monitor_handshake(f->monitor, 0);
}

static int set_up_silent(void **state)
{
    struct fixture *f = begin();
    int fd;

    f->fake = fake_qmp_silent(&fd);
    f->monitor = monitor_open(f->loop.context, fd, &ops, f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    monitor_close(f->monitor);
    await_gone(f);
    monitor_unref(f->monitor);
    fake_qmp_free(f->fake);
    fake_loop_stop(&f->loop);
    g_string_free(f->events, TRUE);
    g_free(f->why);
    cond_clear(&f->changed);
    lock_clear(&f->lock);
    g_free(f);
    error_reset();
    return 0;
}

static int call(struct fixture *f, const char *command, unsigned timeout_ms, json_t **ret)
{
    return monitor_call(f->monitor, command, NULL, -1, timeout_ms, ret);
}

/* ---- tests ---- */

static void a_call_returns_what_the_peer_says(void **state)
{
    struct fixture *f = *state;
    g_autoptr(json_t) result = NULL;

    assert_int_equal(
        monitor_call(f->monitor, "echo", json_pack("{s:s, s:i}", "a", "ä", "b", 2), -1, 0, &result),
        0);
    assert_string_equal(json_text_of(result, "a"), "ä");
    assert_int_equal(json_number_of(result, "b", 0), 2);
    assert_null(monitor_error_class());
}

static void a_refusal_is_an_error_with_its_class(void **state)
{
    struct fixture *f = *state;
    json_t *untouched = (json_t *)f;

    assert_int_equal(call(f, "refuse", 0, &untouched), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR, "internal error: unable to execute QEMU command "
                                         "'refuse': Device 'x' not found");
    assert_string_equal(monitor_error_class(), "DeviceNotFound");
    assert_string_equal(monitor_error_text(), "Device 'x' not found");
    assert_ptr_equal(untouched, f);
    assert_int_equal(call(f, "refuse-oddly", 0, NULL), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR, "'refuse-oddly': no reason given");
    assert_null(monitor_error_class());
    assert_int_equal(monitor_call(f->monitor, "echo", json_object(), -1, 0, NULL), 0);
    assert_null(monitor_error_text());
}

static void arguments_that_are_no_text_are_refused_here(void **state)
{
    struct fixture *f = *state;
    json_t *arguments = json_pack("{s:o}", "a", json_stringn_nocheck("\xff", 1));

    assert_int_equal(monitor_call(f->monitor, "echo", arguments, -1, 0, NULL), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR, "no UTF-8 text");
    assert_true(monitor_is_open(f->monitor));
}

static void a_descriptor_goes_along(void **state)
{
    struct fixture *f = *state;
    FILE *file = tmpfile();

    assert_non_null(file);
    for (int i = 1; i < 10; i++) {
        g_autoptr(json_t) result = NULL;

        assert_int_equal(ftruncate(fileno(file), i), 0);
        assert_int_equal(monitor_call(f->monitor, "file-size", NULL, fileno(file), 0, &result), 0);
        assert_int_equal(json_integer_value(result), i);
    }
    fclose(file);
}

static void events_come_in_order_with_their_time(void **state)
{
    struct fixture *f = *state;

    fake_qmp_event(f->fake, "STOP", NULL);
    fake_qmp_event(f->fake, "RESUME", json_pack("{s:i}", "n", 3));
    fake_qmp_say(f->fake,
                 "{\"event\": \"BARE\"}\n{\"event\": 7}\n{\"event\": \"ODD\", \"data\": 1, "
                 "\"timestamp\": []}\n");
    await_events(f, "STOP 1700000000.000042 -1\nRESUME 1700000000.000042 3\nBARE 0.000000 -1\n"
                    "ODD 0.000000 -1\n");
}

static void replies_to_nobody_are_dropped(void **state)
{
    struct fixture *f = *state;
    g_autoptr(json_t) result = NULL;

    assert_int_equal(call(f, "wrong-ids", 0, &result), 0);
    assert_int_equal(json_number_of(result, "good", 0), 1);
}

static void a_long_reply_keeps_its_place_among_the_events(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 3; i++) {
        g_autoptr(json_t) result = NULL;

        assert_int_equal(call(f, "long", 0, &result), 0);
        assert_int_equal(strlen(json_text_of(result, "text")), 3 * 1024 * 1024);
    }
    await_events(f, "BEFORE 1700000000.000042 -1\nAFTER 1700000000.000042 -1\n"
                    "BEFORE 1700000000.000042 -1\nAFTER 1700000000.000042 -1\n"
                    "BEFORE 1700000000.000042 -1\nAFTER 1700000000.000042 -1\n");
}

static void a_long_line_that_nobody_waits_for_is_dropped(void **state)
{
    struct fixture *f = *state;
    g_autofree char *text = g_strnfill(1024 * 1024, 'x');
    g_autofree char *line = g_strdup_printf("{\"return\": \"%s\", \"id\": 1}\n", text);

    fake_qmp_say(f->fake, line);
    fake_qmp_event(f->fake, "STOP", NULL);
    await_events(f, "STOP 1700000000.000042 -1\n");
    assert_int_equal(monitor_call(f->monitor, "echo", json_object(), -1, 0, NULL), 0);
}

static void a_storm_of_events_does_not_bury_the_reply(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "storm", 0, NULL), 0);
}

static void silence_costs_the_deadline_and_its_late_reply_is_dropped(void **state)
{
    struct fixture *f = *state;
    g_autoptr(json_t) result = NULL;

    assert_int_equal(call(f, "silence", 20, NULL), -1);
    expect_error(VIR_ERR_OPERATION_TIMEOUT, "command 'silence' within 0.020 s");
    /* the handshake had the first id */
    fake_qmp_say(f->fake, "{\"return\": {\"late\": 1}, \"id\": 2}\n");
    assert_int_equal(monitor_call(f->monitor, "echo", json_pack("{s:i}", "b", 2), -1, 0, &result),
                     0);
    assert_int_equal(json_number_of(result, "b", 0), 2);
}

static void nonsense_ends_the_connection(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "{\"return\": oh no", 0, NULL), -1);
    expect_error(VIR_ERR_OPERATION_FAILED, "not to be understood: no JSON");
    await_gone(f);
    assert_non_null(strstr(f->why, "not to be understood"));
    assert_false(monitor_is_open(f->monitor));
    assert_int_equal(call(f, "echo", 0, NULL), -1);
    expect_error(VIR_ERR_OPERATION_FAILED, "'echo' was not answered: the monitor sent what is");
}

static void a_line_without_end_ends_the_connection(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "endless", 0, NULL), -1);
    expect_error(VIR_ERR_OPERATION_FAILED, "a line without end");
    await_gone(f);
}

static void a_peer_that_leaves_in_mid_reply_ends_the_call(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "hang-up", 0, NULL), -1);
    expect_error(VIR_ERR_OPERATION_FAILED, "End of file from qemu monitor");
    await_gone(f);
    assert_string_equal(f->why, "End of file from qemu monitor");
}

static void closing_tells_no_end(void **state)
{
    struct fixture *f = *state;

    monitor_close(f->monitor);
    monitor_close(f->monitor);
    await_gone(f);
    assert_null(f->why);
    assert_int_equal(call(f, "echo", 0, NULL), -1);
    expect_error(VIR_ERR_OPERATION_FAILED, "domain is no longer running");
}

static void a_peer_that_never_speaks_costs_the_handshake_its_deadline(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(monitor_handshake(f->monitor, 20), -1);
    expect_error(VIR_ERR_OPERATION_TIMEOUT, "'qmp_capabilities'");
}

static void a_command_that_is_not_read_is_withdrawn_at_its_deadline(void **state)
{
    struct fake_loop loop;
    struct qemu_monitor *monitor;
    struct fixture *f = *state;
    g_autofree char *text = g_strnfill(8 * 1024 * 1024, 'x');
    int fds[2];

    /* nobody reads at the other end */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    fake_loop_start(&loop);
    monitor = monitor_open(loop.context, fds[0], &(struct qemu_monitor_ops){NULL}, f);
    assert_int_equal(monitor_call(monitor, "big", json_pack("{s:s}", "text", text), -1, 20, NULL),
                     -1);
    expect_error(VIR_ERR_OPERATION_TIMEOUT, "'big'");
    assert_int_equal(monitor_call(monitor, "small", NULL, -1, 20, NULL), -1);
    expect_error(VIR_ERR_OPERATION_TIMEOUT, "'small'");
    monitor_close(monitor);
    monitor_unref(monitor);
    fake_loop_stop(&loop);
    close(fds[1]);
}

/* One that is cancelled before it begins to wait. */
static void a_cancelled_call_ends_at_once(void **state)
{
    struct fixture *f = *state;
    struct call_group group;
    struct call call;
    struct monitor_request request = {.command = "silence", .fd = -1, .call = &call};

    call_group_init(&group);
    call_begin(&call, &group);
    call_group_cancel(&group);
    assert_int_equal(monitor_execute(f->monitor, &request, NULL), -1);
    assert_int_equal(error_code(), VIR_ERR_OPERATION_ABORTED);
    call_end(&call);
    call_group_clear(&group);
    assert_int_equal(monitor_call(f->monitor, "echo", json_object(), -1, 0, NULL), 0);
}

static gboolean call_in_loop(void *data)
{
    struct fixture *f = data;
    lock_guard(&f->lock);

    assert_int_equal(call(f, "echo", 0, NULL), -1);
    expect_error(VIR_ERR_INTERNAL_ERROR, "in the thread that reads the answer");
    g_string_assign(f->events, "refused");
    cond_broadcast(&f->changed);
    return G_SOURCE_REMOVE;
}

static void the_loop_may_not_call(void **state)
{
    struct fixture *f = *state;

    g_main_context_invoke(f->loop.context, call_in_loop, f);
    await_events(f, "refused");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_call_returns_what_the_peer_says),
        TEST(a_refusal_is_an_error_with_its_class),
        TEST(arguments_that_are_no_text_are_refused_here),
        TEST(a_descriptor_goes_along),
        TEST(events_come_in_order_with_their_time),
        TEST(replies_to_nobody_are_dropped),
        TEST(a_long_reply_keeps_its_place_among_the_events),
        TEST(a_long_line_that_nobody_waits_for_is_dropped),
        TEST(a_storm_of_events_does_not_bury_the_reply),
        TEST(silence_costs_the_deadline_and_its_late_reply_is_dropped),
        TEST(nonsense_ends_the_connection),
        TEST(a_line_without_end_ends_the_connection),
        TEST(a_peer_that_leaves_in_mid_reply_ends_the_call),
        TEST(closing_tells_no_end),
        TEST(a_command_that_is_not_read_is_withdrawn_at_its_deadline),
        TEST(a_cancelled_call_ends_at_once),
        TEST(the_loop_may_not_call),
        cmocka_unit_test_setup_teardown(a_peer_that_never_speaks_costs_the_handshake_its_deadline,
                                        set_up_silent, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
