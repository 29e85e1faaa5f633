/* Typed parameters: lists of (name, type, value) that calls take and give. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/export.h"

/* One more than the highest type; VIR_TYPED_PARAM_LAST is only there for those who ask for it. */
#define PARAMS_TYPES (VIR_TYPED_PARAM_STRING + 1)

/* A growing list, for those who produce parameters by the thousand. Begin with {0}. A failure (a
 * name too long) is kept and reported by params_steal(), so that producers need not check each
 * line. */
struct params {
    virTypedParameterPtr items;
    int n;
    int max;
    gboolean failed;
};

CORRAL_PRIVATE void params_clear(struct params *params);
/* g_auto(params_auto_t): cleared at the end of the scope. */
typedef struct params params_auto_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(params_auto_t, params_clear)

/* Hands the list over; -1 with the recorded error, and the list cleared, when an addition failed.
 * An empty list is NULL and 0. */
CORRAL_PRIVATE int params_steal(struct params *params, virTypedParameterPtr *items, int *n);

/* The name is formatted: %u %d %llu %lld %s %% are fast, anything else works. */
CORRAL_PRIVATE void params_add_int(struct params *params, int value, const char *name, ...)
    G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void params_add_uint(struct params *params, unsigned int value, const char *name,
                                    ...) G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void params_add_llong(struct params *params, long long value, const char *name, ...)
    G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void params_add_ullong(struct params *params, unsigned long long value,
                                      const char *name, ...) G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void params_add_double(struct params *params, double value, const char *name, ...)
    G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void params_add_bool(struct params *params, gboolean value, const char *name, ...)
    G_GNUC_PRINTF(3, 4);
/* Copies `value`; a NULL adds nothing, as an unknown string is a parameter that is not there. */
CORRAL_PRIVATE void params_add_string(struct params *params, const char *value, const char *name,
                                      ...) G_GNUC_PRINTF(3, 4);

/* A field that a call accepts. "{n}" in the name stands for a decimal number. */
struct params_rule {
    const char *name;
    int type;
    gboolean multiple;
};

enum params_validate_flags {
    PARAMS_OPEN = 1 << 0, /* names that no rule has are accepted with any type */
};

/* Checks that every parameter has a rule, its type, and occurs once unless `multiple`. */
CORRAL_PRIVATE int params_validate(virTypedParameterPtr params, int n,
                                   const struct params_rule *rules, size_t n_rules,
                                   unsigned int flags);

/* The first parameter called `name`, or NULL; records no error. */
CORRAL_PRIVATE virTypedParameterPtr params_find(virTypedParameterPtr params, int n,
                                                const char *name);

/* A deep copy: NULL when n is 0. */
CORRAL_PRIVATE virTypedParameterPtr params_copy(const virTypedParameter *params, int n);

/* The word for a type in messages ("ullong"); "unknown" for none of them. */
CORRAL_PRIVATE const char *params_type_name(int type);
