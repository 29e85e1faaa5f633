#include "core/drivers/test/nwfilter.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

static virNWFilterPtr handle_of(virConnectPtr conn, const struct filter *filter)
{
    return new_nwfilter(conn, filter->item.name, filter->item.uuid);
}

static struct filter *find(struct world *world, const unsigned char *uuid)
{
    struct filter *filter = objlist_by_uuid(&world->filters, uuid);
    char text[UUID_TEXT];

    if (!filter)
        error_set(VIR_FROM_NWFILTER, VIR_ERR_NO_NWFILTER, "no nwfilter with matching uuid '%s'",
                  uuid_format(uuid, text));
    return filter;
}

/* `seen` has the names that were followed; a filter that is missing leads nowhere. */
static gboolean leads_to(struct world *world, const struct nwfilter *def, const char *name,
                         GHashTable *seen)
{
    for (size_t i = 0; i < def->n_entries; i++) {
        const struct nwfilter_entries_filterref *ref = def->entries[i].filterref;
        struct filter *filter;

        if (!ref)
            continue;
        if (!strcmp(ref->filter, name))
            return TRUE;
        filter = objlist_by_name(&world->filters, ref->filter);
        if (filter && g_hash_table_add(seen, ref->filter) &&
            leads_to(world, filter->def, name, seen))
            return TRUE;
    }
    return FALSE;
}

gboolean filter_leads_to(struct world *world, const struct nwfilter *def, const char *name)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    return !strcmp(def->name, name) || leads_to(world, def, name, seen);
}

static gboolean has_loop(struct world *world, const struct nwfilter *def)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    return leads_to(world, def, def->name, seen);
}

/* The filter that a document means: NULL for a new one. */
static int match(struct world *world, const struct nwfilter *def, const unsigned char *uuid,
                 struct filter **ret_filter)
{
    struct filter *filter = objlist_by_uuid(&world->filters, uuid);
    char text[UUID_TEXT];

    if (filter && strcmp(filter->item.name, def->name) != 0) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_OPERATION_FAILED,
                  "filter with same UUID but different name ('%s') already exists",
                  filter->item.name);
        return -1;
    }
    if (!filter && (filter = objlist_by_name(&world->filters, def->name))) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_OPERATION_FAILED,
                  "filter '%s' already exists with uuid %s", def->name,
                  uuid_format(filter->item.uuid, text));
        return -1;
    }
    if (has_loop(world, def)) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_OPERATION_FAILED, "filter would introduce a loop");
        return -1;
    }
    *ret_filter = filter;
    return 0;
}

static struct filter *add(struct world *world, struct nwfilter *def, const unsigned char *uuid)
{
    struct filter *filter = g_new0(struct filter, 1);

    filter->item.name = def->name;
    filter->item.id = -1;
    memcpy(filter->item.uuid, uuid, UUID_BYTES);
    objlist_add(&world->filters, &filter->item);
    return filter;
}

/* With the lock held; takes `def` over when it succeeds. */
static struct filter *define_locked(struct world *world, struct nwfilter *def)
{
    unsigned char uuid[UUID_BYTES];
    struct filter *filter;

    /* The document's reader has checked or made it. */
    if (!uuid_parse(def->uuid, uuid))
        memset(uuid, 0, UUID_BYTES);
    if (match(world, def, uuid, &filter) < 0)
        return NULL;
    if (filter)
        objlist_rename(&world->filters, &filter->item, def->name);
    else
        filter = add(world, def, uuid);
    nwfilter_free(filter->def);
    filter->def = def;
    return filter;
}

static virNWFilterPtr test_nWFilterDefineXMLFlags(virConnectPtr conn, const char *xml,
                                                  unsigned int flags)
{
    struct world *world = world_of(conn);
    struct filter *filter;
    struct nwfilter *def;

    if (flags_check(flags, VIR_NWFILTER_DEFINE_VALIDATE, __func__) < 0)
        return NULL;
    def = nwfilter_parse(xml, &context, DOC_INACTIVE | (flags ? DOC_VALIDATE : 0));
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    filter = define_locked(world, def);
    if (filter)
        return handle_of(conn, filter);
    nwfilter_free(def);
    return NULL;
}

static virNWFilterPtr test_nWFilterDefineXML(virConnectPtr conn, const char *xml)
{
    return test_nWFilterDefineXMLFlags(conn, xml, 0);
}

static void remove_locked(struct world *world, struct filter *filter)
{
    objlist_remove(&world->filters, &filter->item);
    nwfilter_free(filter->def);
    g_free(filter);
}

void filters_free(struct world *world)
{
    bindings_free(world);
    for (struct filter *filter; (filter = g_queue_peek_head(&world->filters.order));)
        remove_locked(world, filter);
}

static int test_nWFilterUndefine(virNWFilterPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct filter *filter;
    const char *port;

    lock_guard(&world->lock);
    filter = find(world, handle->uuid);
    if (!filter)
        return -1;
    port = filter_port(world, filter->item.name);
    if (port) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_OPERATION_INVALID, "nwfilter is in use: '%s' on '%s'",
                  filter->item.name, port);
        return -1;
    }
    remove_locked(world, filter);
    return 0;
}

static virNWFilterPtr test_nWFilterLookupByName(virConnectPtr conn, const char *name)
{
    struct world *world = world_of(conn);
    struct filter *filter;

    lock_guard(&world->lock);
    filter = objlist_by_name(&world->filters, name);
    if (filter)
        return handle_of(conn, filter);
    error_set(VIR_FROM_NWFILTER, VIR_ERR_NO_NWFILTER, "no nwfilter with matching name '%s'", name);
    return NULL;
}

static virNWFilterPtr test_nWFilterLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    struct world *world = world_of(conn);
    struct filter *filter;

    lock_guard(&world->lock);
    filter = find(world, uuid);
    return filter ? handle_of(conn, filter) : NULL;
}

static char *test_nWFilterGetXMLDesc(virNWFilterPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct filter *filter;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    filter = find(world, handle->uuid);
    return filter ? nwfilter_format(filter->def, 0) : NULL;
}

static int test_connectListAllNWFilters(virConnectPtr conn, virNWFilterPtr **filters,
                                        unsigned int flags)
{
    struct world *world = world_of(conn);
    virNWFilterPtr *found = NULL;
    int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (filters) {
        found = g_new0(virNWFilterPtr, objlist_count(&world->filters) + 1);
        for (objlist_each(&world->filters, struct filter, filter))
            found[n++] = handle_of(conn, filter);
        *filters = found;
    }
    return objlist_count(&world->filters);
}

static int test_connectListNWFilters(virConnectPtr conn, char **names, int max)
{
    struct world *world = world_of(conn);
    int n = 0;

    lock_guard(&world->lock);
    for (objlist_each(&world->filters, struct filter, filter)) {
        if (n == max)
            break;
        names[n++] = g_strdup(filter->item.name);
    }
    return n;
}

static int test_connectNumOfNWFilters(virConnectPtr conn)
{
    struct world *world = world_of(conn);

    lock_guard(&world->lock);
    return objlist_count(&world->filters);
}

const struct nwfilter_driver test_nwfilter_driver = {
    .name = "Test",
    .connectListAllNWFilterBindings = test_connectListAllNWFilterBindings,
    .connectListAllNWFilters = test_connectListAllNWFilters,
    .connectListNWFilters = test_connectListNWFilters,
    .connectNumOfNWFilters = test_connectNumOfNWFilters,
    .nWFilterBindingCreateXML = test_nWFilterBindingCreateXML,
    .nWFilterBindingDelete = test_nWFilterBindingDelete,
    .nWFilterBindingGetXMLDesc = test_nWFilterBindingGetXMLDesc,
    .nWFilterBindingLookupByPortDev = test_nWFilterBindingLookupByPortDev,
    .nWFilterDefineXML = test_nWFilterDefineXML,
    .nWFilterDefineXMLFlags = test_nWFilterDefineXMLFlags,
    .nWFilterGetXMLDesc = test_nWFilterGetXMLDesc,
    .nWFilterLookupByName = test_nWFilterLookupByName,
    .nWFilterLookupByUUID = test_nWFilterLookupByUUID,
    .nWFilterUndefine = test_nWFilterUndefine,
};
