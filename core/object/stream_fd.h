/* Streams over a descriptor: a terminal, a socket, a pipe. */
#pragma once

#include "core/object/stream.h"

/* Takes the descriptor, also on failure. `ended` is called once, without a lock, when the stream is
 * finished, aborted, or freed without either; NULL for nobody. -1 with an error, and then it is
 * never called. */
CORRAL_PRIVATE int stream_open_fd(virStreamPtr stream, int fd,
                                  void (*ended)(virStreamPtr stream, void *opaque), void *opaque);
/* From elsewhere: both sides fail from now on, with that text. */
CORRAL_PRIVATE void stream_break_fd(virStreamPtr stream, const char *why);
