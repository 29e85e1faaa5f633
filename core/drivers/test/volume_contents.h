/* What a volume contains: an unlinked sparse file, made when something is written first. Beyond the
 * file's end everything reads as zeros. Calls here take no lock of the world's: callers hold a
 * reference and drop that lock before. */
#pragma once

#include "core/base/lock.h"
#include "core/object/call.h"

struct contents {
    gint refs;
    lock_t lock; /* guards fd while it is made */
    int fd;      /* -1 as long as nothing was written */
    /* Guarded by the world's lock: */
    int readers;
    gboolean writer;
};

struct contents *contents_new(void);
struct contents *contents_ref(struct contents *contents);
void contents_unref(struct contents *contents);
/* contents_auto: let go of at the end of the scope; declared before a lock's guard, without that
 * lock. */
typedef struct contents *contents_auto_t;
static inline void contents_auto_clear(contents_auto_t *contents)
{
    contents_unref(*contents);
}
#define contents_auto __attribute__((cleanup(contents_auto_clear))) contents_auto_t

/* How many bytes from `begin` on, up to `end`, are alike: data, or a hole. */
unsigned long long contents_run(struct contents *contents, unsigned long long begin,
                                unsigned long long end, gboolean *is_data);
/* At least one byte unless `n` is 0, or -1 with an error. */
ssize_t contents_read(struct contents *contents, char *data, size_t n, unsigned long long at);
ssize_t contents_write(struct contents *contents, const char *data, size_t n,
                       unsigned long long at);
/* Makes a hole; it also ends what is behind it, when `length` goes to the end. */
int contents_punch(struct contents *contents, unsigned long long at, unsigned long long length);
int contents_truncate(struct contents *contents, unsigned long long size);
/* Bytes that are really stored. */
unsigned long long contents_stored(struct contents *contents);

/* Work through everything below `end`; a cancel of the call ends them early, with an error. */
int contents_copy(struct call *call, struct contents *from, struct contents *to,
                  unsigned long long end);
int contents_scramble(struct call *call, struct contents *contents, unsigned long long end);
