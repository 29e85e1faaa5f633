/* The public calls on typed parameters. They have no connection and no driver, so each is an entry
 * point of its own: it forgets the last error, checks its arguments, and on failure changes
 * nothing. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/object/error.h"
#include "core/object/params.h"

static int refuse_null(const char *argument)
{
    error_set_argument(VIR_FROM_NONE, argument, "", "%s must not be NULL", argument);
    return -1;
}

static int check_name(const char *name)
{
    if (!name)
        return refuse_null("name");
    if (strnlen(name, VIR_TYPED_PARAM_FIELD_LENGTH) < VIR_TYPED_PARAM_FIELD_LENGTH)
        return 0;
    error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
              "the parameter name '%.*s...' is longer than %d bytes",
              VIR_TYPED_PARAM_FIELD_LENGTH - 1, name, VIR_TYPED_PARAM_FIELD_LENGTH - 1);
    return -1;
}

static int check_list(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name)
{
    if (!params)
        return refuse_null("params");
    if (!nparams)
        return refuse_null("nparams");
    if (!maxparams)
        return refuse_null("maxparams");
    if (check_name(name) < 0)
        return -1;
    if (*nparams >= 0 && *maxparams >= *nparams && (*params || !*maxparams))
        return 0;
    error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
              "a list at %p cannot hold %d parameters with room for %d; begin with NULL, 0 and 0",
              (void *)*params, *nparams, *maxparams);
    return -1;
}

/* Room for `count` more, at least doubling, so that a list of n costs n copies. */
static int reserve(virTypedParameterPtr *params, int nparams, int *maxparams, gint64 count)
{
    gint64 want = nparams + count;

    if (want <= *maxparams)
        return 0;
    if (want > G_MAXINT) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "a list has at most %d parameters", G_MAXINT);
        return -1;
    }
    want = MIN(MAX(want, 2 * (gint64)*maxparams), G_MAXINT);
    *params = g_renew(virTypedParameter, *params, want);
    *maxparams = want;
    return 0;
}

static void append(virTypedParameterPtr params, int *nparams, const char *name,
                   const virTypedParameter *value)
{
    virTypedParameterPtr item = &params[(*nparams)++];

    *item = *value;
    g_strlcpy(item->field, name, sizeof(item->field));
}

/* The caller's string moves into the list only when the addition succeeds. */
static int add(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
               const virTypedParameter *value)
{
    if (check_list(params, nparams, maxparams, name) < 0 ||
        reserve(params, *nparams, maxparams, 1) < 0)
        return -1;
    append(*params, nparams, name, value);
    return 0;
}

#define DEFINE_ADD(Suffix, ctype, TYPE, member)                                                    \
    int virTypedParamsAdd##Suffix(virTypedParameterPtr *params, int *nparams, int *maxparams,      \
                                  const char *name, ctype value)                                   \
    {                                                                                              \
        error_reset();                                                                             \
        return error_report(add(params, nparams, maxparams, name,                                  \
                                &(virTypedParameter){.type = (TYPE), .value.member = value}));     \
    }

DEFINE_ADD(Int, int, VIR_TYPED_PARAM_INT, i)
DEFINE_ADD(UInt, unsigned int, VIR_TYPED_PARAM_UINT, ui)
DEFINE_ADD(LLong, long long, VIR_TYPED_PARAM_LLONG, l)
DEFINE_ADD(ULLong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul)
DEFINE_ADD(Double, double, VIR_TYPED_PARAM_DOUBLE, d)

int virTypedParamsAddBoolean(virTypedParameterPtr *params, int *nparams, int *maxparams,
                             const char *name, int value)
{
    error_reset();
    return error_report(
        add(params, nparams, maxparams, name,
            &(virTypedParameter){.type = VIR_TYPED_PARAM_BOOLEAN, .value.b = !!value}));
}

static int add_string(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                      const char *value)
{
    virTypedParameter param = {.type = VIR_TYPED_PARAM_STRING};

    if (!value) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "the value of parameter '%.79s' is NULL",
                  name ? name : "");
        return -1;
    }
    param.value.s = g_strdup(value);
    if (add(params, nparams, maxparams, name, &param) == 0)
        return 0;
    g_free(param.value.s);
    return -1;
}

int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams,
                            const char *name, const char *value)
{
    error_reset();
    return error_report(add_string(params, nparams, maxparams, name, value));
}

int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams,
                                const char *name, const char **values)
{
    gint64 count = 0;

    error_reset();
    while (values && values[count])
        count++;
    if (check_list(params, nparams, maxparams, name) < 0 ||
        reserve(params, *nparams, maxparams, count) < 0)
        return error_report(-1);
    for (gint64 i = 0; i < count; i++)
        append(
            *params, nparams, name,
            &(virTypedParameter){.type = VIR_TYPED_PARAM_STRING, .value.s = g_strdup(values[i])});
    return 0;
}

/* White space in front and a sign are accepted, as everywhere in the field; nothing behind. */
static int parse_signed(const char *text, gint64 min, gint64 max, gint64 *value)
{
    char *end;

    errno = 0;
    *value = g_ascii_strtoll(text, &end, 10);
    return end == text || *end || errno || *value < min || *value > max ? -1 : 0;
}

/* strtoull() turns -1 into the largest number; a number below 0 is out of range here. */
static int parse_unsigned(const char *text, guint64 max, guint64 *value)
{
    char *end;

    errno = 0;
    *value = g_ascii_strtoull(text, &end, 10);
    if (end == text || *end || errno || *value > max)
        return -1;
    return strchr(text, '-') && *value ? -1 : 0;
}

static int parse_double(const char *text, double *value)
{
    char *end;

    errno = 0;
    *value = g_ascii_strtod(text, &end);
    /* Underflow to a tiny number or 0 is not worth an error; overflow to infinity is. */
    return end == text || *end || (errno == ERANGE && fabs(*value) == HUGE_VAL) ? -1 : 0;
}

static int parse_boolean(const char *text, char *value)
{
    gboolean yes = !strcmp(text, "1") || !g_ascii_strcasecmp(text, "true");

    if (!yes && strcmp(text, "0") != 0 && g_ascii_strcasecmp(text, "false") != 0)
        return -1;
    *value = yes;
    return 0;
}

static const char *type_range(int type)
{
    static const char *const ranges[PARAMS_TYPES] = {
        [VIR_TYPED_PARAM_INT] = "a whole number from -2147483648 to 2147483647",
        [VIR_TYPED_PARAM_UINT] = "a whole number from 0 to 4294967295",
        [VIR_TYPED_PARAM_LLONG] = "a whole number from -2^63 to 2^63-1",
        [VIR_TYPED_PARAM_ULLONG] = "a whole number from 0 to 2^64-1",
        [VIR_TYPED_PARAM_DOUBLE] = "a number",
        [VIR_TYPED_PARAM_BOOLEAN] = "0, 1, true or false",
    };

    return ranges[type];
}

static int parse_value(virTypedParameterPtr param, const char *text)
{
    guint64 u = 0;
    gint64 i = 0;
    int r;

    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        r = parse_signed(text, G_MININT, G_MAXINT, &i);
        param->value.i = i;
        return r;
    case VIR_TYPED_PARAM_UINT:
        r = parse_unsigned(text, G_MAXUINT, &u);
        param->value.ui = u;
        return r;
    case VIR_TYPED_PARAM_LLONG:
        r = parse_signed(text, G_MININT64, G_MAXINT64, &i);
        param->value.l = i;
        return r;
    case VIR_TYPED_PARAM_ULLONG:
        r = parse_unsigned(text, G_MAXUINT64, &u);
        param->value.ul = u;
        return r;
    case VIR_TYPED_PARAM_DOUBLE:
        return parse_double(text, &param->value.d);
    default:
        return parse_boolean(text, &param->value.b);
    }
}

static int add_from_string(virTypedParameterPtr *params, int *nparams, int *maxparams,
                           const char *name, int type, const char *value)
{
    virTypedParameter param = {.type = type};

    if (check_list(params, nparams, maxparams, name) < 0)
        return -1;
    if (!value || type == VIR_TYPED_PARAM_STRING)
        return add_string(params, nparams, maxparams, name, value);
    if (type < VIR_TYPED_PARAM_INT || type >= PARAMS_TYPES) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                  "parameter '%s' cannot have type %d; the types are %d to %d", name, type,
                  VIR_TYPED_PARAM_INT, PARAMS_TYPES - 1);
        return -1;
    }
    if (parse_value(&param, value) < 0) {
        error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                  "the value '%.200s' of parameter '%s' is not of type %s: %s is expected", value,
                  name, params_type_name(type), type_range(type));
        return -1;
    }
    return add(params, nparams, maxparams, name, &param);
}

int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams,
                                const char *name, int type, const char *value)
{
    error_reset();
    return error_report(add_from_string(params, nparams, maxparams, name, type, value));
}

static int check_lookup(virTypedParameterPtr params, int nparams, const char *name)
{
    if (!name)
        return refuse_null("name");
    if (params ? nparams >= 0 : nparams == 0)
        return 0;
    error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "a list at %p cannot hold %d parameters",
              (void *)params, nparams);
    return -1;
}

virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name)
{
    error_reset();
    if (error_report(check_lookup(params, nparams, name)) < 0)
        return NULL;
    return params_find(params, nparams, name);
}

/* 1 and the parameter, 0 when there is none of that name, -1 when its type is another. */
static int get_typed(virTypedParameterPtr params, int nparams, const char *name, int type,
                     virTypedParameterPtr *param)
{
    if (check_lookup(params, nparams, name) < 0)
        return -1;
    *param = params_find(params, nparams, name);
    if (!*param)
        return 0;
    if ((*param)->type == type)
        return 1;
    error_set(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
              "Invalid type '%s' requested for parameter '%s', actual type is '%s'",
              params_type_name(type), name, params_type_name((*param)->type));
    return -1;
}

/* A NULL `value` only asks whether the parameter is there with that type. */
#define DEFINE_GET(Suffix, ctype, TYPE, member)                                                    \
    int virTypedParamsGet##Suffix(virTypedParameterPtr params, int nparams, const char *name,      \
                                  ctype *value)                                                    \
    {                                                                                              \
        virTypedParameterPtr param;                                                                \
        int found;                                                                                 \
                                                                                                   \
        error_reset();                                                                             \
        found = get_typed(params, nparams, name, TYPE, &param);                                    \
        if (found > 0 && value)                                                                    \
            *value = param->value.member;                                                          \
        return error_report(found);                                                                \
    }

DEFINE_GET(Int, int, VIR_TYPED_PARAM_INT, i)
DEFINE_GET(UInt, unsigned int, VIR_TYPED_PARAM_UINT, ui)
DEFINE_GET(LLong, long long, VIR_TYPED_PARAM_LLONG, l)
DEFINE_GET(ULLong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul)
DEFINE_GET(Double, double, VIR_TYPED_PARAM_DOUBLE, d)
DEFINE_GET(Boolean, int, VIR_TYPED_PARAM_BOOLEAN, b)
DEFINE_GET(String, const char *, VIR_TYPED_PARAM_STRING, s)

static void clear(virTypedParameterPtr params, int nparams)
{
    for (int i = 0; params && i < nparams; i++)
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            g_clear_pointer(&params[i].value.s, g_free);
}

/* These two leave the last error alone: they are what cleans up behind it. */
void virTypedParamsClear(virTypedParameterPtr params, int nparams)
{
    clear(params, nparams);
}

void virTypedParamsFree(virTypedParameterPtr params, int nparams)
{
    clear(params, nparams);
    g_free(params);
}
