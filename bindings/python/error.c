/* Failed calls as exceptions. */
#include "bindings/python/binding.h"

PyObject *py_error_class, *py_error_of, *py_invokers;
/* code → class; errors are raised often enough to remember */
static PyObject *classes[256];

PyObject *py_set_hooks(PyObject *error_class, PyObject *error_of, PyObject *invokers)
{
    Py_XSETREF(py_error_class, Py_NewRef(error_class));
    Py_XSETREF(py_error_of, Py_NewRef(error_of));
    Py_XSETREF(py_invokers, Py_NewRef(invokers));
    Py_RETURN_NONE;
}

static PyObject *class_of(int code)
{
    PyObject *number, *found;

    if (code < 0 || (size_t)code >= sizeof(classes) / sizeof(*classes))
        return py_error_class;
    if (classes[code])
        return classes[code];
    number = PyLong_FromLong(code);
    found = number ? PyObject_CallOneArg(py_error_of, number) : NULL;
    Py_XDECREF(number);
    classes[code] = found;
    return found;
}

/* The class's __init__ would ask for the last error once more: it is not run. */
static PyObject *make(PyObject *class, PyObject *fields)
{
    static PyObject *err;
    PyObject *args = PyTuple_Pack(1, PyTuple_GET_ITEM(fields, 2));
    PyObject *made =
        args ? ((PyTypeObject *)class)->tp_new((PyTypeObject *)class, args, NULL) : NULL;

    Py_XDECREF(args);
    if (!err)
        err = PyUnicode_InternFromString("err");
    if (made && (!err || PyObject_SetAttr(made, err, fields) < 0))
        Py_CLEAR(made);
    return made;
}

static PyObject *text(const char *s)
{
    if (!s)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "surrogateescape");
}

static PyObject *fields_of(const virError *error)
{
    PyObject *items[] = {
        PyLong_FromLong(error->code),
        PyLong_FromLong(error->domain),
        text(error->message),
        PyLong_FromLong(error->level),
        text(error->str1),
        text(error->str2),
        text(error->str3),
        PyLong_FromLong(error->int1),
        PyLong_FromLong(error->int2),
    };
    Py_ssize_t n = sizeof(items) / sizeof(*items);
    PyObject *fields = PyTuple_New(n);

    for (Py_ssize_t i = 0; i < n; i++) {
        if (fields && items[i])
            PyTuple_SET_ITEM(fields, i, items[i]);
        else
            Py_CLEAR(fields);
    }
    return fields;
}

void py_raise_last(void)
{
    virErrorPtr error = virGetLastError();
    PyObject *class, *fields, *made;

    if (!error || error->code == VIR_ERR_OK) {
        PyErr_SetString(py_error_class, "the call failed and no error says why");
        return;
    }
    class = class_of(error->code);
    fields = class ? fields_of(error) : NULL;
    made = fields ? make(class, fields) : NULL;
    Py_XDECREF(fields);
    if (!made)
        return;
    PyErr_SetObject(class, made);
    Py_DECREF(made);
}

void py_raise_refused(const bind_value *value)
{
    PyObject *type = PyExc_TypeError;

    if (value->type == REFUSED_RANGE)
        type = PyExc_OverflowError;
    else if (value->type == REFUSED_VALUE)
        type = PyExc_ValueError;
    else if (value->type == REFUSED_MEMORY)
        type = PyExc_MemoryError;
    PyErr_SetString(type, value->s);
}
