#include <string.h>

#include "bindings/python/binding.h"

/* SWIG calls a method Class_method. */
static const char *method_of(const struct py_site *site, char buffer[128])
{
    char *mark;

    snprintf(buffer, 128, "%s", site->method);
    mark = strchr(buffer, '_');
    if (mark && mark > buffer && site->method[0] == 'v')
        *mark = '.';
    return buffer;
}

int py_refuse(const struct py_site *site, PyObject *value, const char *accepted)
{
    const char *given = value == Py_None ? "None" : Py_TYPE(value)->tp_name;
    char method[128];

    PyErr_Format(PyExc_TypeError, "%s(): argument '%s': %s is accepted, not %s",
                 method_of(site, method), site->argument, accepted, given);
    return -1;
}

static int refuse_range(const struct py_site *site, PyObject *value, long long min,
                        unsigned long long max)
{
    char method[128];

    PyErr_Format(PyExc_OverflowError,
                 "%s(): argument '%s': %S is out of range: %lld to %llu is accepted",
                 method_of(site, method), site->argument, value, min, max);
    return -1;
}

/* An int as it is, or what an object with __index__ says; a new reference. */
static PyObject *index_of(PyObject *value, const struct py_site *site)
{
    PyObject *number;

    if (PyLong_Check(value))
        return Py_NewRef(value);
    if (!PyIndex_Check(value)) {
        py_refuse(site, value, "int");
        return NULL;
    }
    number = PyNumber_Index(value);
    return number;
}

int py_to_int(PyObject *value, const struct py_site *site, long long min, long long max,
              long long *number)
{
    PyObject *index = index_of(value, site);
    int overflow = 0;

    if (!index)
        return -1;
    *number = PyLong_AsLongLongAndOverflow(index, &overflow);
    if (overflow || *number < min || *number > max) {
        refuse_range(site, index, min, (unsigned long long)max);
        Py_DECREF(index);
        return -1;
    }
    Py_DECREF(index);
    return 0;
}

int py_to_uint(PyObject *value, const struct py_site *site, unsigned long long max,
               unsigned long long *number)
{
    PyObject *index = index_of(value, site);

    if (!index)
        return -1;
    *number = PyLong_AsUnsignedLongLong(index);
    if (PyErr_Occurred() || *number > max) {
        PyErr_Clear();
        refuse_range(site, index, 0, max);
        Py_DECREF(index);
        return -1;
    }
    Py_DECREF(index);
    return 0;
}

int py_to_double(PyObject *value, const struct py_site *site, double *number)
{
    if (!PyFloat_Check(value) && !PyLong_Check(value))
        return py_refuse(site, value, "float");
    *number = PyFloat_AsDouble(value);
    return *number == -1.0 && PyErr_Occurred() ? -1 : 0;
}

/* Strings that came from C may hold bytes that are no UTF-8; they go back as they came. */
static const char *text_of(PyObject *value, Py_ssize_t *n, PyObject **bytes)
{
    const char *text = PyUnicode_AsUTF8AndSize(value, n);

    if (text || !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        return text;
    PyErr_Clear();
    *bytes = PyUnicode_AsEncodedString(value, "utf-8", "surrogateescape");
    if (!*bytes)
        return NULL;
    *n = PyBytes_GET_SIZE(*bytes);
    return PyBytes_AS_STRING(*bytes);
}

static int refuse_nul(const struct py_site *site)
{
    char method[128];

    PyErr_Format(PyExc_ValueError,
                 "%s(): argument '%s': a string without NUL characters is accepted",
                 method_of(site, method), site->argument);
    return -1;
}

int py_to_text(PyObject *value, const struct py_site *site, bool nullable, const char **text,
               PyObject **bytes)
{
    Py_ssize_t n = 0;

    if (value == Py_None && nullable) {
        *text = NULL;
        return 0;
    }
    if (!PyUnicode_Check(value))
        return py_refuse(site, value, nullable ? "str or None" : "str");
    *text = text_of(value, &n, bytes);
    if (!*text)
        return -1;
    return strlen(*text) == (size_t)n ? 0 : refuse_nul(site);
}

static int to_value(PyObject *value, const struct py_site *site, bind_value *tree, int depth);

static int to_string(PyObject *value, const struct py_site *site, bind_value *tree)
{
    PyObject *bytes = NULL;
    Py_ssize_t n = 0;
    const char *text = text_of(value, &n, &bytes);

    if (!text)
        return -1;
    if (strlen(text) != (size_t)n) {
        Py_XDECREF(bytes);
        return refuse_nul(site);
    }
    if (bytes) {
        *tree = bind_copy_field(text, (size_t)n);
        Py_DECREF(bytes);
    } else {
        *tree =
            (bind_value){.kind = BIND_STRING, .borrowed = true, .n = (size_t)n, .s = (char *)text};
    }
    return 0;
}

static int to_number(PyObject *value, const struct py_site *site, bind_value *tree)
{
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);

    if (!overflow) {
        *tree = bind_int(number);
        return 0;
    }
    *tree = bind_uint(PyLong_AsUnsignedLongLong(value));
    if (!PyErr_Occurred())
        return 0;
    PyErr_Clear();
    return refuse_range(site, value, LLONG_MIN, ULLONG_MAX);
}

/* A list may be changed by another thread as soon as its items run code: they are counted again. */
static int to_items(PyObject *value, const struct py_site *site, bind_value *tree, int depth)
{
    PyObject *items = PySequence_Tuple(value);

    if (!items)
        return -1;
    *tree = bind_container(PyTuple_Check(value) ? BIND_TUPLE : BIND_LIST,
                           (size_t)PyTuple_GET_SIZE(items));
    for (size_t i = 0; i < tree->n; i++) {
        if (to_value(PyTuple_GET_ITEM(items, (Py_ssize_t)i), site, &tree->items[i], depth) < 0) {
            Py_DECREF(items);
            return -1;
        }
    }
    Py_DECREF(items);
    return 0;
}

static int to_dict(PyObject *value, const struct py_site *site, bind_value *tree, int depth)
{
    PyObject *key, *item;
    Py_ssize_t at = 0;
    size_t i = 0;

    *tree = bind_container(BIND_DICT, (size_t)PyDict_GET_SIZE(value));
    while (i < tree->n && PyDict_Next(value, &at, &key, &item)) {
        if (to_value(key, site, &tree->items[2 * i], depth) < 0 ||
            to_value(item, site, &tree->items[2 * i + 1], depth) < 0)
            return -1;
        i++;
    }
    return 0;
}

static int to_bytes(PyObject *value, bind_value *tree)
{
    Py_buffer view;

    if (PyObject_GetBuffer(value, &view, PyBUF_CONTIG_RO) < 0)
        return -1;
    *tree = bind_copy_bytes(view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static void to_other(PyObject *value, bind_value *tree)
{
    *tree = bind_copy_string(Py_TYPE(value)->tp_name);
    tree->kind = BIND_OTHER;
}

static int to_value(PyObject *value, const struct py_site *site, bind_value *tree, int depth)
{
    int type = 0;

    if (depth > BIND_DEPTH) {
        char method[128];

        PyErr_Format(PyExc_ValueError, "%s(): argument '%s' is nested too deep",
                     method_of(site, method), site->argument);
        return -1;
    }
    if (value == Py_None)
        *tree = bind_null();
    else if (PyBool_Check(value))
        *tree = bind_bool(value == Py_True);
    else if (PyLong_Check(value))
        return to_number(value, site, tree);
    else if (PyUnicode_Check(value))
        return to_string(value, site, tree);
    else if (PyBytes_Check(value))
        *tree = (bind_value){.kind = BIND_BYTES,
                             .borrowed = true,
                             .n = (size_t)PyBytes_GET_SIZE(value),
                             .s = PyBytes_AS_STRING(value)};
    else if (PyFloat_Check(value))
        *tree = bind_double(PyFloat_AS_DOUBLE(value));
    else if (PyList_Check(value) || PyTuple_Check(value))
        return to_items(value, site, tree, depth + 1);
    else if (PyDict_Check(value))
        return to_dict(value, site, tree, depth + 1);
    else if (PyObject_CheckBuffer(value))
        return to_bytes(value, tree);
    else if (py_unwrap(value, &type, &tree->object))
        *tree = (bind_value){
            .kind = BIND_OBJECT, .borrowed = true, .type = type, .object = tree->object};
    else
        to_other(value, tree);
    return 0;
}

int py_to_tree(PyObject *value, const struct py_site *site, bool nullable, bind_value *tree)
{
    *tree = bind_null();
    if (value == Py_None && !nullable)
        return py_refuse(site, value, "a value");
    return to_value(value, site, tree, 0);
}

int py_to_prompt(PyObject *value, const struct py_site *site, bool nullable, bind_value *tree)
{
    PyObject *parts;
    struct closure *closure = NULL;

    *tree = bind_null();
    if (value == Py_None && nullable)
        return 0;
    if ((!PyList_Check(value) && !PyTuple_Check(value)) || PySequence_Size(value) != 3)
        return py_refuse(site, value, "a list of kinds, function and opaque value");
    parts = PySequence_Tuple(value);
    if (!parts)
        return -1;
    *tree = bind_container(BIND_LIST, 2);
    if (to_value(PyTuple_GET_ITEM(parts, 0), site, &tree->items[0], 1) < 0 ||
        py_to_function(PyTuple_GET_ITEM(parts, 1), site, false, &closure) < 0) {
        Py_DECREF(parts);
        return -1;
    }
    closure->opaque = Py_NewRef(PyTuple_GET_ITEM(parts, 2));
    closure->owns_opaque = true;
    tree->items[1] = (bind_value){.kind = BIND_CLOSURE, .closure = closure};
    Py_DECREF(parts);
    return 0;
}

int py_to_function(PyObject *value, const struct py_site *site, bool nullable,
                   struct closure **closure)
{
    *closure = NULL;
    if (value == Py_None && nullable)
        return 0;
    if (!PyCallable_Check(value))
        return py_refuse(site, value, nullable ? "a callable or None" : "a callable");
    *closure = closure_make(Py_NewRef(value), NULL);
    return 0;
}
