/* Numbers of ports; and the first serial port of a full machine, which is its first console. */
#include "core/conf/domain/devices.h"

/* Each list counts on from the highest number that the document gives. */
#define NUMBER_PORTS(list, n)                                                                      \
    do {                                                                                           \
        int last = -1;                                                                             \
        for (size_t i = 0; i < (n); i++) {                                                         \
            if ((list)[i].target.has_port)                                                         \
                last = MAX(last, (list)[i].target.port);                                           \
        }                                                                                          \
        for (size_t i = 0; i < (n); i++) {                                                         \
            if ((list)[i].target.has_port)                                                         \
                continue;                                                                          \
            (list)[i].target.has_port = true;                                                      \
            (list)[i].target.port = last = last == INT_MAX ? 0 : last + 1;                         \
        }                                                                                          \
    } while (0)

/* A machine has this many on its oldest bus. */
enum { ISA_PORTS = 4 };

static int number_isa_port(struct domain_serial *serial, bool *taken, const struct doc_call *call)
{
    int port = serial->target.port;

    if (!serial->target.has_port) {
        for (port = 0; port < ISA_PORTS && taken[port]; port++)
            ;
    }
    if (port < 0 || port >= ISA_PORTS) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Maximum supported number of ISA serial ports is '%d'", ISA_PORTS);
        return -1;
    }
    if (taken[port]) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "target port '%d' already allocated", port);
        return -1;
    }
    taken[port] = true;
    serial->target.has_port = true;
    serial->target.port = port;
    return 0;
}

/* Those that choose a number come first. */
static int number_isa_ports(struct domain_devices *devices, const struct doc_call *call)
{
    bool taken[ISA_PORTS] = {false};

    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < devices->n_serials; i++) {
            struct domain_serial *serial = &devices->serials[i];

            if (serial->target.type == DOMAIN_SERIAL_TARGET_TYPE_ISA_SERIAL &&
                serial->target.has_port == (round == 0) && number_isa_port(serial, taken, call) < 0)
                return -1;
        }
    }
    return 0;
}

/* They are numbered as they come: those behind one have no say in it. */
static void number_parallels(struct domain_devices *devices)
{
    int last = -1;

    for (size_t i = 0; i < devices->n_parallels; i++) {
        struct domain_parallel *parallel = &devices->parallels[i];

        if (!parallel->target.has_port) {
            parallel->target.has_port = true;
            parallel->target.port = last == INT_MAX ? 0 : last + 1;
        }
        last = MAX(last, parallel->target.port);
    }
}

int domain_number_ports(struct domain *def, const struct doc_call *call)
{
    struct domain_devices *devices = &def->devices;

    if (number_isa_ports(devices, call) < 0)
        return -1;
    /* A port of the network: what lies above its bits is lost. */
    for (size_t i = 0; i < devices->n_channels; i++)
        devices->channels[i].target.port &= G_MAXUINT16;
    NUMBER_PORTS(devices->serials, devices->n_serials);
    number_parallels(devices);
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
    if (devices->n_consoles > 0 && is_serial(&devices->consoles[0]) &&
        devices->consoles[0].type == DOMAIN_CHARDEV_TYPE_SPICEVMC) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "spicevmc device type only supports virtio");
        return -1;
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
