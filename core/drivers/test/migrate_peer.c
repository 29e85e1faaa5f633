/* A source that deals with the destination by itself. Both are in this process, and what a node
 * description makes the phases suffer holds for each on its side. */
#include "core/drivers/test/migrate.h"

#include "core/drivers/test/fault.h"

#define SUFFER(world, conn, phase)                                                                 \
    faults_suffer((world)->faults, (conn), "virDomainMigrate" phase "3Params")

struct sides {
    virDomainPtr domain;
    struct world *source, *destination;
    const struct move *move;
    const char *name; /* of the guest at the destination */
};

static int begin_and_prepare(const struct sides *sides)
{
    virConnectPtr conn = sides->domain->conn;
    g_autofree char *xml = NULL;

    if (SUFFER(sides->source, conn, "Begin") < 0)
        return -1;
    xml = migrate_begin(sides->domain, sides->move);
    if (!xml || SUFFER(sides->destination, conn, "Prepare") < 0)
        return -1;
    return migrate_prepare(sides->destination, sides->move, xml, sides->source->serial, NULL);
}

/* The guest arrives, or what waits for it goes. */
static int finish(const struct sides *sides, bool sent)
{
    virErrorPtr error;

    if (sent && SUFFER(sides->destination, sides->domain->conn, "Finish") == 0)
        return migrate_finish(sides->destination, sides->move, sides->name, false);
    error = error_steal();
    migrate_finish(sides->destination, sides->move, sides->name, true);
    error_restore(error);
    return -1;
}

static int run(const struct sides *sides)
{
    bool offline = sides->move->flags & VIR_MIGRATE_OFFLINE;
    int rc = begin_and_prepare(sides);
    virErrorPtr error;

    if (rc == 0)
        rc = finish(sides, offline || migrate_send(sides->domain, sides->move) == 0);
    error = error_steal();
    if (migrate_confirm(sides->domain, sides->move, rc < 0) == 0 || rc < 0)
        error_restore(error);
    return rc;
}

static bool is_paused(virDomainPtr domain)
{
    WITH_GUEST(domain, false);
    return guest->state == VIR_DOMAIN_PAUSED;
}

int migrate_to_peer(virDomainPtr domain, const char *uri, const struct move *move)
{
    struct move same = *move;
    const char *name = move_text(move, VIR_MIGRATE_PARAM_DEST_NAME);
    struct sides sides = {
        .domain = domain,
        .source = world_of(domain->conn),
        .move = &same,
        .name = name ? name : domain->name,
    };
    int rc;

    sides.destination = world_open_elsewhere(uri);
    if (!sides.destination)
        return -1;
    if (is_paused(domain))
        same.flags |= VIR_MIGRATE_PAUSED;
    rc = run(&sides);
    world_unref(sides.destination);
    return rc;
}
