#include "core/object/error.h"

#include <stdio.h>
#include <string.h>

#include "core/base/export.h"
#include "core/object/connect.h"
#include "error_texts.h"

/* An error with all its text in one piece. Shared between the thread and the connection that it
 * happened on; whoever has the only reference may write. */
struct error_record {
    int refs;
    size_t size; /* of `text` */
    virError error;
    char text[];
};

/* One per thread; freed with it. `set` spares the entry points a look at the record. */
struct last_error {
    struct error_record *record;
    struct error_record *spare; /* the one before: the connection has let go of it by now */
    gboolean set;
};

/* initial-exec: 8 bytes of static TLS spare every call a function call */
static __thread struct last_error *last_error __attribute__((tls_model("initial-exec")));

CORRAL_PRIVATE void error_record_unref(struct error_record *record)
{
    if (record && __atomic_sub_fetch(&record->refs, 1, __ATOMIC_ACQ_REL) == 0)
        g_free(record);
}

static void last_error_free(void *data)
{
    struct last_error *last = data;

    error_record_unref(last->record);
    error_record_unref(last->spare);
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
    last_error->set = FALSE;
}

int error_code(void)
{
    return last_error && last_error->set ? last_error->record->error.code : VIR_ERR_OK;
}

/* The thread's record, to be filled in: the one that is there if nobody else reads it. */
static gboolean writable(const struct error_record *record, size_t size)
{
    return record && record->size >= size && __atomic_load_n(&record->refs, __ATOMIC_ACQUIRE) == 1;
}

static struct error_record *record_for(size_t size)
{
    struct last_error *last = last_error_get();
    struct error_record *record = last->record;

    if (!writable(record, size)) {
        record = last->spare;
        last->spare = last->record;
        last->record = record;
    }
    if (!writable(record, size)) {
        size = MAX(size, 240);
        record = g_malloc(sizeof(*record) + size);
        record->refs = 1;
        record->size = size;
        error_record_unref(last->record);
        last->record = record;
    }
    memset(&record->error, 0, sizeof(record->error));
    last->set = TRUE;
    return record;
}

/* How the code's messages read, alone or with a detail; NULL when the description does not say. */
static const char *opening(int code, gboolean detailed)
{
    if (code <= 0 || code >= (int)G_N_ELEMENTS(error_texts))
        return NULL;
    return detailed ? error_texts[code].detail : error_texts[code].text;
}

/* The pieces of a message, and what else an error says. The strings may lie in the thread's own
 * record. */
struct wording {
    const char *before; /* `before_size` bytes of it */
    size_t before_size;
    const char *detail, *after;
    const char *str1, *str2, *str3; /* str2 NULL: the detail */
    gboolean fixed;                 /* str1 is a constant and needs no copy */
};

static char *put(char **at, const char *text, size_t size)
{
    char *start = *at;

    memcpy(start, text, size);
    *at += size;
    return start;
}

static char *put_string(char **at, const char *text)
{
    return text ? put(at, text, strlen(text) + 1) : NULL;
}

static size_t room(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static virErrorPtr record(int domain, int code, const struct wording *words, int number)
{
    size_t detail_size = strlen(words->detail), after_size = strlen(words->after) + 1;
    size_t size = words->before_size + 2 * detail_size + 1 + after_size +
                  (words->fixed ? 0 : room(words->str1)) + room(words->str2) + room(words->str3);
    struct error_record *it = record_for(size);
    virErrorPtr error = &it->error;
    char *at = it->text, *detail;

    error->code = code;
    error->domain = domain;
    error->level = VIR_ERR_ERROR;
    error->message = put(&at, words->before, words->before_size);
    detail = put(&at, words->detail, detail_size);
    put(&at, words->after, after_size);
    error->str1 = words->fixed ? (char *)words->str1 : put_string(&at, words->str1);
    /* mostly the message ends with the detail: one copy serves both */
    error->str2 = words->str2       ? put_string(&at, words->str2)
                  : after_size == 1 ? detail
                                    : put_string(&at, words->detail);
    error->str3 = put_string(&at, words->str3);
    error->int1 = error->int2 = number;
    return error;
}

/* The opening is a format with one %s, which may stand anywhere in it; without a detail it stands
 * alone. */
static virErrorPtr record_opening(int domain, int code, const char *detail, int number)
{
    const char *format = opening(code, *detail != '\0'), *place;
    struct wording words = {.detail = detail, .after = "", .str1 = format, .fixed = TRUE};

    if (!format)
        format = *detail ? "unknown error: %s" : "unknown error";
    place = strchr(format, '%'); /* the only one, in all openings */
    words.before = format;
    words.before_size = place ? (size_t)(place - format) : strlen(format);
    if (place)
        words.after = place + 2;
    return record(domain, code, &words, number);
}

/* Most errors put strings into a sentence, and are caught at once: that much without stdio. FALSE
 * when the format has more, or the text no room. */
static gboolean put_strings(char *buffer, size_t size, const char *format, va_list args)
{
    char *at = buffer;

    while (*format) {
        size_t plain = strchrnul(format, '%') - format;
        const char *text = format;
        size_t n = plain;

        if (!plain) {
            if (format[1] != 's')
                return FALSE;
            text = va_arg(args, const char *);
            if (!text)
                return FALSE;
            n = strlen(text);
        }
        if (n >= size - (size_t)(at - buffer))
            return FALSE;
        memcpy(at, text, n);
        at += n;
        format += plain ? plain : 2;
    }
    *at = '\0';
    return TRUE;
}

void error_set_valist(int domain, int code, const char *format, va_list args)
{
    char buffer[512];
    g_autofree char *longer = NULL;
    va_list again, strings;
    gboolean put;

    va_copy(strings, args);
    put = put_strings(buffer, sizeof(buffer), format, strings);
    va_end(strings);
    if (put) {
        record_opening(domain, code, buffer, -1);
        return;
    }
    va_copy(again, args);
    if (vsnprintf(buffer, sizeof(buffer), format, args) >= (int)sizeof(buffer))
        longer = g_strdup_vprintf(format, again);
    va_end(again);
    record_opening(domain, code, longer ? longer : buffer, -1);
}

void error_set_argument(int domain, const char *argument, const char *function, const char *format,
                        ...)
{
    struct wording words = {.before = "", .after = "", .str1 = function, .str2 = argument};
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    words.detail = text = g_strdup_vprintf(format, args);
    va_end(args);
    record(domain, VIR_ERR_INVALID_ARG, &words, 0);
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
    last_error_get()->record->error.int1 = errnum;
}

void error_prefix(const char *format, ...)
{
    g_autofree char *prefix = NULL, *detail = NULL;
    g_autoptr(virError) old = error_steal();
    virErrorPtr error;
    va_list args;

    if (!old)
        return;
    va_start(args, format);
    prefix = g_strdup_vprintf(format, args);
    va_end(args);
    if (g_strcmp0(old->str1, opening(old->code, TRUE)) == 0 && old->str2) {
        detail = g_strdup_printf("%s: %s", prefix, old->str2);
        error = record_opening(old->domain, old->code, detail, old->int1);
    } else {
        /* a message without an opening, or without a detail */
        struct wording words = {
            .before = "", .after = "", .str1 = old->str1, .str2 = old->str2, .str3 = old->str3};

        words.detail = detail = g_strdup_printf("%s: %s", prefix, old->message ? old->message : "");
        error = record(old->domain, old->code, &words, old->int1);
        if (!old->str2)
            error->str2 = NULL;
    }
    error->level = old->level;
    error->int2 = old->int2;
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
    return last_error && last_error->set ? &last_error->record->error : NULL;
}

CORRAL_PRIVATE struct error_record *error_record_hold(void)
{
    if (!error_last())
        return NULL;
    __atomic_add_fetch(&last_error->record->refs, 1, __ATOMIC_RELAXED);
    return last_error->record;
}

CORRAL_PRIVATE const virError *error_of_record(const struct error_record *record)
{
    return &record->error;
}

virErrorPtr error_steal(void)
{
    virErrorPtr error;

    if (!error_last())
        return NULL;
    error = g_new0(virError, 1);
    error_copy(error, error_last());
    error_reset();
    return error;
}

void error_restore(virErrorPtr error)
{
    struct wording words = {.before = "", .after = ""};
    virErrorPtr restored;

    error_reset();
    if (!error)
        return;
    words.detail = error->message ? error->message : "";
    words.str1 = error->str1;
    words.str2 = error->str2;
    words.str3 = error->str3;
    restored = record(error->domain, error->code, &words, error->int1);
    restored->level = error->level;
    restored->int2 = error->int2;
    if (!error->message)
        restored->message = NULL;
    if (!error->str2)
        restored->str2 = NULL;
    virFreeError(error);
}

const char *error_domain_name(int domain)
{
    if (domain < 0 || domain >= (int)G_N_ELEMENTS(error_domains))
        return NULL;
    return error_domains[domain];
}
