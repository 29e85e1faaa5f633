/* Migration: the phases between two connections. Drivers that migrate come later; until then each
 * call checks what it was given and says that the guest's driver does not. */
#include "core/public/entry.h"

#define ORIGIN VIR_FROM_DOM

/* What all variants check of the guest; -1 with the error. */
static int check_domain(virDomainPtr domain, const char *function)
{
    error_reset();
    if (!is_virDomain(domain)) {
        object_invalid(domain, &virDomain_class, function);
        return -1;
    }
    if (domain->conn->readonly) {
        entry_read_only(ORIGIN, function, NULL);
        return -1;
    }
    return 0;
}

/* What the connection to the other side must be. */
static int check_destination(virConnectPtr dconn, const char *function)
{
    if (!is_virConnect(dconn)) {
        object_invalid(dconn, &virConnect_class, function);
        return -1;
    }
    if (dconn->readonly) {
        entry_read_only(ORIGIN, function, NULL);
        return -1;
    }
    return 0;
}

/* The end of every variant so far. */
static int fail_with_error(virDomainPtr domain)
{
    error_dispatch(is_virDomain(domain) ? domain->conn : NULL);
    return -1;
}

static int check_params(virTypedParameterPtr params, unsigned int nparams, const char *function)
{
    if (!params && nparams) {
        entry_null(ORIGIN, "params", function);
        return -1;
    }
    return 0;
}

virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags,
                              const char *dname, const char *uri, unsigned long bandwidth)
{
    if (check_domain(domain, __func__) == 0 && check_destination(dconn, __func__) == 0)
        entry_no_support(ORIGIN, domain->conn, __func__);
    fail_with_error(domain);
    return NULL;
}

virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml,
                               unsigned long flags, const char *dname, const char *uri,
                               unsigned long bandwidth)
{
    if (check_domain(domain, __func__) == 0 && check_destination(dconn, __func__) == 0)
        entry_no_support(ORIGIN, domain->conn, __func__);
    fail_with_error(domain);
    return NULL;
}

virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn,
                               virTypedParameterPtr params, unsigned int nparams,
                               unsigned int flags)
{
    if (check_domain(domain, __func__) == 0 && check_destination(dconn, __func__) == 0 &&
        check_params(params, nparams, __func__) == 0)
        entry_no_support(ORIGIN, domain->conn, __func__);
    fail_with_error(domain);
    return NULL;
}

int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags,
                          const char *dname, unsigned long bandwidth)
{
    if (check_domain(domain, __func__) == 0) {
        if (duri)
            entry_no_support(ORIGIN, domain->conn, __func__);
        else
            entry_null(ORIGIN, "duri", __func__);
    }
    return fail_with_error(domain);
}

int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri,
                           const char *dxml, unsigned long flags, const char *dname,
                           unsigned long bandwidth)
{
    if (check_domain(domain, __func__) == 0)
        entry_no_support(ORIGIN, domain->conn, __func__);
    return fail_with_error(domain);
}

int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params,
                           unsigned int nparams, unsigned int flags)
{
    if (check_domain(domain, __func__) == 0 && check_params(params, nparams, __func__) == 0)
        entry_no_support(ORIGIN, domain->conn, __func__);
    return fail_with_error(domain);
}
