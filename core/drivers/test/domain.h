/* Guests of a world, and what the files of the domain calls share. */
#pragma once

#include <stdbool.h>

#include "conf/domain_doc.h"
#include "core/conf/guest/definition.h"
#include "core/drivers/test/slots.h"
#include "core/drivers/test/state.h"
#include "core/object/error.h"
#include "objects.h"

struct moments;
struct guest_jobs;

struct guest {
    struct objlist_item item;  /* id: -1 while it is off */
    char *name;                /* item.name */
    struct definition *config; /* what the next start uses; NULL: a transient guest */
    struct definition
        *live; /* what runs; NULL: it is off. The same one as `config` until either changes */
    int state, reason;
    bool autostart, autostart_once;
    bool managed_save;
    struct definition *saved; /* what the image of a managed save has; NULL: the definition */
    bool saved_paused;        /* the guest will wake up paused from it */
    /* beside the documents */
    unsigned int weight; /* of the scheduler */
    long long clock;     /* what virDomainSetTime() set, seconds and nanoseconds */
    long long rtc;       /* the hardware's, in seconds */
    unsigned int clock_ns;
    unsigned int frozen;                     /* file systems, a bit each; agent.c */
    struct inside *inside;                   /* what its system knows, inside.h */
    GArray *pollers;                         /* struct poller, iothread.c */
    struct moments *snapshots, *checkpoints; /* moment.h; NULL: it never had any */
    struct guest_jobs *jobs;                 /* jobs.h; NULL: it never had any */
};

static inline bool guest_active(const struct guest *guest)
{
    return guest->live != NULL;
}
/* What runs, else what would. */
static inline const struct domain *guest_doc(const struct guest *guest)
{
    return (guest->live ? guest->live : guest->config)->doc;
}

/* All of these with the world's lock held. */

/* The guest that the object stands for; NULL with VIR_ERR_NO_DOMAIN. */
struct guest *guest_find(struct world *world, virDomainPtr domain);
/* The same when it runs; NULL with VIR_ERR_OPERATION_INVALID when it does not. */
struct guest *guest_find_active(struct world *world, virDomainPtr domain);
int guest_require_active(const struct guest *guest);
virDomainPtr guest_object(virConnectPtr conn, const struct guest *guest);

/* A new, inactive guest without a definition. */
struct guest *guest_add(struct world *world, const char *name, const unsigned char *uuid);
/* The same with a document's name and UUID. */
struct guest *guest_add_for(struct world *world, const struct domain *doc);
void guest_remove(struct world *world, struct guest *guest);
void guests_clear(struct world *world);
/* The guest that `doc` redefines, or NULL; -1 with an error when its name or UUID is another
 * guest's, or when the guest runs and `inactive` says that it must not. */
int guest_match(struct world *world, const struct domain *doc, bool inactive,
                struct guest **ret_guest);

void guest_set_state(struct guest *guest, int state, int reason);
/* The image of a managed save, if there is one, is gone. */
void guest_forget_saved(struct guest *guest);
void guest_start(struct world *world, struct guest *guest, int reason);
/* Off, for that reason, with the event; a transient guest is gone afterwards. */
void guest_stopped(struct world *world, struct guest *guest, int reason, int detail);

/* What VIR_DOMAIN_AFFECT_LIVE, _CONFIG and neither of them mean for a guest that is on or off. Each
 * of them fails with VIR_ERR_OPERATION_INVALID when there is no such definition. */
const struct domain *guest_affected(const struct guest *guest, unsigned int flags);
/* One or two documents to be changed. */
int guest_edit(struct guest *guest, unsigned int flags, struct domain *docs[2]);
/* The one document of a call that takes one of the flags; NULL with an error, as guest_affected().
 */
struct domain *guest_edit_one(struct guest *guest, unsigned int flags);
/* What guest_edit() would say. */
int guest_check_affected(const struct guest *guest, unsigned int flags);

/* Reads a definition as this driver takes them; NULL with an error. No lock needed. */
struct domain *guest_parse(const char *xml, unsigned int doc_flags);

/* What the host fills in, for guests inside other documents, too. */
int guest_complete(void *part, const struct doc_call *call);

/* Whether the state in which a node's guest begins is one, if the document names any. */
int guest_check_state(const char *xml);
/* Names the interfaces that have no name yet. */
void guest_name_interfaces(struct domain *doc);
/* From a node description, with its "test" namespace. */
int guest_load(struct world *world, const char *xml);

/* "test_error(INVALID_ARG, …)": an error of this driver. */
#define test_error(code, ...) error_set(VIR_FROM_TEST, VIR_ERR_##code, __VA_ARGS__)

/* The world and the guest of a call, with the lock held to the end of the scope. */
#define WITH_GUEST(domain, failure)                                                                \
    struct world *world = world_of((domain)->conn);                                                \
    world_guard(world);                                                                            \
    struct guest *guest = guest_find(world, (domain));                                             \
    if (G_UNLIKELY(!guest))                                                                        \
    return failure
#define WITH_ACTIVE_GUEST(domain, failure)                                                         \
    struct world *world = world_of((domain)->conn);                                                \
    world_guard(world);                                                                            \
    struct guest *guest = guest_find_active(world, (domain));                                      \
    if (G_UNLIKELY(!guest))                                                                        \
    return failure
