#include "core/public/entry.h"

#include "core/driver/registry.h"

void entry_invalid(int origin, const void *object, const struct object_class *klass,
                   const char *function)
{
    struct object_class named = *klass;

    if (named.origin == VIR_FROM_NONE)
        named.origin = origin;
    object_invalid(object, &named, function);
}

void entry_null(int origin, const char *argument, const char *function)
{
    error_set_argument(origin, argument, function, "%s in %s must not be NULL", argument, function);
}

void entry_min(int origin, const char *argument, long long min, const char *function)
{
    if (min == 0)
        error_set_argument(origin, argument, function, "%s in %s must be zero or greater", argument,
                           function);
    else if (min == 1)
        error_set_argument(origin, argument, function, "%s in %s must be greater than zero",
                           argument, function);
    else
        error_set_argument(origin, argument, function, "%s in %s must be %lld or greater", argument,
                           function, min);
}

void entry_max(int origin, const char *argument, unsigned long long max, const char *function)
{
    error_set_argument(origin, argument, function, "%s in %s must not exceed %llu", argument,
                       function, max);
}

void entry_rows(int origin, long long rows, long long length, const char *function)
{
    error_set(origin, VIR_ERR_OVERFLOW, "input too large: %lld * %lld in %s", rows, length,
              function);
}

void entry_exclusive(int origin, const char *one, const char *other, const char *function)
{
    error_set_argument(origin, "flags", function,
                       "Flags '%s' and '%s' are mutually exclusive in %s", one, other, function);
}

void entry_requires(int origin, const char *flag, const char *needed, const char *function)
{
    error_set_argument(origin, "flags", function, "Flag '%s' is required by flag '%s'", needed,
                       flag);
}

void entry_empty(int origin, const char *argument, const char *function)
{
    error_set_argument(origin, argument, function, "%s in %s must contain at least one object",
                       argument, function);
}

void entry_connection(int origin, const char *argument, const char *function)
{
    error_set_argument(origin, argument, function, "%s in %s must match connection", argument,
                       function);
}

void entry_uuid(int origin, const char *argument, const char *text, const char *function)
{
    error_set_argument(origin, argument, function, "%s in %s must be a valid UUID, not '%.64s'",
                       argument, function, text);
}

void entry_flags(int origin, unsigned int flags, const char *accepted, const char *function)
{
    error_set_argument(origin, "flags", function,
                       "unsupported flags (0x%x) in function %s: %s is accepted", flags, function,
                       accepted);
}

void entry_read_only(int origin, const char *function, const char *flag)
{
    if (flag)
        error_set(origin, VIR_ERR_OPERATION_DENIED, "read only access prevents %s with %s",
                  function, flag);
    else
        error_set(origin, VIR_ERR_OPERATION_DENIED, "read only access prevents %s", function);
}

void entry_no_support(int origin, virConnectPtr conn, const char *function)
{
    const char *driver = conn->driver ? conn->driver->name : NULL;

    if (driver)
        error_set(origin, VIR_ERR_NO_SUPPORT, "%s (driver %s)", function, driver);
    else
        error_set(origin, VIR_ERR_NO_SUPPORT, "%s", function);
}
