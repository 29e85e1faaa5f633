/* Filters at work on ports, which are whatever they are called: nobody's traffic depends on it. */
#include "core/drivers/test/nwfilter.h"

#include "core/object/error.h"
#include "objects.h"

static const struct doc_context context = {.driver = "test"};

static virNWFilterBindingPtr handle_of(virConnectPtr conn, const struct binding *binding)
{
    return new_nwfilter_binding(conn, binding->item.name, binding->def->filterref.filter);
}

static struct binding *find(struct world *world, const char *port)
{
    struct binding *binding = objlist_by_name(&world->bindings, port);

    if (!binding)
        error_set(VIR_FROM_NWFILTER, VIR_ERR_NO_NWFILTER_BINDING,
                  "no nwfilter binding for port dev '%s'", port);
    return binding;
}

const char *filter_port(struct world *world, const char *name)
{
    for (objlist_each(&world->bindings, struct binding, binding)) {
        struct filter *filter = objlist_by_name(&world->filters, binding->def->filterref.filter);

        if (filter && filter_leads_to(world, filter->def, name))
            return binding->item.name;
    }
    return NULL;
}

static void remove_locked(struct world *world, struct binding *binding)
{
    objlist_remove(&world->bindings, &binding->item);
    nwfilterbinding_free(binding->def);
    g_free(binding);
}

void bindings_free(struct world *world)
{
    for (struct binding *binding; (binding = g_queue_peek_head(&world->bindings.order));)
        remove_locked(world, binding);
}

/* With the lock held; takes `def` over when it succeeds. */
static struct binding *create_locked(struct world *world, struct nwfilterbinding *def)
{
    struct binding *binding;

    if (objlist_by_name(&world->bindings, def->portdev.name)) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_OPERATION_FAILED, "binding '%s' already exists",
                  def->portdev.name);
        return NULL;
    }
    if (!objlist_by_name(&world->filters, def->filterref.filter)) {
        error_set(VIR_FROM_NWFILTER, VIR_ERR_INTERNAL_ERROR, "referenced filter '%s' is missing",
                  def->filterref.filter);
        return NULL;
    }
    binding = g_new0(struct binding, 1);
    binding->def = def;
    binding->item.name = def->portdev.name;
    binding->item.id = -1;
    objlist_add(&world->bindings, &binding->item);
    return binding;
}

virNWFilterBindingPtr test_nWFilterBindingCreateXML(virConnectPtr conn, const char *xml,
                                                    unsigned int flags)
{
    struct world *world = world_of(conn);
    struct nwfilterbinding *def;
    struct binding *binding;

    if (flags_check(flags, VIR_NWFILTER_BINDING_CREATE_VALIDATE, __func__) < 0)
        return NULL;
    def = nwfilterbinding_parse(xml, &context, flags ? DOC_VALIDATE : 0);
    if (!def)
        return NULL;
    lock_guard(&world->lock);
    binding = create_locked(world, def);
    if (binding)
        return handle_of(conn, binding);
    nwfilterbinding_free(def);
    return NULL;
}

int test_nWFilterBindingDelete(virNWFilterBindingPtr handle)
{
    struct world *world = world_of(handle->conn);
    struct binding *binding;

    lock_guard(&world->lock);
    binding = find(world, handle->portdev);
    if (!binding)
        return -1;
    remove_locked(world, binding);
    return 0;
}

char *test_nWFilterBindingGetXMLDesc(virNWFilterBindingPtr handle, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct binding *binding;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    binding = find(world, handle->portdev);
    return binding ? nwfilterbinding_format(binding->def, 0) : NULL;
}

virNWFilterBindingPtr test_nWFilterBindingLookupByPortDev(virConnectPtr conn, const char *portdev)
{
    struct world *world = world_of(conn);
    struct binding *binding;

    lock_guard(&world->lock);
    binding = find(world, portdev);
    return binding ? handle_of(conn, binding) : NULL;
}

int test_connectListAllNWFilterBindings(virConnectPtr conn, virNWFilterBindingPtr **bindings,
                                        unsigned int flags)
{
    struct world *world = world_of(conn);
    virNWFilterBindingPtr *found;
    int n = 0;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    if (bindings) {
        found = g_new0(virNWFilterBindingPtr, objlist_count(&world->bindings) + 1);
        for (objlist_each(&world->bindings, struct binding, binding))
            found[n++] = handle_of(conn, binding);
        *bindings = found;
    }
    return objlist_count(&world->bindings);
}
