#include "core/driver/registry.h"

static enum open_result test_open(virConnectPtr conn, GUri *uri, virConnectAuthPtr auth, unsigned int flags)
{
    return OPEN_DECLINED;
}

const struct connect_driver test_connect_driver = { .name = "Test", .open = test_open };
