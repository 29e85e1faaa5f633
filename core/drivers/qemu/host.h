/* A host: all there is behind the connections to one set of folders. */
#pragma once

#include "core/base/lock.h"
#include "core/base/process.h"
#include "core/conf/objlist.h"
#include "core/drivers/qemu/paths.h"
#include "core/object/connect.h"

#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/document/document.h"

struct qemu_host {
    int refs;
    pid_t pid; /* a child of this process has no threads to work with it */
    enum host_scope kind;
    char *root; /* NULL: the usual folders */
    struct qemu_paths paths;
    int lock_fd; /* nobody else works with the folders */
    struct caps_cache *caps;
    struct document_facts facts;
    GThreadPool *workers; /* for what an event makes necessary and may block */
    GMainContext *loop;   /* monitors, processes and timers, in a thread of its own */
    GThread *thread;

    lock_t lock;    /* guards the rest; held briefly, never across a wait or input and output */
    cond_t changed; /* jobs, runs and watches have; with `lock` */
    struct objlist guests;  /* struct qemu_guest, guest.h */
    GPtrArray *connections; /* who gets the events; not references */
    int next_id;
    unsigned next_run;
    GPtrArray *processes; /* that the loop watches, run.c */
    unsigned watches;     /* what the loop still has to finish */
    bool stopping;
};

static inline struct qemu_host *host_of(virConnectPtr conn)
{
    return conn->data.hypervisor;
}

/* The one with these folders, made on first use; NULL with an error. */
struct qemu_host *host_open(enum host_scope kind, const char *root);
/* With the last one the monitors are let go of; guests live on. */
void host_unref(struct qemu_host *host);

/* From now on the connection gets the host's events, until host_leave(). */
void host_join(struct qemu_host *host, virConnectPtr conn);
void host_leave(struct qemu_host *host, virConnectPtr conn);
/* Hands an event to every connection that listens; takes the reference over. Lock held. */
void host_push(struct qemu_host *host, struct event *event);
bool host_listens(struct qemu_host *host);

/* Runs `fn` in a worker's thread. */
void host_work(struct qemu_host *host, void (*fn)(void *data), void *data);
