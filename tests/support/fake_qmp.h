/* A peer that speaks a monitor's language, or fails to, in a thread of its own; and a loop in
 * another, for the side that is tested. */
#pragma once

#include <glib.h>
#include <jansson.h>

struct fake_qmp;

/* In the peer's thread, for each command; `fd` came along, -1 for none, and is closed afterwards.
 */
typedef void (*fake_qmp_fn)(struct fake_qmp *fake, const char *command, json_t *arguments,
                            json_t *id, int fd, void *opaque);

/* Greets, and answers qmp_capabilities itself; NULL answers everything with {}. The other end of
 * the connection is the caller's. */
struct fake_qmp *fake_qmp_new(fake_qmp_fn answer, void *opaque, int *ret_fd);
/* One that says nothing unless told to. */
struct fake_qmp *fake_qmp_silent(int *ret_fd);
/* Hangs up and comes back when the thread has ended. */
void fake_qmp_free(struct fake_qmp *fake);

/* Any thread. What the other side no longer reads is lost. */
void fake_qmp_say(struct fake_qmp *fake, const char *text);
void fake_qmp_say_bytes(struct fake_qmp *fake, const char *bytes, size_t n);
void fake_qmp_return(struct fake_qmp *fake, json_t *id, json_t *value /* taken */);
void fake_qmp_refuse(struct fake_qmp *fake, json_t *id, const char *class, const char *text);
void fake_qmp_event(struct fake_qmp *fake, const char *name, json_t *data /* taken */);
void fake_qmp_hang_up(struct fake_qmp *fake);

/* Comes back when this many commands have been read. */
void fake_qmp_await(struct fake_qmp *fake, unsigned commands);

struct fake_loop {
    GMainContext *context;
    GThread *thread;
    gint stop;
};
void fake_loop_start(struct fake_loop *loop);
/* Runs what is ready first. */
void fake_loop_stop(struct fake_loop *loop);
