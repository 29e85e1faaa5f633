#include "core/object/error.h"

#include <stdio.h>
#include <string.h>

#include "core/base/export.h"
#include "core/object/connect.h"
#include "error_texts.h"

/* One per thread; freed with it. `set` spares the entry points a look at the fields. */
struct last_error {
    virError error;
    gboolean set;
};

static __thread struct last_error *last_error;

static void last_error_free(void *data)
{
    struct last_error *last = data;

    error_clear(&last->error);
    g_free(last);
    /* what the thread ends after this may fail again, and then needs another one */
    last_error = NULL;
}

static GPrivate last_error_key = G_PRIVATE_INIT(last_error_free);

static struct last_error *last_error_get(void)
{
    if (G_UNLIKELY(!last_error)) {
        last_error = g_new0(struct last_error, 1);
        g_private_set(&last_error_key, last_error);
    }
    return last_error;
}

void error_clear(virErrorPtr error)
{
    g_free(error->message);
    g_free(error->str1);
    g_free(error->str2);
    g_free(error->str3);
    memset(error, 0, sizeof(*error));
}

void error_reset(void)
{
    if (G_LIKELY(!last_error || !last_error->set))
        return;
    error_clear(&last_error->error);
    last_error->set = FALSE;
}

int error_code(void)
{
    return last_error && last_error->set ? last_error->error.code : VIR_ERR_OK;
}

/* How the code's messages read, alone or with a detail; NULL when the description does not say. */
static const char *opening(int code, gboolean detailed)
{
    if (code <= 0 || code >= (int)G_N_ELEMENTS(error_texts))
        return NULL;
    return detailed ? error_texts[code].detail : error_texts[code].text;
}

/* The opening is a format with one %s, which may stand anywhere in it. */
static char *message_text(int code, const char *detail)
{
    const char *format = opening(code, *detail != '\0'), *place;

    if (!format)
        format = *detail ? "unknown error: %s" : "unknown error";
    place = strstr(format, "%s");
    if (!place)
        return g_strdup(format);
    return g_strdup_printf("%.*s%s%s", (int)(place - format), format, detail, place + 2);
}

/* Takes over `message` and `str2`. */
static void record(int domain, int code, char *message, const char *str1, char *str2, int number)
{
    struct last_error *last = last_error_get();

    error_clear(&last->error);
    last->error.code = code;
    last->error.domain = domain;
    last->error.level = VIR_ERR_ERROR;
    last->error.message = message;
    last->error.str1 = g_strdup(str1);
    last->error.str2 = str2;
    last->error.int1 = last->error.int2 = number;
    last->set = TRUE;
}

void error_set_valist(int domain, int code, const char *format, va_list args)
{
    char *detail = g_strdup_vprintf(format, args);

    record(domain, code, message_text(code, detail), opening(code, *detail != '\0'), detail, -1);
}

void error_set_argument(int domain, const char *argument, const char *function, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    record(domain, VIR_ERR_INVALID_ARG, g_strdup_vprintf(format, args), function, g_strdup(argument), 0);
    va_end(args);
}

CORRAL_PRIVATE void error_set(int domain, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_set_valist(domain, code, format, args);
    va_end(args);
}

void error_set_system(int domain, int errnum, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    error_set(domain, VIR_ERR_SYSTEM_ERROR, "%s: %s", text, g_strerror(errnum));
    last_error_get()->error.int1 = errnum;
}

void error_prefix(const char *format, ...)
{
    virErrorPtr error = error_last();
    g_autofree char *prefix = NULL, *before = NULL;
    va_list args;

    if (!error)
        return;
    va_start(args, format);
    prefix = g_strdup_vprintf(format, args);
    va_end(args);
    before = error->message;
    if (g_strcmp0(error->str1, opening(error->code, TRUE)) == 0 && error->str2) {
        char *detail = g_strdup_printf("%s: %s", prefix, error->str2);

        g_free(error->str2);
        error->str2 = detail;
        error->message = message_text(error->code, detail);
    } else {
        /* a message without an opening, or without a detail */
        error->message = g_strdup_printf("%s: %s", prefix, before ? before : "");
    }
}

void error_copy(virErrorPtr to, const virError *from)
{
    *to = *from;
    to->message = g_strdup(from->message);
    to->str1 = g_strdup(from->str1);
    to->str2 = g_strdup(from->str2);
    to->str3 = g_strdup(from->str3);
}

virErrorPtr error_last(void)
{
    return last_error && last_error->set ? &last_error->error : NULL;
}

virErrorPtr error_steal(void)
{
    virErrorPtr error;

    if (!error_last())
        return NULL;
    error = g_memdup2(&last_error->error, sizeof(virError));
    memset(&last_error->error, 0, sizeof(virError));
    last_error->set = FALSE;
    return error;
}

void error_restore(virErrorPtr error)
{
    struct last_error *last = last_error_get();

    error_reset();
    if (!error)
        return;
    last->error = *error;
    last->set = TRUE;
    g_free(error);
}

const char *error_domain_name(int domain)
{
    if (domain < 0 || domain >= (int)G_N_ELEMENTS(error_domains))
        return NULL;
    return error_domains[domain];
}
