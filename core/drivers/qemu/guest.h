/* Guests of a host, and what the files of the domain calls share. */
#pragma once

#include <stdbool.h>

#include "core/conf/guest/definition.h"
#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/host.h"
#include "core/drivers/qemu/qmp/monitor.h"
#include "core/drivers/qemu/slots.h"
#include "core/object/flags.h"
#include "objects.h"

/* Who works with a guest; job.h. */
struct guest_job {
    const char *function; /* NULL: nobody */
    gint64 since;
    int waiting;
    int operation; /* virDomainJobOperation, for those that ask */
};

struct qemu_guest {
    struct objlist_item item; /* id: -1 while it is off */
    gint refs;
    char *name;                       /* item.name */
    struct definition *config, *live; /* what the next start uses; what runs. NULL: none */
    int state, reason;
    bool autostart, autostart_once;
    bool managed_save; /* there is an image */
    bool listed;       /* false: it is gone, and only those who work with it still have it */
    bool updated;      /* config was changed since the start */
    struct guest_job job;

    /* while it runs */
    unsigned run;   /* a number no other run has; 0: it is off */
    bool starting;  /* until the start has succeeded: its process's end is the start's failure */
    bool ended;     /* the process has */
    bool finishing; /* somebody is at run_finish() */
    bool booting;   /* its processors are about to run for the first time */
    int start_reason, start_detail; /* what that will mean */
    struct process process;
    struct qemu_monitor *monitor;
    struct qemu_caps *caps;     /* of its binary */
    char *folder;               /* its own */
    virConnectPtr owner;        /* with whose connection it ends; not a reference */
    int end_reason, end_detail; /* what its end will mean; 0: it crashes */
    int pause_reason; /* what the next stop of its processors means; 0: VIR_DOMAIN_PAUSED_UNKNOWN */
    bool reset_coming;    /* a reboot by way of a shutdown */
    GHashTable *consoles; /* streams by alias, console.c; NULL: none was ever opened */
    gint64 started;       /* wall clock, seconds */
    struct guest_inside *inside; /* its agent, agent_guest.h; NULL: never asked */
    struct guest_said *said; /* what QEMU told last, sample.h; NULL: nothing */
};

static inline bool guest_active(const struct qemu_guest *guest)
{
    return guest->live != NULL;
}
static inline const struct domain *guest_doc(const struct qemu_guest *guest)
{
    return (guest->live ? guest->live : guest->config)->doc;
}
static inline struct definitions guest_definitions(struct qemu_guest *guest)
{
    return (struct definitions){&guest->config, &guest->live};
}

/* All of these with the host's lock held. */

struct qemu_guest *guest_ref(struct qemu_guest *guest);
void guest_unref(struct qemu_guest *guest);
typedef struct qemu_guest qemu_guest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(qemu_guest, guest_unref)

/* The guest that the object stands for; NULL with VIR_ERR_NO_DOMAIN. */
struct qemu_guest *guest_find(struct qemu_host *host, virDomainPtr domain);
/* The same when it runs; NULL with VIR_ERR_OPERATION_INVALID when it does not. */
struct qemu_guest *guest_find_active(struct qemu_host *host, virDomainPtr domain);
int guest_require_active(const struct qemu_guest *guest);
virDomainPtr guest_object(virConnectPtr conn, const struct qemu_guest *guest);

/* A new, inactive guest without a definition, with a document's name and UUID. */
struct qemu_guest *guest_add(struct qemu_host *host, const struct domain *doc);
void guest_remove(struct qemu_host *host, struct qemu_guest *guest);
/* The guest that `doc` redefines, or NULL; -1 with an error when its name or UUID is another
 * guest's, or when the guest runs and `inactive` says that it must not. */
int guest_match(struct qemu_host *host, const struct domain *doc, bool inactive,
                struct qemu_guest **ret);
/* At the host's end. */
void guests_clear(struct qemu_host *host);
void guests_let_go(struct qemu_host *host);

void guest_set_state(struct qemu_guest *guest, int state, int reason);

/* ---- calls ---- */

#define qemu_flags(flags, supported) flags_check_for(VIR_FROM_QEMU, flags, supported, __func__)

/* The host and the guest of a call that only reads, with the lock held to the end of the scope. */
#define WITH_GUEST(domain, failure)                                                                \
    struct qemu_host *host = host_of((domain)->conn);                                              \
    lock_guard(&host->lock);                                                                       \
    struct qemu_guest *guest = guest_find(host, (domain));                                         \
    if (G_UNLIKELY(!guest))                                                                        \
    return failure
#define WITH_ACTIVE_GUEST(domain, failure)                                                         \
    struct qemu_host *host = host_of((domain)->conn);                                              \
    lock_guard(&host->lock);                                                                       \
    struct qemu_guest *guest = guest_find_active(host, (domain));                                  \
    if (G_UNLIKELY(!guest))                                                                        \
    return failure
