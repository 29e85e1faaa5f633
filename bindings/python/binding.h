/* The Python side of bindings/value.h and closure.h.
 *
 *     result.c    trees to Python       argument.c  Python to C, with errors that name the argument
 *     closure.c   functions as callbacks, Ctrl-C      error.c     exceptions
 *
 * Everything here needs the GIL unless it says otherwise. */
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

#include "bindings/closure.h"
#include "bindings/value.h"

/* ---- lang.i: what only SWIG's runtime can do */

/* A new proxy that takes over one reference. */
PyObject *py_wrap(int type, void *object);
PyObject *py_wrap_native(struct native_callback *callback);
/* Whether `value` is a proxy of one of our classes. */
bool py_unwrap(PyObject *value, int *type, void **object);

/* ---- result.c */

/* Clears the value; NULL with an exception when it stands for one. */
PyObject *py_from_result(bind_value *value);
/* One value; objects in it move to Python. */
PyObject *py_from_value(bind_value *value);
PyObject *py_from_args(bind_value *args, size_t n, PyObject *opaque);

/* ---- argument.c: 0, or -1 with an exception */

struct py_site {
    const char *method;
    const char *argument;
};

int py_to_int(PyObject *value, const struct py_site *site, long long min, long long max,
              long long *number);
int py_to_uint(PyObject *value, const struct py_site *site, unsigned long long max,
               unsigned long long *number);
int py_to_double(PyObject *value, const struct py_site *site, double *number);
/* `bytes` owns the text when Python does not. */
int py_to_text(PyObject *value, const struct py_site *site, bool nullable, const char **text,
               PyObject **bytes);
int py_to_tree(PyObject *value, const struct py_site *site, bool nullable, bind_value *tree);
int py_to_prompt(PyObject *value, const struct py_site *site, bool nullable, bind_value *tree);
int py_to_function(PyObject *value, const struct py_site *site, bool nullable,
                   struct closure **closure);
int py_refuse(const struct py_site *site, PyObject *value, const char *accepted);

/* ---- error.c */

/* What the module hands to C: the exception class, the one that makes a class for a code, and the
 * functions that call native callbacks. */
extern PyObject *py_error_class, *py_error_of, *py_invokers;
PyObject *py_set_hooks(PyObject *error_class, PyObject *error_of, PyObject *invokers);
PyObject *py_error_fields(PyObject *kept);
void py_raise_last(void);
void py_raise_refused(const bind_value *value);

/* ---- closure.c */

/* What a callback has raised in this thread, to be raised when the call that led to it comes back.
 */
extern __thread struct py_raised {
    PyObject *type, *value, *traceback;
} py_raised;
void py_keep_raised(void);
bool py_restore_raised(void);
void py_init(void);

/* Set by a thread that works for another: a number other than 0 ends its waits. */
PyObject *py_set_cancel(PyObject *buffer);
