/* The command line as it grows. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

#include "core/object/error.h"

void add_arg(struct builder *build, const char *arg)
{
    g_ptr_array_add(build->command->args, g_strdup(arg));
}

void add_option(struct builder *build, const char *option, const char *value)
{
    add_arg(build, option);
    add_arg(build, value);
}

void add_optionf(struct builder *build, const char *option, const char *format, ...)
{
    va_list args;

    add_arg(build, option);
    va_start(args, format);
    g_ptr_array_add(build->command->args, g_strdup_vprintf(format, args));
    va_end(args);
}

int add_json(struct builder *build, const char *option, json_t *value)
{
    char *text;

    if (!value)
        return -1;
    text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER);
    add_option(build, option, text);
    free(text);
    json_decref(value);
    return 0;
}

int add_jsons(struct builder *build, const char *option, json_t *values)
{
    json_t *value;
    size_t i;

    if (!values)
        return -1;
    json_array_foreach(values, i, value) add_json(build, option, json_incref(value));
    json_decref(values);
    return 0;
}

int add_device(struct builder *build, json_t *device)
{
    return add_json(build, "-device", device);
}

int add_fd(struct builder *build, int fd, const char *name)
{
    struct command_fd passed = {fd, name};

    if (fd >= 0)
        g_array_append_val(build->command->fds, passed);
    return fd;
}

void append_value(GString *option, const char *value)
{
    for (; *value; value++) {
        g_string_append_c(option, *value);
        if (*value == ',')
            g_string_append_c(option, ',');
    }
}

int refuse(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    error_set(VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, "%s", text);
    return -1;
}
