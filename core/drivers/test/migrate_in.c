/* The destination of a migration. */
#include "core/drivers/test/migrate.h"

#include "core/drivers/test/events.h"

static int check_source(const struct world *world, unsigned int serial)
{
    if (serial != world->serial)
        return 0;
    test_error(INTERNAL_ERROR, "attempt to migrate guest to the same host %s",
               world->path ? world->path : "test:///default");
    return -1;
}

/* NULL with an error. */
static struct domain *read_guest(const struct move *move, const char *xml)
{
    const char *name = move_text(move, VIR_MIGRATE_PARAM_DEST_NAME);
    struct domain *doc = guest_parse(xml, 0);

    if (doc && name) {
        g_free(doc->name);
        doc->name = g_strdup(name);
    }
    return doc;
}

/* The guest stands still and is nobody's yet, until the last phase. */
static void await(struct world *world, struct guest *guest, struct definition *definition,
                  const struct move *move, const void *owner)
{
    struct job *job;

    if (!guest)
        guest = guest_add_for(world, definition->doc);
    guest->live = definition_ref(definition);
    guest_start(world, guest, VIR_DOMAIN_RUNNING_MIGRATED);
    guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION);
    job = job_begin(world, guest, VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN,
                    definition->doc->memory.text << 10, 0, 0);
    job->flags = move->flags;
    job->holds = true;
    job->owner = owner;
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_STARTED,
                          VIR_DOMAIN_EVENT_STARTED_MIGRATED);
}

int migrate_prepare(struct world *world, const struct move *move, const char *xml,
                    unsigned int serial, const void *owner)
{
    g_autoptr(definition) definition = NULL;
    struct domain *doc;
    struct guest *guest;

    if (check_source(world, serial) < 0)
        return -1;
    doc = read_guest(move, xml);
    if (!doc)
        return -1;
    guest_name_interfaces(doc);
    definition = definition_new(doc);
    world_guard(world);
    if (guest_match(world, doc, true, &guest) < 0)
        return -1;
    if (!(move->flags & VIR_MIGRATE_OFFLINE)) {
        await(world, guest, definition, move, owner);
        return 0;
    }
    if (!world->arrivals)
        world->arrivals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify)definition_unref);
    g_hash_table_replace(world->arrivals, g_strdup(doc->name), definition_ref(definition));
    return 0;
}

static void define(struct world *world, struct guest *guest, struct definition *definition)
{
    int detail = guest->config ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED;

    definition_unref(guest->config);
    guest->config = definition_ref(definition);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_DEFINED, detail);
}

static int refuse_cancelled(const char *name)
{
    test_error(OPERATION_FAILED, "migration of domain '%s' was cancelled", name);
    return -1;
}

static int refuse_unknown(const char *name)
{
    test_error(NO_DOMAIN, "no domain with matching name '%s' is on its way", name);
    return -1;
}

/* A guest that was shut off comes as its definition alone. */
static int finish_offline(struct world *world, const struct move *move, const char *name,
                          bool cancelled)
{
    g_autoptr(definition) definition =
        world->arrivals ? definition_ref(g_hash_table_lookup(world->arrivals, name)) : NULL;
    struct guest *guest;

    if (!definition)
        return refuse_unknown(name);
    g_hash_table_remove(world->arrivals, name);
    if (cancelled)
        return refuse_cancelled(name);
    if (guest_match(world, definition->doc, true, &guest) < 0)
        return -1;
    if (!guest)
        guest = guest_add_for(world, definition->doc);
    define(world, guest, definition);
    return 0;
}

/* What the next start will use; NULL with an error. */
static struct definition *stored_definition(const struct guest *guest, const struct move *move)
{
    const char *xml = move_text(move, VIR_MIGRATE_PARAM_PERSIST_XML);
    struct domain *doc;

    if (!xml)
        return definition_ref(guest->live);
    doc = guest_parse(xml, 0);
    if (!doc)
        return NULL;
    g_free(doc->name);
    doc->name = g_strdup(guest->name);
    return definition_new(doc);
}

static void go_on(struct world *world, struct guest *guest, bool paused)
{
    if (paused) {
        guest_set_state(guest, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
        guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_SUSPENDED,
                              VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
        return;
    }
    guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATED);
    guest_event_lifecycle(world, guest, VIR_DOMAIN_EVENT_RESUMED,
                          VIR_DOMAIN_EVENT_RESUMED_MIGRATED);
}

static int throw_away(struct world *world, struct guest *guest, const char *name)
{
    guest_stopped(world, guest, VIR_DOMAIN_SHUTOFF_FAILED, VIR_DOMAIN_EVENT_STOPPED_FAILED);
    return name ? refuse_cancelled(name) : -1;
}

int migrate_finish(struct world *world, const struct move *move, const char *name, bool cancelled)
{
    struct guest *guest;
    struct job *job;
    world_guard(world);

    if (move->flags & VIR_MIGRATE_OFFLINE)
        return finish_offline(world, move, name, cancelled);
    guest = objlist_by_name(&world->guests, name);
    job = guest ? guest_job(guest) : NULL;
    if (!job || job->operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        return refuse_unknown(name);
    if (cancelled)
        return throw_away(world, guest, name);
    if (move->flags & VIR_MIGRATE_PERSIST_DEST) {
        g_autoptr(definition) stored = stored_definition(guest, move);

        if (!stored)
            return throw_away(world, guest, NULL);
        define(world, guest, stored);
    }
    job->progress.done = job->progress.end;
    job_end(world, guest, VIR_DOMAIN_JOB_COMPLETED, NULL);
    go_on(world, guest, move->flags & VIR_MIGRATE_PAUSED);
    return 0;
}

void migrations_abandon(struct world *world, const void *owner)
{
    GList *link, *next;
    world_guard(world);

    for (link = world->guests.order.head; link; link = next) {
        struct guest *guest = link->data;
        const struct job *job = guest_job(guest);

        next = link->next;
        if (!job || job->owner != owner)
            continue;
        if (job->operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
            throw_away(world, guest, NULL);
        else if (!job->sends)
            migrate_stay(world, guest);
    }
}
