/* A connection to the agent inside of a guest. The guest is nobody's friend: what comes may be
 * anything, at any time, without end. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "core/drivers/qemu/qmp/json.h"

struct call;
struct qemu_agent;

/* Takes the descriptor; its reader is part of `loop`. `gone` is called in the loop's thread when
 * the agent's end of the line has closed, unless agent_close() came first; NULL for nobody. */
struct qemu_agent *agent_open(GMainContext *loop, int fd, void (*gone)(void *opaque), void *opaque);
struct qemu_agent *agent_ref(struct qemu_agent *agent);
void agent_unref(struct qemu_agent *agent); /* NULL is fine */
void agent_close(struct qemu_agent *agent);
bool agent_is_open(struct qemu_agent *agent);

/* How long an agent has to show that it listens, and then for the answer. */
#define AGENT_SYNC_MS 5000

struct agent_request {
    const char *command;
    json_t *arguments; /* taken, NULL for none */
    int timeout;       /* seconds, or a virDomainAgentResponseTimeoutValues */
    struct call *call; /* may end the wait; NULL for nobody */
    bool ends;         /* the guest may go away instead of answering (guest-shutdown) */
};

/* Asks whether the agent listens, then the question: a new reference to what it returns in `ret`,
 * which may be NULL. One at a time; the others' waiting is part of their time. Any thread but the
 * loop's. -1 with VIR_ERR_AGENT_UNRESPONSIVE or, when the agent
 * refuses, VIR_ERR_INTERNAL_ERROR "unable to execute QEMU agent command 'X': …". */
int agent_execute(struct qemu_agent *agent, const struct agent_request *request, json_t **ret);
