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

bind_value bind_take_strings(char **strings, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_take_string(strings[i]);
    free(strings);
    return list;
}

bind_value bind_take_objects(int type, void **objects, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_take_object(type, objects[i]);
    free(objects);
    return list;
}

static bind_value from_param(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        return bind_int(param->value.i);
    case VIR_TYPED_PARAM_UINT:
        return bind_int(param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return bind_int(param->value.l);
    case VIR_TYPED_PARAM_ULLONG:
        return bind_uint(param->value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return bind_double(param->value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return bind_bool(param->value.b);
    case VIR_TYPED_PARAM_STRING:
        return bind_copy_string(param->value.s);
    default:
        return bind_null();
    }
}

bind_value bind_from_params(const virTypedParameter *params, size_t n)
{
    bind_value dict = bind_container(BIND_DICT, n);

    for (size_t i = 0; i < n; i++) {
        dict.items[2 * i] = bind_copy_field(params[i].field, sizeof(params[i].field));
        dict.items[2 * i + 1] = from_param(&params[i]);
    }
    return dict;
}

bind_value bind_from_cpumap(const unsigned char *map, size_t ncpus, enum bind_kind kind)
{
    bind_value cpus = bind_container(kind, ncpus);

    for (size_t i = 0; i < ncpus; i++)
        cpus.items[i] = bind_bool(map[i / 8] & (1 << (i % 8)));
    return cpus;
}

bind_value bind_from_ints(const int *numbers, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_int(numbers[i]);
    return list;
}

bind_value bind_from_ullongs(const unsigned long long *numbers, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_uint(numbers[i]);
    return list;
}

bind_value bind_from_error(const virError *error)
{
    bind_value fields;

    if (!error || error->code == VIR_ERR_OK)
        return bind_null();
    fields = bind_container(BIND_TUPLE, 9);
    fields.items[0] = bind_int(error->code);
    fields.items[1] = bind_int(error->domain);
    fields.items[2] = bind_copy_string(error->message);
    fields.items[3] = bind_int(error->level);
    fields.items[4] = bind_copy_string(error->str1);
    fields.items[5] = bind_copy_string(error->str2);
    fields.items[6] = bind_copy_string(error->str3);
    fields.items[7] = bind_int(error->int1);
    fields.items[8] = bind_int(error->int2);
    return fields;
}

int bind_cpus(virConnectPtr conn)
{
    virNodeInfo info;
    int cpus = virNodeGetCPUMap(conn, NULL, NULL, 0);

    if (cpus >= 0)
        return cpus;
    return virNodeGetInfo(conn, &info) < 0 ? -1 : (int)VIR_NODEINFO_MAXCPUS(info);
}

bind_value bind_absent(void)
{
    return virGetLastErrorCode() == VIR_ERR_OK ? bind_null() : bind_error();
}

bind_value bind_take_params(virTypedParameterPtr params, size_t n)
{
    bind_value dict = bind_from_params(params, n);

    virTypedParamsFree(params, (int)n);
    return dict;
}

void bind_free_params(virTypedParameterPtr params, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            g_free(params[i].value.s);
    g_free(params);
}

bind_value bind_take_cpumap(unsigned char *map, size_t ncpus, enum bind_kind kind)
{
    bind_value cpus = bind_from_cpumap(map, ncpus, kind);

    free(map);
    return cpus;
}

bind_value bind_take_ints(int *numbers, size_t n)
{
    bind_value list = bind_from_ints(numbers, n);

    free(numbers);
    return list;
}

bind_value bind_steal_bytes(char **data, size_t n)
{
    bind_value bytes = bind_take_bytes(*data, n);

    *data = NULL;
    return bytes;
}

bind_value bind_steal_strings(char ***strings, size_t n)
{
    bind_value list = bind_take_strings(*strings, n);

    *strings = NULL;
    return list;
}

bind_value bind_copy_strings(char *const *strings, size_t n)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_copy_string(strings[i]);
    return list;
}

bind_value bind_from_cpumaps(const unsigned char *maps, size_t n, size_t maplen, size_t ncpus)
{
    bind_value list = bind_container(BIND_LIST, n);

    for (size_t i = 0; i < n; i++)
        list.items[i] = bind_from_cpumap(maps + i * maplen, ncpus, BIND_TUPLE);
    return list;
}

bind_value bind_trim_cpumaps(bind_value rows, size_t at, size_t ncpus)
{
    for (size_t i = 0; i < rows.n; i++) {
        bind_value *map = &rows.items[i].items[at];

        for (; map->n > ncpus; map->n--)
            bind_clear(&map->items[map->n - 1]);
    }
    return rows;
}

bind_value bind_from_grid(const virTypedParameter *cells, size_t rows, size_t columns, size_t used)
{
    bind_value list = bind_container(BIND_LIST, rows);

    for (size_t i = 0; i < rows; i++)
        list.items[i] = bind_from_params(cells + i * columns, MIN(used, columns));
    return list;
}

bind_value bind_from_table(const unsigned long long *cells, int first, size_t rows,
                           const unsigned int *keys, size_t columns)
{
    bind_value table = bind_container(BIND_DICT, rows);

    for (size_t i = 0; i < rows; i++) {
        bind_value row = bind_container(BIND_DICT, columns);

        for (size_t j = 0; j < columns; j++) {
            row.items[2 * j] = bind_int(keys[j]);
            row.items[2 * j + 1] = bind_uint(cells[i * columns + j]);
        }
        table.items[2 * i] = bind_int(first + (long long)i);
        table.items[2 * i + 1] = row;
    }
    return table;
}

bind_value bind_label(const char *const *labels, size_t n, int number)
{
    if (number >= 0 && (size_t)number < n && labels[number])
        return bind_borrow_string(labels[number]);
    return bind_int(number);
}

bind_value bind_gather(enum bind_kind kind, size_t n, const bind_value *parts)
{
    bind_value whole = bind_container(kind, n);

    memcpy(whole.items, parts, n * sizeof(*parts));
    return whole;
}

bind_value bind_gather_dict(size_t n, const char *const *names, const bind_value *parts)
{
    size_t size = 0, at = 0;
    bind_value whole;

    for (size_t i = 0; i < n; i++)
        size += parts[i].kind == BIND_DICT ? parts[i].n : 1;
    whole = bind_container(BIND_DICT, size);
    for (size_t i = 0; i < n; i++) {
        if (parts[i].kind == BIND_DICT) {
            memcpy(&whole.items[2 * at], parts[i].items, 2 * parts[i].n * sizeof(*parts));
            at += parts[i].n;
            g_free(parts[i].items);
        } else {
            whole.items[2 * at] = bind_borrow_string(names[i]);
            whole.items[2 * at++ + 1] = parts[i];
        }
    }
    return whole;
}
