#include "core/drivers/test/progress.h"

/* As a fraction: the numbers' product needs more than 64 bits. */
static double rate(const struct progress *progress)
{
    if (progress->limit)
        return (double)progress->limit / G_USEC_PER_SEC;
    return (double)MAX(progress->end, 1) / PROGRESS_UNLIMITED_US;
}

void progress_begin(struct progress *progress, unsigned long long end, unsigned long long limit)
{
    *progress = (struct progress){.end = end, .limit = limit, .since = g_get_monotonic_time()};
}

void progress_move(struct progress *progress, gint64 now)
{
    unsigned long long left = progress->end - progress->done;
    double moved = (double)(now - progress->since) * rate(progress);

    if (now <= progress->since)
        return;
    /* what is less than a byte is not lost: `since` waits for it */
    if (moved < 1)
        return;
    progress->done += moved >= (double)left ? left : (unsigned long long)moved;
    progress->since = now;
}

void progress_limit(struct progress *progress, unsigned long long limit)
{
    progress_move(progress, g_get_monotonic_time());
    progress->limit = limit;
    progress->since = g_get_monotonic_time();
}

gint64 progress_when(const struct progress *progress, unsigned long long position)
{
    double wait;

    if (progress->done >= position)
        return progress->since;
    wait = (double)(position - progress->done) / rate(progress);
    return wait > (double)G_MAXINT64 / 4 ? G_MAXINT64 : progress->since + (gint64)wait + 1;
}
