/* The command line that a document stands for, to look at. */
#include <string.h>

#include "core/drivers/qemu/command/command.h"
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/guest.h"

enum { FIRST_SPICE_PORT = 5901, SHORT_NAME = 20 };

/* Where an interface is plugged in is decided by a start; what the guest sees of it is not. */
static void unplug(struct domain_interface *interface)
{
    if (interface->type == DOMAIN_INTERFACE_TYPE_HOSTDEV ||
        interface->type == DOMAIN_INTERFACE_TYPE_USER ||
        interface->type == DOMAIN_INTERFACE_TYPE_VHOSTUSER)
        return;
    interface->type = DOMAIN_INTERFACE_TYPE_ETHERNET;
}

/* Ports that are chosen at a start stand as the first ones. */
static void choose_port(struct domain_graphics *graphics)
{
    if (graphics->type == DOMAIN_GRAPHICS_TYPE_SPICE && graphics->autoport == TRISTATE_YES)
        graphics->port = FIRST_SPICE_PORT;
}

static char *describe(struct qemu_host *host, struct domain *doc, const char *folder)
{
    g_autoptr(qemu_caps) caps = caps_lookup(host->caps, doc->devices.emulator);
    struct launch launch = {
        .caps = caps, .folder = folder, .monitor_fd = -1, .incoming_fd = -1, .for_show = TRUE};
    struct command command;
    char *text;

    if (!caps || command_build(doc, &launch, &command) < 0)
        return NULL;
    text = command_format(&command);
    command_clear(&command);
    return text;
}

char *qemu_connectDomainXMLToNative(virConnectPtr conn, const char *nativeFormat,
                                    const char *domainXml, unsigned int flags)
{
    struct qemu_host *host = host_of(conn);
    g_autofree char *folder = NULL;
    struct domain *doc;
    char *text = NULL;

    if (qemu_flags(flags, 0) < 0)
        return NULL;
    if (strcmp(nativeFormat, "qemu-argv")) {
        qemu_error(INVALID_ARG, "unsupported config type %s: 'qemu-argv' is there", nativeFormat);
        return NULL;
    }
    doc = guest_parse(host, domainXml, 0);
    if (!doc)
        return NULL;
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        unplug(&doc->devices.interfaces[i]);
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        choose_port(&doc->devices.graphics[i]);
    folder = g_strdup_printf("%s/domain--1-%.*s", host->paths.lib, SHORT_NAME, doc->name);
    if (document_choose_firmware(&host->facts, doc) == 0 && document_assign_aliases(doc) == 0 &&
        document_assign_paths(&host->facts, doc, folder) == 0)
        text = describe(host, doc, folder);
    domain_free(doc);
    return text;
}
