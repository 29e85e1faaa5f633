/* Guests that move from one world to another, phase by phase. */
#pragma once

#include "core/drivers/test/jobs.h"

/* What all phases of one migration are told. */
struct move {
    virTypedParameterPtr params;
    int n;
    unsigned int flags;
};

/* -1 with an error when a setting is unknown, or the flags do not go together. */
int move_check(const struct move *move);
/* A setting; NULL, 0 when it is not there. */
const char *move_text(const struct move *move, const char *name);
unsigned long long move_number(const struct move *move, const char *name);

/* The phases, each on the side that it is named for; all but the last take the world's lock
 * themselves. The document to prepare for, or NULL. */
char *migrate_begin(virDomainPtr domain, const struct move *move);
/* `serial` is the source world's, `owner` the connection that has to come back for the end. */
int migrate_prepare(struct world *world, const struct move *move, const char *xml,
                    unsigned int serial, const void *owner);
int migrate_send(virDomainPtr domain, const struct move *move);
/* -1 with an error when the guest does not run there, be it for `cancelled`. */
int migrate_finish(struct world *world, const struct move *move, const char *name, bool cancelled);
int migrate_confirm(virDomainPtr domain, const struct move *move, bool cancelled);
/* A connection goes: what it began and nobody will end is undone. */
void migrations_abandon(struct world *world, const void *owner);
/* The source's part of that. With the world's lock held. */
void migrate_stay(struct world *world, struct guest *guest);
/* All of it, from this world to another in this process. */
int migrate_to_peer(virDomainPtr domain, const char *uri, const struct move *move);

/* Reads a document that a guest could go on with; NULL with an error, VIR_ERR_CONFIG_UNSUPPORTED
 * when it could not. */
struct domain *guest_parse_same(const char *xml, const struct domain *from);
