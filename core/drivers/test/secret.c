#include "core/drivers/test/secret.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

const char *secret_usage_id(const struct secret *def)
{
    switch (def->usage.type) {
    case SECRET_USAGE_TYPE_VOLUME:
        return def->usage.volume;
    case SECRET_USAGE_TYPE_ISCSI:
        return def->usage.target;
    default:
        return def->usage.name;
    }
}

virSecretPtr secret_handle(virConnectPtr conn, const struct secret_item *secret)
{
    const char *usage = secret_usage_id(secret->def);

    return new_secret(conn, secret->item.uuid, secret->def->usage.type, usage ? usage : "");
}

struct secret_item *secret_find(struct world *world, const unsigned char *uuid)
{
    struct secret_item *secret = objlist_by_uuid(&world->secrets, uuid);
    char text[UUID_TEXT];

    if (!secret)
        error_set(VIR_FROM_SECRET, VIR_ERR_NO_SECRET, "no secret with matching uuid '%s'",
                  uuid_format(uuid, text));
    return secret;
}

/* Secrets for nothing in particular are not found by what they open. */
static struct secret_item *find_usage(struct world *world, int type, const char *usage)
{
    for (objlist_each(&world->secrets, struct secret_item, secret)) {
        if (type && (int)secret->def->usage.type == type &&
            !g_strcmp0(secret_usage_id(secret->def), usage))
            return secret;
    }
    return NULL;
}

static int refuse_usage(const struct secret_item *secret, const char *word)
{
    const char *usage = secret_usage_id(secret->def);

    error_set(VIR_FROM_SECRET, VIR_ERR_INTERNAL_ERROR,
              "a secret with UUID %s %s defined for use with %s", secret->name, word,
              usage ? usage : "nothing");
    return -1;
}

static int check_change(const struct secret_item *secret, const struct secret *def)
{
    if (g_strcmp0(secret_usage_id(secret->def), secret_usage_id(def)) != 0)
        return refuse_usage(secret, "is already");
    if (secret->def->private != TRISTATE_YES || def->private == TRISTATE_YES)
        return 0;
    error_set(VIR_FROM_SECRET, VIR_ERR_INTERNAL_ERROR,
              "cannot change private flag on existing secret");
    return -1;
}

static struct secret_item *add(struct world *world, const unsigned char *uuid)
{
    struct secret_item *secret = g_new0(struct secret_item, 1);
    char text[UUID_TEXT];

    secret->name = g_strdup(uuid_format(uuid, text));
    secret->item.name = secret->name;
    secret->item.id = -1;
    memcpy(secret->item.uuid, uuid, UUID_BYTES);
    objlist_add(&world->secrets, &secret->item);
    return secret;
}

/* With the lock held. The value stays with a new definition. */
static struct secret_item *define_locked(struct world *world, struct secret *def)
{
    struct secret_item *secret, *other;
    unsigned char uuid[UUID_BYTES];

    /* The document's reader has checked or made it. */
    if (!uuid_parse(def->uuid, uuid))
        memset(uuid, 0, UUID_BYTES);
    secret = objlist_by_uuid(&world->secrets, uuid);
    if (secret && check_change(secret, def) < 0)
        return NULL;
    other = find_usage(world, def->usage.type, secret_usage_id(def));
    if (other && other != secret) {
        refuse_usage(other, "already");
        return NULL;
    }
    if (!secret)
        secret = add(world, uuid);
    secret_free(secret->def);
    secret->def = def;
    secret_event_lifecycle(world, secret, VIR_SECRET_EVENT_DEFINED);
    return secret;
}

static virSecretPtr test_secretDefineXML(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct world *world = world_of(conn);
    struct secret_item *secret;
    struct secret *def;

    if (flags_check(flags, VIR_SECRET_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    def = secret_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    secret = define_locked(world, def);
    if (secret)
        return secret_handle(conn, secret);
    secret_free(def);
    return NULL;
}

static void remove_locked(struct world *world, struct secret_item *secret)
{
    objlist_remove(&world->secrets, &secret->item);
    secret_clear_value(secret);
    secret_free(secret->def);
    g_free(secret->name);
    g_free(secret);
}

void secrets_free(struct world *world)
{
    for (struct secret_item *secret; (secret = g_queue_peek_head(&world->secrets.order));)
        remove_locked(world, secret);
}

static int test_secretUndefine(virSecretPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct secret_item *secret;

    lock_guard(&world->lock);
    secret = secret_find(world, handle->uuid);
    if (!secret)
        return -1;
    secret_event_lifecycle(world, secret, VIR_SECRET_EVENT_UNDEFINED);
    remove_locked(world, secret);
    return 0;
}

static virSecretPtr test_secretLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct world *world = world_of(conn);
    struct secret_item *secret;

    lock_guard(&world->lock);
    secret = secret_find(world, uuid);
    return secret ? secret_handle(conn, secret) : NULL;
}

static virSecretPtr test_secretLookupByUsage(virConnectPtr conn, int type, const char *usage)
{
    struct world *world = world_of(conn);
    struct secret_item *secret;

    lock_guard(&world->lock);
    secret = find_usage(world, type, usage);
    if (secret)
        return secret_handle(conn, secret);
    error_set(VIR_FROM_SECRET, VIR_ERR_NO_SECRET, "no secret with matching usage '%s'", usage);
    return NULL;
}

static char *test_secretGetXMLDesc(virSecretPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct secret_item *secret;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    secret = secret_find(world, handle->uuid);
    return secret ? secret_format(secret->def, 0) : NULL;
}

const struct secret_driver test_secret_driver = {
    .name = "Test",
    .connectListAllSecrets = test_connectListAllSecrets,
    .connectListSecrets = test_connectListSecrets,
    .connectNumOfSecrets = test_connectNumOfSecrets,
    .connectSecretEventDeregisterAny = test_connectSecretEventDeregisterAny,
    .connectSecretEventRegisterAny = test_connectSecretEventRegisterAny,
    .secretDefineXML = test_secretDefineXML,
    .secretGetValue = test_secretGetValue,
    .secretGetXMLDesc = test_secretGetXMLDesc,
    .secretLookupByUUID = test_secretLookupByUUID,
    .secretLookupByUsage = test_secretLookupByUsage,
    .secretSetValue = test_secretSetValue,
    .secretUndefine = test_secretUndefine,
};
