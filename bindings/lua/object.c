#include "bindings/lua/binding.h"

/* Objects of a class are told by the address of its entry here, which no other userdata begins
 * with. */
#define KINDS 32
#define NATIVE (KINDS - 1)
static struct object_kind kinds[KINDS] = {
    [NATIVE] = {.type = NATIVE, .name = "C callback", .gone = "freed"}};

struct lua_object *object_at(lua_State *L, int index)
{
    struct lua_object *object = lua_touserdata(L, index);

    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(*object))
        return NULL;
    return object->kind >= kinds && object->kind < kinds + KINDS ? object : NULL;
}

void object_push(lua_State *L, int type, void *pointer)
{
    struct lua_object *object = lua_newuserdatauv(L, sizeof(*object), 0);

    object->kind = &kinds[type];
    object->pointer = NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &kinds[type]);
    lua_setmetatable(L, -2);
    object->pointer = pointer;
}

void object_drop(int type, void *pointer)
{
    bind_value callback = {.kind = BIND_NATIVE, .object = pointer};

    if (type != NATIVE) {
        bind_release(pointer);
        return;
    }
    bind_free_native(pointer);
    bind_clear(&callback);
}

/* Gives the reference back; what a call further down the stack works on stays until that is done.
 */
static void object_release(struct lua_object *object)
{
    struct deferred deferred = {object->kind->type, object->pointer};

    if (!object->pointer)
        return;
    object->pointer = NULL;
    if (!here.current) {
        object_drop(deferred.type, deferred.pointer);
        return;
    }
    if (!here.deferred)
        here.deferred = g_array_new(FALSE, FALSE, sizeof(struct deferred));
    g_array_append_val(here.deferred, deferred);
}

static struct lua_object *object_checked(lua_State *L, const char *function)
{
    struct argument arg = {.L = L, .index = 1, .function = function, .name = "self"};
    struct lua_object *object = object_at(L, 1);

    if (!object) {
        argument_refuse(&arg, "an object of this module");
        lua_error(L);
    }
    return object;
}

static int object_collect(lua_State *L)
{
    object_release(object_checked(L, "__gc"));
    return 0;
}

static int object_free(lua_State *L)
{
    struct lua_object *object = object_checked(L, "free");

    if (argument_count(L, "object::free", 1, 1) < 0)
        return lua_error(L);
    object_release(object);
    return 0;
}

/* A call takes the reference; one more lives on while calls further down the stack work on it. */
void object_take(struct lua_object *object)
{
    if (here.current) {
        bind_hold(object->pointer);
        object_release(object);
    }
    object->pointer = NULL;
}

/* The connection that any object belongs to. */
int object_connect(lua_State *L)
{
    struct lua_object *object = object_checked(L, "connect");
    struct argument self = {.L = L, .index = 1, .function = "connect", .name = "self"};
    bind_value conn;
    void *pointer;

    if (argument_count(L, "object::connect", 1, 1) < 0 ||
        argument_object(&self, object->kind->type, false, &pointer) < 0)
        return lua_error(L);
    conn = bind_share_object(BIND_virConnect, bind_connection(pointer));
    result_push(L, &conn);
    return 1;
}

static bool same_identity(void *one, void *other)
{
    g_autofree char *a = bind_identity(one);
    g_autofree char *b = bind_identity(other);

    return a && b && strcmp(a, b) == 0;
}

static int object_equal(lua_State *L)
{
    struct lua_object *one = object_at(L, 1), *other = object_at(L, 2);

    if (!one || !other || one->kind != other->kind)
        lua_pushboolean(L, 0);
    else if (!one->pointer || !other->pointer)
        lua_pushboolean(L, one == other);
    else
        lua_pushboolean(L, one->pointer == other->pointer ||
                               same_identity(one->pointer, other->pointer));
    return 1;
}

static int object_tostring(lua_State *L)
{
    struct lua_object *object = object_checked(L, "__tostring");
    const char *name = object->kind->name;
    bind_value text;

    if (!object->pointer) {
        lua_pushfstring(L, "%s (%s)", name, object->kind->gone);
        return 1;
    }
    text = bind_take_string(bind_describe(object->pointer));
    if (text.kind == BIND_NULL)
        lua_pushfstring(L, "%s %p", name, object->pointer);
    else
        result_push(L, &text);
    return 1;
}

static void add(lua_State *L, const char *name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

/* Methods are looked up in a plain table, which scripts may add to: SWIG's own look-up by a C
 * function costs more than most of the calls. */
void object_register(lua_State *L, int type)
{
    int methods = lua_gettop(L);
    bool closes = lua_getfield(L, methods, "close") != LUA_TNIL;

    lua_pop(L, 1);
    kinds[type] = (struct object_kind){type, bind_class_names[type], closes ? "closed" : "freed"};
    if (!closes)
        add(L, "free", object_free);
    lua_createtable(L, 0, 8);
    add(L, "__gc", object_collect);
    add(L, "__close", object_collect);
    add(L, "__eq", object_equal);
    add(L, "__tostring", object_tostring);
    lua_pushstring(L, bind_class_names[type]);
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, methods);
    lua_setfield(L, -2, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &kinds[type]);
}

/* What a script's event loop gets for a C function's opaque pointer. Collected, it is freed as C
 * asked. */
void native_push(lua_State *L, void *callback)
{
    struct lua_object *object = lua_newuserdatauv(L, sizeof(*object), 0);

    *object = (struct lua_object){.kind = &kinds[NATIVE]};
    if (luaL_newmetatable(L, "corral.native")) {
        add(L, "__gc", object_collect);
        lua_createtable(L, 0, 1);
        add(L, "free", object_free);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, -2);
    object->pointer = callback;
}

int argument_native(const struct argument *arg, struct native_callback **to)
{
    struct lua_object *object = object_at(arg->L, arg->index);

    if (!object || object->kind != &kinds[NATIVE])
        return argument_refuse(arg, "the opaque value that came with a C callback");
    if (!object->pointer)
        return argument_refuse(arg, "one that has not been freed");
    *to = object->pointer;
    return 0;
}
