/* Calls that carry descriptors, and starting a guest, whose id is known only afterwards. */
#include <unistd.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "wire_objects.h"

/* The answer to a start says nothing; a lookup tells the id. */
int remote_domainCreate(virDomainPtr domain)
{
    wire_domain_create_args args = {.domain = wire_of_domain(domain)};
    wire_domain_lookup_by_uuid_args lookup = {.uuid = domain->uuid};
    wire_domain_lookup_by_uuid_ret ret;

    if (remote_call(domain->conn, "virDomainCreate", WIRE_PROGRAM_REMOTE, WIRE_PROC_DOMAIN_CREATE,
                    &args, NULL) < 0)
        return -1;
    if (remote_call(domain->conn, "virDomainCreate", WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_DOMAIN_LOOKUP_BY_UUID, &lookup, &ret) < 0)
        return -1;
    domain->id = ret.result.id;
    wire_clear(WIRE_DOMAIN_LOOKUP_BY_UUID_RET, &ret);
    return 0;
}

int remote_domainCreateWithFiles(virDomainPtr domain, unsigned int nfiles, int *files,
                                 unsigned int flags)
{
    wire_domain_create_with_files_args args = {.domain = wire_of_domain(domain), .flags = flags};
    wire_domain_create_with_files_ret ret;
    struct remote_fds fds = {.in = files, .n_in = nfiles};

    if (remote_call_fds(domain->conn, "virDomainCreateWithFiles", &fds, WIRE_PROGRAM_REMOTE,
                        WIRE_PROC_DOMAIN_CREATE_WITH_FILES, &args, &ret) < 0)
        return -1;
    domain->id = ret.domain.id;
    wire_clear(WIRE_DOMAIN_CREATE_WITH_FILES_RET, &ret);
    return 0;
}

virDomainPtr remote_domainCreateXMLWithFiles(virConnectPtr conn, const char *xmlDesc,
                                             unsigned int nfiles, int *files, unsigned int flags)
{
    wire_domain_create_xml_with_files_args args = {.xmlDesc = xmlDesc, .flags = flags};
    wire_domain_create_xml_with_files_ret ret;
    struct remote_fds fds = {.in = files, .n_in = nfiles};
    virDomainPtr domain;

    if (remote_call_fds(conn, "virDomainCreateXMLWithFiles", &fds, WIRE_PROGRAM_REMOTE,
                        WIRE_PROC_DOMAIN_CREATE_XML_WITH_FILES, &args, &ret) < 0)
        return NULL;
    domain = wire_new_domain(conn, &ret.result);
    wire_clear(WIRE_DOMAIN_CREATE_XML_WITH_FILES_RET, &ret);
    return domain;
}

int remote_domainFDAssociate(virDomainPtr domain, const char *name, unsigned int nfds, int *given,
                             unsigned int flags)
{
    wire_domain_fd_associate_args args = {
        .domain = wire_of_domain(domain), .name = name, .flags = flags};
    struct remote_fds fds = {.in = given, .n_in = nfds};

    return remote_call_fds(domain->conn, "virDomainFDAssociate", &fds, WIRE_PROGRAM_REMOTE,
                           WIRE_PROC_DOMAIN_FD_ASSOCIATE, &args, NULL);
}

int remote_domainOpenGraphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags)
{
    wire_domain_open_graphics_args args = {.dom = wire_of_domain(dom), .idx = idx, .flags = flags};
    struct remote_fds fds = {.in = &fd, .n_in = 1};

    return remote_call_fds(dom->conn, "virDomainOpenGraphics", &fds, WIRE_PROGRAM_REMOTE,
                           WIRE_PROC_DOMAIN_OPEN_GRAPHICS, &args, NULL);
}

int remote_domainOpenGraphicsFD(virDomainPtr dom, unsigned int idx, unsigned int flags)
{
    wire_domain_open_graphics_fd_args args = {
        .dom = wire_of_domain(dom), .idx = idx, .flags = flags};
    int fd;
    struct remote_fds fds = {.out = &fd, .n_out = 1};

    if (remote_call_fds(dom->conn, "virDomainOpenGraphicsFD", &fds, WIRE_PROGRAM_REMOTE,
                        WIRE_PROC_DOMAIN_OPEN_GRAPHICS_FD, &args, NULL) < 0)
        return -1;
    if (fds.n_out == 1)
        return fd;
    error_set(VIR_FROM_REMOTE, VIR_ERR_INTERNAL_ERROR, "no file descriptor came with the answer");
    return -1;
}

int remote_domainLxcOpenNamespace(virDomainPtr domain, int **fdlist, unsigned int flags)
{
    wire_domain_lxc_open_namespace_args args = {.domain = wire_of_domain(domain), .flags = flags};
    int out[RPC_FDS_MAX];
    struct remote_fds fds = {.out = out, .n_out = RPC_FDS_MAX};

    if (remote_call_fds(domain->conn, "virDomainLxcOpenNamespace", &fds, WIRE_PROGRAM_LXC,
                        WIRE_PROC_DOMAIN_LXC_OPEN_NAMESPACE, &args, NULL) < 0)
        return -1;
    *fdlist = g_memdup2(out, MAX(fds.n_out, 1) * sizeof(*out));
    return fds.n_out;
}

int remote_domainQemuMonitorCommandWithFiles(virDomainPtr domain, const char *cmd,
                                             unsigned int ninfiles, int *infiles,
                                             unsigned int *noutfiles, int **outfiles, char **result,
                                             unsigned int flags)
{
    wire_domain_qemu_monitor_command_with_files_args args = {
        .domain = wire_of_domain(domain), .cmd = cmd, .flags = flags};
    wire_domain_qemu_monitor_command_with_files_ret ret;
    int out[RPC_FDS_MAX];
    struct remote_fds fds = {
        .in = infiles, .n_in = ninfiles, .out = out, .n_out = outfiles ? RPC_FDS_MAX : 0};

    if (remote_call_fds(domain->conn, "virDomainQemuMonitorCommandWithFiles", &fds,
                        WIRE_PROGRAM_QEMU, WIRE_PROC_DOMAIN_QEMU_MONITOR_COMMAND_WITH_FILES, &args,
                        &ret) < 0)
        return -1;
    *result = g_steal_pointer(&ret.result);
    if (outfiles) {
        *outfiles = g_memdup2(out, MAX(fds.n_out, 1) * sizeof(*out));
        *noutfiles = fds.n_out;
    }
    wire_clear(WIRE_DOMAIN_QEMU_MONITOR_COMMAND_WITH_FILES_RET, &ret);
    return 0;
}
