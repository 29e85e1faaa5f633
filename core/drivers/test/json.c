#include "core/drivers/test/json.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "core/object/error.h"

#define DEPTH_MAX 64

/* Each of these moves behind what it has read, or returns NULL. */
static const char *read_value(const char *at, int depth);

static const char *skip(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *read_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < ' ')
            return NULL;
        if (*at != '\\')
            continue;
        at++;
        if (!*at || !strchr("\"\\/bfnrtu", *at))
            return NULL;
        for (int i = 0; *at == 'u' && i < 4; i++)
            if (!g_ascii_isxdigit(at[1 + i]))
                return NULL;
    }
    return at + 1;
}

static const char *read_number(const char *at)
{
    size_t digits;

    at += *at == '-';
    digits = strspn(at, "0123456789");
    if (!digits || (digits > 1 && *at == '0'))
        return NULL;
    at += digits;
    if (*at == '.') {
        digits = strspn(++at, "0123456789");
        if (!digits)
            return NULL;
        at += digits;
    }
    if (*at != 'e' && *at != 'E')
        return at;
    at++;
    at += *at == '-' || *at == '+';
    digits = strspn(at, "0123456789");
    return digits ? at + digits : NULL;
}

static const char *read_name(const char *at)
{
    at = read_string(skip(at));
    if (!at || *(at = skip(at)) != ':')
        return NULL;
    return skip(at + 1);
}

/* Behind the opening bracket. */
static const char *read_members(const char *at, char end, int depth)
{
    at = skip(at);
    if (*at == end)
        return at + 1;
    while (at) {
        if (end == '}' && !(at = read_name(at)))
            return NULL;
        at = read_value(at, depth + 1);
        if (!at)
            return NULL;
        at = skip(at);
        if (*at == end)
            return at + 1;
        at = *at == ',' ? skip(at + 1) : NULL;
    }
    return NULL;
}

static const char *read_value(const char *at, int depth)
{
    static const char *const words[] = {"true", "false", "null"};

    at = skip(at);
    if (depth > DEPTH_MAX)
        return NULL;
    if (*at == '{')
        return read_members(at + 1, '}', depth);
    if (*at == '[')
        return read_members(at + 1, ']', depth);
    if (*at == '"')
        return read_string(at);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(at, words[i]))
            return at + strlen(words[i]);
    return read_number(at);
}

static bool is_object(const char *text)
{
    const char *end = *skip(text) == '{' ? read_value(text, 0) : NULL;

    return end && !*skip(end);
}

int json_require_object(const char *text)
{
    if (is_object(text))
        return 0;
    error_set(VIR_FROM_TEST, VIR_ERR_INTERNAL_ERROR,
              "cannot parse json '%.64s': an object is wanted", text);
    return -1;
}

char *json_member(const char *text, const char *name)
{
    const char *at = is_object(text) ? skip(skip(text) + 1) : "}";

    while (*at == '"') {
        const char *key = at + 1, *key_end = read_string(at) - 1, *value = read_name(at);
        const char *end = read_value(value, 0);

        if ((size_t)(key_end - key) == strlen(name) && !strncmp(key, name, strlen(name)))
            return g_strndup(value, end - value);
        at = skip(end);
        at = *at == ',' ? skip(at + 1) : at;
    }
    return NULL;
}

char *json_string_member(const char *text, const char *name)
{
    g_autofree char *value = json_member(text, name);
    GString *plain;

    if (!value || *value != '"')
        return NULL;
    plain = g_string_new(NULL);
    for (const char *at = value + 1; at[1]; at++) {
        at += *at == '\\' && strchr("\"\\/", at[1]);
        g_string_append_c(plain, *at);
    }
    return g_string_free(plain, FALSE);
}

char *json_quote(const char *text)
{
    GString *out = g_string_new("\"");

    for (; *text; text++) {
        if (strchr("\"\\", *text))
            g_string_append_c(out, '\\');
        if ((unsigned char)*text < ' ')
            g_string_append_printf(out, "\\u%04x", *text);
        else
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}
