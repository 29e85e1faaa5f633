%module(package="corral") native

%begin %{
#define PY_SSIZE_T_CLEAN
%}

%include "bindings/common.i"

%header %{
#include "bindings/python/binding.h"
#include "core/event/loop.h"
#include "core/object/call.h"

#define SITE(named) (&(const struct py_site){ "$symname", named })
%}

%define BIND_INTEGER(TYPE, MIN, MAX)
%typemap(in, noblock=1) TYPE (long long number) {
    if (py_to_int($input, &(const struct py_site){ "$symname", "$1_name" }, MIN, MAX, &number) < 0)
        SWIG_fail;
    $1 = ($1_ltype)number;
}
%enddef
%define BIND_NATURAL(TYPE, MAX)
%typemap(in, noblock=1) TYPE (unsigned long long number) {
    if (py_to_uint($input, &(const struct py_site){ "$symname", "$1_name" }, MAX, &number) < 0)
        SWIG_fail;
    $1 = ($1_ltype)number;
}
%enddef
BIND_INTEGER(int, INT_MIN, INT_MAX)
BIND_INTEGER(bind_flag, INT_MIN, INT_MAX)
BIND_INTEGER(bind_fd, INT_MIN, INT_MAX)
BIND_INTEGER(long, LONG_MIN, LONG_MAX)
BIND_INTEGER(long long, LLONG_MIN, LLONG_MAX)
BIND_NATURAL(unsigned int, UINT_MAX)
BIND_NATURAL(unsigned long, ULONG_MAX)
BIND_NATURAL(unsigned long long, ULLONG_MAX)
BIND_NATURAL(size_t, SIZE_MAX)

%typemap(in, noblock=1) double {
    if (py_to_double($input, &(const struct py_site){ "$symname", "$1_name" }, &$1) < 0)
        SWIG_fail;
}

%define BIND_STRINGS(TYPE, NULLABLE)
%typemap(in, noblock=1) TYPE (PyObject *bytes = NULL) {
    if (py_to_text($input, &(const struct py_site){ "$symname", "$1_name" }, NULLABLE, &$1, &bytes) < 0)
        SWIG_fail;
}
%typemap(freearg, noblock=1) TYPE { Py_XDECREF(bytes$argnum); }
%enddef
BIND_STRINGS(bind_text, false)
BIND_STRINGS(bind_text_or_null, true)

%define BIND_TREES(TYPE, VERB, NULLABLE)
%typemap(in, noblock=1) TYPE * (bind_value tree = { 0 }) {
    $1 = &tree;
    if (VERB($input, &(const struct py_site){ "$symname", "$1_name" }, NULLABLE, &tree) < 0)
        SWIG_fail;
}
%typemap(freearg, noblock=1) TYPE * { bind_clear(&tree$argnum); }
%enddef
BIND_TREES(bind_tree, py_to_tree, false)
BIND_TREES(bind_tree_or_null, py_to_tree, true)
BIND_TREES(bind_prompt, py_to_prompt, false)
BIND_TREES(bind_prompt_or_null, py_to_prompt, true)

%define BIND_FUNCTIONS(TYPE, NULLABLE)
%typemap(in, noblock=1) TYPE * {
    if (py_to_function($input, &(const struct py_site){ "$symname", "$1_name" }, NULLABLE, &$1) < 0)
        SWIG_fail;
}
%typemap(freearg, noblock=1) TYPE * { closure_release($1); }
%enddef
BIND_FUNCTIONS(bind_function, false)
BIND_FUNCTIONS(bind_function_or_null, true)

%typemap(in, noblock=1) struct closure_opaque * (struct closure_opaque opaque = { 0 }) {
    opaque.value = Py_NewRef($input);
    $1 = &opaque;
}
%typemap(freearg, noblock=1) struct closure_opaque * { Py_XDECREF((PyObject *)opaque$argnum.value); }

%typemap(out, noblock=1) bind_value {
    $result = py_from_result(&$1);
    if (!$result)
        SWIG_fail;
}

%define BIND_CLASS_IN(TYPE, CLASS, FLAGS, ENTER)
%typemap(in, noblock=1) TYPE * {
    if (!SWIG_IsOK(SWIG_ConvertPtr($input, (void **)&$1, SWIGTYPE_p_##CLASS, FLAGS))) {
        $1 = NULL;
        py_refuse(&(const struct py_site){ "$symname", "$1_name" }, $input, #CLASS);
        SWIG_fail;
    }
    ENTER($1);
}
%enddef
%define BIND_CLASS(CLASS)
BIND_CLASS_IN(CLASS, CLASS, SWIG_POINTER_NO_NULL, (void))
BIND_CLASS_IN(CLASS##_or_null, CLASS, 0, (void))
%header %{ typedef CLASS CLASS##_or_null; %}
%enddef
/* Another thread may close it in the middle of a call: it is held from here on, and let go of by freearg,
 * which also runs when a later argument is refused. */
%define BIND_CLOSABLE(CLASS)
BIND_CLASS_IN(CLASS, CLASS, SWIG_POINTER_NO_NULL, py_enter)
%typemap(freearg, noblock=1) CLASS * { py_leave($1); }
%enddef
%define BIND_RELEASES(CLASS)
%typemap(in, noblock=1) CLASS *self {
    if (!SWIG_IsOK(SWIG_ConvertPtr($input, (void **)&$1, SWIGTYPE_p_##CLASS, SWIG_POINTER_NO_NULL))) {
        py_refuse(&(const struct py_site){ "$symname", "$1_name" }, $input, #CLASS);
        SWIG_fail;
    }
    SWIG_Python_GetSwigThis($input)->ptr = NULL;
    SWIG_Python_GetSwigThis($input)->own = 0;
}
%typemap(freearg, noblock=1) CLASS *self ""
%enddef
%define BIND_KEEPS(CLASS)
%clear CLASS *self;
%enddef

/* What a script's event loop passes back for an opaque pointer. */
%nodefaultctor native_callback;
struct native_callback { };
%extend native_callback {
    ~native_callback() { free($self); }
}

%include "swig/python_doc.i"
%include "swig/api.i"
%include "bindings/documents.i"

%header %{
PyObject *py_swig_globals;

/* Connections and streams are known by their address: there is one proxy for each as long as it lives. */
static PyObject *py_known;

/* What is left of proxies that are gone, once there is much of it. */
static void py_forget(void)
{
    static Py_ssize_t limit = 64;
    PyObject *keys = PyDict_GET_SIZE(py_known) < limit ? NULL : PyDict_Keys(py_known);

    for (Py_ssize_t i = 0; keys && i < PyList_GET_SIZE(keys); i++) {
        PyObject *key = PyList_GET_ITEM(keys, i);

        if (PyWeakref_GetObject(PyDict_GetItem(py_known, key)) == Py_None)
            PyDict_DelItem(py_known, key);
    }
    if (keys)
        limit = MAX(64, 2 * PyDict_GET_SIZE(py_known));
    Py_XDECREF(keys);
}

static PyObject *py_wrap_known(int type, void *object)
{
    PyObject *key = PyLong_FromVoidPtr(object), *proxy = NULL;

    if (!key || (!py_known && !(py_known = PyDict_New())))
        goto out;
    proxy = PyDict_GetItem(py_known, key);
    proxy = proxy ? PyWeakref_GetObject(proxy) : NULL;
    if (proxy && proxy != Py_None && SWIG_Python_GetSwigThis(proxy)->ptr == object) {
        Py_INCREF(proxy);
        bind_release(object);
    } else if ((proxy = SWIG_NewPointerObj(object, *bind_types[type], SWIG_POINTER_OWN))) {
        PyObject *weak = PyWeakref_NewRef(proxy, NULL);

        py_forget();
        if (!weak || PyDict_SetItem(py_known, key, weak) < 0)
            PyErr_Clear();
        Py_XDECREF(weak);
    }
out:
    Py_XDECREF(key);
    return proxy;
}

PyObject *py_wrap(int type, void *object)
{
    if (type == BIND_virConnect || type == BIND_virStream)
        return py_wrap_known(type, object);
    return SWIG_NewPointerObj(object, *bind_types[type], SWIG_POINTER_OWN);
}

PyObject *py_wrap_native(struct native_callback *callback)
{
    return SWIG_NewPointerObj(callback, SWIGTYPE_p_native_callback, SWIG_POINTER_OWN);
}

bool py_unwrap(PyObject *value, int *type, void **object)
{
    SwigPyObject *proxy = SWIG_Python_GetSwigThis(value);

    for (int i = 0; proxy && i < (int)(sizeof(bind_types) / sizeof(*bind_types)); i++) {
        if (proxy->ty != *bind_types[i])
            continue;
        *type = i;
        *object = proxy->ptr;
        return true;
    }
    PyErr_Clear();
    return false;
}

static int py_event_loop_registered(void)
{
    return event_loop_registered();
}

static void py_enter(void *object)
{
    if (object)
        bind_hold(object);
}

/* The last reference may take a while to give back. */
static void py_leave(void *object)
{
    if (!object)
        return;
    Py_BEGIN_ALLOW_THREADS
    bind_release(object);
    Py_END_ALLOW_THREADS
}
%}

/* For the package itself. */
%typemap(out) PyObject * "$result = $1; if (!$result) SWIG_fail;"
%typemap(in) PyObject * "$1 = $input;"
%nothread py_set_hooks;
%nothread py_error_fields;
%nothread py_set_cancel;
%nothread py_event_loop_registered;
PyObject *py_set_hooks(PyObject *error_class, PyObject *error_of, PyObject *invokers);
PyObject *py_error_fields(PyObject *kept);
PyObject *py_set_cancel(PyObject *buffer);
%rename(_event_loop_registered) py_event_loop_registered;
int py_event_loop_registered(void);

/* For opening: the thread's own deadline, and the one before. */
%rename(_thread_timeout) call_thread_timeout;
int call_thread_timeout(int milliseconds);

%init %{
    /* SWIG puts a line break before docstrings; inspect.signature() wants the name first */
    for (PyMethodDef *method = SwigMethods; method->ml_name; method++)
        if (method->ml_doc && *method->ml_doc == '\n')
            method->ml_doc++;
    for (PyMethodDef *method = SwigMethods_proxydocs; method->ml_name; method++)
        if (method->ml_doc && *method->ml_doc == '\n')
            method->ml_doc++;
    /* SWIG lets go of it at the end without freeing it: it stays ours */
    py_swig_globals = Py_NewRef(SWIG_globals());
    py_init();
%}
