/* What the system inside a guest has and knows, beside the guest's documents. With the world's
 * lock held, but for agent_ask(). */
#pragma once

#include <stdbool.h>

#include "core/drivers/test/domain.h"
#include "core/drivers/test/script.h"

struct inside {
    int agent_timeout;       /* seconds, or one of virDomainAgentResponseTimeoutValues */
    unsigned int idle_vcpus; /* those that the system does without, a bit each */
    bool secret;             /* one has been put into its memory */
    GHashTable *keys;        /* lists of lines by account; NULL: nobody has looked yet */
    GPtrArray *lines;        /* struct line, line.c: consoles and channels in use */
    GArray *screens;         /* the guest's ends of sockets, screens.c */
};

struct inside *inside_new(void);
void inside_free(struct inside *inside);
/* A run begins; a run ends. */
void inside_start(struct world *world, struct guest *guest);
void inside_stop(struct world *world, struct guest *guest);

/* line.c and screens.c */
void line_free(gpointer line);
void lines_end(struct world *world, struct inside *inside);
void screens_end(struct inside *inside);

/* Puts a command to the guest's agent and waits for as long as it takes, without the world's lock.
 * 0 when the agent carries it out, -1 with an error. A guest whose author says nothing of an agent
 * has one that answers at once. `slot` is the caller's __func__. */
int agent_ask(virDomainPtr domain, const char *command, const char *slot);
/* The same with a time of the caller's own. */
int agent_ask_within(virDomainPtr domain, const char *command, int timeout, const char *slot);
/* Whether the agent is said to be too old for a command. */
bool agent_lacks(const struct script *script, const char *command);
/* The answer that the author has written, as it stands there; NULL without one. */
char *script_answer(xmlNodePtr parent, const char *command);

/* How many processors the system uses, or has; and to let it use some of these. agent_vcpu.c */
int agent_vcpus(virDomainPtr domain, bool all, const char *slot);
int agent_set_vcpus(virDomainPtr domain, unsigned int number, const char *slot);

/* Whether the agent listens, by what has been written; whether anything has been. */
bool agent_listens(const struct domain *doc);
bool script_has_agent(const struct domain *doc);

/* What a guest that runs is, and how its system calls itself. */
struct guest *guest_find_running(struct world *world, virDomainPtr domain);
char *guest_hostname(const struct guest *guest);
/* Where its file systems are mounted, and the disk that they lie on: NULL when there is none. */
extern const char *const guest_mountpoints[];
extern const unsigned int guest_n_mountpoints;
const char *guest_system_disk(const struct guest *guest);
#define WITH_RUNNING_GUEST(domain, failure)                                                        \
    struct world *world = world_of((domain)->conn);                                                \
    world_guard(world);                                                                            \
    struct guest *guest = guest_find_running(world, (domain));                                     \
    if (G_UNLIKELY(!guest))                                                                        \
    return failure
