/* What the test driver's streams carry: the contents of a volume, fixed bytes, or pipes. */
#pragma once

#include "core/drivers/test/volume_contents.h"
#include "core/object/stream.h"

/* ---- a part of a volume's contents; never blocks */

struct stream_part {
    struct contents *contents; /* the stream takes a reference of its own */
    gboolean write;
    gboolean sparse; /* holes may be sent, or are told */
    unsigned long long begin, end;
    unsigned long long room; /* for writing: how many bytes fit until the medium is full */
    /* Called once, without a lock, when the stream is finished, aborted, or freed without either.
     */
    void (*ended)(virStreamPtr stream, void *opaque);
    void *opaque;
};

/* -1 with an error, and then `ended` is never called. */
int stream_open_part(virStreamPtr stream, const struct stream_part *part);
/* Gives out a copy of the bytes: a screenshot. */
int stream_open_bytes(virStreamPtr stream, const void *data, size_t n);

/* ---- pipes: what one side writes, the other reads; a full or empty one blocks */

struct pipe;

struct pipe *pipe_new(size_t size);
struct pipe *pipe_ref(struct pipe *pipe);
void pipe_unref(struct pipe *pipe);

/* The driver's side, which never waits: how many bytes, -2 for none now, -1 with an error when the
 * other side has broken the pipe; and 0 is the end for a reader. */
ssize_t pipe_put(struct pipe *pipe, const char *data, size_t n);
ssize_t pipe_get(struct pipe *pipe, char *data, size_t n);
/* No more comes: readers get what is left, and the end. */
void pipe_finish(struct pipe *pipe);
/* Both sides fail from now on, with this text. The first failure stays. */
void pipe_break(struct pipe *pipe, const char *why);

/* Whether a stream is at the other side, and nothing has ended yet. */
gboolean pipe_in_use(struct pipe *pipe);

/* The stream reads from `in` and writes to `out`; either may be NULL, and both the same (an echo).
 * It takes references of its own. */
int stream_open_pipes(virStreamPtr stream, struct pipe *in, struct pipe *out);
