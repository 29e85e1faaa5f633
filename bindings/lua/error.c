#include "bindings/lua/binding.h"

#include <stdarg.h>

#include "error_numbers.h"

/* The metatable of error objects, to be had as corral.Error. */
static const char error_key;

static int error_tostring(lua_State *L)
{
    if (!lua_istable(L, 1) || lua_getfield(L, 1, "message") != LUA_TSTRING)
        lua_pushliteral(L, "an error of corral without a message");
    return 1;
}

void error_register(lua_State *L)
{
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "corral.Error");
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
    lua_setfield(L, -2, "Error");
}

static void set_string(lua_State *L, const char *field, const char *value)
{
    if (!value)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, field);
}

static void set_integer(lua_State *L, const char *field, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, field);
}

static const char *error_name(int code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(error_numbers); i++)
        if (error_numbers[i].code == code)
            return error_numbers[i].name;
    return NULL;
}

/* Pushes the error object; `where` tells which line of the script made the call. */
static void error_create(lua_State *L, int code, int domain, int level, const char *message)
{
    lua_createtable(L, 0, 12);
    set_integer(L, "code", code);
    set_integer(L, "domain", domain);
    set_integer(L, "level", level);
    set_string(L, "message", message);
    set_string(L, "name", error_name(code));
    luaL_where(L, 1);
    lua_setfield(L, -2, "where");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_key);
    lua_setmetatable(L, -2);
}

int error_push_last(lua_State *L)
{
    /* a copy: what is collected meanwhile may make calls, which forget the thread's own */
    virErrorPtr error = virSaveLastError();

    if (!error || !error->message) {
        error_create(L, VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, VIR_ERR_ERROR,
                     "the call failed and left no error");
    } else {
        error_create(L, error->code, error->domain, error->level, error->message);
        set_string(L, "str1", error->str1);
        set_string(L, "str2", error->str2);
        set_string(L, "str3", error->str3);
        set_integer(L, "int1", error->int1);
        set_integer(L, "int2", error->int2);
    }
    virFreeError(error);
    return -1;
}

int error_push(lua_State *L, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    error_create(L, code, VIR_FROM_NONE, VIR_ERR_ERROR, message);
    return -1;
}
