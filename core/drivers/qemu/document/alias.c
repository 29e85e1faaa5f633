/* Names of what a running guest has: those by which QEMU, its events and its users' tools know the
 * devices. */
#include "core/drivers/qemu/document/document.h"

#include <string.h>

#include "core/conf/domain/devices.h"

static char *disk_alias(const struct domain *doc, const struct domain_disk *disk)
{
    const struct domain_address_drive *drive = &disk->address.drive;
    const struct domain_controller *controller;
    const char *bus = doc_word(&domain_disk_target_bus_words, disk->target.bus);

    switch (disk->target.bus) {
    case DOMAIN_DISK_TARGET_BUS_SCSI:
        controller = domain_find_controller(doc, DOMAIN_CONTROLLER_TYPE_SCSI, drive->controller);
        /* The one without targets and channels of its own. */
        if (controller && controller->model == DOMAIN_CONTROLLER_MODEL_LSILOGIC)
            break;
        return g_strdup_printf("scsi%u-%u-%u-%u", drive->controller, drive->bus, drive->target,
                               drive->unit);
    case DOMAIN_DISK_TARGET_BUS_IDE:
    case DOMAIN_DISK_TARGET_BUS_FDC:
    case DOMAIN_DISK_TARGET_BUS_SATA:
        break;
    default:
        return g_strdup_printf("%s-disk%d", bus, domain_disk_name_index(disk->target.dev));
    }
    return g_strdup_printf("%s%u-%u-%u", bus, drive->controller, drive->bus, drive->unit);
}

static bool is_q35(const struct domain *doc)
{
    return doc->os.type.machine && (g_str_has_prefix(doc->os.type.machine, "pc-q35") ||
                                    !strcmp(doc->os.type.machine, "q35"));
}

static char *controller_name(const struct domain *doc, const struct domain_controller *controller)
{
    unsigned index = controller->index;

    switch (controller->type) {
    case DOMAIN_CONTROLLER_TYPE_PCI:
        if (controller->model == DOMAIN_CONTROLLER_MODEL_PCIE_ROOT)
            return g_strdup_printf("pcie.%u", index);
        return g_strdup_printf("pci.%u", index);
    case DOMAIN_CONTROLLER_TYPE_IDE:
        if (index == 0)
            return g_strdup("ide");
        break;
    case DOMAIN_CONTROLLER_TYPE_SATA:
        if (index == 0 && is_q35(doc))
            return g_strdup("ide");
        break;
    case DOMAIN_CONTROLLER_TYPE_USB:
        if (index == 0)
            return g_strdup("usb");
        break;
    default:
        break;
    }
    return g_strdup_printf("%s%u", doc_word(&domain_controller_type_words, controller->type),
                           index);
}

/* ---- names that count */

struct namer {
    GHashTable *taken; /* of what is in use */
    const struct domain_console *consoles;
};

static int note(const struct domain_device_ref *device, void *opaque)
{
    const struct namer *namer = opaque;

    if (device->info->alias.name)
        g_hash_table_add(namer->taken, g_strdup(device->info->alias.name));
    return 0;
}

static char *next_from(const struct namer *namer, const char *prefix, unsigned first)
{
    for (unsigned i = first;; i++) {
        char *name = g_strdup_printf("%s%u", prefix, i);

        if (!g_hash_table_contains(namer->taken, name)) {
            g_hash_table_add(namer->taken, g_strdup(name));
            return name;
        }
        g_free(name);
    }
}

static char *next(const struct namer *namer, const char *prefix)
{
    return next_from(namer, prefix, 0);
}

/* Consoles have the number of their place, since the first may be a serial port. */
static unsigned namer_place(const struct namer *namer, const struct domain_device_ref *device)
{
    return (unsigned)((const struct domain_console *)device->device - namer->consoles);
}

static const struct {
    const char *kind, *prefix;
} prefixes[] = {
    {"interface", "net"},     {"filesystem", "fs"},      {"hostdev", "hostdev"},
    {"redirdev", "redir"},    {"video", "video"},        {"parallel", "parallel"},
    {"serial", "serial"},     {"channel", "channel"},    {"console", "console"},
    {"hub", "hub"},           {"shmem", "shmem"},        {"smartcard", "smartcard"},
    {"watchdog", "watchdog"}, {"memballoon", "balloon"}, {"rng", "rng"},
    {"tpm", "tpm"},           {"input", "input"},        {"sound", "sound"},
    {"vsock", "vsock"},       {"iommu", "iommu"},        {"panic", "panic"},
    {"nvram", "nvram"},
};

static const char *const memory_prefixes[] = {
    [DOMAIN_MEMORY_DEVICE_MODEL_DIMM] = "dimm",
    [DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM] = "nvdimm",
    [DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_PMEM] = "virtiopmem",
    [DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_MEM] = "virtiomem",
    [DOMAIN_MEMORY_DEVICE_MODEL_SGX_EPC] = "epc",
};

/* A slot that is given is part of the name: it may not go to another device later. */
static char *memory_name(const struct namer *namer, const struct domain_memory_device *memory)
{
    const char *prefix = memory_prefixes[memory->model];

    if (memory->address.type == DOMAIN_ADDRESS_TYPE_DIMM && memory->address.dimm.has_slot &&
        (memory->model == DOMAIN_MEMORY_DEVICE_MODEL_DIMM ||
         memory->model == DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM))
        return g_strdup_printf("%s%u", prefix, memory->address.dimm.slot);
    return next(namer, prefix);
}

static int name_counted(const struct domain_device_ref *device, void *opaque)
{
    if (device->info->alias.name)
        return 0;
    if (!strcmp(device->kind, "console")) {
        device->info->alias.name = next_from(opaque, "console", namer_place(opaque, device));
        return 0;
    }
    if (!strcmp(device->kind, "memory")) {
        device->info->alias.name = memory_name(opaque, device->device);
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (!strcmp(prefixes[i].kind, device->kind)) {
            device->info->alias.name = next(opaque, prefixes[i].prefix);
            break;
        }
    }
    return 0;
}

/* The first console of most guests is their first serial port. */
static void name_first_console(struct domain_devices *devices)
{
    struct domain_console *console = devices->consoles;

    if (devices->n_consoles && devices->n_serials && !console->alias.name &&
        console->target.type == DOMAIN_CONSOLE_TARGET_TYPE_SERIAL)
        console->alias.name = g_strdup(devices->serials[0].alias.name);
}

/* ---- images */

static void count_chain(const struct domain_backing_store *store, unsigned *last)
{
    for (; store; store = store->backing_store)
        *last = MAX(*last, store->index);
}

static void number_chain(struct domain_backing_store *store, unsigned *last)
{
    for (; store && store->type; store = store->backing_store) {
        if (store->has_index)
            continue;
        store->index = ++*last;
        store->has_index = true;
    }
}

/* From the last disk to the first, from the top of a chain down. */
static void number_images(struct domain_devices *devices)
{
    unsigned last = 0;

    for (size_t i = 0; i < devices->n_disks; i++) {
        last = MAX(last, devices->disks[i].source.index);
        count_chain(devices->disks[i].backing_store, &last);
    }
    for (size_t i = devices->n_disks; i > 0; i--) {
        struct domain_disk *disk = &devices->disks[i - 1];

        if (!disk->source.index)
            disk->source.index = ++last;
        number_chain(disk->backing_store, &last);
    }
}

int document_assign_aliases(struct domain *doc)
{
    struct domain_devices *devices = &doc->devices;
    struct namer namer = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                          devices->consoles};

    for (size_t i = 0; i < devices->n_disks; i++)
        if (!devices->disks[i].alias.name)
            devices->disks[i].alias.name = disk_alias(doc, &devices->disks[i]);
    for (size_t i = 0; i < devices->n_controllers; i++)
        if (!devices->controllers[i].alias.name)
            devices->controllers[i].alias.name = controller_name(doc, &devices->controllers[i]);
    domain_each_device(doc, note, &namer);
    if (devices->n_serials && !devices->serials[0].alias.name)
        devices->serials[0].alias.name = next(&namer, "serial");
    name_first_console(devices);
    domain_each_device(doc, name_counted, &namer);
    g_hash_table_unref(namer.taken);
    number_images(devices);
    return 0;
}
