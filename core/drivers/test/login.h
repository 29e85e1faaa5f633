/* Who may connect, when a node description names users: <auth><user password='x'>joe</user></auth>.
 */
#pragma once

#include <libxml/tree.h>

#include "core/drivers/test/state.h"

/* Reads a node's <auth>; leaves NULL when there is none. */
int logins_parse(xmlNodePtr node, struct logins **ret_logins);
void logins_free(struct logins *logins); /* NULL is fine */
/* Asks for what is needed; 0 for those who may, and for everybody without logins. */
int logins_ask(const struct logins *logins, virConnectAuthPtr auth);
