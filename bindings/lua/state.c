#include "bindings/lua/binding.h"

#include "core/event/ended.h"
#include "core/object/call.h"

__thread struct here here = {.raised = LUA_NOREF};
int binding_released;

static const char binding_key;
const char invokers_key;

struct binding *binding_of(lua_State *L)
{
    struct binding **holder;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &binding_key);
    holder = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return *holder;
}

struct binding *binding_ref(struct binding *binding)
{
    g_atomic_int_inc(&binding->refs);
    return binding;
}

void binding_unref(struct binding *binding)
{
    if (!g_atomic_int_dec_and_test(&binding->refs))
        return;
    pthread_mutex_destroy(&binding->lock);
    g_array_unref(binding->released);
    g_free(binding);
}

/* Closures may live on in the library, which finds the universe closed when it calls them. */
static int binding_close(lua_State *L)
{
    struct binding **holder = lua_touserdata(L, 1);
    struct binding *binding = *holder;

    if (!binding)
        return 0;
    lock_take(&binding->lock);
    binding->closed = true;
    __atomic_fetch_sub(&binding_released, (int)binding->released->len, __ATOMIC_RELAXED);
    g_array_set_size(binding->released, 0);
    lock_drop(&binding->lock);
    binding_drop_jobs(binding);
    *holder = NULL;
    binding_unref(binding);
    return 0;
}

static void binding_create(lua_State *L)
{
    struct binding **holder = lua_newuserdatauv(L, sizeof(*holder), 0);

    *holder = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, binding_close);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    *holder = g_new0(struct binding, 1);
    (*holder)->refs = 1;
    (*holder)->lock = (lock_t)LOCK_INITIALIZER;
    g_queue_init(&(*holder)->jobs);
    (*holder)->released = g_array_new(FALSE, FALSE, sizeof(int));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &binding_key);
}

/* Lua lets go of the functions of released closures here, since they are released by any thread. */
static void binding_collect(lua_State *L)
{
    struct binding *binding = binding_of(L);
    GArray *released;

    lock_take(&binding->lock);
    released = binding->released;
    binding->released = g_array_new(FALSE, FALSE, sizeof(int));
    lock_drop(&binding->lock);
    for (guint i = 0; i < released->len; i++)
        luaL_unref(L, LUA_REGISTRYINDEX, g_array_index(released, int, i));
    __atomic_fetch_sub(&binding_released, (int)released->len, __ATOMIC_RELAXED);
    g_array_unref(released);
}

void binding_leave_slowly(lua_State *L, lua_State *outer)
{
    GArray *deferred = here.deferred;

    if (outer)
        return;
    here.deferred = NULL;
    for (guint i = 0; deferred && i < deferred->len; i++)
        object_drop(g_array_index(deferred, struct deferred, i).type,
                    g_array_index(deferred, struct deferred, i).pointer);
    if (deferred)
        g_array_unref(deferred);
    binding_collect(L);
}

/* SWIG leaves two functions among the globals that read any userdata as if it were their own. */
static void forget_global(lua_State *L, const char *name)
{
    lua_pushnil(L);
    lua_setglobal(L, name);
}

static void add_function(lua_State *L, const char *name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

/* SWIG keeps a class's methods in REGISTRY.SWIG[class][".fn"]. They become the class as scripts see
 * it. */
static void init_classes(lua_State *L)
{
    int module = lua_gettop(L);

    lua_getfield(L, LUA_REGISTRYINDEX, "SWIG");
    for (int type = 0; type < bind_class_count; type++) {
        if (lua_getfield(L, module + 1, bind_class_names[type]) == LUA_TTABLE) {
            lua_getfield(L, -1, ".fn");
            lua_pushnil(L);
            lua_setfield(L, -2, "__disown");
            object_register(L, type);
            lua_setfield(L, module, bind_class_names[type]);
        }
        lua_settop(L, module + 1);
    }
    lua_settop(L, module);
}

static int thread_timeout(lua_State *L)
{
    lua_pushinteger(L, call_thread_timeout((int)luaL_checkinteger(L, 1)));
    return 1;
}

/* (function, argument, value, what is accepted): for what init.lua checks itself. */
static int refuse(lua_State *L)
{
    struct argument arg = {L, 3, lua_tostring(L, 1), lua_tostring(L, 2)};

    if (arg.name)
        argument_refuse(&arg, lua_tostring(L, 4));
    else
        error_push(L, VIR_ERR_INVALID_ARG, "invalid argument: %s() takes %s, not %s", arg.function,
                   lua_tostring(L, 4), argument_describe(L, 3));
    return lua_error(L);
}

static void run_init_lua(lua_State *L)
{
    static const char code[] = {
#include "init_lua.h"
    };

    if (luaL_loadbuffer(L, code, sizeof(code), "=corral") != LUA_OK)
        lua_error(L);
    lua_pushvalue(L, -2);
    lua_createtable(L, 0, 4);
    add_function(L, "next_call", lua_dispatch_next);
    add_function(L, "thread_timeout", thread_timeout);
    add_function(L, "refuse", refuse);
    add_function(L, "connect", object_connect);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &invokers_key);
    lua_call(L, 3, 0);
}

/* What failed is raised, so nobody needs to read it on stderr too. */
static void be_quiet(void *data, virErrorPtr error) {}

void binding_init(lua_State *L)
{
    virSetErrorFunc(NULL, be_quiet);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &binding_key) == LUA_TNIL)
        binding_create(L);
    lua_pop(L, 1);
    forget_global(L, "swig_type");
    forget_global(L, "swig_equals");
    error_register(L);
    result_init(L);
    add_function(L, "pending", lua_dispatch_pending);
    add_function(L, "lost", lua_dispatch_lost);
    event_set_ended_hook(closure_end);
    init_classes(L);
    run_init_lua(L);
}
