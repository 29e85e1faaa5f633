#include "core/daemon/judge.h"

#include <string.h>

#include "core/base/uuid.h"
#include "core/daemon/client.h"
#include "core/rpc/procedure.h"
#include "wire_objects.h"

static const struct {
    const char *object;
    unsigned int type;
} kinds[] = {
    {"domain", WIRE_DOMAIN},
    {"interface", WIRE_INTERFACE},
    {"network", WIRE_NETWORK},
    {"network_port", WIRE_NETWORK_PORT},
    {"node_device", WIRE_NODE_DEVICE},
    {"nwfilter", WIRE_NWFILTER},
    {"nwfilter_binding", WIRE_NWFILTER_BINDING},
    {"secret", WIRE_SECRET},
    {"storage_pool", WIRE_STORAGE_POOL},
    {"storage_vol", WIRE_STORAGE_VOL},
};

unsigned int judge_type(const char *object)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!strcmp(kinds[i].object, object))
            return kinds[i].type;
    return WIRE_NONE;
}

/* --- names ---------------------------------------------------------------------------------------
 */

static char *uuid_text(const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];

    uuid_format(uuid, text);
    return g_strdup(text);
}

static char *own_name(unsigned int type, const void *subject)
{
    switch (type) {
    case WIRE_SECRET:
        return uuid_text(((const wire_secret *)subject)->uuid);
    case WIRE_NWFILTER_BINDING:
        return g_strdup(((const wire_nwfilter_binding *)subject)->portdev);
    case WIRE_NETWORK_PORT: {
        const wire_network_port *port = subject;
        g_autofree char *uuid = uuid_text(port->uuid);

        return g_strdup_printf("%s/%s", port->net.name, uuid);
    }
    case WIRE_STORAGE_VOL: {
        const wire_storage_vol *volume = subject;

        return g_strdup_printf("%s/%s", volume->pool, volume->name);
    }
    default: /* the others begin with it */
        return g_strdup(*(const char *const *)subject);
    }
}

/* Objects within others are known by them, too, and those that are not there yet by where they will
 * be. */
char *judge_name(const char *object, unsigned int type, const void *subject, gboolean *ret_exact)
{
    unsigned int wanted = judge_type(object);

    *ret_exact = TRUE;
    if (wanted == type)
        return own_name(type, subject);
    if (wanted == WIRE_DOMAIN && type == WIRE_DOMAIN_SNAPSHOT)
        return g_strdup(((const wire_domain_snapshot *)subject)->dom.name);
    if (wanted == WIRE_DOMAIN && type == WIRE_DOMAIN_CHECKPOINT)
        return g_strdup(((const wire_domain_checkpoint *)subject)->dom.name);
    if (wanted == WIRE_STORAGE_POOL && type == WIRE_STORAGE_VOL)
        return g_strdup(((const wire_storage_vol *)subject)->pool);
    if (wanted == WIRE_NETWORK && type == WIRE_NETWORK_PORT)
        return g_strdup(((const wire_network_port *)subject)->net.name);
    *ret_exact = FALSE;
    if ((wanted == WIRE_STORAGE_VOL && type == WIRE_STORAGE_POOL) ||
        (wanted == WIRE_NETWORK_PORT && type == WIRE_NETWORK))
        return g_strdup_printf("%s/", *(const char *const *)subject);
    return NULL;
}

/* --- what it really is ---------------------------------------------------------------------------
 */

#define RESOLVE(short, lookup)                                                                     \
    do {                                                                                           \
        wire_##short *identity = subject;                                                          \
        __auto_type found = lookup;                                                                \
                                                                                                   \
        if (!found)                                                                                \
            return -1;                                                                             \
        dispatch_keep(call, &found->base);                                                         \
        *identity = wire_of_##short(found);                                                        \
        return 0;                                                                                  \
    } while (0)

static int resolve_volume(struct dispatch_call *call, void *subject)
{
    const wire_storage_vol *volume = subject;
    virStoragePoolPtr pool = virStoragePoolLookupByName(call->conn, volume->pool);

    if (!pool)
        return -1;
    dispatch_keep(call, &pool->base);
    RESOLVE(storage_vol, virStorageVolLookupByName(pool, volume->name));
}

int judge_resolve(struct dispatch_call *call, unsigned int type, void *subject)
{
    virConnectPtr conn = call->conn;

    switch (type) {
    case WIRE_DOMAIN:
        RESOLVE(domain, virDomainLookupByUUID(conn, identity->uuid));
    case WIRE_DOMAIN_SNAPSHOT:
        return judge_resolve(call, WIRE_DOMAIN, &((wire_domain_snapshot *)subject)->dom);
    case WIRE_DOMAIN_CHECKPOINT:
        return judge_resolve(call, WIRE_DOMAIN, &((wire_domain_checkpoint *)subject)->dom);
    case WIRE_NETWORK:
        RESOLVE(network, virNetworkLookupByUUID(conn, identity->uuid));
    case WIRE_NETWORK_PORT:
        return judge_resolve(call, WIRE_NETWORK, &((wire_network_port *)subject)->net);
    case WIRE_INTERFACE:
        RESOLVE(interface, virInterfaceLookupByName(conn, identity->name));
    case WIRE_NODE_DEVICE:
        RESOLVE(node_device, virNodeDeviceLookupByName(conn, identity->name));
    case WIRE_NWFILTER:
        RESOLVE(nwfilter, virNWFilterLookupByUUID(conn, identity->uuid));
    case WIRE_NWFILTER_BINDING:
        RESOLVE(nwfilter_binding, virNWFilterBindingLookupByPortDev(conn, identity->portdev));
    case WIRE_SECRET:
        RESOLVE(secret, virSecretLookupByUUID(conn, identity->uuid));
    case WIRE_STORAGE_POOL:
        RESOLVE(storage_pool, virStoragePoolLookupByUUID(conn, identity->uuid));
    case WIRE_STORAGE_VOL:
        return resolve_volume(call, subject);
    default:
        error_set(VIR_FROM_ACCESS, VIR_ERR_INTERNAL_ERROR, "%s cannot be looked up",
                  wire_type_name(type));
        return -1;
    }
}

/* --- judging -------------------------------------------------------------------------------------
 */

static int deny(const struct dispatch_call *call, const struct wire_acl *acl, const char *name)
{
    const char *object = wire_names + acl->object, *permission = wire_names + acl->permission;

    if (error_code() == VIR_ERR_AUTH_UNAVAILABLE) /* that polkit could not say says more */
        error_prefix("%s needs %s:%s", wire_procedure_name(call->procedure), object, permission);
    else if (name)
        error_set(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "%s needs %s:%s for '%s'",
                  wire_procedure_name(call->procedure), object, permission, name);
    else
        error_set(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "%s needs %s:%s",
                  wire_procedure_name(call->procedure), object, permission);
    return -1;
}

int judge_call(struct dispatch_call *call)
{
    const struct wire_acl *acl = &wire_acls[call->procedure->acl];

    for (const struct wire_acl *end = acl + call->procedure->acls; acl < end; acl++)
        if (acl->when == WIRE_ALWAYS && access_ask(call->rights, acl) == ACCESS_NO)
            return deny(call, acl, NULL);
    return 0;
}

/* Where the answer has an object of that kind, or NULL. Only calls that change nothing may be
 * judged by what comes out. */
static const struct wire_field *answer_field(const struct dispatch_call *call,
                                             const struct wire_acl *acl)
{
    const struct wire_type *ret = &wire_types[call->procedure->ret];
    unsigned int wanted = judge_type(wire_names + acl->object);

    if (call->procedure->write || wanted == WIRE_NONE)
        return NULL;
    for (guint i = 0; i < ret->fields; i++) {
        const struct wire_field *field = &wire_fields[ret->first + i];

        if (field->kind == WIRE_RECORD && field->type == wanted)
            return field;
    }
    return NULL;
}

/* By the rules, else by polkit. */
static gboolean allows(const struct dispatch_call *call, const struct wire_acl *acl,
                       const char *name, unsigned int type, const void *subject)
{
    return access_ask_name(call->rights, acl, name) ||
           judge_polkit(call->rights, call->conn, acl, type, subject);
}

/* What is opened is judged when it is there: judge_opened(). */
static int judge_nothing(struct dispatch_call *call, const struct wire_acl *acl)
{
    if (answer_field(call, acl) || (!call->conn && call->rights->polkit))
        return 0;
    return allows(call, acl, NULL, WIRE_NONE, NULL) ? 0 : deny(call, acl, NULL);
}

static int judge_by_name(struct dispatch_call *call, const struct wire_acl *acl, void *args,
                         gboolean *resolved)
{
    const struct wire_procedure *procedure = call->procedure;
    g_autofree char *name = NULL;
    gboolean exact = FALSE;
    void *subject;

    if (procedure->subject == WIRE_NO_SUBJECT)
        return judge_nothing(call, acl);
    subject = (char *)args + procedure->subject;
    if (!call->conn) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "connection not open");
        return -1;
    }
    if (!*resolved && judge_resolve(call, procedure->subject_type, subject) < 0)
        return -1;
    *resolved = TRUE;
    name = judge_name(wire_names + acl->object, procedure->subject_type, subject, &exact);
    if (!exact && answer_field(call, acl))
        return 0;
    return allows(call, acl, name, procedure->subject_type, subject) ? 0 : deny(call, acl, name);
}

/* Objects that a call takes beside the one that it is about: it may know of them, and where they
 * are volumes, what is in them. Otherwise copying would be a way around. */
static int judge_other(struct dispatch_call *call, const struct wire_field *field, void *subject)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct wire_acl *acl;
        g_autofree char *name = NULL;

        if (kinds[i].type != field->type)
            continue;
        acl = access_permission(kinds[i].object,
                                field->type == WIRE_STORAGE_VOL ? "data_read" : "getattr");
        if (access_ask(call->rights, acl) != ACCESS_BY_NAME)
            return access_ask(call->rights, acl) == ACCESS_YES ? 0 : deny(call, acl, NULL);
        if (judge_resolve(call, field->type, subject) < 0)
            return -1;
        name = own_name(field->type, subject);
        return allows(call, acl, name, field->type, subject) ? 0 : deny(call, acl, name);
    }
    return 0;
}

static int judge_others(struct dispatch_call *call, void *args)
{
    const struct wire_type *type = &wire_types[call->procedure->args];

    for (guint i = 0; i < type->fields; i++) {
        const struct wire_field *field = &wire_fields[type->first + i];
        void *member = (char *)args + field->offset;

        if (field->offset == call->procedure->subject)
            continue;
        if (field->kind == WIRE_RECORD_OPTIONAL)
            member = *(void **)member;
        else if (field->kind != WIRE_RECORD)
            continue;
        if (member && judge_other(call, field, member) < 0)
            return -1;
    }
    return 0;
}

int judge_arguments(struct dispatch_call *call, void *args)
{
    const struct wire_acl *acl = &wire_acls[call->procedure->acl];
    gboolean resolved = FALSE;

    for (const struct wire_acl *end = acl + call->procedure->acls; acl < end; acl++) {
        enum access_answer answer;

        if (!wire_acl_applies(acl, args))
            continue;
        answer = access_ask(call->rights, acl);
        if (answer == ACCESS_NO)
            return deny(call, acl, NULL);
        if (answer == ACCESS_BY_NAME && judge_by_name(call, acl, args, &resolved) < 0)
            return -1;
    }
    return call->procedure->args ? judge_others(call, args) : 0;
}

int judge_answer(struct dispatch_call *call, const void *args, const void *answer)
{
    const struct wire_acl *acl = &wire_acls[call->procedure->acl];

    for (const struct wire_acl *end = acl + call->procedure->acls; acl < end; acl++) {
        const struct wire_field *field;
        const void *subject;
        g_autofree char *name = NULL;

        if (!wire_acl_applies(acl, args) || access_ask(call->rights, acl) != ACCESS_BY_NAME)
            continue;
        field = answer_field(call, acl);
        if (!field)
            continue;
        subject = (const char *)answer + field->offset;
        name = own_name(field->type, subject);
        if (!allows(call, acl, name, field->type, subject))
            return deny(call, acl, name);
    }
    return 0;
}

int judge_opened(struct dispatch_call *call, virConnectPtr conn)
{
    const struct wire_acl *acl = access_permission("connect", "getattr");

    if (!call->rights || !call->rights->polkit || access_ask(call->rights, acl) == ACCESS_YES ||
        judge_polkit(call->rights, conn, acl, WIRE_NONE, NULL))
        return 0;
    return deny(call, acl, NULL);
}

/* --- lists and events ----------------------------------------------------------------------------
 */

const struct wire_acl *judge_filter(const struct dispatch_call *call)
{
    const struct wire_acl *acl = &wire_acls[call->procedure->acl];

    for (const struct wire_acl *end = acl + call->procedure->acls; acl < end; acl++)
        if (acl->when == WIRE_FILTER)
            return acl;
    return NULL;
}

gboolean judge_listed(struct dispatch_call *call, const void *subject)
{
    const struct wire_acl *acl = judge_filter(call);
    enum access_answer answer = acl ? access_ask(call->rights, acl) : ACCESS_NO;
    g_autofree char *name = NULL;

    if (answer != ACCESS_BY_NAME)
        return answer == ACCESS_YES;
    name = own_name(judge_type(wire_names + acl->object), subject);
    return allows(call, acl, name, judge_type(wire_names + acl->object), subject);
}

#define LISTED(TYPE, short, Name)                                                                  \
    case WIRE_##TYPE: {                                                                            \
        wire_##short identity = wire_of_##short((vir##Name##Ptr)object);                           \
                                                                                                   \
        return judge_listed(call, &identity);                                                      \
    }

gboolean judge_listed_object(struct dispatch_call *call, struct object *object)
{
    const struct wire_acl *acl = judge_filter(call);

    switch (acl ? judge_type(wire_names + acl->object) : WIRE_NONE) {
        LISTED(DOMAIN, domain, Domain)
        LISTED(INTERFACE, interface, Interface)
        LISTED(NETWORK, network, Network)
        LISTED(NETWORK_PORT, network_port, NetworkPort)
        LISTED(NODE_DEVICE, node_device, NodeDevice)
        LISTED(NWFILTER, nwfilter, NWFilter)
        LISTED(NWFILTER_BINDING, nwfilter_binding, NWFilterBinding)
        LISTED(SECRET, secret, Secret)
        LISTED(STORAGE_POOL, storage_pool, StoragePool)
        LISTED(STORAGE_VOL, storage_vol, StorageVol)
    default:
        return FALSE;
    }
}

const struct wire_acl *judge_event_permission(unsigned int type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].type == type)
            return access_permission(kinds[i].object, "getattr");
    return NULL;
}

gboolean judge_event(const struct access_rights *rights, unsigned int type, const void *subject)
{
    const struct wire_acl *acl = judge_event_permission(type);
    g_autofree char *name = acl ? own_name(type, subject) : NULL;

    return acl && access_ask_name(rights, acl, name);
}
