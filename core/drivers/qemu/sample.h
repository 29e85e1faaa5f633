/* What is known of a guest at one moment, for calls that only read: no job is waited for, and a
 * QEMU that is silent is asked once in a while; in between what it said last is told again. */
#pragma once

#include <jansson.h>

#include "core/drivers/qemu/guest.h"

enum sample_question {
    SAMPLE_BLOCK_STATS, /* query-blockstats */
    SAMPLE_BLOCKS,      /* query-block */
    SAMPLE_BALLOON,     /* query-balloon */
    SAMPLE_MEMORY,      /* the balloon's guest-stats */
    SAMPLE_CPUS,        /* query-cpus-fast */
    SAMPLE_IOTHREADS,   /* query-iothreads */
    SAMPLE_DIRTY_RATE,  /* query-dirty-rate */
    SAMPLE_QUESTIONS,
};

/* How long one call waits for answers in all, for one that there is an older one of, and for how
 * long a QEMU is left alone that has been silent. */
#define SAMPLE_WAIT_MS 1000
#define SAMPLE_AGAIN_MS 200
#define SAMPLE_REST_MS 5000

/* Kept with a guest: guest->said. */
struct guest_said;
void guest_said_free(struct guest_said *said); /* NULL is fine */

struct sample {
    struct qemu_host *host;
    struct qemu_guest *guest;
    struct definition *definition;
    int state, reason;
    unsigned run; /* 0: it is off */
    pid_t pid;
    gint64 deadline; /* for answers */
};

/* Lock held. */
void sample_take(struct sample *sample, struct qemu_host *host, struct qemu_guest *guest,
                 gint64 deadline);
/* Of one call's guest: -1 with an error, also when it does not run and `active` is wanted. */
int sample_find(struct sample *sample, virDomainPtr domain, bool active);
/* Lock not held. */
void sample_clear(struct sample *sample);
typedef struct sample sample_auto_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sample_auto_t, sample_clear)

/* A new reference to the newest answer that can be had, lock not held; NULL, without an error, when
 * there never was one. */
json_t *sample_ask(struct sample *sample, enum sample_question question);

static inline const struct domain *sample_doc(const struct sample *sample)
{
    return sample->definition->doc;
}

/* ---- parts of bulk statistics ---- */

struct params;
void cpu_stats(struct sample *sample, struct params *list);
void vcpu_stats(struct sample *sample, struct params *list);
void balloon_stats(struct sample *sample, struct params *list);
void interface_stats(struct sample *sample, struct params *list);
void block_stats(struct sample *sample, struct params *list);
