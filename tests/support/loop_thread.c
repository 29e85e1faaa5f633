/* For tests from Lua: the default event loop in a thread that knows nothing of Lua. */
#include <corral/corral.h>
#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_t thread;
static bool stopping;

static void *run(void *data)
{
    while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
        virEventRunDefaultImpl();
    return NULL;
}

static void wake(int timer, void *data) {}

static int start(lua_State *L)
{
    stopping = false;
    lua_pushboolean(L, pthread_create(&thread, NULL, run, NULL) == 0);
    return 1;
}

static int stop(lua_State *L)
{
    int timer = virEventAddTimeout(0, wake, NULL, NULL);

    __atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    virEventRemoveTimeout(timer);
    return 0;
}

__attribute__((visibility("default"))) int luaopen_loop_thread(lua_State *L)
{
    luaL_newlib(L, ((const luaL_Reg[]){{"start", start}, {"stop", stop}, {NULL, NULL}}));
    return 1;
}
