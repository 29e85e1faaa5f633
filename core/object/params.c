/* Typed parameters as the library itself uses them; the public calls are in params_public.c. */
#include "core/object/params.h"

#include <string.h>

#include "core/object/error.h"

const char *params_type_name(int type)
{
    static const char *const names[PARAMS_TYPES] = {
        "unknown", "int", "uint", "llong", "ullong", "double", "boolean", "string",
    };

    return type > 0 && type < PARAMS_TYPES ? names[type] : names[0];
}

void params_clear(struct params *params)
{
    for (int i = 0; i < params->n; i++)
        if (params->items[i].type == VIR_TYPED_PARAM_STRING)
            g_free(params->items[i].value.s);
    g_free(params->items);
    memset(params, 0, sizeof(*params));
}

int params_steal(struct params *params, virTypedParameterPtr *items, int *n)
{
    if (params->failed) {
        params_clear(params);
        return -1;
    }
    *items = g_steal_pointer(&params->items);
    *n = params->n;
    memset(params, 0, sizeof(*params));
    return 0;
}

/* Writes digits at `p` without a look at the end: callers know that 20 fit. */
static char *put_number(char *p, unsigned long long value)
{
    char digits[20];
    int n = 0;

    do {
        digits[n++] = '0' + value % 10;
        value /= 10;
    } while (value);
    while (n)
        *p++ = digits[--n];
    return p;
}

static char *put_signed(char *p, long long value)
{
    if (value >= 0)
        return put_number(p, value);
    *p++ = '-';
    return put_number(p, 0ULL - (unsigned long long)value);
}

/* Formats the conversion at `format` (behind its percent sign) and returns what follows it; NULL
 * for one that is not on the fast path or does not fit. */
static const char *put_conversion(char **out, const char *end, const char *format, va_list *args)
{
    gboolean wide = g_str_has_prefix(format, "ll");
    char *p = *out;

    if (end - p < 22)
        return NULL;
    if (wide)
        format += 2;
    if (*format == 'u')
        p = put_number(p, wide ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned int));
    else if (*format == 'd')
        p = put_signed(p, wide ? va_arg(*args, long long) : va_arg(*args, int));
    else if (*format == '%' && !wide)
        *p++ = '%';
    else
        return NULL;
    *out = p;
    return format + 1;
}

/* Nearly every name is a constant or has one number in it, and statistics make 50 names per guest:
 * vsnprintf() would be half of their cost. FALSE means that it has to do it. */
static gboolean format_fast(char *p, const char *end, const char *format, va_list *args)
{
    while (*format) {
        const char *text = format;
        size_t n;

        if (*format == '%' && format[1] != 's') {
            format = put_conversion(&p, end, format + 1, args);
            if (!format)
                return FALSE;
            continue;
        }
        if (*format == '%') {
            text = va_arg(*args, const char *);
            n = strlen(text);
            format += 2;
        } else {
            n = strcspn(text, "%");
            format += n;
        }
        if (n >= (size_t)(end - p))
            return FALSE;
        memcpy(p, text, n);
        p += n;
    }
    *p = '\0';
    return TRUE;
}

static gboolean format_name(char field[VIR_TYPED_PARAM_FIELD_LENGTH], const char *format,
                            va_list args)
{
    va_list again;
    gboolean done;
    int length;

    va_copy(again, args);
    done = format_fast(field, field + VIR_TYPED_PARAM_FIELD_LENGTH, format, &again);
    va_end(again);
    if (done)
        return TRUE;
    length = g_vsnprintf(field, VIR_TYPED_PARAM_FIELD_LENGTH, format, args);
    return length >= 0 && length < VIR_TYPED_PARAM_FIELD_LENGTH;
}

static virTypedParameterPtr params_append(struct params *params, int type, const char *format,
                                          va_list args)
{
    virTypedParameterPtr item;

    if (params->failed)
        return NULL;
    if (params->n == params->max) {
        params->max = params->max ? params->max * 2 : 16;
        params->items = g_renew(virTypedParameter, params->items, params->max);
    }
    item = &params->items[params->n];
    if (!format_name(item->field, format, args)) {
        params->failed = TRUE;
        error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                  "the parameter name '%s...' is longer than %d bytes", item->field,
                  VIR_TYPED_PARAM_FIELD_LENGTH - 1);
        return NULL;
    }
    item->type = type;
    item->value.ul =
        0; /* the widest member, so that no byte of the union is left over from before */
    params->n++;
    return item;
}

#define PARAMS_ADD(suffix, ctype, TYPE, member)                                                    \
    void params_add_##suffix(struct params *params, ctype value, const char *name, ...)            \
    {                                                                                              \
        virTypedParameterPtr item;                                                                 \
        va_list args;                                                                              \
                                                                                                   \
        va_start(args, name);                                                                      \
        item = params_append(params, TYPE, name, args);                                            \
        va_end(args);                                                                              \
        if (item)                                                                                  \
            item->value.member = value;                                                            \
    }

PARAMS_ADD(int, int, VIR_TYPED_PARAM_INT, i)
PARAMS_ADD(uint, unsigned int, VIR_TYPED_PARAM_UINT, ui)
PARAMS_ADD(llong, long long, VIR_TYPED_PARAM_LLONG, l)
PARAMS_ADD(ullong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul)
PARAMS_ADD(double, double, VIR_TYPED_PARAM_DOUBLE, d)

void params_add_bool(struct params *params, gboolean value, const char *name, ...)
{
    virTypedParameterPtr item;
    va_list args;

    va_start(args, name);
    item = params_append(params, VIR_TYPED_PARAM_BOOLEAN, name, args);
    va_end(args);
    if (item)
        item->value.b = !!value; /* a char: 256 would be FALSE */
}

void params_add_string(struct params *params, const char *value, const char *name, ...)
{
    virTypedParameterPtr item;
    va_list args;

    if (!value)
        return;
    va_start(args, name);
    item = params_append(params, VIR_TYPED_PARAM_STRING, name, args);
    va_end(args);
    if (item)
        item->value.s = g_strdup(value);
}

virTypedParameterPtr params_find(virTypedParameterPtr params, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strncmp(params[i].field, name, VIR_TYPED_PARAM_FIELD_LENGTH))
            return &params[i];
    return NULL;
}

virTypedParameterPtr params_copy(const virTypedParameter *params, int n)
{
    virTypedParameterPtr copy;

    if (n <= 0)
        return NULL;
    copy = g_new(virTypedParameter, n);
    memcpy(copy, params, n * sizeof(*params));
    for (int i = 0; i < n; i++)
        if (copy[i].type == VIR_TYPED_PARAM_STRING)
            copy[i].value.s = g_strdup(copy[i].value.s);
    return copy;
}

static gboolean rule_matches(const char *rule, const char *name)
{
    while (*rule) {
        if (g_str_has_prefix(rule, "{n}")) {
            if (!g_ascii_isdigit(*name))
                return FALSE;
            while (g_ascii_isdigit(*name))
                name++;
            rule += 3;
        } else if (*rule++ != *name++) {
            return FALSE;
        }
    }
    return !*name;
}

static const struct params_rule *find_rule(const struct params_rule *rules, size_t n_rules,
                                           const char *name)
{
    for (size_t i = 0; i < n_rules; i++)
        if (rule_matches(rules[i].name, name))
            return &rules[i];
    return NULL;
}

static int validate_one(const virTypedParameter *param, const struct params_rule *rule,
                        GHashTable *seen)
{
    if (rule->type != param->type) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                  "invalid type '%s' for parameter '%s', expected '%s'",
                  params_type_name(param->type), param->field, params_type_name(rule->type));
        return -1;
    }
    if (param->type == VIR_TYPED_PARAM_STRING && !param->value.s) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "parameter '%s' has no string (NULL)",
                  param->field);
        return -1;
    }
    if (!rule->multiple && !g_hash_table_add(seen, (gpointer)param->field)) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "parameter '%s' occurs multiple times",
                  param->field);
        return -1;
    }
    return 0;
}

int params_validate(virTypedParameterPtr params, int n, const struct params_rule *rules,
                    size_t n_rules, unsigned int flags)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (int i = 0; i < n; i++) {
        const struct params_rule *rule;

        if (!memchr(params[i].field, '\0', VIR_TYPED_PARAM_FIELD_LENGTH)) {
            error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                      "the name of parameter %d has no end within %d bytes", i,
                      VIR_TYPED_PARAM_FIELD_LENGTH);
            return -1;
        }
        rule = find_rule(rules, n_rules, params[i].field);
        if (!rule && (flags & PARAMS_OPEN))
            continue;
        if (!rule) {
            error_set(VIR_FROM_NONE, VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported",
                      params[i].field);
            return -1;
        }
        if (validate_one(&params[i], rule, seen) < 0)
            return -1;
    }
    return 0;
}
