/* Numbers of ports; and the first serial port of a full machine, which is its first console. */
#include "core/conf/domain/devices.h"

/* Each list counts on from the highest number that the document gives. */
#define NUMBER_PORTS(list, n)                                                                      \
    do {                                                                                           \
        for (size_t i = 0; i < (n); i++) {                                                         \
            int next = 0;                                                                          \
            if ((list)[i].target.has_port)                                                         \
                continue;                                                                          \
            for (size_t k = 0; k < (n); k++) {                                                     \
                if ((list)[k].target.has_port)                                                     \
                    next = MAX(next, (list)[k].target.port + 1);                                   \
            }                                                                                      \
            (list)[i].target.has_port = true;                                                      \
            (list)[i].target.port = next;                                                          \
        }                                                                                          \
    } while (0)

int domain_number_ports(struct domain *def, const struct doc_call *call)
{
    struct domain_devices *devices = &def->devices;

    (void)call;
    /* A port of the network: what lies above its bits is lost. */
    for (size_t i = 0; i < devices->n_channels; i++)
        devices->channels[i].target.port &= G_MAXUINT16;
    NUMBER_PORTS(devices->serials, devices->n_serials);
    NUMBER_PORTS(devices->parallels, devices->n_parallels);
    for (size_t i = 0; i < devices->n_consoles; i++) {
        if (!devices->consoles[i].target.type)
            devices->consoles[i].target.type = DOMAIN_CONSOLE_TARGET_TYPE_SERIAL;
        devices->consoles[i].target.has_port = true;
        devices->consoles[i].target.port = (int)i;
    }
    return 0;
}

static bool is_serial(const struct domain_console *console)
{
    return console->target.type == DOMAIN_CONSOLE_TARGET_TYPE_SERIAL;
}

/* The ports that a machine's firmware and boot loader talk to. */
static bool is_console_port(const struct domain_serial *serial)
{
    switch (serial->target.type) {
    case DOMAIN_SERIAL_TARGET_TYPE_USB_SERIAL:
    case DOMAIN_SERIAL_TARGET_TYPE_PCI_SERIAL:
    case DOMAIN_SERIAL_TARGET_TYPE_ISA_DEBUG:
        return false;
    default:
        return true;
    }
}

static void copy_part(const struct doc_layout *layout, void *to, const void *from)
{
    void *copy = doc_copy(layout, from);

    doc_clear(layout, to);
    memcpy(to, copy, layout->size);
    g_free(copy);
}

static void serial_from_console(struct domain_serial *serial, const struct domain_console *console)
{
    serial->type = console->type;
    copy_part(&domain_chardev_layout, &serial->chardev, &console->chardev);
    copy_part(&domain_device_layout, &serial->device, &console->device);
    serial->target.has_port = true;
}

static void console_from_serial(struct domain_console *console, const struct domain_serial *serial)
{
    console->type = serial->type;
    copy_part(&domain_chardev_layout, &console->chardev, &serial->chardev);
    copy_part(&domain_device_layout, &console->device, &serial->device);
    console->target.type = DOMAIN_CONSOLE_TARGET_TYPE_SERIAL;
    console->target.has_port = true;
    console->target.port = serial->target.port;
}

int domain_pair_console(struct domain *def, const struct doc_call *call)
{
    struct domain_devices *devices = &def->devices;

    for (size_t i = 1; i < devices->n_consoles; i++) {
        if (is_serial(&devices->consoles[i])) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "Only the first console can be a serial port");
            return -1;
        }
    }
    if (!domain_is_hvm(def))
        return 0;
    if (devices->n_consoles > 0 && is_serial(&devices->consoles[0])) {
        if (devices->n_serials == 0)
            serial_from_console(LIST_APPEND(devices->serials, devices->n_serials),
                                &devices->consoles[0]);
    } else if (devices->n_serials > 0 && is_console_port(&devices->serials[0])) {
        LIST_INSERT(devices->consoles, devices->n_consoles, 0);
    } else {
        return 0;
    }
    console_from_serial(&devices->consoles[0], &devices->serials[0]);
    return 0;
}
