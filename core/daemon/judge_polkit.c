/* What polkit is asked about a client that no rule allows something to: actions and details have
 * the names that the field's policies know. */
#include <string.h>

#include "core/base/log.h"
#include "core/base/uuid.h"
#include "core/daemon/judge.h"
#include "core/object/object.h"
#include "core/rpc/procedure.h"
#include "wire_objects.h"

static void tell(GPtrArray *details, const char *key, const char *value)
{
    g_ptr_array_add(details, g_strdup(key));
    g_ptr_array_add(details, g_strdup(value ? value : ""));
}

static void tell_uuid(GPtrArray *details, const char *key, const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];

    uuid_format(uuid, text);
    tell(details, key, text);
}

static void tell_domain(GPtrArray *details, const wire_domain *domain)
{
    tell(details, "domain_name", domain->name);
    tell_uuid(details, "domain_uuid", domain->uuid);
}

static void tell_network(GPtrArray *details, const wire_network *network)
{
    tell(details, "network_name", network->name);
    tell_uuid(details, "network_uuid", network->uuid);
}

static void tell_pool(GPtrArray *details, const wire_storage_pool *pool)
{
    tell(details, "pool_name", pool->name);
    tell_uuid(details, "pool_uuid", pool->uuid);
}

/* A volume knows its pool by name only. */
static void tell_pool_of(GPtrArray *details, virConnectPtr conn, const wire_storage_vol *volume)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(conn, volume->pool);
    wire_storage_pool identity;

    if (!pool) {
        tell(details, "pool_name", volume->pool);
        return;
    }
    identity = wire_of_storage_pool(pool);
    tell_pool(details, &identity);
    virStoragePoolFree(pool);
}

static void tell_secret(GPtrArray *details, const wire_secret *secret)
{
    static const char *const usages[] = {
        [VIR_SECRET_USAGE_TYPE_VOLUME] = "secret_usage_volume",
        [VIR_SECRET_USAGE_TYPE_CEPH] = "secret_usage_ceph",
        [VIR_SECRET_USAGE_TYPE_ISCSI] = "secret_usage_target",
        [VIR_SECRET_USAGE_TYPE_TLS] = "secret_usage_name",
        [VIR_SECRET_USAGE_TYPE_VTPM] = "secret_usage_name",
    };

    tell_uuid(details, "secret_uuid", secret->uuid);
    if (secret->usageType > 0 && secret->usageType < (int)G_N_ELEMENTS(usages))
        tell(details, usages[secret->usageType], secret->usageID);
}

static void tell_own(GPtrArray *details, virConnectPtr conn, unsigned int type, const void *subject)
{
    switch (type) {
    case WIRE_DOMAIN:
        tell_domain(details, subject);
        break;
    case WIRE_INTERFACE:
        tell(details, "interface_name", ((const wire_interface *)subject)->name);
        tell(details, "interface_macaddr", ((const wire_interface *)subject)->mac);
        break;
    case WIRE_NETWORK:
        tell_network(details, subject);
        break;
    case WIRE_NETWORK_PORT:
        tell_network(details, &((const wire_network_port *)subject)->net);
        tell_uuid(details, "port_uuid", ((const wire_network_port *)subject)->uuid);
        break;
    case WIRE_NODE_DEVICE:
        tell(details, "node_device_name", ((const wire_node_device *)subject)->name);
        break;
    case WIRE_NWFILTER:
        tell(details, "nwfilter_name", ((const wire_nwfilter *)subject)->name);
        tell_uuid(details, "nwfilter_uuid", ((const wire_nwfilter *)subject)->uuid);
        break;
    case WIRE_NWFILTER_BINDING:
        tell(details, "nwfilter_binding_portdev",
             ((const wire_nwfilter_binding *)subject)->portdev);
        tell(details, "nwfilter_binding_filter",
             ((const wire_nwfilter_binding *)subject)->filtername);
        break;
    case WIRE_SECRET:
        tell_secret(details, subject);
        break;
    case WIRE_STORAGE_POOL:
        tell_pool(details, subject);
        break;
    case WIRE_STORAGE_VOL:
        tell_pool_of(details, conn, subject);
        tell(details, "vol_name", ((const wire_storage_vol *)subject)->name);
        tell(details, "vol_key", ((const wire_storage_vol *)subject)->key);
        break;
    default:
        break;
    }
}

/* The object that the permission is about, where the call's subject has it or is where it will be.
 */
static void tell_subject(GPtrArray *details, virConnectPtr conn, unsigned int wanted,
                         unsigned int type, const void *subject)
{
    if (type == WIRE_DOMAIN_SNAPSHOT)
        tell_own(details, conn, WIRE_DOMAIN, &((const wire_domain_snapshot *)subject)->dom);
    else if (type == WIRE_DOMAIN_CHECKPOINT)
        tell_own(details, conn, WIRE_DOMAIN, &((const wire_domain_checkpoint *)subject)->dom);
    else if (wanted == WIRE_NETWORK && type == WIRE_NETWORK_PORT)
        tell_network(details, &((const wire_network_port *)subject)->net);
    else if (wanted == WIRE_STORAGE_POOL && type == WIRE_STORAGE_VOL)
        tell_pool_of(details, conn, subject);
    else if (wanted == type || (wanted == WIRE_STORAGE_VOL && type == WIRE_STORAGE_POOL) ||
             (wanted == WIRE_NETWORK_PORT && type == WIRE_NETWORK))
        tell_own(details, conn, type, subject);
}

static char *action_of(const struct wire_acl *acl)
{
    char *action = g_strdup_printf("org.libvirt.api.%s.%s", wire_names + acl->object,
                                   wire_names + acl->permission);

    return g_strdelimit(action, "_", '-');
}

void judge_question_init(struct judge_question *question, const struct access_rights *rights,
                         virConnectPtr conn, const struct wire_acl *acl, unsigned int type,
                         const void *subject)
{
    question->action = action_of(acl);
    question->details = g_ptr_array_new_with_free_func(g_free);
    if (conn)
        tell(question->details, "connect_driver", virConnectGetType(conn));
    if (subject)
        tell_subject(question->details, conn, judge_type(wire_names + acl->object), type, subject);
    g_ptr_array_add(question->details, NULL);
    question->question = (struct polkit_question){
        .pid = rights->pid,
        .start = rights->pid_time,
        .uid = rights->uid,
        .action = question->action,
        .details = (const char *const *)question->details->pdata,
        .timeout = rights->polkit,
    };
}

void judge_question_clear(struct judge_question *question)
{
    g_ptr_array_unref(question->details);
    g_free(question->action);
}

gboolean judge_polkit(const struct access_rights *rights, virConnectPtr conn,
                      const struct wire_acl *acl, unsigned int type, const void *subject)
{
    struct judge_question question;
    gboolean allowed;

    if (!rights->polkit)
        return FALSE;
    judge_question_init(&question, rights, conn, acl, type, subject);
    error_reset(); /* of looking things up */
    allowed = polkit_allows(&question.question);
    if (!allowed && error_code() == VIR_ERR_AUTH_UNAVAILABLE)
        log_warning("%s", error_last()->message);
    judge_question_clear(&question);
    return allowed;
}
