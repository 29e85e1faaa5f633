/* A connection to a QEMU's monitor: commands out, replies and events in. Whatever the peer does,
 * slow, silent, malformed or without end, costs its own callers their deadlines and nobody else
 * anything. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "core/drivers/qemu/qmp/json.h" /* g_autoptr(json_t) */

struct call;
struct qemu_monitor;

/* Both run in the thread that iterates the loop, without a lock held; events come in the order in
 * which QEMU sent them, and none after `eof` or monitor_close(). */
typedef void (*qemu_event_fn)(struct qemu_monitor *monitor, const char *name,
                              json_t *data /* borrowed; NULL without any */, gint64 seconds,
                              gint64 micros, void *opaque);
/* The peer has gone, or talks nonsense (`why`); once, and not after monitor_close(). */
typedef void (*qemu_eof_fn)(struct qemu_monitor *monitor, const char *why, void *opaque);

struct qemu_monitor_ops {
    qemu_event_fn event;        /* NULL: not wanted */
    qemu_eof_fn eof;            /* NULL: not wanted */
    void (*gone)(void *opaque); /* neither will be called again; in the loop's thread; or NULL */
};

#define MONITOR_TIMEOUT_MS 30000
#define MONITOR_LINE_MAX (16 * 1024 * 1024) /* bytes of one reply or event */

/* Takes the descriptor, also on failure; its reader is part of `loop` from here on. */
struct qemu_monitor *monitor_open(GMainContext *loop, int fd, const struct qemu_monitor_ops *ops,
                                  void *opaque);

/* Waits for the greeting and leaves negotiation mode. 0 is the default time. */
int monitor_handshake(struct qemu_monitor *monitor, unsigned timeout_ms);

struct qemu_monitor *monitor_ref(struct qemu_monitor *monitor);
void monitor_unref(struct qemu_monitor *monitor); /* NULL is fine */
/* Those who wait fail now, those who come fail at once; any thread, any number of times. Once it
 * is back in the loop's thread no callback runs; elsewhere one may be on its way until `gone`. The
 * reference stays the caller's. */
void monitor_close(struct qemu_monitor *monitor);
bool monitor_is_open(struct qemu_monitor *monitor);

/* Sends a command and waits for what it returns: a new reference in `ret`, which may be NULL.
 * `arguments` is taken, NULL for none; `fd` goes along (SCM_RIGHTS) and stays the caller's, -1 for
 * none; `timeout_ms` 0 is MONITOR_TIMEOUT_MS. Any thread but the loop's, as many at once as like.
 * -1 with an error: the peer's refusal is VIR_ERR_INTERNAL_ERROR "unable to execute QEMU command
 * 'X': …", no answer in time VIR_ERR_OPERATION_TIMEOUT, a peer that is gone
 * VIR_ERR_OPERATION_FAILED. A reply that comes late is dropped. */
int monitor_call(struct qemu_monitor *monitor, const char *command, json_t *arguments, int fd,
                 unsigned timeout_ms, json_t **ret);

/* The same with a cancel: `call` (core/object/call.h) may end the wait, NULL for nobody. */
struct monitor_request {
    const char *command;
    json_t *arguments; /* taken */
    int fd;            /* -1 for none */
    unsigned timeout_ms;
    struct call *call;
};
int monitor_execute(struct qemu_monitor *monitor, const struct monitor_request *request,
                    json_t **ret);

/* The class of the error with which the peer refused this thread's last call ("DeviceNotFound",
 * "GenericError"); NULL when the last call succeeded or failed otherwise. Valid until the next. */
const char *monitor_error_class(void);
/* The peer's own words of the same refusal; NULL likewise. */
const char *monitor_error_text(void);
