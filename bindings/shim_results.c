/* What calls answer, as the values of languages. */
#include "bindings/shim_support.h"

#include <stdlib.h>
#include <string.h>

#include "shim.h"

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
