#include "core/drivers/test/volume_contents.h"

#include <corral/corral.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/object/error.h"

#define CHUNK (256 * 1024)

struct contents *contents_new(void)
{
    struct contents *contents = g_new0(struct contents, 1);

    contents->refs = 1;
    contents->fd = -1;
    lock_init(&contents->lock);
    return contents;
}

struct contents *contents_ref(struct contents *contents)
{
    __atomic_add_fetch(&contents->refs, 1, __ATOMIC_RELAXED);
    return contents;
}

void contents_unref(struct contents *contents)
{
    if (!contents || __atomic_sub_fetch(&contents->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (contents->fd >= 0)
        close(contents->fd);
    lock_clear(&contents->lock);
    g_free(contents);
}

static int fail(const char *what)
{
    error_set_system(VIR_FROM_STORAGE, errno, "%s", what);
    return -1;
}

static int existing(struct contents *contents)
{
    lock_guard(&contents->lock);
    return contents->fd;
}

static int writable(struct contents *contents)
{
    lock_guard(&contents->lock);
    if (contents->fd < 0)
        contents->fd = memfd_create("volume", MFD_CLOEXEC);
    return contents->fd < 0 ? fail("no file for the contents of a volume") : contents->fd;
}

unsigned long long contents_run(struct contents *contents, unsigned long long begin,
                                unsigned long long end, gboolean *is_data)
{
    int fd = existing(contents);
    off_t data = fd < 0 || begin > G_MAXINT64 ? -1 : lseek(fd, begin, SEEK_DATA);
    off_t hole;

    *is_data = FALSE;
    if (data < 0 || (unsigned long long)data >= end)
        return end - begin;
    if ((unsigned long long)data > begin)
        return data - begin;
    *is_data = TRUE;
    hole = lseek(fd, begin, SEEK_HOLE);
    return hole < 0 || (unsigned long long)hole > end ? end - begin : hole - begin;
}

ssize_t contents_read(struct contents *contents, char *data, size_t n, unsigned long long at)
{
    int fd = existing(contents);
    ssize_t got = 0;

    if (fd >= 0 && at <= G_MAXINT64)
        got = pread(fd, data, n, at);
    if (got < 0)
        return fail("cannot read a volume");
    if (got > 0)
        return got;
    memset(data, 0, n);
    return n;
}

ssize_t contents_write(struct contents *contents, const char *data, size_t n, unsigned long long at)
{
    int fd = writable(contents);
    ssize_t put;

    if (fd < 0)
        return -1;
    put = pwrite(fd, data, n, at);
    return put < 0 ? fail("cannot write to a volume") : put;
}

int contents_punch(struct contents *contents, unsigned long long at, unsigned long long length)
{
    int fd = existing(contents);

    /* Nothing was ever written there. */
    if (fd < 0 || !length || at > G_MAXINT64)
        return 0;
    length = MIN(length, G_MAXINT64 - at);
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, length) < 0)
        return fail("cannot make a hole in a volume");
    return 0;
}

int contents_truncate(struct contents *contents, unsigned long long size)
{
    int fd = existing(contents);
    struct stat now;

    if (fd < 0)
        return 0;
    if (fstat(fd, &now) < 0)
        return fail("cannot tell the size of a volume");
    /* It never grows: what is beyond its end reads as zeros anyway. */
    if ((unsigned long long)now.st_size > size && ftruncate(fd, size) < 0)
        return fail("cannot shorten a volume");
    return 0;
}

unsigned long long contents_stored(struct contents *contents)
{
    int fd = existing(contents);
    struct stat now;

    return fd < 0 || fstat(fd, &now) < 0 ? 0 : now.st_blocks * 512ULL;
}

/* All of it, where contents_write() may do less. */
static int write_fully(struct contents *contents, const char *data, size_t n, unsigned long long at)
{
    while (n > 0) {
        ssize_t put = contents_write(contents, data, n, at);

        if (put < 0)
            return -1;
        data += put;
        at += put;
        n -= put;
    }
    return 0;
}

typedef int (*piece_fn)(struct contents *from, struct contents *to, char *buffer, size_t n,
                        unsigned long long at);

/* Every piece of data below `end`, one by one. */
static int each_piece(struct call *call, struct contents *from, struct contents *to,
                      unsigned long long end, piece_fn fn)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    unsigned long long at = 0, run;

    for (; at < end; at += run) {
        gboolean is_data;

        run = contents_run(from, at, end, &is_data);
        if (!is_data)
            continue;
        run = MIN(run, CHUNK);
        if (call_check(call) < 0 || fn(from, to, buffer, run, at) < 0)
            return -1;
    }
    return 0;
}

static int copy_piece(struct contents *from, struct contents *to, char *buffer, size_t n,
                      unsigned long long at)
{
    ssize_t got = contents_read(from, buffer, n, at);

    /* Less than that when it was shortened meanwhile: the rest is zeros. */
    return got < 0 ? -1 : write_fully(to, buffer, got, at);
}

int contents_copy(struct call *call, struct contents *from, struct contents *to,
                  unsigned long long end)
{
    return each_piece(call, from, to, end, copy_piece);
}

static int scramble_piece(struct contents *from, struct contents *to, char *buffer, size_t n,
                          unsigned long long at)
{
    /* The kernel gives up to 256 bytes in one go for certain. */
    for (size_t i = 0; i < n; i += 256) {
        if (getrandom(buffer + i, MIN(256, n - i), 0) < 0)
            return fail("no random bytes");
    }
    (void)from;
    return write_fully(to, buffer, n, at);
}

int contents_scramble(struct call *call, struct contents *contents, unsigned long long end)
{
    return each_piece(call, contents, contents, end, scramble_piece);
}
