/* Guests' agents: which channel is theirs, and questions to them. */
#pragma once

#include "core/drivers/qemu/agent.h"
#include "core/drivers/qemu/guest.h"

/* Kept with a guest: guest->inside. */
struct guest_inside;
void guest_inside_free(struct guest_inside *inside); /* NULL is fine */

/* Asks the agent of a guest that runs: a new reference to what it returns in `ret`, which may be
 * NULL. `arguments` is taken. `function` is the slot's name. -1 with an error: VIR_ERR_
 * ARGUMENT_UNSUPPORTED without a channel, else as agent_execute(). */
int guest_ask_agent(virDomainPtr domain, const char *command, json_t *arguments,
                    const char *function, json_t **ret);
/* The same for one that may end the guest, which then owes no answer. */
int guest_tell_agent_end(virDomainPtr domain, const char *command, json_t *arguments,
                         const char *function);
#define ASK_AGENT(domain, command, arguments, ret)                                                 \
    guest_ask_agent(domain, command, arguments, __func__, ret)
