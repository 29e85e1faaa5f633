/* The first two versions of migration, which no driver of ours speaks. */
#include "core/daemon/dispatch.h"

#define REFUSE(name, function)                                                                     \
    int dispatch_domain_migrate_##name(struct dispatch_call *call, const void *message,            \
                                       void *answer)                                               \
    {                                                                                              \
        error_set(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, function);                                     \
        return -1;                                                                                 \
    }

REFUSE(prepare, "virDomainMigratePrepare")
REFUSE(perform, "virDomainMigratePerform")
REFUSE(finish, "virDomainMigrateFinish")
REFUSE(prepare2, "virDomainMigratePrepare2")
REFUSE(finish2, "virDomainMigrateFinish2")
REFUSE(prepare_tunnel, "virDomainMigratePrepareTunnel")
