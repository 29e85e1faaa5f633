/* What a guest boots from, and how. */
#include "core/drivers/qemu/command/props.h"

static bool has_orders(const struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (doc->devices.disks[i].boot.order)
            return true;
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        if (doc->devices.interfaces[i].boot.order)
            return true;
    for (size_t i = 0; i < doc->devices.n_hostdevs; i++)
        if (doc->devices.hostdevs[i].boot.order)
            return true;
    for (size_t i = 0; i < doc->devices.n_redirdevs; i++)
        if (doc->devices.redirdevs[i].boot.order)
            return true;
    return false;
}

/* The place of a kind of devices in the order that <os> has; 0: it is not there. */
static unsigned place_of(const struct domain *doc, unsigned dev)
{
    if (has_orders(doc))
        return 0;
    for (size_t i = 0; i < doc->os.n_boots; i++)
        if (doc->os.boots[i].dev == dev)
            return (unsigned)i + 1;
    return 0;
}

static unsigned kind_of(const struct domain_disk *disk)
{
    switch (disk->device) {
    case DOMAIN_DISK_DEVICE_CDROM:
        return DOMAIN_OS_BOOTS_DEV_CDROM;
    case DOMAIN_DISK_DEVICE_FLOPPY:
        return DOMAIN_OS_BOOTS_DEV_FD;
    default:
        return DOMAIN_OS_BOOTS_DEV_HD;
    }
}

/* A kind's first device stands for all of them. */
unsigned boot_index_disk(const struct domain *doc, const struct domain_disk *disk)
{
    if (disk->boot.order)
        return disk->boot.order;
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *first = &doc->devices.disks[i];

        if (kind_of(first) == kind_of(disk))
            return first == disk ? place_of(doc, kind_of(disk)) : 0;
    }
    return 0;
}

unsigned boot_index_interface(const struct domain *doc, const struct domain_interface *interface)
{
    if (interface->boot.order)
        return interface->boot.order;
    return interface == doc->devices.interfaces ? place_of(doc, DOMAIN_OS_BOOTS_DEV_NETWORK) : 0;
}

unsigned boot_index_hostdev(const struct domain *doc G_GNUC_UNUSED,
                            const struct domain_hostdev *hostdev)
{
    return hostdev->boot.order;
}

int build_boot(struct builder *build)
{
    const struct domain_os *os = &build->doc->os;
    g_autoptr(GString) text = g_string_new(NULL);

    if (os->bootmenu.enable)
        g_string_append_printf(text, "menu=%s,",
                               os->bootmenu.enable == TRISTATE_YES ? "on" : "off");
    if (os->bootmenu.enable == TRISTATE_YES && os->bootmenu.has_timeout)
        g_string_append_printf(text, "splash-time=%u,", os->bootmenu.timeout);
    if (os->bios.has_reboot_timeout)
        g_string_append_printf(text, "reboot-timeout=%d,", os->bios.reboot_timeout);
    g_string_append(text, "strict=on");
    add_option(build, "-boot", text->str);
    return 0;
}

int build_kernel(struct builder *build)
{
    const struct domain_os *os = &build->doc->os;

    if (os->kernel)
        add_option(build, "-kernel", os->kernel);
    if (os->initrd)
        add_option(build, "-initrd", os->initrd);
    if (os->cmdline)
        add_option(build, "-append", os->cmdline);
    if (os->dtb)
        add_option(build, "-dtb", os->dtb);
    if (os->acpi.table)
        add_optionf(build, "-acpitable", "sig=SLIC,file=%s", os->acpi.table);
    return 0;
}
