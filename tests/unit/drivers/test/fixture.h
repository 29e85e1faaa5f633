/* What the tests of the test driver's objects share: a connection of its own for each test, the
 * events that come, and how an error is expected. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib.h>

static virConnectPtr conn;
static GString *trace; /* of events, "name:number " each */

static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

/* A world of its own: the last one has gone with its connection. */
static int open_default(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    trace = g_string_new(NULL);
    conn = virConnectOpen("test:///default");
    return conn ? 0 : -1;
}

static void wake_up(int timer, void *opaque)
{
    (void)timer;
    *(int *)opaque = 1;
}

/* Runs the loop until everything that waits has been delivered. */
static void run_loop(void)
{
    for (int i = 0; i < 3; i++) {
        int woken = 0;
        int timer = virEventAddTimeout(0, wake_up, &woken, NULL);

        while (!woken)
            virEventRunDefaultImpl();
        virEventRemoveTimeout(timer);
    }
}

static int close_default(void **state)
{
    (void)state;
    run_loop(); /* a registration that was taken back lets go of its connection here */
    g_string_free(trace, TRUE);
    return virConnectClose(conn);
}

/* A handler of one kind of event as one of any, without the compiler's doubts about such casts. */
#define any_callback(type, cb) ((type)(void (*)(void))(cb))

static G_GNUC_UNUSED void expect_events(const char *expected)
{
    run_loop();
    assert_string_equal(trace->str, expected);
    g_string_truncate(trace, 0);
}

/* The call fails with the code, and its message has the text in it. */
#define assert_fails(call, error_code, text)                                                       \
    do {                                                                                           \
        virResetLastError();                                                                       \
        assert_true((long)(call) == -1 || (long)(call) == 0);                                      \
        assert_non_null(virGetLastError());                                                        \
        assert_int_equal(virGetLastError()->code, error_code);                                     \
        assert_non_null(strstr(virGetLastError()->message, text));                                 \
    } while (0)
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        if ((call) < 0)                                                                            \
            fail_msg("%s: %s", #call, virGetLastErrorMessage());                                   \
    } while (0)

static G_GNUC_UNUSED void assert_text(char *text, const char *expected)
{
    assert_non_null(text);
    if (!strstr(text, expected))
        fail_msg("no %s in\n%s", expected, text);
    free(text);
}

static G_GNUC_UNUSED void assert_no_text(char *text, const char *refused)
{
    assert_non_null(text);
    if (strstr(text, refused))
        fail_msg("%s in\n%s", refused, text);
    free(text);
}
