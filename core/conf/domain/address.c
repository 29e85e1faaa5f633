/* Where the guest sees a device. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

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
    return 0;
}

/* Each step of a port is a number; 0 alone means "not chosen yet". */
static int read_usb_port(struct domain_address_usb *usb, const struct doc_call *call)
{
    g_auto(GStrv) steps = usb->port ? g_strsplit(usb->port, ".", -1) : NULL;

    for (unsigned i = 0; steps && steps[i]; i++) {
        if (g_ascii_strtoull(steps[i], NULL, 10) > UINT_MAX) {
            doc_error(call, VIR_ERR_INTERNAL_ERROR, "Cannot parse <address> 'port' attribute: '%s'",
                      usb->port);
            return -1;
        }
    }
    if (g_strcmp0(usb->port, "0") == 0)
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
