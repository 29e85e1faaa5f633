/* Python functions as C callbacks, and what they raise. */
#include "bindings/python/binding.h"

#include "core/object/call.h"

__thread struct py_raised py_raised;
/* Where another thread asks this one to stop waiting. */
static __thread const volatile char *cancel;
static __thread PyObject *cancel_owner;

void py_keep_raised(void)
{
    if (py_raised.type)
        PyErr_Clear();
    else
        PyErr_Fetch(&py_raised.type, &py_raised.value, &py_raised.traceback);
}

bool py_restore_raised(void)
{
    PyErr_Restore(py_raised.type, py_raised.value, py_raised.traceback);
    py_raised = (struct py_raised){0};
    return true;
}

/* Nobody waits for an event's callback: what it raises goes to sys.unraisablehook, except for what
 * is to end the program, which leaves through the call that runs the event loop. */
static void report(PyObject *function)
{
    if (PyErr_ExceptionMatches(PyExc_Exception))
        PyErr_WriteUnraisable(function);
    else
        py_keep_raised();
}

static int take_back(bind_value *args, size_t n, PyObject *tuple)
{
    static const struct py_site site = {"callback", "argument"};

    for (size_t i = 0; i < n; i++) {
        if (!args[i].inout)
            continue;
        bind_clear(&args[i]);
        if (py_to_tree(PyTuple_GET_ITEM(tuple, (Py_ssize_t)i), &site, true, &args[i]) < 0)
            return -1;
    }
    return 0;
}

/* Strings and bytes of an answer outlive the Python object that they came from. */
static void own(bind_value *value)
{
    if (value->borrowed && (value->kind == BIND_STRING || value->kind == BIND_BYTES)) {
        bind_value copy = bind_copy_bytes(value->s, value->n);

        copy.kind = value->kind;
        *value = copy;
    }
    for (size_t i = 0; (value->kind == BIND_LIST || value->kind == BIND_TUPLE) && i < value->n; i++)
        own(&value->items[i]);
}

static int call(struct closure *closure, enum closure_scope scope, bind_value *args, size_t n,
                bind_value *answer)
{
    static const struct py_site site = {"callback", "answer"};
    PyObject *tuple = py_from_args(args, n, closure->opaque);
    PyObject *given = tuple ? PyObject_Call(closure->function, tuple, NULL) : NULL;
    int done = given ? 0 : -1;

    if (given && scope == CLOSURE_CALL) {
        done = py_to_tree(given, &site, true, answer);
        own(answer);
        if (done == 0)
            done = take_back(args, n, tuple);
        for (size_t i = 0; i < n; i++)
            if (args[i].inout)
                own(&args[i]);
    }
    if (done < 0 && scope == CLOSURE_EVENT)
        report(closure->function);
    else if (done < 0)
        py_keep_raised();
    Py_XDECREF(given);
    Py_XDECREF(tuple);
    return done;
}

int closure_call(struct closure *closure, enum closure_scope scope, bind_value *args, size_t n,
                 bind_value *answer)
{
    PyGILState_STATE state;
    int done;

    if (!Py_IsInitialized())
        return -1;
    state = PyGILState_Ensure();
    closure_hold(closure); /* a callback may remove itself */
    done = call(closure, scope, args, n, answer);
    closure_release(closure);
    PyGILState_Release(state);
    return done;
}

void closure_dispose(struct closure *closure)
{
    PyGILState_STATE state;

    /* a library's thread may come late, when there is no Python any more */
    if (!Py_IsInitialized())
        return;
    state = PyGILState_Ensure();
    Py_XDECREF((PyObject *)closure->function);
    if (closure->owns_opaque)
        Py_XDECREF((PyObject *)closure->opaque);
    PyGILState_Release(state);
}

void closure_complain(const char *text)
{
    PyGILState_STATE state = PyGILState_Ensure();

    PyErr_SetString(PyExc_TypeError, text);
    py_keep_raised();
    PyGILState_Release(state);
}

static unsigned long main_thread;

/* Asked by each thread that waits: only the main one runs Python's signal handlers. */
static int interrupted(void)
{
    PyGILState_STATE state;
    int stop;

    if (cancel && *cancel)
        return 1;
    if (PyThread_get_thread_ident() != main_thread || !Py_IsInitialized())
        return 0;
    state = PyGILState_Ensure();
    stop = PyErr_CheckSignals() < 0;
    if (stop)
        py_keep_raised();
    PyGILState_Release(state);
    return stop;
}

PyObject *py_set_cancel(PyObject *buffer)
{
    if (buffer != Py_None && !PyByteArray_Check(buffer)) {
        PyErr_SetString(PyExc_TypeError, "a bytearray is accepted");
        return NULL;
    }
    Py_XDECREF(cancel_owner);
    cancel_owner = buffer == Py_None ? NULL : Py_NewRef(buffer);
    cancel = cancel_owner ? PyByteArray_AS_STRING(cancel_owner) : NULL;
    Py_RETURN_NONE;
}

static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

void py_init(void)
{
    main_thread = PyThread_get_thread_ident();
    call_set_interrupt_hook(interrupted);
    virSetErrorFunc(NULL, quiet);
}
