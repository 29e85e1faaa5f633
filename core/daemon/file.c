/* Calls that bring descriptors along, or send them back. */
#include <corral/lxc.h>
#include <corral/qemu.h>

#include "core/daemon/dispatch.h"
#include "core/object/connect.h"
#include "wire_objects.h"

int dispatch_domain_create_with_files(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_domain_create_with_files_args *args = message;
    wire_domain_create_with_files_ret *ret = answer;
    virDomainPtr domain = wire_new_domain(call->conn, &args->domain);

    dispatch_keep(call, &domain->base);
    if (virDomainCreateWithFiles(domain, call->n_fds, (int *)call->fds, args->flags) < 0)
        return -1;
    ret->domain = wire_of_domain(domain);
    return 0;
}

int dispatch_domain_create_xml_with_files(struct dispatch_call *call, const void *message,
                                          void *answer)
{
    const wire_domain_create_xml_with_files_args *args = message;
    wire_domain_create_xml_with_files_ret *ret = answer;
    virDomainPtr domain = virDomainCreateXMLWithFiles(call->conn, args->xmlDesc, call->n_fds,
                                                      (int *)call->fds, args->flags);

    if (!domain)
        return -1;
    dispatch_keep(call, &domain->base);
    ret->result = wire_of_domain(domain);
    return 0;
}

int dispatch_domain_fd_associate(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_domain_fd_associate_args *args = message;
    virDomainPtr domain = wire_new_domain(call->conn, &args->domain);
    int result =
        virDomainFDAssociate(domain, args->name, call->n_fds, (int *)call->fds, args->flags);

    object_unref(&domain->base);
    return result;
}

static int refuse_count(const char *function, int n)
{
    error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "%s: %d descriptors came, one is accepted",
              function, n);
    return -1;
}

int dispatch_domain_open_graphics(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_domain_open_graphics_args *args = message;
    virDomainPtr domain;
    int result;

    if (call->n_fds != 1)
        return refuse_count("virDomainOpenGraphics", call->n_fds);
    domain = wire_new_domain(call->conn, &args->dom);
    result = virDomainOpenGraphics(domain, args->idx, call->fds[0], args->flags);
    object_unref(&domain->base);
    return result;
}

int dispatch_domain_open_graphics_fd(struct dispatch_call *call, const void *message, void *answer)
{
    const wire_domain_open_graphics_fd_args *args = message;
    virDomainPtr domain = wire_new_domain(call->conn, &args->dom);
    int fd = virDomainOpenGraphicsFD(domain, args->idx, args->flags);

    object_unref(&domain->base);
    if (fd < 0)
        return -1;
    call->out_fds[0] = fd;
    call->n_out_fds = 1;
    return 0;
}

/* Takes the array over; more than a message carries are closed by whoever made the array too long:
 * that is refused. */
static int give_fds(struct dispatch_call *call, const char *function, int *fds, int n)
{
    g_autofree int *owned = fds;

    if (n > RPC_FDS_MAX) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR,
                  "%s: %d descriptors are too many for one answer", function, n);
        memcpy(call->out_fds, fds, RPC_FDS_MAX * sizeof(*fds));
        call->n_out_fds = RPC_FDS_MAX;
        return -1;
    }
    if (n) /* none may be no array */
        memcpy(call->out_fds, fds, n * sizeof(*fds));
    call->n_out_fds = n;
    return 0;
}

int dispatch_domain_lxc_open_namespace(struct dispatch_call *call, const void *message,
                                       void *answer)
{
    const wire_domain_lxc_open_namespace_args *args = message;
    virDomainPtr domain = wire_new_domain(call->conn, &args->domain);
    int *fds = NULL;
    int n = virDomainLxcOpenNamespace(domain, &fds, args->flags);

    object_unref(&domain->base);
    return n < 0 ? -1 : give_fds(call, "virDomainLxcOpenNamespace", fds, n);
}

int dispatch_domain_qemu_monitor_command_with_files(struct dispatch_call *call, const void *message,
                                                    void *answer)
{
    const wire_domain_qemu_monitor_command_with_files_args *args = message;
    wire_domain_qemu_monitor_command_with_files_ret *ret = answer;
    virDomainPtr domain = wire_new_domain(call->conn, &args->domain);
    unsigned int n = 0;
    int *fds = NULL;
    int result = virDomainQemuMonitorCommandWithFiles(
        domain, args->cmd, call->n_fds, (int *)call->fds, &n, &fds, &ret->result, args->flags);

    object_unref(&domain->base);
    return result < 0 ? -1 : give_fds(call, "virDomainQemuMonitorCommandWithFiles", fds, n);
}
