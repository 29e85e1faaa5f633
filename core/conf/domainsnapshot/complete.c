#include "core/conf/domainsnapshot/complete.h"

#include "core/object/error.h"

#include <corral/corral.h>
#include <string.h>

#define MODE(name) DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_##name
#define MEMORY(name) DOMAINSNAPSHOT_MEMORY_SNAPSHOT_##name

static int refuse(int code, const char *text)
{
    error_set(VIR_FROM_DOMAIN_SNAPSHOT, code, "%s", text);
    return -1;
}

static bool is_offline(enum domainsnapshot_state state)
{
    return state == DOMAINSNAPSHOT_STATE_SHUTOFF || state == DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT;
}

static bool is_external(const struct domainsnapshot *def)
{
    for (size_t i = 0; i < def->disks.n_disks; i++) {
        if (def->disks.disks[i].snapshot == MODE(EXTERNAL))
            return true;
    }
    return def->memory.snapshot == MEMORY(EXTERNAL);
}

static int check_redefined(const struct domainsnapshot *def, const struct domain *guest)
{
    if (!def->name)
        return refuse(VIR_ERR_XML_ERROR, "a redefined snapshot must have a name");
    if (!def->creation_time)
        return refuse(VIR_ERR_INTERNAL_ERROR, "missing creationTime from existing snapshot");
    if (!def->state)
        return refuse(VIR_ERR_XML_ERROR, "missing state from existing snapshot");
    if (!def->domain)
        return refuse(VIR_ERR_INTERNAL_ERROR, "missing domain in snapshot");
    if (g_strcmp0(def->domain->uuid, guest->uuid) == 0)
        return 0;
    error_set(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG,
              "definition for snapshot %s must use uuid %s", def->name, guest->uuid);
    return -1;
}

static int redefine(struct domainsnapshot *def, const struct domain *guest)
{
    bool external;

    if (check_redefined(def, guest) < 0)
        return -1;
    if (!def->memory.snapshot)
        def->memory.snapshot = is_offline(def->state) ? MEMORY(NO) : MEMORY(INTERNAL);
    if (is_offline(def->state) && def->memory.snapshot != MEMORY(NO))
        return refuse(VIR_ERR_XML_ERROR,
                      "memory state cannot be saved with offline or disk-only snapshot");
    external = def->state == DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT || is_external(def);
    return snapshot_align_disks(def, def->domain, external ? MODE(EXTERNAL) : MODE(INTERNAL),
                                !external);
}

static void set_moment(struct domainsnapshot *def, const struct domain *guest, long long now)
{
    def->creation_time = now;
    if (!def->name)
        def->name = g_strdup_printf("%lld", now);
    g_clear_pointer(&def->parent.name, g_free);
    g_clear_pointer(&def->owner.uuid, g_free);
    domain_free(def->inactive_domain);
    def->inactive_domain = NULL;
    domain_free(def->domain);
    def->domain = domain_copy(guest);
}

static int create(struct domainsnapshot *def, const struct domain *guest,
                  enum domainsnapshot_state state, unsigned flags, long long now)
{
    bool disk_only = flags & SNAPSHOT_DISK_ONLY;
    bool external = disk_only || def->memory.snapshot == MEMORY(EXTERNAL);

    if (disk_only && def->memory.snapshot && def->memory.snapshot != MEMORY(NO))
        return refuse(VIR_ERR_XML_ERROR,
                      "memory state cannot be saved with offline or disk-only snapshot");
    set_moment(def, guest, now);
    def->state = disk_only ? DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT : state;
    if (!external || disk_only)
        def->memory.snapshot = is_offline(def->state) ? MEMORY(NO) : MEMORY(INTERNAL);
    return snapshot_align_disks(def, guest, external ? MODE(EXTERNAL) : MODE(INTERNAL), !external);
}

int snapshot_complete(struct domainsnapshot *def, const struct domain *guest,
                      enum domainsnapshot_state state, unsigned flags, long long now)
{
    if (flags & SNAPSHOT_REDEFINE)
        return redefine(def, guest);
    return create(def, guest, state, flags, now);
}
