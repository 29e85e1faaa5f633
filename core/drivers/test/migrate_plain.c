/* The phases with their settings as arguments: the same ones, for callers of the older form. */
#include "core/drivers/test/domain.h"

#include "core/object/params.h"

static void add_settings(struct params *list, const char *xml, const char *name,
                         unsigned long resource)
{
    params_add_string(list, xml, VIR_MIGRATE_PARAM_DEST_XML);
    params_add_string(list, name, VIR_MIGRATE_PARAM_DEST_NAME);
    if (resource)
        params_add_ullong(list, resource, VIR_MIGRATE_PARAM_BANDWIDTH);
}

char *test_domainMigrateBegin3(virDomainPtr domain, const char *xmlin, char **cookieout,
                               int *cookieoutlen, unsigned long flags, const char *dname,
                               unsigned long resource)
{
    g_auto(params_auto_t) list = {0};

    add_settings(&list, xmlin, dname, resource);
    return test_domainMigrateBegin3Params(domain, list.items, (unsigned int)list.n, cookieout,
                                          cookieoutlen, (unsigned int)flags);
}

int test_domainMigratePrepare3(virConnectPtr dconn, const char *cookiein, int cookieinlen,
                               char **cookieout, int *cookieoutlen, const char *uri_in,
                               char **uri_out, unsigned long flags, const char *dname,
                               unsigned long resource, const char *dom_xml)
{
    g_auto(params_auto_t) list = {0};

    add_settings(&list, dom_xml, dname, resource);
    params_add_string(&list, uri_in, VIR_MIGRATE_PARAM_URI);
    return test_domainMigratePrepare3Params(dconn, list.items, (unsigned int)list.n, cookiein,
                                            cookieinlen, cookieout, cookieoutlen, uri_out,
                                            (unsigned int)flags);
}

int test_domainMigratePerform3(virDomainPtr dom, const char *xmlin, const char *cookiein,
                               int cookieinlen, char **cookieout, int *cookieoutlen,
                               const char *dconnuri, const char *uri, unsigned long flags,
                               const char *dname, unsigned long resource)
{
    g_auto(params_auto_t) list = {0};

    add_settings(&list, xmlin, dname, resource);
    params_add_string(&list, uri, VIR_MIGRATE_PARAM_URI);
    return test_domainMigratePerform3Params(dom, dconnuri, list.items, (unsigned int)list.n,
                                            cookiein, cookieinlen, cookieout, cookieoutlen,
                                            (unsigned int)flags);
}

virDomainPtr test_domainMigrateFinish3(virConnectPtr dconn, const char *dname, const char *cookiein,
                                       int cookieinlen, char **cookieout, int *cookieoutlen,
                                       const char *dconnuri, const char *uri, unsigned long flags,
                                       int cancelled)
{
    g_auto(params_auto_t) list = {0};

    add_settings(&list, NULL, dname, 0);
    return test_domainMigrateFinish3Params(dconn, list.items, (unsigned int)list.n, cookiein,
                                           cookieinlen, cookieout, cookieoutlen,
                                           (unsigned int)flags, cancelled);
}

int test_domainMigrateConfirm3(virDomainPtr domain, const char *cookiein, int cookieinlen,
                               unsigned long flags, int cancelled)
{
    return test_domainMigrateConfirm3Params(domain, NULL, 0, cookiein, cookieinlen,
                                            (unsigned int)flags, cancelled);
}
