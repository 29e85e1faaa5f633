/* Where the guest sees a device. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

enum {
    CCW_CSSID_MAX = 0xfe,
    CCW_SSID_MAX = 3,
    CCW_DEVNO_MAX = 0xffff,
    USB_PORT_DEPTH = 4,
};

bool domain_pci_address_given(const struct common_pci_address *address)
{
    return address->has_domain && (address->domain || address->bus || address->slot);
}

bool domain_drive_equal(const struct domain_address_drive *a, const struct domain_address_drive *b)
{
    return a->controller == b->controller && a->bus == b->bus && a->target == b->target &&
           a->unit == b->unit;
}

/* All parts of a channel address or none; none stands for zeroes. */
static int read_ccw(struct domain_address_ccw *ccw, const struct doc_call *call)
{
    unsigned given = ccw->has_cssid + ccw->has_ssid + ccw->has_devno;

    if (given > 0 && given < 3) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Invalid partial specification for virtio ccw address: cssid, ssid and devno "
                  "belong together");
        return -1;
    }
    ccw->has_cssid = ccw->has_ssid = ccw->has_devno = true;
    if (ccw->cssid <= CCW_CSSID_MAX && ccw->ssid <= CCW_SSID_MAX && ccw->devno <= CCW_DEVNO_MAX)
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR,
              "Invalid specification for virtio ccw address: cssid='0x%x' ssid='0x%x' "
              "devno='0x%04x'",
              ccw->cssid, ccw->ssid, ccw->devno);
    return -1;
}

/* -1 for what is no step. */
static int64_t read_step(const char **text)
{
    const char *at = *text;
    guint64 step;

    while (g_ascii_isspace(*at))
        at++;
    if (*at == '-')
        return -1;
    step = g_ascii_strtoull(at, (char **)text, 10);
    return *text == at || step > UINT_MAX ? -1 : (int64_t)step;
}

/* Numbers from the root hub on, up to the first 0, which means "not chosen yet". */
static char *usb_port(const char *text)
{
    GString *port = g_string_new(NULL);
    bool chosen = true;

    for (unsigned i = 0; i < USB_PORT_DEPTH; i++) {
        int64_t step = read_step(&text);

        if (step < 0)
            break;
        chosen = chosen && step > 0;
        if (chosen)
            g_string_append_printf(port, "%s%u", i > 0 ? "." : "", (unsigned)step);
        if (!*text)
            return g_string_free(port, FALSE);
        if (*text++ != '.')
            break;
    }
    g_string_free(port, TRUE);
    return NULL;
}

static int read_usb_port(struct domain_address_usb *usb, const struct doc_call *call)
{
    g_autofree char *given = usb->port;

    if (!given)
        return 0;
    usb->port = usb_port(given);
    if (!usb->port) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "Cannot parse <address> 'port' attribute: '%s' is not one to %d numbers with "
                  "points between them",
                  given, USB_PORT_DEPTH);
        return -1;
    }
    if (!*usb->port)
        g_clear_pointer(&usb->port, g_free);
    return 0;
}

int domain_hook_device_address(void *part, const struct doc_call *call)
{
    struct domain_address *address = part;

    switch (address->type) {
    case DOMAIN_ADDRESS_TYPE_PCI:
        /* 0000:00:00.0 is the bridge's own place: it means "not chosen yet". */
        if (!domain_pci_address_given(&address->pci.pci_address))
            address->pci.pci_address = (struct common_pci_address){0};
        return 0;
    case DOMAIN_ADDRESS_TYPE_CCW:
        return read_ccw(&address->ccw, call);
    case DOMAIN_ADDRESS_TYPE_VIRTIO_S390:
        doc_error(call, VIR_ERR_XML_ERROR, "virtio-s390 bus doesn't have an address");
        return -1;
    case DOMAIN_ADDRESS_TYPE_USB:
        return read_usb_port(&address->usb, call);
    default:
        return 0;
    }
}

/* One identifier given, the other is zero. */
int domain_hook_zpci(void *part, const struct doc_call *call)
{
    struct domain_address_pci_zpci *zpci = part;

    (void)call;
    if (zpci->has_uid || zpci->has_fid)
        zpci->has_uid = zpci->has_fid = true;
    return 0;
}
