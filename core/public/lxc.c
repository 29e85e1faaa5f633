/* Calls that act on the caller's own process, whatever driver the container has. The container
 * driver comes later: until then they check what they are given and say that it is not there. */
#include <corral/lxc.h>

#include "core/public/entry.h"

#define ORIGIN VIR_FROM_NONE

int virDomainLxcEnterNamespace(virDomainPtr domain, unsigned int nfdlist, int *fdlist,
                               unsigned int *noldfdlist, int **oldfdlist, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virDomain, domain);
    CHECK_ARRAY(fdlist, nfdlist);
    entry_no_support(ORIGIN, domain->conn, __func__);
fail:
    error_dispatch(is_virDomain(domain) ? domain->conn : NULL);
    return -1;
}

int virDomainLxcEnterCGroup(virDomainPtr domain, unsigned int flags)
{
    error_reset();
    CHECK_OBJECT(virDomain, domain);
    entry_no_support(ORIGIN, domain->conn, __func__);
fail:
    error_dispatch(is_virDomain(domain) ? domain->conn : NULL);
    return -1;
}

int virDomainLxcEnterSecurityLabel(virSecurityModelPtr model, virSecurityLabelPtr label,
                                   virSecurityLabelPtr oldlabel, unsigned int flags)
{
    error_reset();
    CHECK_NONNULL(model);
    CHECK_NONNULL(label);
    error_set(ORIGIN, VIR_ERR_NO_SUPPORT, "%s for the security model '%.64s'", __func__,
              model->model);
fail:
    error_dispatch(NULL);
    return -1;
}
