/* Controllers: what one says, where it stands, and those that a guest needs without saying so. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"
#include "core/conf/domain/order.h"

/* The ports of its EHCI controller that a companion serves begin here. */
static const struct {
    unsigned model, startport;
} companions[] = {
    {DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1, 0},
    {DOMAIN_CONTROLLER_MODEL_ICH9_UHCI2, 2},
    {DOMAIN_CONTROLLER_MODEL_ICH9_UHCI3, 4},
};

/* Types of controllers that come in one model have no word for it. */
static int check_model(const struct domain_controller *controller, const struct doc_call *call)
{
    switch (controller->type) {
    case DOMAIN_CONTROLLER_TYPE_FDC:
    case DOMAIN_CONTROLLER_TYPE_SATA:
    case DOMAIN_CONTROLLER_TYPE_CCID:
    case DOMAIN_CONTROLLER_TYPE_XENBUS:
    case DOMAIN_CONTROLLER_TYPE_ISA:
        break;
    default:
        return 0;
    }
    if (!domain_has_attribute(call, "model"))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "Unknown model type: controllers of type '%s' have no model",
              WORD(domain_controller_type_words, controller->type));
    return -1;
}

int domain_hook_controller(void *part, const struct doc_call *call)
{
    struct domain_controller *controller = part;

    if (check_model(controller, call) < 0)
        return -1;
    if (controller->type != DOMAIN_CONTROLLER_TYPE_USB)
        return 0;
    /* A controller that is none stands nowhere. */
    if (controller->model == DOMAIN_CONTROLLER_MODEL_NONE) {
        doc_clear(&domain_address_layout, &controller->address);
        controller->master.has_startport = false;
    } else if (domain_has_child(call, "master")) {
        controller->master.has_startport = true;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(companions); i++) {
        if (controller->model == companions[i].model && !controller->master.has_startport) {
            controller->master.has_startport = true;
            controller->master.startport = companions[i].startport;
        }
    }
    return 0;
}

static bool stands_before(const struct domain_controller *controller,
                          const struct domain_controller *other)
{
    if (other->index != controller->index)
        return other->index > controller->index;
    /* A master stands before its companions. */
    return !controller->master.has_startport && other->master.has_startport;
}

/* Controllers of one type stand together in the order of their indexes; one without an index
 * stands last. */
size_t domain_insert_controller(const void *items, size_t n, const void *item)
{
    const struct domain_controller *list = items, *controller = item;
    size_t place = n;
    bool found = false;

    for (size_t i = n; i > 0; i--) {
        if (list[i - 1].type != controller->type)
            continue;
        if (!controller->has_index)
            return i;
        if (list[i - 1].has_index && stands_before(controller, &list[i - 1]))
            place = i - 1;
        else if (!found)
            place = i;
        found = true;
    }
    return place;
}

struct domain_controller *domain_find_controller(const struct domain *def, unsigned type,
                                                 unsigned index)
{
    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        struct domain_controller *controller = &def->devices.controllers[i];

        if (controller->type == type && controller->has_index && controller->index == index)
            return controller;
    }
    return NULL;
}

/* Indexes that controllers have, each with its type. */
static GHashTable *taken_indexes(const struct domain *def)
{
    GHashTable *taken = g_hash_table_new(NULL, NULL);

    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        const struct domain_controller *controller = &def->devices.controllers[i];

        if (controller->has_index)
            g_hash_table_add(taken,
                             GSIZE_TO_POINTER((gsize)controller->type << 32 | controller->index));
    }
    return taken;
}

static unsigned unused_index(GHashTable *taken, unsigned type, unsigned from)
{
    while (g_hash_table_contains(taken, GSIZE_TO_POINTER((gsize)type << 32 | from)))
        from++;
    return from;
}

static bool is_companion(const struct domain_controller *controller)
{
    return controller->type == DOMAIN_CONTROLLER_TYPE_USB &&
           (controller->model == DOMAIN_CONTROLLER_MODEL_ICH9_EHCI1 ||
            controller->model == DOMAIN_CONTROLLER_MODEL_ICH9_UHCI1 ||
            controller->model == DOMAIN_CONTROLLER_MODEL_ICH9_UHCI2 ||
            controller->model == DOMAIN_CONTROLLER_MODEL_ICH9_UHCI3);
}

/* The four of an ICH9 share one index when they follow each other, each model once. */
static bool join_companions(const struct domain *def, struct domain_controller *joining)
{
    const struct domain_controller *list = def->devices.controllers, *before = NULL;

    for (const struct domain_controller *other = list; other < joining; other++) {
        if (other->type == joining->type)
            before = other;
    }
    if (!is_companion(joining) || !before || !is_companion(before))
        return false;
    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        if (list[i].has_index && list[i].index == before->index && is_companion(&list[i]) &&
            list[i].model == joining->model)
            return false;
    }
    joining->index = before->index;
    joining->has_index = true;
    return true;
}

int domain_number_controllers(struct domain *def, const struct doc_call *call)
{
    g_autoptr(GHashTable) taken = taken_indexes(def);
    struct domain_controller *list = def->devices.controllers;
    unsigned next[DOMAIN_CONTROLLER_TYPE_ISA + 1] = {0}; /* all below are taken */

    (void)call;
    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        unsigned *from = &next[list[i].type];

        if (list[i].has_index || join_companions(def, &list[i]))
            continue;
        list[i].index = unused_index(taken, list[i].type, *from);
        list[i].has_index = true;
        *from = list[i].index + 1;
    }
    return 0;
}

unsigned domain_count_controllers(const struct domain *def, unsigned type)
{
    unsigned n = 0;

    for (size_t i = 0; i < def->devices.n_controllers; i++)
        n += def->devices.controllers[i].type == type;
    return n;
}

void domain_add_controller(struct domain *def, unsigned type, unsigned index, unsigned model)
{
    struct domain_devices *devices = &def->devices;
    struct domain_controller wanted = {
        .type = type, .has_index = true, .index = index, .model = model};

    /* Below zero, as addresses count, is no index: the first free one is meant. */
    if ((int)index < 0) {
        g_autoptr(GHashTable) taken = taken_indexes(def);

        wanted.index = unused_index(taken, type, 0);
    }
    if (!domain_find_controller(def, type, index))
        *LIST_APPEND(devices->controllers, devices->n_controllers) = wanted;
}

/* ---- order */

bool domain_controllers_ordered(const struct domain *def)
{
    const struct domain_controller *list = def->devices.controllers;

    for (size_t i = 1; i < def->devices.n_controllers; i++) {
        if (domain_insert_controller(list, i, &list[i]) != i)
            return false;
    }
    return true;
}

void domain_order_controllers(struct domain *def)
{
    struct domain_controller *list = def->devices.controllers;

    for (size_t i = 1; i < def->devices.n_controllers; i++) {
        size_t place = domain_insert_controller(list, i, &list[i]);
        struct domain_controller moved = list[i];

        memmove(&list[place + 1], &list[place], (i - place) * sizeof(*list));
        list[place] = moved;
    }
}
