#include <corral/corral.h>
#include <stdio.h>

int main(void)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr dom = conn ? virDomainLookupByName(conn, "test") : NULL;

    if (!dom) {
        fprintf(stderr, "%s\n", virGetLastErrorMessage());
        return 1;
    }
    printf("%s\n", virDomainGetName(dom));
    virDomainFree(dom);
    return virConnectClose(conn) != 0;
}
