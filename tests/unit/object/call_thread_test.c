/* Calls that wait in some threads while others cancel, wake and close; to be run under TSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/object/call.h"
#include "core/object/error.h"

#define THREADS 8

struct waiter {
    struct call_group *group;
    int kind; /* 0 sleep, 1 condition, 2 poll */
    lock_t *lock;
    cond_t *cond;
    gboolean *done;
    int fd;
    int code;
};

static int wait_somehow(struct waiter *w, struct call *call)
{
    struct pollfd fd = {.fd = w->fd, .events = POLLIN};
    int r = 0;

    if (w->kind == 0)
        return call_sleep(call, 1000000);
    if (w->kind == 2)
        return call_poll(call, &fd, 1) < 0 ? -1 : 0;
    lock_take(w->lock);
    while (!*w->done && r == 0)
        r = call_cond_wait(call, w->cond, w->lock);
    lock_drop(w->lock);
    return r;
}

static void *wait_once(void *opaque)
{
    struct waiter *w = opaque;
    struct call call;

    error_reset();
    call_begin_as(&call, w->group, "virSomething");
    w->code = wait_somehow(w, &call) < 0 ? error_code() : VIR_ERR_OK;
    call_end(&call);
    return NULL;
}

struct world {
    struct call_group group;
    lock_t lock;
    cond_t cond;
    gboolean done;
    int pipes[2];
    struct waiter waiters[THREADS];
    pthread_t threads[THREADS];
};

static void world_start(struct world *w, int kinds)
{
    memset(w, 0, sizeof(*w));
    call_group_init(&w->group);
    lock_init(&w->lock);
    cond_init(&w->cond);
    assert_int_equal(pipe(w->pipes), 0);
    for (int i = 0; i < THREADS; i++) {
        w->waiters[i] = (struct waiter){
            &w->group, kinds < 3 ? kinds : i % 3, &w->lock, &w->cond, &w->done, w->pipes[0], -1};
        assert_int_equal(pthread_create(&w->threads[i], NULL, wait_once, &w->waiters[i]), 0);
    }
}

static void world_end(struct world *w)
{
    cond_clear(&w->cond);
    lock_clear(&w->lock);
    close(w->pipes[0]);
    close(w->pipes[1]);
}

/* Until every thread waits, so that one cancel has to reach all of them. */
static void wait_for_all(struct world *w)
{
    for (int n = 0; n < THREADS;) {
        lock_guard(&w->group.lock);
        n = 0;
        for (struct call *call = w->group.calls; call; call = call->next)
            n++;
    }
}

static void join_all(struct world *w, int code)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_join(w->threads[i], NULL);
        assert_int_equal(w->waiters[i].code, code);
    }
}

static void one_cancel_wakes_every_kind_of_wait(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct world w;

        world_start(&w, round % 4);
        wait_for_all(&w);
        assert_int_equal(call_group_cancel(&w.group), THREADS);
        join_all(&w, VIR_ERR_OPERATION_ABORTED);
        call_group_clear(&w.group);
        world_end(&w);
    }
}

static void closing_ends_the_calls_and_waits_for_them(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct world w;

        world_start(&w, 3);
        wait_for_all(&w);
        call_group_clear(&w.group);
        memset(&w.group, 0x55, sizeof(w.group)); /* nobody may look at it any more */
        join_all(&w, VIR_ERR_OPERATION_ABORTED);
        world_end(&w);
    }
}

static void what_is_waited_for_arrives(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct world w;

        world_start(&w, 1 + round % 2);
        lock_take(&w.lock);
        w.done = TRUE;
        cond_broadcast(&w.cond);
        lock_drop(&w.lock);
        assert_int_equal(write(w.pipes[1], "x", 1), 1);
        join_all(&w, VIR_ERR_OK);
        call_group_clear(&w.group);
        world_end(&w);
    }
}

static void *cancel_often(void *opaque)
{
    struct world *w = opaque;

    for (int i = 0; i < 200; i++)
        call_group_cancel(&w->group);
    return NULL;
}

static void *broadcast_often(void *opaque)
{
    struct world *w = opaque;

    for (int i = 0; i < 2000; i++) {
        lock_guard(&w->lock);
        cond_broadcast(&w->cond);
    }
    return NULL;
}

/* Cancels of two threads cross each other, the calls' ends and the driver's own wake-ups. */
static void cancels_and_wake_ups_cross(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        pthread_t others[3];
        struct world w;

        world_start(&w, 3);
        wait_for_all(&w);
        assert_int_equal(pthread_create(&others[0], NULL, cancel_often, &w), 0);
        assert_int_equal(pthread_create(&others[1], NULL, cancel_often, &w), 0);
        assert_int_equal(pthread_create(&others[2], NULL, broadcast_often, &w), 0);
        for (int i = 0; i < 3; i++)
            pthread_join(others[i], NULL);
        call_group_cancel(&w.group);
        call_group_clear(&w.group);
        for (int i = 0; i < THREADS; i++)
            pthread_join(w.threads[i], NULL);
        world_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cancel_wakes_every_kind_of_wait),
        cmocka_unit_test(closing_ends_the_calls_and_waits_for_them),
        cmocka_unit_test(what_is_waited_for_arrives),
        cmocka_unit_test(cancels_and_wake_ups_cross),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
