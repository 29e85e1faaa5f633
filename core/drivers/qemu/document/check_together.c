/* What devices need of others: threads, SPICE, memory that is shared. */
#include "core/drivers/qemu/document/complete.h"

#include <string.h>

/* ---- threads */

static bool has_thread(const struct domain *doc, unsigned id)
{
    for (size_t i = 0; i < doc->iothreadids.n_iothreads; i++)
        if (doc->iothreadids.iothreads[i].id == id)
            return true;
    /* Those that are only counted have the first numbers. */
    return id <= doc->iothreads && doc->iothreadids.n_iothreads < doc->iothreads;
}

int check_threads(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    for (size_t i = 0; i < devices->n_disks; i++) {
        unsigned id = devices->disks[i].driver.iothread;

        if (id && !has_thread(to->doc, id))
            return refuse_config(to, "Disk iothread '%u' not defined in iothreadid", id);
    }
    for (size_t i = 0; i < devices->n_controllers; i++) {
        unsigned id = devices->controllers[i].driver.iothread;

        if (id && !has_thread(to->doc, id))
            return refuse_config(to, "controller iothread '%u' not defined in iothreadid", id);
    }
    return 0;
}

/* ---- SPICE */

static bool has_spice(const struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        if (doc->devices.graphics[i].type == DOMAIN_GRAPHICS_TYPE_SPICE)
            return true;
    return false;
}

static int check_spice_type(const struct completion *to, unsigned type)
{
    if (type != DOMAIN_CHARDEV_TYPE_SPICEVMC && type != DOMAIN_CHARDEV_TYPE_SPICEPORT)
        return 0;
    return refuse_config(to, "chardev '%s' not supported without spice graphics",
                         domain_word(&domain_chardev_type_words, type));
}

#define CHECK_TYPES(list)                                                                          \
    for (size_t i = 0; i < devices->n_##list; i++)                                                 \
        if (check_spice_type(to, devices->list[i].type) < 0)                                       \
            return -1;

int check_spice(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    if (has_spice(to->doc))
        return 0;
    CHECK_TYPES(smartcards)
    CHECK_TYPES(serials)
    CHECK_TYPES(parallels)
    CHECK_TYPES(channels)
    CHECK_TYPES(consoles)
    CHECK_TYPES(redirdevs)
    for (size_t i = 0; i < devices->n_audios; i++)
        if (devices->audios[i].type == DOMAIN_AUDIO_TYPE_SPICE)
            return refuse_config(to, "Spice audio is not supported without spice graphics");
    return 0;
}

/* ---- memory that a helper outside sees as well */

static bool is_shared(const struct domain *doc)
{
    bool general = doc->memory_backing.access.mode == DOMAIN_MEMORY_BACKING_ACCESS_MODE_SHARED;

    if (!doc->cpu.numa.n_cells)
        return general;
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++) {
        unsigned own = doc->cpu.numa.cells[i].mem_access;

        if (own ? own != DOMAIN_CELL_MEM_ACCESS_SHARED : !general)
            return false;
    }
    return true;
}

int check_shared_memory(const struct completion *to)
{
    const struct domain_devices *devices = &to->doc->devices;

    if (is_shared(to->doc))
        return 0;
    for (size_t i = 0; i < devices->n_filesystems; i++)
        if (devices->filesystems[i].driver.type == DOMAIN_FILESYSTEM_DRIVER_TYPE_VIRTIOFS)
            return refuse_config(to, "'virtiofs' requires shared memory");
    for (size_t i = 0; i < devices->n_disks; i++)
        if (devices->disks[i].type == DOMAIN_DISK_TYPE_VHOSTUSER)
            return refuse_config(to, "'vhostuser' requires shared memory");
    return 0;
}
