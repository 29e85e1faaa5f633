#include "bindings/lua/binding.h"

#include <math.h>

const char *argument_describe(lua_State *L, int index)
{
    struct lua_object *object;

    switch (lua_type(L, index)) {
    case LUA_TNONE:
        return "nothing";
    case LUA_TNIL:
        return "nil";
    case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "true" : "false";
    case LUA_TNUMBER:
        lua_pushvalue(L, index); /* lua_tolstring() changes what it is given */
        return lua_tostring(L, -1);
    case LUA_TSTRING:
        if (lua_rawlen(L, index) > 60)
            return lua_pushfstring(L, "a string of %d bytes",
                                   (int)MIN(lua_rawlen(L, index), G_MAXINT));
        return lua_pushfstring(L, "the string \"%s\"", lua_tostring(L, index));
    case LUA_TUSERDATA:
        object = object_at(L, index);
        if (object)
            return lua_pushfstring(L, "a %s", object->kind->name);
        if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING)
            return lua_pushfstring(L, "a %s", lua_tostring(L, -1));
    }
    return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}

/* "virDomain_info" or "virDomain::info" is what SWIG calls it; messages say "virDomain.info" in
 * every language. */
static const char *method_name(lua_State *L, const char *function, const char *between)
{
    const char *end = strstr(function, between);

    if (!end || end == function)
        return function;
    lua_pushlstring(L, function, end - function);
    return lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), end + strlen(between));
}

/* The name under which the module has the C function that runs, whose own name is another. */
static const char *running_name(lua_State *L, const char *otherwise)
{
    lua_Debug call;

    if (!lua_getstack(L, 0, &call) || !lua_getinfo(L, "f", &call))
        return otherwise;
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, "corral") != LUA_TTABLE)
        return otherwise;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_rawequal(L, -1, -5) && lua_type(L, -2) == LUA_TSTRING)
            return lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    return otherwise;
}

int argument_refuse(const struct argument *arg, const char *accepted)
{
    const char *function = method_name(arg->L, arg->function, "_");

    return error_push(arg->L, VIR_ERR_INVALID_ARG,
                      "invalid argument: %s(): argument '%s': %s is accepted, not %s", function,
                      arg->name, accepted, argument_describe(arg->L, arg->index));
}

static const char *plural(lua_State *L, int min, int max)
{
    const char *s = max == 1 ? "" : "s";

    if (min == max)
        return lua_pushfstring(L, "%d argument%s", max, s);
    return lua_pushfstring(L, "%d to %d arguments", min, max);
}

int argument_count(lua_State *L, const char *function, int min, int max)
{
    int given = lua_gettop(L);
    bool method = strstr(function, "::");
    const char *name;

    if (G_LIKELY(given >= min && given <= max))
        return 0;
    name = method ? method_name(L, function, "::") : running_name(L, function);
    if (method && !given)
        return error_push(
            L, VIR_ERR_INVALID_ARG,
            "invalid argument: %s() is called without its object, as with '.' for ':'", name);
    return error_push(L, VIR_ERR_INVALID_ARG, "invalid argument: %s() takes %s, not %d", name,
                      plural(L, min - method, max - method), given - method);
}

/* A float with an integer value is one; a string of digits is not, whatever Lua's own library does.
 */
static bool is_integer(lua_State *L, int index, lua_Integer *to)
{
    int good = 0;

    if (lua_type(L, index) == LUA_TNUMBER)
        *to = lua_tointegerx(L, index, &good);
    return good;
}

int argument_integer(const struct argument *arg, lua_Integer min, lua_Integer max, lua_Integer *to)
{
    lua_Integer value;

    if (G_LIKELY(is_integer(arg->L, arg->index, &value) && value >= min && value <= max)) {
        *to = value;
        return 0;
    }
    return argument_refuse(arg, lua_pushfstring(arg->L, "an integer from %I to %I",
                                                (LUAI_UACINT)min, (LUAI_UACINT)max));
}

static bool is_unsigned(lua_State *L, int index, unsigned long long *to)
{
    lua_Integer value;
    double number;

    if (is_integer(L, index, &value)) {
        *to = (unsigned long long)value;
        return true;
    }
    if (lua_type(L, index) != LUA_TNUMBER)
        return false;
    number = lua_tonumber(L, index);
    if (!(number >= 0x1p63 && number < 0x1p64))
        return false;
    *to = (unsigned long long)number;
    return true;
}

int argument_unsigned(const struct argument *arg, unsigned long long *to)
{
    if (G_LIKELY(is_unsigned(arg->L, arg->index, to)))
        return 0;
    return argument_refuse(arg, "an integer of 64 bits (a negative one stands for the number above "
                                "2^63 with the same bits)");
}

int argument_double(const struct argument *arg, double *to)
{
    if (lua_type(arg->L, arg->index) != LUA_TNUMBER)
        return argument_refuse(arg, "a number");
    *to = lua_tonumber(arg->L, arg->index);
    return 0;
}

int argument_bool(const struct argument *arg, int *to)
{
    lua_Integer value;

    if (lua_type(arg->L, arg->index) == LUA_TBOOLEAN)
        value = lua_toboolean(arg->L, arg->index);
    else if (!is_integer(arg->L, arg->index, &value) || (value != 0 && value != 1))
        return argument_refuse(arg, "true or false (or 1 or 0)");
    *to = (int)value;
    return 0;
}

int argument_string(const struct argument *arg, bool nullable, const char **to)
{
    size_t length;
    const char *string = NULL;

    if (nullable && lua_isnoneornil(arg->L, arg->index)) {
        *to = NULL;
        return 0;
    }
    if (lua_type(arg->L, arg->index) != LUA_TSTRING)
        return argument_refuse(arg, nullable ? "a string or nil" : "a string");
    string = lua_tolstring(arg->L, arg->index, &length);
    if (memchr(string, 0, length))
        return argument_refuse(arg, "a string without a zero byte");
    *to = string;
    return 0;
}

int argument_object(const struct argument *arg, int type, bool nullable, void **to)
{
    struct lua_object *object = object_at(arg->L, arg->index);

    if (G_LIKELY(object && object->kind->type == type && object->pointer)) {
        *to = object->pointer;
        return 0;
    }
    if (nullable && lua_isnoneornil(arg->L, arg->index)) {
        *to = NULL;
        return 0;
    }
    if (object && object->kind->type == type)
        return error_push(arg->L, VIR_ERR_INVALID_ARG,
                          "invalid argument: %s(): argument '%s': this %s has been %s",
                          method_name(arg->L, arg->function, "_"), arg->name, object->kind->name,
                          object->kind->gone);
    return argument_refuse(
        arg, lua_pushfstring(arg->L, "a %s%s", bind_class_names[type], nullable ? " or nil" : ""));
}

int argument_object_taken(const struct argument *arg, int type, void **to)
{
    if (argument_object(arg, type, false, to) < 0)
        return -1;
    object_take(object_at(arg->L, arg->index));
    return 0;
}

/* ---- trees */

struct walk {
    const struct argument *arg;
    bool copy;
    int depth;
};

static int convert(struct walk *walk, int index, bind_value *to);

static int refuse_item(struct walk *walk, int index, const char *accepted)
{
    struct argument item = *walk->arg;

    item.index = index;
    if (walk->depth)
        item.name = lua_pushfstring(item.L, "%s[…]", walk->arg->name);
    return argument_refuse(&item, accepted);
}

/* By itself a string is data, within a table it is text, which C wants without zero bytes. */
static int convert_string(struct walk *walk, int index, bind_value *to)
{
    size_t n;
    const char *s = lua_tolstring(walk->arg->L, index, &n);

    if (walk->depth && memchr(s, 0, n))
        return refuse_item(walk, index, "a string without a zero byte");
    if (walk->copy)
        *to = bind_copy_bytes(s, n);
    else
        *to = (bind_value){.borrowed = true, .n = n, .s = (char *)s};
    to->kind = walk->depth ? BIND_STRING : BIND_BYTES;
    return 0;
}

static int convert_number(struct walk *walk, int index, bind_value *to)
{
    lua_State *L = walk->arg->L;
    lua_Integer integer;
    unsigned long long natural;

    if (is_integer(L, index, &integer))
        *to = bind_int(integer);
    else if (is_unsigned(L, index, &natural))
        *to = bind_uint(natural);
    else
        *to = bind_double(lua_tonumber(L, index));
    return 0;
}

/* The shim refuses it, in words about what it wanted. */
static int convert_other(struct walk *walk, int index, bind_value *to)
{
    *to = (bind_value){.kind = BIND_OTHER, .s = g_strdup(argument_describe(walk->arg->L, index))};
    return 0;
}

static int convert_function(struct walk *walk, int index, bind_value *to)
{
    *to = (bind_value){.kind = BIND_CLOSURE, .closure = argument_function(walk->arg->L, index)};
    return 0;
}

static int convert_object(struct walk *walk, int index, bind_value *to)
{
    struct lua_object *object = object_at(walk->arg->L, index);

    if (!object)
        return convert_other(walk, index, to);
    if (!object->pointer)
        return refuse_item(walk, index, "one that has not been freed or closed");
    *to = (bind_value){.kind = BIND_OBJECT,
                       .borrowed = true,
                       .type = object->kind->type,
                       .object = object->pointer};
    return 0;
}

/* A function in a list takes what stands behind it for its opaque value. */
static void take_opaque(lua_State *L, int table, size_t i, bind_value *list)
{
    struct closure_opaque opaque;

    lua_rawgeti(L, table, (lua_Integer)i + 2);
    argument_opaque(L, lua_gettop(L), &opaque);
    lua_pop(L, 1);
    closure_adopt(list->items[i].closure, &opaque);
    list->n = i + 1;
}

static int convert_list(struct walk *walk, int table, size_t n, bind_value *to)
{
    lua_State *L = walk->arg->L;

    *to = bind_container(BIND_LIST, n);
    for (size_t i = 0; i < n; i++) {
        int failed;

        lua_rawgeti(L, table, (lua_Integer)i + 1);
        failed = convert(walk, lua_gettop(L), &to->items[i]);
        if (failed)
            return -1;
        lua_pop(L, 1);
        if (to->items[i].kind == BIND_CLOSURE && i + 2 == n) {
            take_opaque(L, table, i, to);
            return 0;
        }
    }
    return 0;
}

static int convert_dict(struct walk *walk, int table, size_t n, bind_value *to)
{
    lua_State *L = walk->arg->L;
    size_t i = 0;

    *to = bind_container(BIND_DICT, n);
    lua_pushnil(L);
    while (i < n && lua_next(L, table)) {
        int value = lua_gettop(L);

        if (convert(walk, value - 1, &to->items[2 * i]) < 0 ||
            convert(walk, value, &to->items[2 * i + 1]) < 0)
            return -1;
        i++;
        lua_settop(L, value - 1);
    }
    return 0;
}

/* A table whose keys are 1 to its length is a list, any other a dictionary. */
static int convert_table(struct walk *walk, int table, bind_value *to)
{
    lua_State *L = walk->arg->L;
    size_t n = 0, length = lua_rawlen(L, table);
    int failed;

    if (walk->depth == BIND_DEPTH)
        return refuse_item(walk, table, "a table that is not within so many others");
    lua_pushnil(L);
    while (lua_next(L, table)) {
        n++;
        lua_pop(L, 1);
    }
    walk->depth++;
    failed = n == length && n ? convert_list(walk, table, n, to) : convert_dict(walk, table, n, to);
    walk->depth--;
    return failed;
}

static int convert_kind(struct walk *walk, int index, bind_value *to)
{
    lua_State *L = walk->arg->L;

    if (!lua_checkstack(L, 12))
        return refuse_item(walk, index, "less than fills the stack");
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL:
        *to = bind_null();
        return 0;
    case LUA_TBOOLEAN:
        *to = bind_bool(lua_toboolean(L, index));
        return 0;
    case LUA_TNUMBER:
        return convert_number(walk, index, to);
    case LUA_TSTRING:
        return convert_string(walk, index, to);
    case LUA_TTABLE:
        return convert_table(walk, index, to);
    case LUA_TFUNCTION:
        return convert_function(walk, index, to);
    case LUA_TUSERDATA:
        return convert_object(walk, index, to);
    }
    return convert_other(walk, index, to);
}

static int convert(struct walk *walk, int index, bind_value *to)
{
    int failed = convert_kind(walk, index, to);

    to->loose = true;
    return failed;
}

/* The stack stays as it was, but for the error: optional arguments are told by its height. */
int argument_value(const struct argument *arg, bool nullable, bool copy, bind_value *to)
{
    struct walk walk = {.arg = arg, .copy = copy};
    int top = lua_gettop(arg->L);

    *to = bind_null();
    if (!nullable && lua_isnoneornil(arg->L, arg->index))
        return argument_refuse(arg, "a value");
    if (convert(&walk, arg->index, to) == 0) {
        lua_settop(arg->L, top);
        return 0;
    }
    bind_clear(to);
    *to = bind_null();
    return -1;
}

int argument_prompt(const struct argument *arg, bool nullable, bind_value *to)
{
    if (argument_value(arg, nullable, false, to) < 0)
        return -1;
    if ((nullable && to->kind == BIND_NULL) ||
        (to->kind == BIND_LIST && to->n == 2 && to->items[1].kind == BIND_CLOSURE))
        return 0;
    bind_clear(to);
    return argument_refuse(arg,
                           "a list of credential types, a function and, if wanted, a value for it");
}
