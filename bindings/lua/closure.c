#include "bindings/lua/binding.h"

/* A call that waits for dispatch(). */
struct job {
    struct closure *closure;
    bind_value *args;
    size_t n;
};

/* What C holds of a script is a reference to the registry, whose numbers begin above 0. */
static void *value_hold(lua_State *L, int index)
{
    lua_pushvalue(L, index);
    return GINT_TO_POINTER(luaL_ref(L, LUA_REGISTRYINDEX));
}

static void value_push(lua_State *L, void *value)
{
    if (value)
        lua_rawgeti(L, LUA_REGISTRYINDEX, GPOINTER_TO_INT(value));
    else
        lua_pushnil(L);
}

/* Any thread: the value itself is let go of when Lua comes by. The lock is held. */
static void value_leave(struct binding *binding, void *value)
{
    int reference = GPOINTER_TO_INT(value);

    if (!value || binding->closed)
        return;
    g_array_append_val(binding->released, reference);
    __atomic_fetch_add(&binding_released, 1, __ATOMIC_RELAXED);
}

void closure_dispose(struct closure *closure)
{
    struct binding *binding = closure->home;

    lock_take(&binding->lock);
    value_leave(binding, closure->function);
    if (closure->owns_opaque)
        value_leave(binding, closure->opaque);
    lock_drop(&binding->lock);
    binding_unref(binding);
}

struct closure *argument_function(lua_State *L, int index)
{
    return closure_make(value_hold(L, index), binding_ref(binding_of(L)));
}

int argument_closure(const struct argument *arg, bool nullable, struct closure **to)
{
    bool callable = lua_isfunction(arg->L, arg->index);

    *to = NULL;
    if (nullable && lua_isnoneornil(arg->L, arg->index))
        return 0;
    if (!callable && luaL_getmetafield(arg->L, arg->index, "__call") != LUA_TNIL) {
        lua_pop(arg->L, 1);
        callable = true;
    }
    if (!callable)
        return argument_refuse(arg, nullable ? "a function or nil" : "a function");
    *to = argument_function(arg->L, arg->index);
    return 0;
}

void argument_opaque(lua_State *L, int index, struct closure_opaque *to)
{
    to->value = lua_isnoneornil(L, index) ? NULL : value_hold(L, index);
}

void argument_opaque_free(lua_State *L, struct closure_opaque *opaque)
{
    if (opaque->value)
        luaL_unref(L, LUA_REGISTRYINDEX, GPOINTER_TO_INT(opaque->value));
    opaque->value = NULL;
}

/* ---- a call that waits */

/* A script that never comes by does not use up the memory: what is more is lost, and counted. */
#define JOBS_MAX 65536

static void job_free(struct job *job)
{
    for (size_t i = 0; i < job->n; i++)
        bind_clear(&job->args[i]);
    g_free(job->args);
    closure_release(job->closure);
    g_free(job);
}

void binding_drop_jobs(struct binding *binding)
{
    struct job *job;

    while ((job = g_queue_pop_head(&binding->jobs)))
        job_free(job);
}

/* May be the thread of an event loop that knows nothing of Lua. */
static int queue(struct closure *closure, bind_value *args, size_t n)
{
    struct binding *binding = closure->home;
    struct job *job = g_new0(struct job, 1);

    job->closure = closure_hold(closure);
    job->args = g_new(bind_value, n);
    job->n = n;
    for (size_t i = 0; i < n; i++) {
        job->args[i] = args[i];
        args[i] = bind_null();
    }
    lock_take(&binding->lock);
    if (binding->closed || binding->jobs.length >= JOBS_MAX)
        binding->lost += !binding->closed;
    else
        g_queue_push_tail(&binding->jobs, g_steal_pointer(&job));
    lock_drop(&binding->lock);
    if (job)
        job_free(job);
    return 0;
}

/* Pushes the arguments and clears them, the closure's opaque value at its place. */
static void push_args(lua_State *L, const struct closure *closure, bind_value *args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (args[i].kind == BIND_OPAQUE)
            value_push(L, closure->opaque);
        else
            result_push(L, &args[i]);
    }
}

/* ---- a call that wants an answer */

struct direct {
    struct closure *closure;
    bind_value *args;
    size_t n;
    bind_value *answer;
};

/* A list that the script was to fill in goes back as it left it. */
static int take_back(lua_State *L, int index, bind_value *to)
{
    struct argument arg = {.L = L, .index = index, .function = "callback", .name = "argument"};

    if (argument_value(&arg, true, true, to) < 0)
        return -1;
    to->inout = true;
    return 0;
}

static int direct_protected(lua_State *L)
{
    struct direct *direct = lua_touserdata(L, 1);
    struct argument answer = {.L = L, .function = "callback", .name = "result"};
    int n = (int)direct->n;

    luaL_checkstack(L, 2 * n + 8, "too many arguments for a callback");
    /* kept below the call, for those that are wanted back */
    for (int i = 0; i < n; i++) {
        bool wanted = direct->args[i].inout;

        push_args(L, direct->closure, &direct->args[i], 1);
        direct->args[i].inout = wanted;
    }
    value_push(L, direct->closure->function);
    for (int i = 0; i < n; i++)
        lua_pushvalue(L, i + 2);
    lua_call(L, n, 1);
    answer.index = lua_gettop(L);
    if (argument_value(&answer, true, true, direct->answer) < 0)
        return lua_error(L);
    for (int i = 0; i < n; i++) {
        if (direct->args[i].inout && take_back(L, i + 2, &direct->args[i]) < 0)
            return lua_error(L);
    }
    return 0;
}

/* The script's own Lua must be waiting for this very thread, or there is none to run the function
 * in. */
static int call(struct direct *direct)
{
    struct binding *binding = direct->closure->home;
    lua_State *L = here.current;

    if (binding->closed || !L || binding_of(L) != binding || !lua_checkstack(L, 8))
        return -1;
    lua_pushcfunction(L, direct_protected);
    lua_pushlightuserdata(L, direct);
    if (lua_pcall(L, 1, 0, 0) == LUA_OK)
        return 0;
    if (here.raised == LUA_NOREF)
        here.raised = luaL_ref(L, LUA_REGISTRYINDEX);
    else
        lua_pop(L, 1);
    bind_clear(direct->answer);
    *direct->answer = bind_null();
    return -1;
}

int closure_call(struct closure *closure, enum closure_scope scope, bind_value *args, size_t n,
                 bind_value *answer)
{
    bind_value ignored = bind_null();
    struct direct direct = {
        .closure = closure, .args = args, .n = n, .answer = answer ? answer : &ignored};

    *direct.answer = bind_null();
    if (scope == CLOSURE_EVENT)
        return queue(closure, args, n);
    if (call(&direct) < 0)
        return -1;
    bind_clear(&ignored);
    return 0;
}

/* ---- for dispatch(), which is Lua so that callbacks may yield */

/* The next call that waits; those of functions that have been deregistered meanwhile are dropped.
 */
static struct job *next_job(struct binding *binding)
{
    for (;;) {
        struct job *job;

        lock_take(&binding->lock);
        job = g_queue_pop_head(&binding->jobs);
        lock_drop(&binding->lock);
        if (!job || !__atomic_load_n(&job->closure->ended, __ATOMIC_ACQUIRE))
            return job;
        job_free(job);
    }
}

/* Its function and its arguments; nothing when none waits. */
int lua_dispatch_next(lua_State *L)
{
    struct job *job = next_job(binding_of(L));
    int n;

    if (!job)
        return 0;
    n = (int)job->n;
    luaL_checkstack(L, n + 8, "too many arguments for a callback");
    value_push(L, job->closure->function);
    push_args(L, job->closure, job->args, job->n);
    job_free(job);
    return n + 1;
}

int lua_dispatch_pending(lua_State *L)
{
    struct binding *binding = binding_of(L);

    lock_take(&binding->lock);
    lua_pushinteger(L, (lua_Integer)g_queue_get_length(&binding->jobs));
    lock_drop(&binding->lock);
    return 1;
}

/* How many calls have been lost since the last time. */
int lua_dispatch_lost(lua_State *L)
{
    struct binding *binding = binding_of(L);

    lock_take(&binding->lock);
    lua_pushinteger(L, (lua_Integer)binding->lost);
    binding->lost = 0;
    lock_drop(&binding->lock);
    return 1;
}
