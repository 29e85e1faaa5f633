/* Events of the clients of a guest's screen. Their texts are, in the order of struct happening: the
 * phase's word, both addresses, the way to log in or NULL, what has been proved or NULL. */
#pragma once

#include <corral/corral.h>

/* Whether these can be told of; -1 with an error. */
int graphics_client_check(const char *local, const char *remote, const char *who);
/* Tells of them; they have been checked. */
void graphics_client_call(virConnectPtr conn, virDomainPtr dom, char *const texts[5], int phase,
                          virConnectDomainEventGraphicsCallback callback, void *opaque);
