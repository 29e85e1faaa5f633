#include "core/drivers/qemu/device_plug.h"

#include <string.h>

#include "core/base/log.h"
#include "core/conf/guest/device.h"
#include "core/drivers/qemu/command/command.h"
#include "core/drivers/qemu/events.h"

#define UNPLUG_PATIENCE (5 * G_USEC_PER_SEC)

/* ---- what is to be said, and how each is taken back */

struct step {
    const char *command, *undo;
    json_t *arguments, *undo_arguments;
};

static void step_free(void *data)
{
    struct step *step = data;

    json_decref(step->arguments);
    json_decref(step->undo_arguments);
    g_free(step);
}

/* What has a name under `key` is removed by it; -1 when there is no object. */
static int add_step(GPtrArray *steps, const char *command, json_t *arguments, const char *undo,
                    const char *key)
{
    struct step *step;

    if (!arguments)
        return -1;
    step = g_new0(struct step, 1);
    step->command = command;
    step->arguments = arguments;
    step->undo = undo;
    step->undo_arguments =
        json_pack("{s:O*}", key, json_object_get(arguments, key)); /* shared with it */
    g_ptr_array_add(steps, step);
    return 0;
}

static int add_steps(GPtrArray *steps, const char *command, json_t *list, const char *undo,
                     const char *key)
{
    json_t *item;
    size_t i;

    if (!list)
        return -1;
    json_array_foreach(list, i, item) add_step(steps, command, json_incref(item), undo, key);
    json_decref(list);
    return 0;
}

static int add_device(GPtrArray *steps, json_t *device)
{
    return add_step(steps, "device_add", device, "device_del", "id");
}

static int take_steps(struct job *job, GPtrArray *steps)
{
    guint i;

    for (i = 0; i < steps->len; i++) {
        struct step *step = steps->pdata[i];

        if (job_call(job, step->command, json_incref(step->arguments), NULL) < 0)
            break;
    }
    if (i == steps->len)
        return 0;
    virErrorPtr error = error_steal();
    while (i-- > 0) {
        struct step *step = steps->pdata[i];

        job_call(job, step->undo, json_incref(step->undo_arguments), NULL);
    }
    error_restore(error);
    return -1;
}

/* ---- kinds of devices */

struct plug {
    const struct domain *doc;
    const struct launch *launch;
    GPtrArray *steps;
};

static int plug_controller(const struct plug *plug, size_t at)
{
    return add_device(
        plug->steps,
        device_props_controller(plug->doc, &plug->doc->devices.controllers[at], plug->launch));
}

static int plug_disk(const struct plug *plug, size_t at)
{
    const struct domain_disk *disk = &plug->doc->devices.disks[at];

    if (add_steps(plug->steps, "object-add", blockdev_secrets(disk, plug->launch), "object-del",
                  "id") < 0 ||
        add_steps(plug->steps, "blockdev-add", blockdev_chain(disk, plug->launch), "blockdev-del",
                  "node-name") < 0)
        return -1;
    return add_device(plug->steps, device_props_disk(plug->doc, disk, plug->launch));
}

static int plug_interface(const struct plug *plug, size_t at)
{
    const struct domain_interface *interface = &plug->doc->devices.interfaces[at];
    static const struct launch_net none = {.vdpa = -1};

    if (interface->type != DOMAIN_INTERFACE_TYPE_USER) {
        qemu_error(
            OPERATION_UNSUPPORTED,
            "interfaces of type 'user' can be attached to a guest that runs, others not yet");
        return -1;
    }
    if (add_step(plug->steps, "netdev_add", netdev_props(plug->doc, interface, &none, plug->launch),
                 "netdev_del", "id") < 0)
        return -1;
    return add_device(plug->steps,
                      device_props_interface(plug->doc, interface, &none, plug->launch));
}

static int plug_rng(const struct plug *plug, size_t at)
{
    const struct domain_rng *rng = &plug->doc->devices.rngs[at];

    if (add_step(plug->steps, "object-add", object_props_rng(rng, plug->launch), "object-del",
                 "id") < 0)
        return -1;
    return add_device(plug->steps, device_props_rng(plug->doc, rng, plug->launch));
}

static int plug_input(const struct plug *plug, size_t at)
{
    return add_device(plug->steps,
                      device_props_input(plug->doc, &plug->doc->devices.inputs[at], plug->launch));
}

/* What others stand on comes first. */
static const struct {
    const char *name;
    int (*plug)(const struct plug *plug, size_t at);
} kinds[] = {
    {"controller", plug_controller}, {"disk", plug_disk},
    {"interface", plug_interface},   {"rng", plug_rng},
    {"input", plug_input},
};

static const struct doc_field *field_of(const char *name)
{
    for (unsigned i = 0; i < domain_devices_doc.n_fields; i++)
        if (!g_strcmp0(domain_devices_doc.fields[i].name, name))
            return &domain_devices_doc.fields[i];
    return NULL;
}

static GHashTable *aliases_of(const struct domain *doc, const struct doc_field *field)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < device_count(doc, field); i++)
        g_hash_table_add(set, device_alias(doc, field, i));
    return set;
}

static int plug_kind(const struct plug *plug, const struct domain *before, size_t kind,
                     unsigned *ret_n)
{
    const struct doc_field *field = field_of(kinds[kind].name);
    g_autoptr(GHashTable) known = aliases_of(before, field);

    for (size_t i = 0; i < device_count(plug->doc, field); i++) {
        g_autofree char *alias = device_alias(plug->doc, field, i);

        if (g_hash_table_contains(known, alias))
            continue;
        if (kinds[kind].plug(plug, i) < 0)
            return -1;
        (*ret_n)++;
    }
    return 0;
}

static struct launch launch_of(const struct qemu_guest *guest)
{
    return (struct launch){
        .caps = guest->caps, .folder = guest->folder, .monitor_fd = -1, .incoming_fd = -1};
}

int devices_plug(struct job *job, const struct domain *doc)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    const struct launch launch = launch_of(job->guest);
    const struct plug plug = {doc, &launch, steps};
    unsigned n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (plug_kind(&plug, job->guest->live->doc, i, &n) < 0)
            return -1;
    if (!n) {
        qemu_error(OPERATION_UNSUPPORTED,
                   "live attach of such a device is not supported: disk, controller, interface, "
                   "rng and input are");
        return -1;
    }
    return take_steps(job, steps);
}

/* ---- away */

static bool is_there(const struct qemu_guest *guest, const char *alias)
{
    const struct doc_field *field;
    size_t place;
    bool found = device_find_alias(guest->live->doc, alias, &field, &place) == 0;

    if (!found)
        error_reset();
    return found;
}

int device_unplug(struct job *job, const char *alias)
{
    gint64 until = g_get_monotonic_time() + UNPLUG_PATIENCE;

    if (job_call(job, "device_del", json_pack("{s:s}", "id", alias), NULL) < 0)
        return -1;
    while (job->guest->live && is_there(job->guest, alias))
        if (!cond_wait_until(&job->host->changed, &job->host->lock, until))
            break;
    return 0;
}

/* What stood behind a device is taken away without the loop. */
struct remains {
    struct qemu_monitor *monitor;
    GPtrArray *steps; /* of which only the undoing is done, backwards */
};

static void remove_remains(void *data)
{
    struct remains *it = data;

    for (guint i = it->steps->len; i-- > 0;) {
        struct step *step = it->steps->pdata[i];

        if (monitor_call(it->monitor, step->undo, json_incref(step->undo_arguments), -1, 0, NULL) <
            0)
            log_warning("%s", virGetLastErrorMessage());
    }
    error_reset();
    monitor_unref(it->monitor);
    g_ptr_array_unref(it->steps);
    g_free(it);
}

/* Everything but the device itself, which is last. */
static void take_remains(struct qemu_host *host, struct qemu_guest *guest, const char *name,
                         size_t place)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    const struct launch launch = launch_of(guest);
    const struct plug plug = {guest->live->doc, &launch, steps};
    struct remains *it;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!strcmp(kinds[i].name, name) && kinds[i].plug(&plug, place) < 0)
            error_reset();
    if (steps->len < 2 || !guest->monitor)
        return;
    g_ptr_array_set_size(steps, steps->len - 1);
    it = g_new(struct remains, 1);
    *it = (struct remains){monitor_ref(guest->monitor), g_ptr_array_ref(steps)};
    host_work(host, remove_remains, it);
}

void device_unplugged(struct qemu_host *host, struct qemu_guest *guest, const char *alias)
{
    const struct doc_field *field;
    size_t place;

    if (!guest->live || device_find_alias(guest->live->doc, alias, &field, &place) < 0) {
        error_reset();
        return;
    }
    take_remains(host, guest, field->name, place);
    device_remove(definition_edit(&guest->live), field, place);
    guest_push_text(host, guest, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, alias);
    cond_broadcast(&host->changed);
}

void device_stays(struct qemu_host *host, struct qemu_guest *guest, const char *alias)
{
    guest_push_text(host, guest, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, alias);
}
