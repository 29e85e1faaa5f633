/* What callers of the bindings give, as the arguments of calls: checked, or refused by name. */
#include "bindings/shim_support.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/uuid.h"
#include "shim.h"

const char *bind_kind_name(const bind_value *value)
{
    static const char *const names[] = {
        [BIND_NULL] = "nothing",      [BIND_TRUTH] = "a boolean",
        [BIND_BOOL] = "a boolean",    [BIND_INT] = "an integer",
        [BIND_UINT] = "an integer",   [BIND_DOUBLE] = "a floating point number",
        [BIND_STRING] = "a string",   [BIND_BYTES] = "bytes",
        [BIND_LIST] = "a list",       [BIND_TUPLE] = "a tuple",
        [BIND_DICT] = "a dictionary", [BIND_CLOSURE] = "a function",
    };

    if (!value)
        return "nothing";
    if (value->kind == BIND_OBJECT)
        return bind_class_names[value->type];
    if (value->kind == BIND_OTHER)
        return value->s;
    return names[value->kind];
}

bind_value bind_refuse(const struct bind_site *site, enum bind_refusal how, const char *format, ...)
{
    va_list args;
    char *text, *whole;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    whole = g_strdup_printf("%s(): argument '%s': %s", site->method, site->argument, text);
    g_free(text);
    return (bind_value){.kind = BIND_REFUSED, .type = how, .s = whole, .n = strlen(whole)};
}

static int refuse_type(const struct bind_site *site, const bind_value *value, const char *wanted,
                       bind_value *refused)
{
    *refused =
        bind_refuse(site, REFUSED_TYPE, "%s is accepted, not %s", wanted, bind_kind_name(value));
    return -1;
}

/* How the script numbers it. */
static size_t number_of(size_t i, const bind_value *item)
{
    return i + item->loose;
}

static int refuse_item(const struct bind_site *site, size_t i, const bind_value *item,
                       const char *wanted, bind_value *refused)
{
    *refused = bind_refuse(site, REFUSED_TYPE, "item %zu is %s: %s is accepted", number_of(i, item),
                           bind_kind_name(item), wanted);
    return -1;
}

static bool is_list(const bind_value *value)
{
    return value->kind == BIND_LIST || value->kind == BIND_TUPLE ||
           (value->kind == BIND_DICT && value->loose && !value->n);
}

static bool is_absent(const bind_value *value)
{
    return !value || value->kind == BIND_NULL;
}

/* Items of a list, none when it is absent. */
static int open_list(const struct bind_site *site, const bind_value *list, const char *of,
                     size_t *n, bind_value *refused)
{
    *n = 0;
    if (is_absent(list))
        return 0;
    if (!is_list(list)) {
        *refused = bind_refuse(site, REFUSED_TYPE, "a list of %s is accepted, not %s", of,
                               bind_kind_name(list));
        return -1;
    }
    if (list->n > G_MAXINT) {
        *refused = bind_refuse(site, REFUSED_RANGE, "%zu items are too many", list->n);
        return -1;
    }
    *n = list->n;
    return 0;
}

int bind_to_strings(const struct bind_site *site, const bind_value *list, const char ***strings,
                    size_t *n, bind_value *refused)
{
    if (open_list(site, list, "strings", n, refused) < 0)
        return -1;
    *strings = *n ? g_new0(const char *, *n + 1) : NULL;
    for (size_t i = 0; i < *n; i++) {
        const bind_value *item = &list->items[i];

        if (item->kind != BIND_STRING)
            return refuse_item(site, i, item, "a string", refused);
        (*strings)[i] = item->s;
    }
    return 0;
}

/* An integer as it fits between `min` and `max`, in 64 bits; `place` says which one it is. */
static int take_integer(const struct bind_site *site, const char *place, const bind_value *value,
                        long long min, unsigned long long max, unsigned long long *number,
                        bind_value *refused)
{
    if (value->kind == BIND_INT && value->loose && min == 0 && max == G_MAXUINT64) {
        *number = value->u;
        return 0;
    }
    if (value->kind == BIND_BOOL || value->kind == BIND_INT) {
        if (value->i >= min && (value->i < 0 || (unsigned long long)value->i <= max)) {
            *number = (unsigned long long)value->i;
            return 0;
        }
        *refused =
            bind_refuse(site, REFUSED_RANGE, "%s%lld is out of range: %lld to %llu is accepted",
                        place, value->i, min, max);
        return -1;
    }
    if (value->kind == BIND_UINT) {
        if (value->u <= max) {
            *number = value->u;
            return 0;
        }
        *refused =
            bind_refuse(site, REFUSED_RANGE, "%s%llu is out of range: %lld to %llu is accepted",
                        place, value->u, min, max);
        return -1;
    }
    *refused = bind_refuse(site, REFUSED_TYPE, "%sis %s: an integer is accepted",
                           *place ? place : "this ", bind_kind_name(value));
    return -1;
}

static int take_item(const struct bind_site *site, const bind_value *list, size_t i, long long min,
                     unsigned long long max, unsigned long long *number, bind_value *refused)
{
    char place[32];

    g_snprintf(place, sizeof(place), "item %zu ", number_of(i, &list->items[i]));
    return take_integer(site, place, &list->items[i], min, max, number, refused);
}

/* Three arrays that differ in the type of their elements only. */
#define BIND_TO_NUMBERS(name, type, min, max)                                                      \
    int name(const struct bind_site *site, const bind_value *list, type **numbers, size_t *n,      \
             bind_value *refused)                                                                  \
    {                                                                                              \
        unsigned long long number = 0;                                                             \
                                                                                                   \
        if (open_list(site, list, "integers", n, refused) < 0)                                     \
            return -1;                                                                             \
        *numbers = *n ? g_new0(type, *n) : NULL;                                                   \
        for (size_t i = 0; i < *n; i++) {                                                          \
            if (take_item(site, list, i, min, max, &number, refused) < 0)                          \
                return -1;                                                                         \
            (*numbers)[i] = (type)number;                                                          \
        }                                                                                          \
        return 0;                                                                                  \
    }

BIND_TO_NUMBERS(bind_to_ints, int, G_MININT, G_MAXINT)
BIND_TO_NUMBERS(bind_to_uints, unsigned int, 0, G_MAXUINT)
BIND_TO_NUMBERS(bind_to_ullongs, unsigned long long, 0, G_MAXUINT64)

int bind_to_objects(const struct bind_site *site, const bind_value *list, int type, void ***objects,
                    size_t *n, bind_value *refused)
{
    if (open_list(site, list, bind_class_names[type], n, refused) < 0)
        return -1;
    *objects = g_new0(void *, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const bind_value *item = &list->items[i];

        if (item->kind != BIND_OBJECT || item->type != type)
            return refuse_item(site, i, item, bind_class_names[type], refused);
        (*objects)[i] = item->object;
    }
    return 0;
}

int bind_to_cpumap(const struct bind_site *site, const bind_value *list, unsigned char **map,
                   size_t *n, bind_value *refused)
{
    unsigned long long on = 0;
    size_t cpus;

    if (open_list(site, list, "booleans", &cpus, refused) < 0)
        return -1;
    *n = (cpus + 7) / 8;
    *map = g_malloc0(MAX(*n, 1));
    for (size_t i = 0; i < cpus; i++) {
        if (take_item(site, list, i, G_MININT64, G_MAXUINT64, &on, refused) < 0)
            return -1;
        if (on)
            (*map)[i / 8] |= 1 << (i % 8);
    }
    return 0;
}

int bind_to_bytes(const struct bind_site *site, const bind_value *value, const char **data,
                  size_t *n, bind_value *refused)
{
    *data = "";
    *n = 0;
    if (is_absent(value))
        return refuse_type(site, value, "bytes", refused);
    if (value->kind != BIND_BYTES)
        return refuse_type(site, value, "bytes", refused);
    *data = value->s;
    *n = value->n;
    return 0;
}

int bind_to_uuid(const struct bind_site *site, const bind_value *value, const unsigned char **uuid,
                 bind_value *refused)
{
    /* of the text in a call's one UUID, until the call has ended */
    static __thread unsigned char parsed[VIR_UUID_BUFLEN];

    if (is_absent(value) || (value->kind != BIND_BYTES && value->kind != BIND_STRING))
        return refuse_type(site, value, "bytes", refused);
    if (value->n == VIR_UUID_BUFLEN) {
        *uuid = (const unsigned char *)value->s;
        return 0;
    }
    /* scripts of the field pass text here, too */
    if (strlen(value->s) == value->n && uuid_parse(value->s, parsed)) {
        *uuid = parsed;
        return 0;
    }
    *refused = bind_refuse(site, REFUSED_VALUE, "%zu bytes are no UUID: %d bytes are accepted",
                           value->n, VIR_UUID_BUFLEN);
    return -1;
}

static int need_dict(const struct bind_site *site, const bind_value *value, bind_value *refused)
{
    return !value || value->kind != BIND_DICT ? refuse_type(site, value, "a dictionary", refused)
                                              : 0;
}

int bind_to_mapping(const struct bind_site *site, const bind_value *dict, unsigned int **keys,
                    unsigned long long **values, size_t *n, bind_value *refused)
{
    unsigned long long number = 0;

    if (need_dict(site, dict, refused) < 0)
        return -1;
    *n = dict->n;
    *keys = g_new0(unsigned int, *n + 1);
    *values = g_new0(unsigned long long, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        if (take_integer(site, "key ", &dict->items[2 * i], 0, G_MAXUINT, &number, refused) < 0 ||
            take_integer(site, "value ", &dict->items[2 * i + 1], 0, G_MAXUINT64, &(*values)[i],
                         refused) < 0)
            return -1;
        (*keys)[i] = (unsigned int)number;
    }
    return 0;
}

int bind_to_member(const struct bind_site *site, const bind_value *dict, const char *key,
                   bool optional, long long min, long long max, long long *number,
                   bind_value *refused)
{
    unsigned long long found = 0;

    *number = 0;
    if (is_absent(dict))
        return 0;
    if (need_dict(site, dict, refused) < 0)
        return -1;
    for (size_t i = 0; i < dict->n; i++) {
        const bind_value *name = &dict->items[2 * i];

        if (name->kind != BIND_STRING || strcmp(name->s, key) != 0)
            continue;
        if (take_integer(site, key, &dict->items[2 * i + 1], min, (unsigned long long)max, &found,
                         refused) < 0)
            return -1;
        *number = (long long)found;
        return 0;
    }
    if (optional)
        return 0;
    *refused = bind_refuse(site, REFUSED_VALUE, "'%s' is missing", key);
    return -1;
}

int bind_need_instead(const struct bind_site *site, const bind_value *dict, bool instead,
                      const char *name, bind_value *refused)
{
    if (instead || !is_absent(dict))
        return 0;
    *refused = bind_refuse(site, REFUSED_TYPE, "it can be left out only with '%s'", name);
    return -1;
}

int bind_to_items(const struct bind_site *site, const bind_value *list, size_t n,
                  const bind_value **items, bind_value *refused)
{
    if (is_absent(list) || !is_list(list) || list->n != n) {
        *refused = bind_refuse(site, REFUSED_TYPE, "a list of %zu items is accepted, not %s", n,
                               bind_kind_name(list));
        return -1;
    }
    *items = list->items;
    return 0;
}

int bind_to_field(const struct bind_site *site, const bind_value *value, char *field, size_t size,
                  bind_value *refused)
{
    if (value->kind != BIND_STRING)
        return refuse_type(site, value, "a string", refused);
    if (value->n >= size) {
        *refused = bind_refuse(site, REFUSED_RANGE,
                               "a string of %zu bytes is too long: at most %zu are accepted",
                               value->n, size - 1);
        return -1;
    }
    memcpy(field, value->s, value->n + 1);
    return 0;
}

int bind_to_number(const struct bind_site *site, const bind_value *value, long long min,
                   long long max, long long *number, bind_value *refused)
{
    unsigned long long found = 0;

    if (take_integer(site, "", value, min, (unsigned long long)max, &found, refused) < 0)
        return -1;
    *number = (long long)found;
    return 0;
}

int bind_to_room(const struct bind_site *site, size_t n, size_t size, void *room,
                 bind_value *refused)
{
    const size_t most = (1U << 30) / MAX(size, 1);
    void *found = NULL;

    if (n > most) {
        *refused =
            bind_refuse(site, REFUSED_RANGE, "%zu is out of range: 0 to %zu is accepted", n, most);
        return -1;
    }
    found = calloc(MAX(n, 1), MAX(size, 1));
    *(void **)room = found;
    if (found)
        return 0;
    *refused =
        bind_refuse(site, REFUSED_MEMORY, "there is no memory for %zu items of %zu bytes", n, size);
    return -1;
}
