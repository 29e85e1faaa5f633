#include "core/drivers/qemu/qmp/json.h"

#include <string.h>

/* Values of one message: a small text may hold very many of them, each with memory of its own. */
#define VALUES_MAX (512 * 1024)

/* What a look over the text finds. */
struct survey {
    size_t values;
    gboolean wide; /* whole numbers that only unsigned ones hold */
};

/* Behind the string that begins at `i`. */
static size_t pass_string(const char *text, size_t length, size_t i)
{
    for (i++; i < length && text[i] != '"'; i++)
        i += text[i] == '\\';
    return i + 1;
}

/* Digits from `i` on, and whether they are a whole number of 64 bits that is wider than 63. */
static size_t pass_digits(const char *text, size_t length, size_t i, gboolean *ret_wide)
{
    size_t n = 0;
    g_autofree char *digits = NULL;
    guint64 number;

    while (i + n < length && g_ascii_isdigit(text[i + n]))
        n++;
    *ret_wide = FALSE;
    if (n < 19 || n > 20 || (i > 0 && strchr("-+.eE", text[i - 1])) ||
        (i + n < length && strchr(".eE", text[i + n])))
        return i + n;
    digits = g_strndup(text + i, n);
    *ret_wide = g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, &number, NULL) &&
                number > G_MAXINT64;
    return i + n;
}

static struct survey look_over(const char *text, size_t length)
{
    struct survey survey = {0};

    for (size_t i = 0; i < length;) {
        gboolean wide = FALSE;

        survey.values += text[i] == ',' || text[i] == '[' || text[i] == '{';
        if (text[i] == '"')
            i = pass_string(text, length, i);
        else if (g_ascii_isdigit(text[i]))
            i = pass_digits(text, length, i, &wide);
        else
            i++;
        survey.wide |= wide;
    }
    return survey;
}

/* The same text with the bits of such numbers as signed ones, which is what the library keeps:
 * counters that nobody counts are 2^64-1. */
static GString *narrow(const char *text, size_t length)
{
    GString *result = g_string_sized_new(length + 64);

    for (size_t i = 0, next; i < length; i = next) {
        gboolean wide = FALSE;

        if (text[i] == '"')
            next = pass_string(text, length, i);
        else if (g_ascii_isdigit(text[i]))
            next = pass_digits(text, length, i, &wide);
        else
            next = i + 1;
        next = MIN(next, length);
        if (wide)
            g_string_append_printf(result, "%" G_GINT64_FORMAT,
                                   (gint64)g_ascii_strtoull(text + i, NULL, 10));
        else
            g_string_append_len(result, text + i, next - i);
    }
    return result;
}

json_t *json_read(const char *text, size_t length, const char **ret_why)
{
    struct survey survey = look_over(text, length);
    json_error_t error;
    json_t *result;

    if (survey.values > VALUES_MAX) {
        *ret_why = "more values than any answer has";
        return NULL;
    }
    if (survey.wide) {
        GString *narrowed = narrow(text, length);

        result = json_loadb(narrowed->str, narrowed->len, JSON_ALLOW_NUL, &error);
        g_string_free(narrowed, TRUE);
    } else {
        result = json_loadb(text, length, JSON_ALLOW_NUL, &error);
    }
    if (!result) {
        *ret_why = "no JSON";
        return NULL;
    }
    if (!json_is_object(result)) {
        json_decref(result);
        *ret_why = "no JSON object";
        return NULL;
    }
    return result;
}

const char *json_text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

gint64 json_number_of(const json_t *object, const char *key, gint64 otherwise)
{
    json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

gboolean json_truth_of(const json_t *object, const char *key, gboolean otherwise)
{
    json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

json_t *json_path(const json_t *object, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);
    json_t *value = (json_t *)object;

    for (char **step = steps; *step && value; step++)
        value = json_object_get(value, *step);
    return value;
}
