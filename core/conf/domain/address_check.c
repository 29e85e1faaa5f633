/* Names, places and boot orders that only one device can have. */
#include "core/conf/domain/devices.h"

struct seen {
    const struct domain *def;
    const struct doc_call *call;
    GHashTable *aliases, *orders;
};

/* The first console of a machine is its first serial port: the same device twice. */
static bool is_paired_console(const struct seen *seen, const struct domain_device_ref *device)
{
    const struct domain_devices *devices = &seen->def->devices;

    return device->device == devices->consoles && devices->n_serials > 0 &&
           devices->consoles[0].target.type == DOMAIN_CONSOLE_TARGET_TYPE_SERIAL;
}

static int check_alias(const struct domain_device_ref *device, struct seen *seen)
{
    char *name = device->info->alias.name;

    if (!name || is_paired_console(seen, device) || g_hash_table_add(seen->aliases, name))
        return 0;
    doc_error(seen->call, VIR_ERR_CONFIG_UNSUPPORTED, "non unique alias detected: %s", name);
    return -1;
}

int domain_check_rom(const struct domain_rom_rom *rom, const struct doc_call *call)
{
    if (rom->enabled != TRISTATE_NO || (!rom->bar && !rom->file))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
              "ROM tuning is not supported when ROM is disabled: 'bar' and 'file' must be absent");
    return -1;
}

static int check_order(const struct domain_device_ref *device, void *opaque)
{
    struct seen *seen = opaque;
    unsigned order = device->boot ? device->boot->boot.order : 0;

    if (!order)
        return 0;
    if (seen->def->os.n_boots > 0) {
        doc_error(seen->call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "per-device boot elements cannot be used together with os/boot elements");
        return -1;
    }
    if (!g_hash_table_add(seen->orders, GUINT_TO_POINTER(order))) {
        doc_error(seen->call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "boot order '%u' used for more than one device", order);
        return -1;
    }
    return 0;
}

static int check_device(const struct domain_device_ref *device, void *opaque)
{
    struct seen *seen = opaque;

    if (device->placement->address.type == DOMAIN_ADDRESS_TYPE_UNASSIGNED &&
        strcmp(device->kind, "hostdev") != 0) {
        doc_error(seen->call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "address of type 'unassigned' is supported only for hostdevs");
        return -1;
    }
    return check_alias(device, seen);
}

static int walk(struct domain *def, const struct doc_call *call, domain_device_fn *each)
{
    struct seen seen = {def, call, g_hash_table_new(g_str_hash, g_str_equal),
                        g_hash_table_new(NULL, NULL)};
    int rc = domain_each_device(def, each, &seen);

    g_hash_table_unref(seen.aliases);
    g_hash_table_unref(seen.orders);
    return rc;
}

int domain_check_boot_orders(struct domain *def, const struct doc_call *call)
{
    return walk(def, call, check_order);
}

int domain_check_addresses(struct domain *def, const struct doc_call *call)
{
    return walk(def, call, check_device);
}
