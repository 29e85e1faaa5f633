/* Guests that come up with the host once. */
#include "core/drivers/test/domain.h"

int test_domainGetAutostartOnce(virDomainPtr domain, int *autostart)
{
    WITH_GUEST(domain, -1);
    *autostart = guest->autostart_once;
    return 0;
}

int test_domainSetAutostartOnce(virDomainPtr domain, int autostart)
{
    WITH_GUEST(domain, -1);
    if (!guest->config) {
        test_error(OPERATION_INVALID, "cannot set autostart for transient domain");
        return -1;
    }
    guest->autostart_once = autostart != 0;
    return 0;
}
