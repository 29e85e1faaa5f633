/* The Lua side of the binding contract (bindings/value.h, bindings/closure.h), in parts:
 *
 *   state.c     what one Lua universe keeps, and what one thread is doing in it
 *   object.c    connections, domains and so on as userdata: references, close, ==, tostring
 *   result.c    bind_value to Lua                argument.c  Lua to C values and bind_value
 *   closure.c   Lua functions as C callbacks     error.c     errors as tables
 *
 * A function that can fail for a reason the script should know pushes an error object and returns
 * -1; the wrapper then frees what it holds and raises it. Nothing here raises while C owns memory
 * for it. */
#pragma once

#include <glib.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "bindings/closure.h"
#include "bindings/shim_support.h"
#include "bindings/value.h"
#include "core/base/lock.h"
#include "shim.h"

/* ---- state.c */

/* One per Lua universe (a main state with its coroutines). Closures outlive it, hence the count. */
struct binding {
    int refs;
    lock_t lock;      /* guards what follows: the event loop may run in a thread without Lua */
    bool closed;      /* lua_close() has been called */
    GQueue jobs;      /* calls of closures that wait for dispatch() */
    guint64 lost;     /* calls for which there was no room */
    GArray *released; /* registry references that closures have left behind */
};

/* What the calling thread is doing. */
struct here {
    lua_State *current; /* the innermost Lua that has called into C and has not come back */
    int raised;         /* registry reference to what a callback raised, LUA_NOREF for nothing */
    GArray *deferred;   /* objects that were let go of while a call may still use them */
};
struct deferred {
    int type;
    void *pointer;
};
/* Its address is the registry key of a table: the type of a C callback to what calls it. */
extern const char invokers_key;
extern __thread struct here here __attribute__((tls_model("initial-exec")));

struct binding *binding_of(lua_State *L);
struct binding *binding_ref(struct binding *binding);
void binding_unref(struct binding *binding);
/* Makes the module's own functions and metatables; the module is on top of the stack. */
void binding_init(lua_State *L);

/* How many closures of all universes have been released and not been collected. */
extern int binding_released;
void binding_leave_slowly(lua_State *L, lua_State *outer);

static inline lua_State *binding_enter(lua_State *L)
{
    lua_State *outer = here.current;

    here.current = L;
    return outer;
}

static inline void binding_leave(lua_State *L, lua_State *outer)
{
    here.current = outer;
    if (G_UNLIKELY(here.deferred || __atomic_load_n(&binding_released, __ATOMIC_RELAXED)))
        binding_leave_slowly(L, outer);
}

/* ---- object.c */

struct object_kind {
    int type;
    const char *name;
    const char *gone; /* what it is without its pointer: freed, or closed if scripts can close it */
};

struct lua_object {
    const struct object_kind *kind; /* its address is what proves that the userdata is ours */
    void *pointer;                  /* NULL when it has been freed or closed */
};

/* Called for every class, with its methods on top of the stack; leaves them there. */
void object_register(lua_State *L, int type);
void object_push(lua_State *L, int type, void *pointer);
/* What object_push() took over, given back now. */
void object_drop(int type, void *pointer);
/* Leaves the userdata empty for a call that gives the reference back itself. */
void object_take(struct lua_object *object);
void native_push(lua_State *L, void *callback);
int object_connect(lua_State *L);
/* The userdata at `index` if it is one of our objects, whatever its class. */
struct lua_object *object_at(lua_State *L, int index);

/* ---- result.c */

void result_init(lua_State *L);
/* Pushes the value and clears it. Objects move to the script. */
void result_push(lua_State *L, bind_value *value);
/* The same for the result of a call: 1, or -1 with the error that it stands for. */
int result_of_call(lua_State *L, bind_value *value);

/* ---- argument.c: each refuses with an error object that names the argument and returns -1 */

struct argument {
    lua_State *L;
    int index;
    const char *function;
    const char *name;
};

/* Of a method ("virDomain::info") the object is not counted in what is said. */
int argument_count(lua_State *L, const char *function, int min, int max);
int argument_integer(const struct argument *arg, lua_Integer min, lua_Integer max, lua_Integer *to);
/* 64 bits without a sign: a negative integer is the number with the same bits. */
int argument_unsigned(const struct argument *arg, unsigned long long *to);
int argument_double(const struct argument *arg, double *to);
int argument_bool(const struct argument *arg, int *to);
int argument_string(const struct argument *arg, bool nullable, const char **to);
int argument_object(const struct argument *arg, int type, bool nullable, void **to);
int argument_object_taken(const struct argument *arg, int type, void **to);
int argument_native(const struct argument *arg, struct native_callback **to);
/* Any value; lists and dictionaries come from tables. Strings stay the script's unless `copy`. */
int argument_value(const struct argument *arg, bool nullable, bool copy, bind_value *to);
/* { types, function, opaque }: a list of two, a list and a closure. */
int argument_prompt(const struct argument *arg, bool nullable, bind_value *to);
/* Functions and the values registered with them, see bindings/closure.h. */
int argument_closure(const struct argument *arg, bool nullable, struct closure **to);
struct closure *argument_function(lua_State *L, int index);
void argument_opaque(lua_State *L, int index, struct closure_opaque *to);
void argument_opaque_free(lua_State *L, struct closure_opaque *opaque);

/* "'text'", "3.5", "a virDomain", "nil": for messages; pushed onto the stack as well. */
const char *argument_describe(lua_State *L, int index);
int argument_refuse(const struct argument *arg, const char *accepted);

/* ---- closure.c */

int lua_dispatch_next(lua_State *L);
int lua_dispatch_pending(lua_State *L);
int lua_dispatch_lost(lua_State *L);
void binding_drop_jobs(struct binding *binding);

/* ---- error.c */

void error_register(lua_State *L);
/* Pushes an error object made of the thread's last error; -1. */
int error_push_last(lua_State *L);
/* Pushes one of our own: wrong arguments. */
int error_push(lua_State *L, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
