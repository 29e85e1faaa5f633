/* Failed calls as exceptions. */
#include "bindings/python/binding.h"

#include <structmember.h>

#include "core/object/error.h"

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

/* Where the slot of libvirtError lies, and so that of every subclass: found once, then written
 * directly. */
static Py_ssize_t kept_offset(void)
{
    static Py_ssize_t offset;
    PyObject *slot;

    if (offset)
        return offset;
    slot = PyObject_GetAttrString(py_error_class, "_err");
    if (slot && Py_IS_TYPE(slot, &PyMemberDescr_Type))
        offset = ((PyMemberDescrObject *)slot)->d_member->offset;
    else if (slot)
        PyErr_SetString(PyExc_SystemError, "libvirtError has no slot for what it says");
    Py_XDECREF(slot);
    return offset;
}

/* The class's __init__ would ask for the last error once more: it is not run. */
static PyObject *make(PyObject *class, PyObject *message, PyObject *kept)
{
    Py_ssize_t offset = kept_offset();
    PyObject *args = offset > 0 ? PyTuple_Pack(1, message) : NULL;
    PyObject *made =
        args ? ((PyTypeObject *)class)->tp_new((PyTypeObject *)class, args, NULL) : NULL;

    Py_XDECREF(args);
    if (made)
        *(PyObject **)((char *)made + offset) = Py_NewRef(kept);
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

/* What an exception says beyond its message, kept as the library has it until somebody asks: most
 * errors are caught and never looked at. */
typedef struct {
    PyObject_HEAD struct error_record *record;
} kept_error;

static void kept_error_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    error_record_unref(((kept_error *)self)->record);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot kept_error_slots[] = {{Py_tp_dealloc, kept_error_free}, {0, NULL}};
static PyType_Spec kept_error_spec = {"corral._KeptError", sizeof(kept_error), 0,
                                      Py_TPFLAGS_DEFAULT, kept_error_slots};

static PyObject *kept_error_type(void)
{
    static PyObject *type;

    if (!type)
        type = PyType_FromSpec(&kept_error_spec);
    return type;
}

static PyObject *keep_last(void)
{
    PyTypeObject *type = (PyTypeObject *)kept_error_type();
    kept_error *kept = type ? (kept_error *)type->tp_alloc(type, 0) : NULL;

    if (kept)
        kept->record = error_record_hold();
    return (PyObject *)kept;
}

/* The tuple that `err` is; what is one already, or None, stays what it is. */
PyObject *py_error_fields(PyObject *kept)
{
    if (!kept_error_type())
        return NULL;
    if (Py_TYPE(kept) != (PyTypeObject *)kept_error_type())
        return Py_NewRef(kept);
    return fields_of(error_of_record(((kept_error *)kept)->record));
}

void py_raise_last(void)
{
    virErrorPtr error = virGetLastError();
    PyObject *class, *kept, *message, *made;

    if (!error || error->code == VIR_ERR_OK) {
        PyErr_SetString(py_error_class, "the call failed and no error says why");
        return;
    }
    class = class_of(error->code);
    message = class ? text(error->message) : NULL;
    kept = message ? keep_last() : NULL;
    made = kept ? make(class, message, kept) : NULL;
    Py_XDECREF(kept);
    Py_XDECREF(message);
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
