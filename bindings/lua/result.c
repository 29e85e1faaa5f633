#include "bindings/lua/binding.h"

static void push(lua_State *L, bind_value *value);

/* With a nil in it, a list says how long it is as table.pack() does: in `n`. */
static void push_list(lua_State *L, bind_value *value)
{
    bool holes = false;

    lua_createtable(L, (int)MIN(value->n, (size_t)G_MAXINT), 0);
    for (size_t i = 0; i < value->n; i++) {
        holes |= value->items[i].kind == BIND_NULL;
        push(L, &value->items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (!holes)
        return;
    lua_pushinteger(L, (lua_Integer)value->n);
    lua_setfield(L, -2, "n");
}

static void push_dict(lua_State *L, bind_value *value)
{
    lua_createtable(L, 0, (int)MIN(value->n, (size_t)G_MAXINT));
    for (size_t i = 0; i < value->n; i++) {
        push(L, &value->items[2 * i]);
        push(L, &value->items[2 * i + 1]);
        lua_rawset(L, -3);
    }
}

/* The module's function that calls C functions of a type. */
static void invoker_push(lua_State *L, const char *type)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &invokers_key);
    lua_getfield(L, -1, type);
    lua_remove(L, -2);
}

static void push(lua_State *L, bind_value *value)
{
    luaL_checkstack(L, 4, "a result is too deep");
    switch (value->kind) {
    case BIND_TRUTH:
    case BIND_BOOL:
        lua_pushboolean(L, value->i != 0);
        break;
    case BIND_INT:
        lua_pushinteger(L, value->i);
        break;
    case BIND_UINT:
        lua_pushinteger(L, (lua_Integer)value->u);
        break;
    case BIND_DOUBLE:
        lua_pushnumber(L, value->d);
        break;
    case BIND_STRING:
    case BIND_BYTES:
        lua_pushlstring(L, value->s, value->n);
        break;
    case BIND_LIST:
    case BIND_TUPLE:
        push_list(L, value);
        break;
    case BIND_DICT:
        push_dict(L, value);
        break;
    case BIND_OBJECT:
        object_push(L, value->type, value->object);
        value->borrowed = true;
        break;
    case BIND_NATIVE:
        native_push(L, value->object);
        value->borrowed = true;
        break;
    case BIND_INVOKER:
        invoker_push(L, value->s);
        break;
    default:
        lua_pushnil(L);
    }
}

static int guard_collect(lua_State *L)
{
    bind_clear(lua_touserdata(L, 1));
    return 0;
}

static const char guard_key;

void result_init(lua_State *L)
{
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, guard_collect);
    lua_setfield(L, -2, "__gc");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
}

/* Making tables may fail for want of memory and does not come back then: the tree is put where Lua
 * collects it. */
static void push_guarded(lua_State *L, bind_value *value)
{
    bind_value *guard = lua_newuserdatauv(L, sizeof(*guard), 0);

    *guard = bind_null();
    lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    lua_setmetatable(L, -2);
    *guard = *value;
    *value = bind_null();
    push(L, guard);
    bind_clear(guard);
    lua_remove(L, -2);
}

void result_push(lua_State *L, bind_value *value)
{
    if (value->kind == BIND_LIST || value->kind == BIND_TUPLE || value->kind == BIND_DICT) {
        push_guarded(L, value);
        return;
    }
    push(L, value);
    bind_clear(value);
}

/* What a callback raised within the call comes first, whatever C made of it. */
static int push_raised(lua_State *L, bind_value *value)
{
    bind_clear(value);
    lua_rawgeti(L, LUA_REGISTRYINDEX, here.raised);
    luaL_unref(L, LUA_REGISTRYINDEX, here.raised);
    here.raised = LUA_NOREF;
    return -1;
}

static int push_refused(lua_State *L, bind_value *value)
{
    error_push(L, VIR_ERR_INVALID_ARG, "invalid argument: %s", value->s);
    bind_clear(value);
    return -1;
}

int result_of_call(lua_State *L, bind_value *value)
{
    if (G_UNLIKELY(here.raised != LUA_NOREF))
        return push_raised(L, value);
    if (G_UNLIKELY(value->kind == BIND_ERROR))
        return error_push_last(L);
    if (G_UNLIKELY(value->kind == BIND_REFUSED))
        return push_refused(L, value);
    if (value->kind == BIND_DONE)
        return 0;
    result_push(L, value);
    return 1;
}
