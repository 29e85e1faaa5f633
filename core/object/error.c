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

static void last_error_free(void *data)
{
    struct last_error *last = data;

    error_clear(&last->error);
    g_free(last);
}

static GPrivate last_error_key = G_PRIVATE_INIT(last_error_free);
static __thread struct last_error *last_error;

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

/* The opening is a format with one %s, which may stand anywhere in it. */
static char *message_text(int code, const char *detail)
{
    const char *format = "unknown error: %s", *place;

    if (code > 0 && code < (int)G_N_ELEMENTS(error_texts) && error_texts[code].detail)
        format = error_texts[code].detail;
    if (!*detail && code > 0 && code < (int)G_N_ELEMENTS(error_texts) && error_texts[code].text)
        return g_strdup(error_texts[code].text);
    place = strstr(format, "%s");
    return g_strdup_printf("%.*s%s%s", (int)(place - format), format, detail, place + 2);
}

void error_set_valist(int domain, int code, const char *format, va_list args)
{
    struct last_error *last = last_error_get();
    char *detail = g_strdup_vprintf(format, args);
    char *message = message_text(code, detail);

    error_clear(&last->error);
    last->error.code = code;
    last->error.domain = domain;
    last->error.level = VIR_ERR_ERROR;
    last->error.message = message;
    if (code > 0 && code < (int)G_N_ELEMENTS(error_texts))
        last->error.str1 = g_strdup(error_texts[code].detail);
    last->error.str2 = detail;
    last->error.int1 = last->error.int2 = -1;
    last->set = TRUE;
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
    struct last_error *last = last_error_get();
    g_autofree char *prefix = NULL, *detail = NULL;
    va_list args;

    if (!last->set)
        return;
    va_start(args, format);
    prefix = g_strdup_vprintf(format, args);
    va_end(args);
    detail = g_strdup_printf("%s: %s", prefix, last->error.str2 ? last->error.str2 : "");
    g_free(last->error.message);
    last->error.message = message_text(last->error.code, detail);
    g_free(last->error.str2);
    last->error.str2 = g_steal_pointer(&detail);
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
