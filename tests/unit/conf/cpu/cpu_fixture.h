/* What the tests of processors share. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib.h>

#define HOST(arch, model, rest) "<cpu><arch>" arch "</arch><model>" model "</model>" rest "</cpu>"
#define X86(model, rest) HOST("x86_64", model, rest)
#define HAS(name) "<feature name='" name "'/>"

static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static int be_quiet(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, quiet);
    return 0;
}

static void assert_last_error(int code, const char *text)
{
    virErrorPtr error = virGetLastError();

    assert_non_null(error);
    assert_int_equal(error->code, code);
    if (!strstr(error->message, text))
        fail_msg("no '%s' in '%s'", text, error->message);
    virResetLastError();
}
