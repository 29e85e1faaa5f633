#include "core/rpc/workers.h"

#include <errno.h>

#include "core/base/lock.h"
#include "core/base/log.h"

/* How long a thread beyond the minimum waits for another job. */
#define IDLE_US (5 * G_USEC_PER_SEC)

struct job {
    worker_job run;
    void *data;
};

struct workers {
    lock_t lock;
    cond_t wake; /* a job has come, or the end */
    cond_t left; /* a thread has */
    GQueue jobs;
    int min, max;
    int threads;
    int idle;
    gboolean ending;
};

struct workers *workers_new(int min, int max)
{
    struct workers *workers = g_new0(struct workers, 1);

    lock_init(&workers->lock);
    cond_init(&workers->wake);
    cond_init(&workers->left);
    g_queue_init(&workers->jobs);
    workers->min = min;
    workers->max = max;
    return workers;
}

/* With the lock held: FALSE when the thread is to leave. */
static gboolean wait_for_job(struct workers *workers)
{
    gint64 until = g_get_monotonic_time() + IDLE_US;
    gboolean in_time = TRUE;

    workers->idle++;
    while (g_queue_is_empty(&workers->jobs) && !workers->ending && in_time) {
        if (workers->threads > workers->min)
            in_time = cond_wait_until(&workers->wake, &workers->lock, until);
        else
            cond_wait(&workers->wake, &workers->lock);
    }
    workers->idle--;
    return !g_queue_is_empty(&workers->jobs);
}

static void *worker_thread(void *data)
{
    struct workers *workers = data;

    lock_take(&workers->lock);
    while (wait_for_job(workers)) {
        struct job *job = g_queue_pop_head(&workers->jobs);

        lock_drop(&workers->lock);
        job->run(job->data);
        g_free(job);
        lock_take(&workers->lock);
        if (workers->threads > workers->max)
            break;
    }
    workers->threads--;
    cond_broadcast(&workers->left);
    lock_drop(&workers->lock);
    return NULL;
}

/* With the lock held. Without a single thread nothing would ever run, so that is worth a word. */
static void start_thread(struct workers *workers)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, worker_thread, workers);

    if (error) {
        log_warning("no thread for another job (%d are running): %s", workers->threads,
                    g_strerror(error));
        return;
    }
    pthread_detach(thread);
    workers->threads++;
}

void workers_add(struct workers *workers, worker_job run, void *data)
{
    struct job *job = g_new(struct job, 1);

    *job = (struct job){run, data};
    lock_take(&workers->lock);
    g_queue_push_tail(&workers->jobs, job);
    if (workers->idle < (int)workers->jobs.length && workers->threads < workers->max)
        start_thread(workers);
    lock_drop(&workers->lock);
    cond_signal(&workers->wake); /* now, so that who wakes does not meet the lock */
}

void workers_set_limits(struct workers *workers, int min, int max)
{
    lock_guard(&workers->lock);
    workers->min = min;
    workers->max = max;
}

struct workers_state workers_state(struct workers *workers)
{
    lock_guard(&workers->lock);
    return (struct workers_state){workers->threads, workers->idle, workers->jobs.length};
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    lock_take(&workers->lock);
    workers->ending = TRUE;
    cond_broadcast(&workers->wake);
    while (workers->threads)
        cond_wait(&workers->left, &workers->lock);
    lock_drop(&workers->lock);
    cond_clear(&workers->wake);
    cond_clear(&workers->left);
    lock_clear(&workers->lock);
    g_free(workers);
}
