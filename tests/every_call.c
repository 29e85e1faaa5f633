/* Walks over the description: every public call from C, each of its arguments wrong in turn. The
 * cases and what they have to answer are generated (callall.c); this runs them. */
#include "tests/support/every_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const unsigned char uuid_bytes[VIR_UUID_BUFLEN] = {0x66, 0x95, 0xeb, 1};
const char *long_text;
char poison;

static int handled, freed, cases, mistakes;

static void handler(void *data, virErrorPtr error)
{
    (void)data;
    assert_ptr_equal(error, virGetLastError());
    handled++;
}

/* What is left of an object: no class that anybody knows, and garbage. */
void *freed_object(void)
{
    static const struct object_class none = {.name = "none"};
    static struct {
        struct object base;
        char garbage[4096];
    } object;

    memset(&object, 0xa5, sizeof(object));
    object.base.klass = &none;
    return &object;
}

void every_call_callback(void)
{
    every_call_mistake("a callback", "never", "was called");
}

void every_call_freed(void *opaque)
{
    (void)opaque;
    freed++;
}

void every_call_mistake(const char *function, const char *what, const char *mistake)
{
    print_error("%s(%s): %s\n", function, what, mistake);
    mistakes++;
}

void every_call_begin(void)
{
    virResetLastError();
    handled = 0;
    cases++;
}

void every_call_judge(const char *function, const char *what, gboolean failed, int code,
                      const char *text)
{
    g_autofree char *wanted =
        g_strdup_printf("error %d with '%s' is wanted, not %d, '%s'", code, text,
                        virGetLastErrorCode(), virGetLastErrorMessage());

    if (!failed)
        every_call_mistake(function, what, "does not fail");
    else if (virGetLastErrorCode() != code || (code && !strstr(virGetLastErrorMessage(), text)))
        every_call_mistake(function, what, wanted);
    else if (handled != (code != VIR_ERR_OK))
        every_call_mistake(function, what, "the handler did not hear of it once");
    if (freed)
        every_call_mistake(function, what, "freed what it did not take");
    freed = 0;
}

static void walk(void **state)
{
    const struct every_call *call = *state;

    mistakes = 0;
    call->walk();
    assert_int_equal(mistakes, 0);
}

static virConnectPtr connection_new(gboolean readonly)
{
    static const struct connect_driver empty = {.name = "Empty"};
    virConnectPtr conn = connect_new();

    conn->driver = &empty;
    conn->uri = g_strdup("empty:///");
    conn->readonly = readonly;
    return conn;
}

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < EVERY_CALL_WORLDS; i++) {
        virConnectPtr conn = connection_new(i == 1);

        if (i < 2)
            every_call_fill(conn);
        every_call_set_up(i, conn);
    }
    assert_int_equal(virEventRegisterDefaultImpl(),
                     0); /* without it, calls on handles fail for that */
    virSetErrorFunc(NULL, handler);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < EVERY_CALL_WORLDS; i++)
        every_call_tear_down(i);
    virSetErrorFunc(NULL, NULL);
    print_message("%zu calls, %d cases\n", n_every_call, cases);
    return 0;
}

int main(void)
{
    g_autofree struct CMUnitTest *tests = g_new0(struct CMUnitTest, n_every_call);
    g_autofree char *text = g_strnfill(1 << 20, 'x');

    long_text = text;
    for (size_t i = 0; i < n_every_call; i++)
        tests[i] =
            (struct CMUnitTest){every_call[i].name, walk, NULL, NULL, (void *)&every_call[i]};
    return _cmocka_run_group_tests("every call", tests, n_every_call, set_up, tear_down);
}
