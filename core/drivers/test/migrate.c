/* The phases of a migration as calls. */
#include "core/drivers/test/migrate.h"

#include <string.h>

#include "core/base/hostname.h"

/* What the destination has to know beside the document: where the guest comes from. */
#define COOKIE "corral-test:"
#define COOKIE_MAX 64

static void give_cookie(unsigned int serial, char **cookie, int *length)
{
    *cookie = g_strdup_printf(COOKIE "%u", serial);
    *length = (int)strlen(*cookie);
}

static void give_none(char **cookie, int *length)
{
    *cookie = NULL;
    *length = 0;
}

/* -1 with an error for what no source of this driver has written. */
static int read_cookie(const char *cookie, int length, unsigned int *ret_serial)
{
    g_autofree char *text = cookie ? g_strndup(cookie, (gsize)MIN(length, COOKIE_MAX)) : NULL;
    guint64 serial;

    if (text && g_str_has_prefix(text, COOKIE) &&
        g_ascii_string_to_unsigned(text + strlen(COOKIE), 10, 1, G_MAXUINT, &serial, NULL)) {
        *ret_serial = (unsigned int)serial;
        return 0;
    }
    test_error(INVALID_ARG, "the cookie of the migration's source is missing or was not made by "
                            "this driver");
    return -1;
}

char *test_domainMigrateBegin3Params(virDomainPtr domain, virTypedParameterPtr params,
                                     unsigned int nparams, char **cookieout, int *cookieoutlen,
                                     unsigned int flags)
{
    struct move move = {params, (int)nparams, flags};
    char *xml = migrate_begin(domain, &move);

    if (xml)
        give_cookie(world_of(domain->conn)->serial, cookieout, cookieoutlen);
    return xml;
}

int test_domainMigratePrepare3Params(virConnectPtr dconn, virTypedParameterPtr params,
                                     unsigned int nparams, const char *cookiein, int cookieinlen,
                                     char **cookieout, int *cookieoutlen, char **uri_out,
                                     unsigned int flags)
{
    struct move move = {params, (int)nparams, flags};
    g_autofree char *host = hostname_dup();
    const char *xml;
    unsigned int serial;

    if (move_check(&move) < 0 || read_cookie(cookiein, cookieinlen, &serial) < 0)
        return -1;
    xml = move_text(&move, VIR_MIGRATE_PARAM_DEST_XML);
    if (!xml) {
        test_error(INVALID_ARG, "no domain XML passed: " VIR_MIGRATE_PARAM_DEST_XML " is missing");
        return -1;
    }
    if (migrate_prepare(world_of(dconn), &move, xml, serial, dconn) < 0)
        return -1;
    give_none(cookieout, cookieoutlen);
    *uri_out =
        move_text(&move, VIR_MIGRATE_PARAM_URI) ? NULL : g_strdup_printf("tcp:%s:49152", host);
    return 0;
}

int test_domainMigratePerform3Params(virDomainPtr dom, const char *dconnuri,
                                     virTypedParameterPtr params, unsigned int nparams,
                                     const char *cookiein, int cookieinlen, char **cookieout,
                                     int *cookieoutlen, unsigned int flags)
{
    struct move move = {params, (int)nparams, flags};
    int rc;

    if (move_check(&move) < 0)
        return -1;
    if (flags & VIR_MIGRATE_PEER2PEER && !dconnuri) {
        test_error(INVALID_ARG, "peer-to-peer migration needs the destination's URI");
        return -1;
    }
    rc = flags & VIR_MIGRATE_PEER2PEER ? migrate_to_peer(dom, dconnuri, &move)
                                       : migrate_send(dom, &move);
    if (rc == 0)
        give_none(cookieout, cookieoutlen);
    return rc;
}

virDomainPtr test_domainMigrateFinish3Params(virConnectPtr dconn, virTypedParameterPtr params,
                                             unsigned int nparams, const char *cookiein,
                                             int cookieinlen, char **cookieout, int *cookieoutlen,
                                             unsigned int flags, int cancelled)
{
    struct move move = {params, (int)nparams, flags};
    const char *name;
    struct guest *guest;

    if (move_check(&move) < 0)
        return NULL;
    name = move_text(&move, VIR_MIGRATE_PARAM_DEST_NAME);
    if (!name) {
        test_error(INVALID_ARG,
                   "no domain name passed: " VIR_MIGRATE_PARAM_DEST_NAME " is missing");
        return NULL;
    }
    if (migrate_finish(world_of(dconn), &move, name, cancelled != 0) < 0)
        return NULL;
    give_none(cookieout, cookieoutlen);
    lock_guard(&world_of(dconn)->lock);
    guest = objlist_by_name(&world_of(dconn)->guests, name);
    if (!guest)
        test_error(NO_DOMAIN, "no domain with matching name '%s'", name);
    return guest ? guest_object(dconn, guest) : NULL;
}

int test_domainMigrateConfirm3Params(virDomainPtr domain, virTypedParameterPtr params,
                                     unsigned int nparams, const char *cookiein, int cookieinlen,
                                     unsigned int flags, int cancelled)
{
    struct move move = {params, (int)nparams, flags};

    return move_check(&move) < 0 ? -1 : migrate_confirm(domain, &move, cancelled != 0);
}
