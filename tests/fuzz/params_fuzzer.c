/* Typed parameters from text: lines of a type's digit, a name, '=' and a value. */
#include "core/object/error.h"
#include "fuzz.h"

#include <corral/corral.h>
#include <string.h>

static void ignore_error(void *opaque, virErrorPtr error) {}

static void check_added(virTypedParameterPtr params, int n, const char *name, int type)
{
    virTypedParameterPtr param = virTypedParamsGet(params, n, name);

    if (!param)
        fuzz_fail("'%s' was added but is not there", name);
    if (params[n - 1].type != type)
        fuzz_fail("'%s' has type %d, not %d", name, params[n - 1].type, type);
    if (strlen(params[n - 1].field) >= VIR_TYPED_PARAM_FIELD_LENGTH)
        fuzz_fail("'%s' is longer than its field", name);
}

static void add_line(virTypedParameterPtr *params, int *n, int *max, const char *line)
{
    int type = line[0] - '0', before = *n;
    g_autofree char *name = *line ? g_strdup(line + 1) : NULL;
    char *value = name ? strchr(name, '=') : NULL;

    if (value)
        *value++ = '\0';
    if (virTypedParamsAddFromString(params, n, max, name, type, value) == 0) {
        if (*n != before + 1)
            fuzz_fail("one parameter was added, and there are %d more", *n - before);
        check_added(*params, *n, name, type);
    } else if (*n != before || error_code() == 0) {
        fuzz_fail("'%s' is refused without an error, or has left something", line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0;
    const char *string;

    virSetErrorFunc(NULL, ignore_error);
    for (char **line = lines; *line; line++)
        add_line(&params, &n, &max, *line);
    virTypedParamsGetString(params, n, "a", &string);
    virTypedParamsAddStringList(&params, &n, &max, "list", (const char **)lines);
    virTypedParamsFree(params, n);
    return 0;
}
