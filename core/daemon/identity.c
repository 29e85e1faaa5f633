/* On whose behalf a client calls: what it says of itself, and what drivers are told. */
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/client.h"
#include "core/daemon/dispatch.h"
#include "core/object/connect.h"
#include "wire.h"

struct fact {
    const char *name;
    int type;
    size_t offset;
};

/* 64 bits on the wire, whatever they are here. */
struct given {
    guint64 uid, gid, pid, pid_time;
    char *user, *group, *x509, *sasl, *selinux;
    gboolean has_uid, has_gid, has_pid;
};

static const struct fact facts[] = {
    {VIR_CONNECT_IDENTITY_USER_NAME, VIR_TYPED_PARAM_STRING, offsetof(struct given, user)},
    {VIR_CONNECT_IDENTITY_UNIX_USER_ID, VIR_TYPED_PARAM_ULLONG, offsetof(struct given, uid)},
    {VIR_CONNECT_IDENTITY_GROUP_NAME, VIR_TYPED_PARAM_STRING, offsetof(struct given, group)},
    {VIR_CONNECT_IDENTITY_UNIX_GROUP_ID, VIR_TYPED_PARAM_ULLONG, offsetof(struct given, gid)},
    {VIR_CONNECT_IDENTITY_PROCESS_ID, VIR_TYPED_PARAM_LLONG, offsetof(struct given, pid)},
    {VIR_CONNECT_IDENTITY_PROCESS_TIME, VIR_TYPED_PARAM_ULLONG, offsetof(struct given, pid_time)},
    {VIR_CONNECT_IDENTITY_SASL_USER_NAME, VIR_TYPED_PARAM_STRING, offsetof(struct given, sasl)},
    {VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, VIR_TYPED_PARAM_STRING,
     offsetof(struct given, x509)},
    {VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, VIR_TYPED_PARAM_STRING, offsetof(struct given, selinux)},
};

static int wrong(const char *why, const char *name)
{
    error_set(VIR_FROM_RPC, VIR_ERR_INVALID_ARG, "virConnectSetIdentity: '%s' %s", name, why);
    return -1;
}

static int take_fact(struct given *given, guint *seen, const virTypedParameter *param)
{
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        void *member = (char *)given + facts[i].offset;

        if (strcmp(facts[i].name, param->field) != 0)
            continue;
        if (*seen & 1u << i)
            return wrong("is given twice", param->field);
        if (param->type != facts[i].type)
            return wrong("has the wrong type", param->field);
        *seen |= 1u << i;
        if (param->type == VIR_TYPED_PARAM_STRING)
            *(char **)member = param->value.s;
        else
            *(guint64 *)member = param->value.ul;
        return 0;
    }
    return wrong("is nothing that is known of callers", param->field);
}

static int take_facts(struct given *given, const wire_connect_set_identity_args *args)
{
    guint seen = 0;

    for (unsigned int i = 0; i < args->params_count; i++)
        if (take_fact(given, &seen, &args->params[i]) < 0)
            return -1;
    given->has_uid = seen & 1u << 1;
    given->has_gid = seen & 1u << 3;
    given->has_pid = seen & 1u << 4;
    if (given->uid > G_MAXUINT32 || given->gid > G_MAXUINT32 || given->pid > G_MAXINT32)
        return wrong("is out of range", given->uid > G_MAXUINT32   ? facts[1].name
                                        : given->gid > G_MAXUINT32 ? facts[3].name
                                                                   : facts[4].name);
    return 0;
}

/* Who is not told by a number is nobody's number. */
static struct access_identity identity_of(const struct given *given)
{
    return (struct access_identity){
        .local = given->has_uid || given->user,
        .uid = given->has_uid ? (uid_t)given->uid : (uid_t)-1,
        .gid = given->has_gid ? (gid_t)given->gid : (gid_t)-1,
        .pid = given->has_pid ? (pid_t)given->pid : 0,
        .pid_time = given->pid_time,
        .user = g_strdup(given->user),
        .group = g_strdup(given->group),
        .x509 = g_strdup(given->x509),
        .sasl = g_strdup(given->sasl),
        .selinux = g_strdup(given->selinux),
    };
}

static gboolean may_delegate(struct daemon_client *client)
{
    lock_guard(&client->lock);
    return !client->delegated && !client->readonly && client->identity.local &&
           (client->identity.uid == 0 || client->identity.uid == geteuid());
}

int dispatch_connect_set_identity(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_connect_set_identity_args *args = message;
    struct daemon_client *client = call->client;
    struct given given = {0};
    g_autofree char *name = NULL;

    (void)answer;
    if (!may_delegate(client)) {
        error_set(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED,
                  "virConnectSetIdentity is for root and the daemon's own user");
        return -1;
    }
    if (args->flags) {
        error_set(VIR_FROM_RPC, VIR_ERR_INVALID_ARG,
                  "virConnectSetIdentity: flags 0x%x, none is accepted", args->flags);
        return -1;
    }
    if (take_facts(&given, args) < 0)
        return -1;
    lock_take(&client->lock);
    access_identity_clear(&client->identity);
    client->identity = identity_of(&given);
    client->delegated = TRUE;
    lock_drop(&client->lock);
    daemon_client_trust(client);
    if (call->conn)
        daemon_client_identify(client, call->conn);
    name = daemon_client_name(client);
    log_info("client=%" G_GUINT64_FORMAT " acts for %s", client->peer->id, name);
    return 0;
}

static void add_text(virTypedParameterPtr *params, int *n, int *max, const char *name,
                     const char *value)
{
    if (value)
        virTypedParamsAddString(params, n, max, name, value);
}

void daemon_client_identify(struct daemon_client *client, virConnectPtr conn)
{
    const struct access_identity *identity = &client->identity;
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0;

    lock_take(&client->lock);
    add_text(&params, &n, &max, VIR_CONNECT_IDENTITY_USER_NAME, identity->user);
    add_text(&params, &n, &max, VIR_CONNECT_IDENTITY_GROUP_NAME, identity->group);
    add_text(&params, &n, &max, VIR_CONNECT_IDENTITY_SASL_USER_NAME, identity->sasl);
    add_text(&params, &n, &max, VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME, identity->x509);
    add_text(&params, &n, &max, VIR_CONNECT_IDENTITY_SELINUX_CONTEXT, identity->selinux);
    if (identity->local && identity->uid != (uid_t)-1)
        virTypedParamsAddULLong(&params, &n, &max, VIR_CONNECT_IDENTITY_UNIX_USER_ID,
                                identity->uid);
    if (identity->local && identity->gid != (gid_t)-1)
        virTypedParamsAddULLong(&params, &n, &max, VIR_CONNECT_IDENTITY_UNIX_GROUP_ID,
                                identity->gid);
    if (identity->pid)
        virTypedParamsAddLLong(&params, &n, &max, VIR_CONNECT_IDENTITY_PROCESS_ID, identity->pid);
    if (identity->pid_time)
        virTypedParamsAddULLong(&params, &n, &max, VIR_CONNECT_IDENTITY_PROCESS_TIME,
                                identity->pid_time);
    lock_drop(&client->lock);
    connect_set_identity(conn, params, n);
}
