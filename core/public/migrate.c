/* Migration: the phases between two connections. Drivers that migrate come later; until then each call
 * checks what it was given and says that the guest's driver does not. */
#include "core/public/entry.h"

#define ORIGIN VIR_FROM_DOM

/* What all variants check; -1 with the error. */
static int refuse(virDomainPtr domain, virConnectPtr dconn, gboolean needs_dconn, const char *function)
{
    error_reset();
    if (!is_virDomain(domain)) {
        object_invalid(domain, &virDomain_class, function);
        goto fail;
    }
    if (domain->conn->readonly) {
        entry_read_only(ORIGIN, function, NULL);
        goto fail;
    }
    if (needs_dconn && !is_virConnect(dconn)) {
        object_invalid(dconn, &virConnect_class, function);
        goto fail;
    }
    if (needs_dconn && dconn->readonly) {
        entry_read_only(ORIGIN, function, NULL);
        goto fail;
    }
    entry_no_support(ORIGIN, domain->conn, function);
fail:
    error_dispatch(is_virDomain(domain) ? domain->conn : NULL);
    return -1;
}

virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags,
                                            const char *dname, const char *uri, unsigned long bandwidth)
{
    refuse(domain, dconn, TRUE, __func__);
    return NULL;
}

virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml,
                                             unsigned long flags, const char *dname, const char *uri,
                                             unsigned long bandwidth)
{
    refuse(domain, dconn, TRUE, __func__);
    return NULL;
}

virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn, virTypedParameterPtr params,
                                             unsigned int nparams, unsigned int flags)
{
    refuse(domain, dconn, TRUE, __func__);
    return NULL;
}

int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags,
                                        const char *dname, unsigned long bandwidth)
{
    return refuse(domain, NULL, FALSE, __func__);
}

int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri,
                                         const char *dxml, unsigned long flags, const char *dname,
                                         unsigned long bandwidth)
{
    return refuse(domain, NULL, FALSE, __func__);
}

int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params,
                                         unsigned int nparams, unsigned int flags)
{
    return refuse(domain, NULL, FALSE, __func__);
}
