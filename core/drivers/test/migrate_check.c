/* Whether a guest may move: what flags and settings say, and what its documents say. */
#include "core/drivers/test/migrate.h"

#include "core/conf/domain/abi.h"
#include "core/object/params_give.h"
#include "params_tables.h"

#define MIGRATE(flag) VIR_MIGRATE_##flag
#define DISKS (MIGRATE(NON_SHARED_DISK) | MIGRATE(NON_SHARED_INC))
#define KNOWN                                                                                      \
    (MIGRATE(LIVE) | MIGRATE(PEER2PEER) | MIGRATE(TUNNELLED) | MIGRATE(PERSIST_DEST) |             \
     MIGRATE(UNDEFINE_SOURCE) | MIGRATE(PAUSED) | DISKS | MIGRATE(CHANGE_PROTECTION) |             \
     MIGRATE(UNSAFE) | MIGRATE(OFFLINE) | MIGRATE(COMPRESSED) | MIGRATE(ABORT_ON_ERROR) |          \
     MIGRATE(AUTO_CONVERGE) | MIGRATE(RDMA_PIN_ALL) | MIGRATE(POSTCOPY) | MIGRATE(TLS) |           \
     MIGRATE(PARALLEL) | MIGRATE(NON_SHARED_SYNCHRONOUS_WRITES) | MIGRATE(POSTCOPY_RESUME) |       \
     MIGRATE(ZEROCOPY))

/* What makes no sense together: all of `given`, without `missing` or with `wrong`. */
static const struct rule {
    unsigned int given, missing, wrong;
    const char *text;
} rules[] = {
    {MIGRATE(OFFLINE), 0, DISKS, "offline migration cannot handle non-shared storage"},
    {MIGRATE(OFFLINE), MIGRATE(PERSIST_DEST), 0,
     "offline migration must be specified with the persistent flag set"},
    {MIGRATE(OFFLINE), 0, MIGRATE(TUNNELLED), "tunnelled offline migration does not make sense"},
    {MIGRATE(TUNNELLED), MIGRATE(PEER2PEER), 0,
     "cannot perform tunnelled migration without using peer2peer flag"},
    {MIGRATE(POSTCOPY_RESUME), 0, MIGRATE(POSTCOPY_RESUME),
     "no post-copy migration of the domain was interrupted"},
    {MIGRATE(POSTCOPY), 0, MIGRATE(TUNNELLED),
     "post-copy is not supported with tunnelled migration"},
    {MIGRATE(ZEROCOPY), MIGRATE(PARALLEL), 0, "zero-copy is only available for parallel migration"},
};

int move_check(const struct move *move)
{
    if (flags_check(move->flags, KNOWN, "virDomainMigrate3") < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        const struct rule *rule = &rules[i];

        if (!(move->flags & rule->given) ||
            (!(move->flags & rule->wrong) && (!rule->missing || move->flags & rule->missing)))
            continue;
        test_error(OPERATION_INVALID, "%s", rule->text);
        return -1;
    }
    return params_validate(move->params, move->n, virMigrate_rules, G_N_ELEMENTS(virMigrate_rules),
                           0);
}

const char *move_text(const struct move *move, const char *name)
{
    virTypedParameterPtr it = params_find(move->params, move->n, name);

    return it ? it->value.s : NULL;
}

unsigned long long move_number(const struct move *move, const char *name)
{
    unsigned long long number = 0;

    params_get_ullong(move->params, move->n, name, &number);
    return number;
}

struct domain *guest_parse_same(const char *xml, const struct domain *from)
{
    struct domain *doc = guest_parse(xml, 0);

    if (!doc)
        return NULL;
    if (domain_check_abi(from, doc) == 0)
        return doc;
    domain_free(doc);
    return NULL;
}
