#include "core/drivers/test/secret.h"

#define LIST_FLAGS                                                                                 \
    (VIR_CONNECT_LIST_SECRETS_EPHEMERAL | VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL |                  \
     VIR_CONNECT_LIST_SECRETS_PRIVATE | VIR_CONNECT_LIST_SECRETS_NO_PRIVATE)

/* A pair of opposite flags: with none or both given, everything passes. */
static gboolean passes(unsigned int flags, unsigned int yes, unsigned int no, gboolean is)
{
    return !(flags & (yes | no)) || (is ? flags & yes : flags & no);
}

static gboolean wanted(const struct secret *def, unsigned int flags)
{
    return passes(flags, VIR_CONNECT_LIST_SECRETS_EPHEMERAL, VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL,
                  def->ephemeral == TRISTATE_YES) &&
           passes(flags, VIR_CONNECT_LIST_SECRETS_PRIVATE, VIR_CONNECT_LIST_SECRETS_NO_PRIVATE,
                  def->private == TRISTATE_YES);
}

int test_connectListAllSecrets(virConnectPtr conn, virSecretPtr **secrets, unsigned int flags)
{
    struct world *world = world_of(conn);
    virSecretPtr *found = NULL;
    int n = 0;

    if (flags_check(flags, LIST_FLAGS, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (secrets)
        found = g_new0(virSecretPtr, objlist_count(&world->secrets) + 1);
    for (objlist_each(&world->secrets, struct secret_item, secret)) {
        if (!wanted(secret->def, flags))
            continue;
        if (found)
            found[n] = secret_handle(conn, secret);
        n++;
    }
    if (secrets)
        *secrets = found;
    return n;
}

int test_connectListSecrets(virConnectPtr conn, char **uuids, int max)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->secrets, struct secret_item, secret)) {
        if (n == max)
            break;
        uuids[n++] = g_strdup(secret->name);
    }
    return n;
}

int test_connectNumOfSecrets(virConnectPtr conn)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    return objlist_count(&world->secrets);
}
