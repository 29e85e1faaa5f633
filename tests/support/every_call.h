/* What the generated walk over all calls is made of; see generator/emit/callall.py. */
#pragma once

#include <math.h>

#include "core/driver/registry.h"
#include "core/object/stream.h"
#include "core/public/entry.h"

/* Objects of a connection with empty tables; of a read-only one; of one without tables. */
#define EVERY_CALL_WORLDS 3

struct every_call {
    const char *name;
    void (*walk)(void);
};

extern const struct every_call every_call[];
extern const size_t n_every_call;

/* A stream that carries something, by a driver without calls. */
static inline virStreamPtr every_call_stream(virConnectPtr conn, unsigned int flags)
{
    static const struct stream_driver empty = {.name = "Empty"};
    virStreamPtr stream = stream_new(conn, flags);

    stream->driver = &empty;
    return stream;
}
#define stream_new every_call_stream

/* Generated. */
void every_call_fill(virConnectPtr conn);
void every_call_set_up(int number, virConnectPtr conn);
void every_call_tear_down(int number);

/* Arguments. */
extern const unsigned char uuid_bytes[VIR_UUID_BUFLEN];
extern const char *long_text;
extern char poison;
void *freed_object(void);
void every_call_callback(void);
void every_call_freed(void *opaque);

/* Notes a mistake unless the call failed with this code, with `text` in the message, and the
 * handler heard of it once. */
void every_call_begin(void);
void every_call_judge(const char *function, const char *what, gboolean failed, int code,
                      const char *text);
void every_call_mistake(const char *function, const char *what, const char *mistake);

#define EXPECT(what, code, text)                                                                   \
    do {                                                                                           \
        every_call_begin();                                                                        \
        gboolean failed_ = FAILS;                                                                  \
        every_call_judge(__func__ + strlen("call_"), what, failed_, code, text);                   \
    } while (0)
#define WITH(argument, value, code, text)                                                          \
    do {                                                                                           \
        __typeof__(argument) saved_ = argument;                                                    \
        argument = value;                                                                          \
        EXPECT(#argument " = " #value, code, text);                                                \
        argument = saved_;                                                                         \
    } while (0)
#define SUCCEEDS(fails)                                                                            \
    do {                                                                                           \
        every_call_begin();                                                                        \
        if (fails)                                                                                 \
            every_call_mistake(__func__ + strlen("call_"), "valid", virGetLastErrorMessage());     \
    } while (0)
#define CLEARED(pointer)                                                                           \
    do {                                                                                           \
        if (pointer)                                                                               \
            every_call_mistake(__func__ + strlen("call_"), #pointer, "is not cleared");            \
    } while (0)
