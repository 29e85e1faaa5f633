/* Migration: the phases between two connections, on whatever drivers have them. */
#include "core/public/entry.h"

#include "core/object/params.h"

#define ORIGIN VIR_FROM_DOMAIN

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
        entry_invalid(ORIGIN, dconn, &virConnect_class, function);
        return -1;
    }
    if (dconn->readonly) {
        entry_read_only(ORIGIN, function, NULL);
        return -1;
    }
    return 0;
}

static int check_params(virTypedParameterPtr params, unsigned int nparams, const char *function)
{
    if (!params && nparams) {
        entry_null(ORIGIN, "params", function);
        return -1;
    }
    return 0;
}

#define EXCLUSIVE(one, other)                                                                      \
    if (flags & (one) && flags & (other)) {                                                        \
        entry_exclusive(ORIGIN, #one, #other, function);                                           \
        return -1;                                                                                 \
    }

static int check_flags(unsigned int flags, const char *function)
{
    EXCLUSIVE(VIR_MIGRATE_NON_SHARED_DISK, VIR_MIGRATE_NON_SHARED_INC)
    EXCLUSIVE(VIR_MIGRATE_TUNNELLED, VIR_MIGRATE_PARALLEL)
    if (flags & VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES &&
        !(flags & (VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC))) {
        error_set_argument(ORIGIN, "flags", function,
                           "Flag 'VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC' is "
                           "required by flag 'VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES'");
        return -1;
    }
    return 0;
}

/* ---- the phases ---- */

/* One migration. The settings grow on the way: the document, where memory goes, the name. */
struct migration {
    virDomainPtr domain;
    virConnectPtr destination;
    const struct hypervisor_driver *from, *to;
    struct params params;
    unsigned int flags;
    char *cookie;
    int cookie_length;
};

static void migration_clear(struct migration *migration)
{
    params_clear(&migration->params);
    g_free(migration->cookie);
}

/* The call to a driver goes through what tests put into its way, as public calls do. */
static int reach(virConnectPtr conn, const char *phase)
{
    return conn->intercept ? conn->intercept(conn, phase) : 0;
}

static void take_cookie(struct migration *migration, char *cookie, int length)
{
    g_free(migration->cookie);
    migration->cookie = cookie;
    migration->cookie_length = cookie ? length : 0;
}

static void set_text(struct migration *migration, const char *name, const char *value)
{
    struct params *params = &migration->params;
    virTypedParameterPtr it = params_find(params->items, params->n, name);

    if (!it) {
        params_add_string(params, value, "%s", name);
        return;
    }
    g_free(it->value.s);
    it->value.s = g_strdup(value);
}

static int begin(struct migration *migration)
{
    char *cookie = NULL;
    int length = 0;
    g_autofree char *xml = NULL;

    if (reach(migration->domain->conn, "virDomainMigrateBegin3Params") < 0)
        return -1;
    xml = migration->from->domainMigrateBegin3Params(migration->domain, migration->params.items,
                                                     (unsigned int)migration->params.n, &cookie,
                                                     &length, migration->flags);
    take_cookie(migration, cookie, length);
    if (!xml)
        return -1;
    set_text(migration, VIR_MIGRATE_PARAM_DEST_XML, xml);
    return 0;
}

static int prepare(struct migration *migration)
{
    char *cookie = NULL;
    int length = 0, rc;
    g_autofree char *uri = NULL;

    if (reach(migration->destination, "virDomainMigratePrepare3Params") < 0)
        return -1;
    rc = migration->to->domainMigratePrepare3Params(
        migration->destination, migration->params.items, (unsigned int)migration->params.n,
        migration->cookie, migration->cookie_length, &cookie, &length, &uri, migration->flags);
    take_cookie(migration, cookie, length);
    if (rc < 0)
        return -1;
    if (uri)
        set_text(migration, VIR_MIGRATE_PARAM_URI, uri);
    return 0;
}

static int perform(struct migration *migration)
{
    char *cookie = NULL;
    int length = 0, rc;

    if (reach(migration->domain->conn, "virDomainMigratePerform3Params") < 0)
        return -1;
    rc = migration->from->domainMigratePerform3Params(
        migration->domain, NULL, migration->params.items, (unsigned int)migration->params.n,
        migration->cookie, migration->cookie_length, &cookie, &length, migration->flags);
    take_cookie(migration, cookie, length);
    return rc;
}

static virDomainPtr ask_to_finish(struct migration *migration, int cancelled)
{
    char *cookie = NULL;
    int length = 0;
    virDomainPtr result = migration->to->domainMigrateFinish3Params(
        migration->destination, migration->params.items, (unsigned int)migration->params.n,
        migration->cookie, migration->cookie_length, &cookie, &length, migration->flags, cancelled);

    take_cookie(migration, cookie, length);
    return result;
}

/* NULL with the error that there was first; nothing is left at the destination then. */
static virDomainPtr finish(struct migration *migration, gboolean sent)
{
    virDomainPtr result = NULL;
    virErrorPtr error;

    if (!params_find(migration->params.items, migration->params.n, VIR_MIGRATE_PARAM_DEST_NAME))
        set_text(migration, VIR_MIGRATE_PARAM_DEST_NAME, migration->domain->name);
    if (sent && reach(migration->destination, "virDomainMigrateFinish3Params") == 0)
        result = ask_to_finish(migration, 0);
    if (result)
        return result;
    error = error_steal();
    result = ask_to_finish(migration, 1);
    if (result)
        object_unref(&result->base);
    error_restore(error);
    return NULL;
}

/* What fails here does not undo a move; nor does it hide why there was none. */
static void confirm(struct migration *migration, gboolean moved)
{
    virErrorPtr error = error_steal();

    if (reach(migration->domain->conn, "virDomainMigrateConfirm3Params") < 0)
        log_debug("the last phase: %s", virGetLastErrorMessage());
    if (migration->from->domainMigrateConfirm3Params(
            migration->domain, migration->params.items, (unsigned int)migration->params.n,
            migration->cookie, migration->cookie_length, migration->flags, !moved) < 0)
        log_debug("the last phase: %s", virGetLastErrorMessage());
    error_reset();
    error_restore(error);
}

static gboolean is_paused(virDomainPtr domain, const struct hypervisor_driver *driver)
{
    int state = VIR_DOMAIN_NOSTATE, reason;

    if (!driver->domainGetState || driver->domainGetState(domain, &state, &reason, 0) < 0)
        error_reset();
    return state == VIR_DOMAIN_PAUSED;
}

static virDomainPtr run(struct migration *migration)
{
    virDomainPtr result = NULL;

    if (is_paused(migration->domain, migration->from))
        migration->flags |= VIR_MIGRATE_PAUSED;
    if (begin(migration) < 0)
        return NULL;
    if (prepare(migration) == 0)
        result =
            finish(migration, migration->flags & VIR_MIGRATE_OFFLINE || perform(migration) == 0);
    confirm(migration, result != NULL);
    return result;
}

static int check_phases(struct migration *migration, const char *function)
{
    const struct hypervisor_driver *from = migration->domain->conn->tables.hypervisor;
    const struct hypervisor_driver *to = migration->destination->tables.hypervisor;

    if (!from || !from->domainMigrateBegin3Params || !from->domainMigratePerform3Params ||
        !from->domainMigrateConfirm3Params) {
        entry_no_support(ORIGIN, migration->domain->conn, function);
        return -1;
    }
    if (!to || !to->domainMigratePrepare3Params || !to->domainMigrateFinish3Params) {
        entry_no_support(ORIGIN, migration->destination, function);
        return -1;
    }
    migration->from = from;
    migration->to = to;
    return 0;
}

/* ---- by way of the source ---- */

/* The source does everything; 0 when the guest has arrived. */
static int send_by_itself(virDomainPtr domain, const char *uri, const struct params *params,
                          unsigned int flags, const char *function)
{
    const struct hypervisor_driver *driver = domain->conn->tables.hypervisor;
    g_autofree char *cookie = NULL;
    int length = 0;

    if (!driver || !driver->domainMigratePerform3Params) {
        entry_no_support(ORIGIN, domain->conn, function);
        return -1;
    }
    if (!(flags & VIR_MIGRATE_PEER2PEER)) {
        error_set(ORIGIN, VIR_ERR_ARGUMENT_UNSUPPORTED,
                  "direct migration is not supported by the source host: %s needs "
                  "VIR_MIGRATE_PEER2PEER",
                  function);
        return -1;
    }
    if (!uri) {
        entry_null(ORIGIN, "dconnuri", function);
        return -1;
    }
    if (reach(domain->conn, "virDomainMigratePerform3Params") < 0)
        return -1;
    return driver->domainMigratePerform3Params(domain, uri, params->items, (unsigned int)params->n,
                                               NULL, 0, &cookie, &length, flags);
}

/* The same, and then the guest as the destination has it. */
static virDomainPtr send_and_look_up(virDomainPtr domain, virConnectPtr dconn,
                                     const struct params *params, unsigned int flags,
                                     const char *function)
{
    virTypedParameterPtr name = params_find(params->items, params->n, VIR_MIGRATE_PARAM_DEST_NAME);

    if (send_by_itself(domain, dconn->uri, params, flags, function) < 0)
        return NULL;
    return dconn->tables.hypervisor->domainLookupByName(dconn, name ? name->value.s : domain->name);
}

/* ---- the calls ---- */

static void copy_params(struct params *to, virTypedParameterPtr params, unsigned int n)
{
    *to = (struct params){.items = params_copy(params, (int)n), .n = (int)n, .max = (int)n};
}

static void add_settings(struct params *params, const char *dxml, const char *dname,
                         const char *uri, unsigned long bandwidth)
{
    params_add_string(params, dxml, VIR_MIGRATE_PARAM_DEST_XML);
    params_add_string(params, dname, VIR_MIGRATE_PARAM_DEST_NAME);
    params_add_string(params, uri, VIR_MIGRATE_PARAM_URI);
    if (bandwidth)
        params_add_ullong(params, bandwidth, VIR_MIGRATE_PARAM_BANDWIDTH);
}

/* Takes the settings over. */
static virDomainPtr move(virDomainPtr domain, virConnectPtr dconn, const struct params *params,
                         unsigned int flags, const char *function)
{
    struct migration migration = {
        .domain = domain, .destination = dconn, .params = *params, .flags = flags};
    virDomainPtr result = NULL;

    if (check_flags(flags, function) == 0 && check_phases(&migration, function) == 0) {
        if (flags & VIR_MIGRATE_PEER2PEER)
            result = send_and_look_up(domain, dconn, &migration.params, flags, function);
        else
            result = run(&migration);
    }
    migration_clear(&migration);
    if (!result)
        error_dispatch(domain->conn);
    return result;
}

/* The same for a move by way of the source. */
static int move_to(virDomainPtr domain, const char *uri, struct params *params, unsigned int flags,
                   const char *function)
{
    int rc = check_flags(flags, function);

    if (rc == 0)
        rc = send_by_itself(domain, uri, params, flags, function);
    params_clear(params);
    if (rc < 0)
        error_dispatch(domain->conn);
    return rc;
}

/* The end of a call whose arguments were refused. */
static int fail_with_error(virDomainPtr domain)
{
    error_dispatch(is_virDomain(domain) ? domain->conn : NULL);
    return -1;
}

static int check_tunnel(unsigned int flags, const char *function)
{
    if (!(flags & VIR_MIGRATE_TUNNELLED) || flags & VIR_MIGRATE_PEER2PEER)
        return 0;
    error_set(ORIGIN, VIR_ERR_OPERATION_INVALID,
              "cannot perform tunnelled migration without using peer2peer flag in %s", function);
    return -1;
}

/* What the older calls with two connections check; they report in one place. */
static int check_call(virDomainPtr domain, virConnectPtr dconn, unsigned long flags,
                      const char *function)
{
    if (check_domain(domain, function) == 0 && check_destination(dconn, function) == 0 &&
        check_flags((unsigned int)flags, function) == 0 &&
        check_tunnel((unsigned int)flags, function) == 0)
        return 0;
    return fail_with_error(domain);
}

virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml,
                               unsigned long flags, const char *dname, const char *uri,
                               unsigned long bandwidth)
{
    struct params params = {0};

    if (check_call(domain, dconn, flags, __func__) < 0)
        return NULL;
    add_settings(&params, dxml, dname, uri, bandwidth);
    return move(domain, dconn, &params, (unsigned int)flags, __func__);
}

virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags,
                              const char *dname, const char *uri, unsigned long bandwidth)
{
    struct params params = {0};

    if (check_call(domain, dconn, flags, __func__) < 0)
        return NULL;
    add_settings(&params, NULL, dname, uri, bandwidth);
    return move(domain, dconn, &params, (unsigned int)flags, __func__);
}

/* With two connections in hand, the caller is the one who deals with both. */
static int check_managed(unsigned int flags, const char *function)
{
    const char *text = flags & VIR_MIGRATE_PEER2PEER
                           ? "use virDomainMigrateToURI3 for peer-to-peer migration"
                       : flags & VIR_MIGRATE_TUNNELLED
                           ? "cannot perform tunnelled migration without using peer2peer flag"
                           : NULL;

    if (!text)
        return 0;
    error_set_argument(ORIGIN, "flags", function, "%s", text);
    return -1;
}

virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn,
                               virTypedParameterPtr params, unsigned int nparams,
                               unsigned int flags)
{
    struct params copy;

    if (check_domain(domain, __func__) < 0 || check_destination(dconn, __func__) < 0 ||
        check_params(params, nparams, __func__) < 0 || check_managed(flags, __func__) < 0) {
        fail_with_error(domain);
        return NULL;
    }
    copy_params(&copy, params, nparams);
    return move(domain, dconn, &copy, flags, __func__);
}

int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags,
                          const char *dname, unsigned long bandwidth)
{
    struct params params = {0};

    if (check_domain(domain, __func__) < 0)
        return fail_with_error(domain);
    if (!duri) {
        entry_null(ORIGIN, "duri", __func__);
        return fail_with_error(domain);
    }
    add_settings(&params, NULL, dname, NULL, bandwidth);
    return move_to(domain, duri, &params, (unsigned int)flags, __func__);
}

int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri,
                           const char *dxml, unsigned long flags, const char *dname,
                           unsigned long bandwidth)
{
    struct params params = {0};

    if (check_domain(domain, __func__) < 0)
        return fail_with_error(domain);
    add_settings(&params, dxml, dname, miguri, bandwidth);
    return move_to(domain, dconnuri, &params, (unsigned int)flags, __func__);
}

int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params,
                           unsigned int nparams, unsigned int flags)
{
    struct params copy;

    if (check_domain(domain, __func__) < 0 || check_params(params, nparams, __func__) < 0)
        return fail_with_error(domain);
    copy_params(&copy, params, nparams);
    return move_to(domain, dconnuri, &copy, flags, __func__);
}
