/* Dictionaries to typed parameters. */
#include <string.h>

#include "bindings/shim_support.h"

/* Whether a name is the pattern's: {n} stands for digits. */
static bool matches(const char *pattern, const char *name)
{
    for (; *pattern; pattern++) {
        if (g_str_has_prefix(pattern, "{n}")) {
            if (!g_ascii_isdigit(*name))
                return false;
            while (g_ascii_isdigit(*name))
                name++;
            pattern += 2;
        } else if (*pattern != *name++) {
            return false;
        }
    }
    return !*name;
}

/* What a name is known to be; else the first type that every value of the script's type fits in. */
static int type_of(const bind_value *value, const char *name, const struct bind_param *known,
                   size_t nknown)
{
    for (size_t i = 0; i < nknown; i++)
        if (matches(known[i].name, name))
            return known[i].type;
    switch (value->kind) {
    case BIND_BOOL:
        return VIR_TYPED_PARAM_BOOLEAN;
    case BIND_INT:
        return VIR_TYPED_PARAM_LLONG;
    case BIND_UINT:
        return VIR_TYPED_PARAM_ULLONG;
    case BIND_DOUBLE:
        return VIR_TYPED_PARAM_DOUBLE;
    default:
        return VIR_TYPED_PARAM_STRING;
    }
}

static int refuse(const struct bind_site *site, const char *name, const char *accepted,
                  bind_value *refused)
{
    *refused = bind_refuse(site, REFUSED_TYPE, "'%s': %s is accepted", name, accepted);
    return -1;
}

static bool fits(const bind_value *value, long long min, unsigned long long max)
{
    if (value->kind == BIND_UINT)
        return value->u <= max;
    if (value->i < 0 && value->loose && max == G_MAXUINT64)
        return true;
    return value->i >= min && (value->i < 0 || (unsigned long long)value->i <= max);
}

static int set_number(const struct bind_site *site, const char *name, const bind_value *value,
                      virTypedParameterPtr param, bind_value *refused)
{
    static const struct {
        long long min;
        unsigned long long max;
    } ranges[] = {
        [VIR_TYPED_PARAM_INT] = {G_MININT, G_MAXINT},
        [VIR_TYPED_PARAM_UINT] = {0, G_MAXUINT},
        [VIR_TYPED_PARAM_LLONG] = {G_MININT64, G_MAXINT64},
        [VIR_TYPED_PARAM_ULLONG] = {0, G_MAXUINT64},
    };
    long long min = ranges[param->type].min;
    unsigned long long max = ranges[param->type].max;

    if (value->kind != BIND_INT && value->kind != BIND_UINT && value->kind != BIND_BOOL)
        return refuse(site, name, "an integer", refused);
    if (!fits(value, min, max)) {
        char *number = value->kind == BIND_UINT ? g_strdup_printf("%llu", value->u)
                                                : g_strdup_printf("%lld", value->i);

        *refused =
            bind_refuse(site, REFUSED_RANGE, "'%s': %s is out of range: %lld to %llu is accepted",
                        name, number, min, max);
        g_free(number);
        return -1;
    }
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        param->value.i = (int)value->i;
        break;
    case VIR_TYPED_PARAM_UINT:
        param->value.ui = (unsigned int)value->u;
        break;
    case VIR_TYPED_PARAM_LLONG:
        param->value.l = value->i;
        break;
    default:
        param->value.ul = value->u;
    }
    return 0;
}

static int set_value(const struct bind_site *site, const char *name, const bind_value *value,
                     virTypedParameterPtr param, bind_value *refused)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_STRING:
        if (value->kind != BIND_STRING)
            return refuse(site, name, "a string", refused);
        param->value.s = g_strdup(value->s);
        return 0;
    case VIR_TYPED_PARAM_BOOLEAN:
        if (value->kind != BIND_BOOL && value->kind != BIND_INT)
            return refuse(site, name, "a boolean", refused);
        param->value.b = value->i != 0;
        return 0;
    case VIR_TYPED_PARAM_DOUBLE:
        if (value->kind != BIND_DOUBLE && value->kind != BIND_INT)
            return refuse(site, name, "a number", refused);
        param->value.d = value->kind == BIND_INT ? (double)value->i : value->d;
        return 0;
    default:
        return set_number(site, name, value, param, refused);
    }
}

static bool is_list(const bind_value *value)
{
    return value->kind == BIND_LIST || value->kind == BIND_TUPLE ||
           (value->kind == BIND_DICT && value->loose && !value->n);
}

static int add(const struct bind_site *site, const bind_value *name, const bind_value *value,
               const struct bind_param *known, size_t nknown, virTypedParameterPtr param,
               bind_value *refused)
{
    if (name->n >= sizeof(param->field)) {
        *refused = bind_refuse(site, REFUSED_VALUE,
                               "the name '%.100s' is too long: at most %zu bytes are accepted",
                               name->s, sizeof(param->field) - 1);
        return -1;
    }
    memcpy(param->field, name->s, name->n + 1);
    param->type = type_of(value, name->s, known, nknown);
    return set_value(site, name->s, value, param, refused);
}

/* A list is one parameter several times over. */
static size_t count(const bind_value *dict)
{
    size_t n = 0;

    for (size_t i = 0; i < dict->n; i++)
        n += is_list(&dict->items[2 * i + 1]) ? dict->items[2 * i + 1].n : 1;
    return n;
}

int bind_to_params(const struct bind_site *site, const bind_value *dict,
                   const struct bind_param *known, size_t nknown, virTypedParameterPtr *params,
                   size_t *n, bind_value *refused)
{
    *params = NULL;
    *n = 0;
    if (!dict || dict->kind == BIND_NULL)
        return 0;
    if (dict->kind != BIND_DICT) {
        *refused = bind_refuse(site, REFUSED_TYPE, "a dictionary is accepted");
        return -1;
    }
    *params = g_new0(virTypedParameter, count(dict) + 1);
    for (size_t i = 0; i < dict->n; i++) {
        const bind_value *name = &dict->items[2 * i], *value = &dict->items[2 * i + 1];
        const bind_value *items = is_list(value) ? value->items : value;
        size_t nitems = is_list(value) ? value->n : 1;

        if (name->kind != BIND_STRING)
            return refuse(site, "a key", "a string", refused);
        for (size_t j = 0; j < nitems; j++) {
            (*n)++;
            if (add(site, name, &items[j], known, nknown, &(*params)[*n - 1], refused) < 0)
                return -1;
        }
    }
    return 0;
}
