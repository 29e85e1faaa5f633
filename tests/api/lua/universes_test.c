/* Several Lua universes in one process, closed while the library still holds what they registered.
 */
#include <corral/corral.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char *script =
    "local corral = require 'corral'\n"
    "corral.virEventRegisterDefaultImpl()\n"
    "conn = corral.open('test:///default')\n"
    "local dom = conn:lookupByName('test')\n"
    "events, turns = 0, 0\n"
    "conn:domainEventRegisterAny(nil, 0, function(_, of) assert(of == dom) events = events + 1 "
    "end, {})\n"
    "corral.virEventAddTimeout(0, function() turns = turns + 1 end, {})\n"
    "dom:suspend()\n"
    "dom:resume()\n"
    "suspended = coroutine.create(function() coroutine.yield(conn:lookupByName('test')) end)\n"
    "coroutine.resume(suspended)\n";

static void run(lua_State *L, const char *code)
{
    if (luaL_dostring(L, code) != LUA_OK)
        fail_msg("%s", luaL_tolstring(L, -1, NULL));
}

static lua_State *open_universe(void)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    run(L, script);
    return L;
}

static lua_Integer number(lua_State *L, const char *name)
{
    lua_getglobal(L, name);
    return lua_tointeger(L, -1);
}

static void do_nothing(int timer, void *data) {}

static void turn(int times)
{
    int timer = virEventAddTimeout(0, do_nothing, NULL, NULL);

    for (int i = 0; i < times; i++)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    virEventRemoveTimeout(timer);
}

static void test_callbacks_go_to_their_own_universe(void **state)
{
    lua_State *one = open_universe(), *other = open_universe();

    turn(5);
    assert_int_equal(number(one, "events"), 0);
    run(one, "require('corral').dispatch()");
    assert_int_equal(number(one, "events"), 4); /* its own two and the other's two */
    assert_int_equal(number(other, "events"), 0);
    run(other, "require('corral').dispatch()");
    assert_int_equal(number(other, "events"), 2);
    assert_true(number(other, "turns") > 0);
    lua_close(one);
    lua_close(other);
    turn(5);
}

static void test_a_closed_universe_is_not_called(void **state)
{
    for (int i = 0; i < 5; i++) {
        lua_State *one = open_universe(), *other = open_universe();

        lua_close(one);
        turn(5);
        run(other, "require('corral').dispatch()");
        assert_int_equal(number(other, "events"), 2);
        lua_close(other);
        turn(5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callbacks_go_to_their_own_universe),
        cmocka_unit_test(test_a_closed_universe_is_not_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
