/* The older lists, of names or numbers, and the counts of them: what the client may not see leaves
 * them. All follows from the tables: a count is that of the list of the same name. */
#include <string.h>

#include "core/daemon/client.h"
#include "core/daemon/judge.h"
#include "core/rpc/procedure.h"
#include "wire_objects.h"

static const struct wire_field *find_field(unsigned int type, const char *name)
{
    for (guint i = 0; i < wire_types[type].fields; i++) {
        const struct wire_field *field = &wire_fields[wire_types[type].first + i];

        if (name ? !strcmp(wire_names + field->name, name)
                 : field->kind == WIRE_STRINGS || field->kind == WIRE_I32S)
            return field;
    }
    return NULL;
}

/* How much the client has room for. */
static const struct wire_field *room_field(const struct wire_procedure *list)
{
    const struct wire_field *field = find_field(list->args, "maxnames");

    return field ? field : find_field(list->args, "maxids");
}

static guint32 *count_of(const struct wire_field *field, void *answer)
{
    return (guint32 *)((char *)answer + field->count);
}

static struct object *find_volume(virConnectPtr conn, const char *pool_name, const char *name)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(conn, pool_name);
    virStorageVolPtr volume = pool ? virStorageVolLookupByName(pool, name) : NULL;

    if (pool)
        virStoragePoolFree(pool);
    return volume ? &volume->base : NULL;
}

#define FIND(lookup)                                                                               \
    __extension__({                                                                                \
        __auto_type found_ = lookup;                                                               \
                                                                                                   \
        found_ ? &found_->base : NULL;                                                             \
    })

/* What has that name in such a list; NULL when it has gone meanwhile. */
static struct object *find_named(struct dispatch_call *call, const void *subject, const char *name)
{
    switch (judge_type(wire_names + judge_filter(call)->object)) {
    case WIRE_DOMAIN:
        return FIND(virDomainLookupByName(call->conn, name));
    case WIRE_INTERFACE:
        return FIND(virInterfaceLookupByName(call->conn, name));
    case WIRE_NETWORK:
        return FIND(virNetworkLookupByName(call->conn, name));
    case WIRE_NODE_DEVICE:
        return FIND(virNodeDeviceLookupByName(call->conn, name));
    case WIRE_NWFILTER:
        return FIND(virNWFilterLookupByName(call->conn, name));
    case WIRE_SECRET:
        return FIND(virSecretLookupByUUIDString(call->conn, name));
    case WIRE_STORAGE_POOL:
        return FIND(virStoragePoolLookupByName(call->conn, name));
    case WIRE_STORAGE_VOL:
        return find_volume(call->conn, *(const char *const *)subject, name);
    default:
        return NULL;
    }
}

/* Polkit wants to know more of it than its name. */
static gboolean sees_named(struct dispatch_call *call, const void *subject, const char *name)
{
    struct object *object = find_named(call, subject, name);
    gboolean sees = object && judge_listed_object(call, object);

    if (object)
        object_unref(object);
    return sees;
}

static gboolean sees_name(struct dispatch_call *call, const void *subject, const char *name)
{
    const struct wire_acl *acl = judge_filter(call);
    g_autofree char *inside = NULL;

    if (call->rights->polkit)
        return sees_named(call, subject, name);
    if (call->procedure->subject == WIRE_NO_SUBJECT)
        return access_ask_name(call->rights, acl, name);
    inside = g_strdup_printf("%s/%s", *(const char *const *)subject, name);
    return access_ask_name(call->rights, acl, inside);
}

static gboolean sees_number(struct dispatch_call *call, int id)
{
    virDomainPtr domain = virDomainLookupByID(call->conn, id);
    gboolean sees = domain && judge_listed_object(call, &domain->base);

    if (domain)
        virDomainFree(domain);
    return sees;
}

static void filter_names(struct dispatch_call *call, const void *subject, char **names,
                         guint32 *count, guint32 room)
{
    guint32 kept = 0;

    for (guint32 i = 0; i < *count; i++) {
        if (kept < room && sees_name(call, subject, names[i]))
            names[kept++] = names[i];
        else
            g_free(names[i]);
    }
    for (guint32 i = kept; i < *count; i++)
        names[i] = NULL;
    *count = kept;
}

static void filter_numbers(struct dispatch_call *call, int *ids, guint32 *count, guint32 room)
{
    guint32 kept = 0;

    for (guint32 i = 0; i < *count; i++)
        if (kept < room && sees_number(call, ids[i]))
            ids[kept++] = ids[i];
    *count = kept;
}

/* The whole list is asked for, since what is kept may come late in it. */
static int run_list(struct dispatch_call *call, const struct wire_procedure *list,
                    dispatch_function run, void *args, void *answer)
{
    const struct wire_field *room = room_field(list), *field = find_field(list->ret, NULL);
    const void *subject = list->subject == WIRE_NO_SUBJECT ? NULL : (char *)args + list->subject;
    gint32 *max = (gint32 *)((char *)args + room->offset);
    gint32 wanted = *max;
    void *items;

    if (wanted < 0 || (guint32)wanted > field->max)
        return run(call, args, answer); /* which refuses that */
    *max = field->max;
    if (run(call, args, answer) < 0)
        return -1;
    items = *(void **)((char *)answer + field->offset);
    if (field->kind == WIRE_STRINGS)
        filter_names(call, subject, items, count_of(field, answer), wanted);
    else
        filter_numbers(call, items, count_of(field, answer), wanted);
    error_reset();
    return 0;
}

/* "num_of_…" and the "list_…" that it counts. */
static const struct wire_procedure *find_list(const struct dispatch_call *call, gint32 *ret_number)
{
    const struct wire_program *program = wire_program(call->header.program);
    const char *name = wire_procedure_name(call->procedure);
    const char *word = strstr(name, "num_of_");
    g_autofree char *wanted =
        word ? g_strdup_printf("%.*slist_%s", (int)(word - name), name, word + 7) : g_strdup(name);

    for (guint32 i = 1; i <= program->procedures; i++) {
        const struct wire_procedure *it = wire_procedure(program, i);

        if (it && !strcmp(wire_procedure_name(it), wanted)) {
            *ret_number = i;
            return room_field(it) && find_field(it->ret, NULL) ? it : NULL;
        }
    }
    return NULL;
}

/* The members that both have. */
static void copy_arguments(const struct wire_procedure *to, void *list_args,
                           const struct wire_procedure *from, const void *args)
{
    const struct wire_type *type = &wire_types[from->args];

    for (guint i = 0; i < type->fields; i++) {
        const struct wire_field *field = &wire_fields[type->first + i];
        const struct wire_field *same = find_field(to->args, wire_names + field->name);
        size_t end = i + 1 < type->fields ? wire_fields[type->first + i + 1].offset : type->size;

        if (same)
            memcpy((char *)list_args + same->offset, (const char *)args + field->offset,
                   MIN(end - field->offset, (size_t)wire_types[to->args].size - same->offset));
    }
}

static int run_count(struct dispatch_call *call, const struct wire_procedure *list,
                     dispatch_function run, const void *args, void *answer)
{
    guint64 list_args[32] = {0}, list_answer[8] = {0};
    const struct wire_field *field = find_field(list->ret, NULL);
    int status;

    g_assert(wire_types[list->args].size <= sizeof(list_args));
    g_assert(wire_types[list->ret].size <= sizeof(list_answer));
    if (args)
        copy_arguments(list, list_args, call->procedure, args);
    *(gint32 *)((char *)list_args + room_field(list)->offset) = field->max;
    status = run_list(call, list, run, list_args, list_answer);
    if (status == 0)
        *(gint32 *)answer = *count_of(field, list_answer);
    wire_clear(list->ret, list_answer);
    return status;
}

/* A newer list that is asked for how long it is alone: it has to be made for that. */
static int run_length(struct dispatch_call *call, dispatch_function run, void *args, void *answer,
                      const struct wire_field *wanted)
{
    gint32 *need_results = (gint32 *)((char *)args + wanted->offset);
    const struct wire_type *ret = &wire_types[call->procedure->ret];
    int status;

    *need_results = 1;
    status = run(call, args, answer);
    for (guint i = 0; status == 0 && i < ret->fields; i++)
        if (wire_fields[ret->first + i].kind == WIRE_RECORDS)
            *count_of(&wire_fields[ret->first + i], answer) = 0;
    return status;
}

gboolean filter_run(struct dispatch_call *call, dispatch_function run, void *args, void *answer,
                    int *ret_status)
{
    const struct wire_acl *acl = judge_filter(call);
    const struct wire_field *wanted = find_field(call->procedure->args, "need_results");
    const struct wire_procedure *list;
    gint32 number = 0;

    if (!acl || access_ask(call->rights, acl) == ACCESS_YES)
        return FALSE;
    if (wanted) {
        if (*(gint32 *)((char *)args + wanted->offset))
            return FALSE;
        *ret_status = run_length(call, run, args, answer, wanted);
        return TRUE;
    }
    list = find_list(call, &number);
    if (!list)
        return FALSE;
    *ret_status = -1;
    if (call->procedure->subject != WIRE_NO_SUBJECT &&
        judge_resolve(call, call->procedure->subject_type,
                      (char *)args + call->procedure->subject) < 0)
        return TRUE;
    if (list == call->procedure)
        *ret_status = run_list(call, list, run, args, answer);
    else
        *ret_status =
            run_count(call, list, dispatch_find(call->header.program, number), args, answer);
    return TRUE;
}
