/* What an older peer does not understand is left out of the copy that is sent to it. */
#include "core/conf/domain/machine.h"

#include <string.h>

const struct doc_layout *domain_layout_of(const struct doc_layout *in, const char *label)
{
    const struct doc_member *member = in->members;

    while (strcmp(member->label, label) != 0)
        member++;
    return member->layout;
}

/* Machines have these keyboards without being told. */
static bool implied_keyboard(const struct domain_input *input)
{
    return input->type == DOMAIN_INPUT_TYPE_KEYBOARD &&
           (input->bus == DOMAIN_INPUT_BUS_PS2 || input->bus == DOMAIN_INPUT_BUS_XEN);
}

static void drop_keyboards(struct domain_devices *devices, const struct doc_layout *layout)
{
    size_t kept = 0;

    for (size_t i = 0; i < devices->n_inputs; i++) {
        if (implied_keyboard(&devices->inputs[i]))
            doc_clear(layout, &devices->inputs[i]);
        else
            devices->inputs[kept++] = devices->inputs[i];
    }
    devices->n_inputs = kept;
}

static void drop_bridge_names(struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_controllers; i++) {
        struct domain_controller *controller = &devices->controllers[i];

        if (controller->model == DOMAIN_CONTROLLER_MODEL_PCI_ROOT &&
            controller->device_model.name ==
                DOMAIN_CONTROLLER_DEVICE_MODEL_NAME_SPAPR_PCI_HOST_BRIDGE)
            controller->device_model.name = 0;
    }
}

static void drop_listens(struct domain_graphics *graphics, unsigned type, size_t last,
                         const struct doc_layout *layout)
{
    size_t kept = 0;

    for (size_t i = 0; i < graphics->n_listens; i++) {
        if (graphics->listens[i].type == type && i <= last)
            doc_clear(layout, &graphics->listens[i]);
        else
            graphics->listens[kept++] = graphics->listens[i];
    }
    graphics->n_listens = kept;
}

/* How a screen listens once was attributes only. */
static void simplify_graphics(struct domain_graphics *graphics, const struct doc_layout *layout)
{
    const struct domain_graphics_listens *first = graphics->listens;

    if (!graphics->n_listens)
        return;
    if (graphics->type == DOMAIN_GRAPHICS_TYPE_SPICE &&
        first->type == DOMAIN_GRAPHICS_LISTENS_TYPE_NONE) {
        graphics->autoport = TRISTATE_NO;
        drop_listens(graphics, DOMAIN_GRAPHICS_LISTENS_TYPE_NONE, graphics->n_listens, layout);
    } else if (graphics->type == DOMAIN_GRAPHICS_TYPE_VNC && graphics->socket &&
               first->type == DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET) {
        drop_listens(graphics, DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET, 0, layout);
    }
}

int domain_hook_migratable(void *part, const struct doc_call *call)
{
    struct domain *def = part;
    const struct doc_layout *devices = domain_layout_of(domain_doc_kind.root->layout, "devices");
    const struct doc_layout *graphics = domain_layout_of(devices, "graphics");

    (void)call;
    drop_keyboards(&def->devices, domain_layout_of(devices, "inputs"));
    drop_bridge_names(&def->devices);
    for (size_t i = 0; i < def->devices.n_graphics; i++)
        simplify_graphics(&def->devices.graphics[i], domain_layout_of(graphics, "listens"));
    return 0;
}
