#include "core/drivers/test/alarm.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "core/drivers/test/jobs.h"

struct alarm {
    pthread_t thread;
    pid_t pid; /* whose thread it is: a child of fork() has none */
    gboolean over;
};

static void *watch(void *opaque)
{
    struct world *world = opaque;
    lock_guard(&world->lock);

    while (!world->alarm->over) {
        gint64 next = jobs_settle(world);

        if (next == G_MAXINT64)
            cond_wait(&world->changed, &world->lock);
        else
            cond_wait_until(&world->changed, &world->lock, next);
    }
    return NULL;
}

/* The program's signals are not for this thread. */
static int start(struct world *world)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&world->alarm->thread, NULL, watch, world);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

/* Without the thread, work goes on whenever somebody asks for it. */
void alarm_set(struct world *world)
{
    if (world->alarm) {
        cond_broadcast(&world->changed);
        return;
    }
    world->alarm = g_new0(struct alarm, 1);
    world->alarm->pid = getpid();
    if (start(world))
        g_clear_pointer(&world->alarm, g_free);
}

void alarm_free(struct world *world)
{
    struct alarm *alarm = world->alarm;

    if (!alarm)
        return;
    if (alarm->pid == getpid()) {
        lock_take(&world->lock);
        alarm->over = TRUE;
        cond_broadcast(&world->changed);
        lock_drop(&world->lock);
        pthread_join(alarm->thread, NULL);
    }
    g_free(alarm);
    world->alarm = NULL;
}
