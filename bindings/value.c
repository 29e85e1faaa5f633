#include "bindings/value.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/closure.h"

bind_value bind_take_string(char *s)
{
    return s ? (bind_value){.kind = BIND_STRING, .n = strlen(s), .s = s} : bind_null();
}

bind_value bind_copy_string(const char *s)
{
    return s ? bind_copy_field(s, strlen(s)) : bind_null();
}

bind_value bind_borrow_string(const char *s)
{
    bind_value value = bind_take_string((char *)s);

    value.borrowed = true;
    return value;
}

static char *copy(const void *data, size_t n)
{
    char *to = g_malloc(n + 1);

    if (n)
        memcpy(to, data, n);
    to[n] = '\0';
    return to;
}

bind_value bind_copy_field(const char *s, size_t size)
{
    size_t n = strnlen(s, size);

    return (bind_value){.kind = BIND_STRING, .n = n, .s = copy(s, n)};
}

bind_value bind_copy_bytes(const void *data, size_t n)
{
    return (bind_value){.kind = BIND_BYTES, .n = n, .s = copy(data, n)};
}

bind_value bind_take_bytes(void *data, size_t n)
{
    return data ? (bind_value){.kind = BIND_BYTES, .n = n, .s = data} : bind_null();
}

bind_value bind_take_object(int type, void *object)
{
    return object ? (bind_value){.kind = BIND_OBJECT, .type = type, .object = object} : bind_null();
}

bind_value bind_share_object(int type, void *object)
{
    if (object)
        bind_hold(object);
    return bind_take_object(type, object);
}

bind_value bind_container(enum bind_kind kind, size_t n)
{
    size_t items = kind == BIND_DICT ? 2 * n : n;

    /* zeroed memory is BIND_NULL */
    return (bind_value){.kind = kind, .n = n, .items = g_new0(bind_value, MAX(items, 1))};
}

static void clear_items(bind_value *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bind_clear(&value->items[i]);
    g_free(value->items);
}

void bind_clear(bind_value *value)
{
    if (!value->borrowed) {
        switch (value->kind) {
        case BIND_STRING:
        case BIND_BYTES:
        case BIND_OTHER:
        case BIND_REFUSED:
            free(value->s);
            break;
        case BIND_OBJECT:
            bind_release(value->object);
            break;
        case BIND_NATIVE:
            g_free(value->object);
            break;
        case BIND_CLOSURE:
            closure_release(value->closure);
            break;
        case BIND_LIST:
        case BIND_TUPLE:
            clear_items(value, value->n);
            break;
        case BIND_DICT:
            clear_items(value, 2 * value->n);
            break;
        }
    }
    *value = bind_null();
}
