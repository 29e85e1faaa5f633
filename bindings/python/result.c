#include "bindings/python/binding.h"

static PyObject *from_items(bind_value *value)
{
    PyObject *list = value->kind == BIND_LIST ? PyList_New((Py_ssize_t)value->n)
                                              : PyTuple_New((Py_ssize_t)value->n);

    for (size_t i = 0; list && i < value->n; i++) {
        PyObject *item = py_from_value(&value->items[i]);

        if (!item)
            Py_CLEAR(list);
        else if (value->kind == BIND_LIST)
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        else
            PyTuple_SET_ITEM(list, (Py_ssize_t)i, item);
    }
    return list;
}

static PyObject *from_dict(bind_value *value)
{
    PyObject *dict = PyDict_New();

    for (size_t i = 0; dict && i < value->n; i++) {
        PyObject *key = py_from_value(&value->items[2 * i]);
        PyObject *item = key ? py_from_value(&value->items[2 * i + 1]) : NULL;

        if (!item || PyDict_SetItem(dict, key, item) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(item);
    }
    return dict;
}

static PyObject *from_object(bind_value *value)
{
    PyObject *proxy;

    if (value->borrowed)
        bind_hold(value->object);
    value->borrowed = true;
    proxy = py_wrap(value->type, value->object);
    if (!proxy)
        bind_release(value->object);
    return proxy;
}

static PyObject *from_native(bind_value *value)
{
    value->borrowed = true;
    return py_wrap_native(value->object);
}

static PyObject *from_invoker(const bind_value *value)
{
    PyObject *function = py_invokers ? PyDict_GetItemString(py_invokers, value->s) : NULL;

    return Py_NewRef(function ? function : Py_None);
}

PyObject *py_from_value(bind_value *value)
{
    switch (value->kind) {
    case BIND_DONE:
    case BIND_TRUTH:
    case BIND_INT:
        return PyLong_FromLongLong(value->i);
    case BIND_BOOL:
        return PyBool_FromLong(value->i != 0);
    case BIND_UINT:
        return PyLong_FromUnsignedLongLong(value->u);
    case BIND_DOUBLE:
        return PyFloat_FromDouble(value->d);
    case BIND_STRING:
        return PyUnicode_DecodeUTF8(value->s, (Py_ssize_t)value->n, "surrogateescape");
    case BIND_BYTES:
        return PyBytes_FromStringAndSize(value->s, (Py_ssize_t)value->n);
    case BIND_LIST:
    case BIND_TUPLE:
        return from_items(value);
    case BIND_DICT:
        return from_dict(value);
    case BIND_OBJECT:
        return from_object(value);
    case BIND_NATIVE:
        return from_native(value);
    case BIND_INVOKER:
        return from_invoker(value);
    default:
        Py_RETURN_NONE;
    }
}

PyObject *py_from_result(bind_value *value)
{
    PyObject *made = NULL;

    if (py_raised.type && py_restore_raised())
        ;
    else if (value->kind == BIND_ERROR)
        py_raise_last();
    else if (value->kind == BIND_REFUSED)
        py_raise_refused(value);
    else
        made = py_from_value(value);
    bind_clear(value);
    return made;
}

PyObject *py_from_args(bind_value *args, size_t n, PyObject *opaque)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);

    for (size_t i = 0; tuple && i < n; i++) {
        PyObject *item = args[i].kind == BIND_OPAQUE ? Py_NewRef(opaque ? opaque : Py_None)
                                                     : py_from_value(&args[i]);

        if (item)
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}
