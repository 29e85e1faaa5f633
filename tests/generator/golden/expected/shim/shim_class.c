#include "bindings/shim_support.h"
#include "objects.h"
#include "shim.h"

const char *const bind_class_names[] = {
    [BIND_virConnect] = "virConnect",
    [BIND_virFarm] = "virFarm",
};
const int bind_class_count = 2;

static void identify_virFarm(GString *text, virFarmPtr it)
{
    bind_append_uuid(text, it->uuid);
}

static void describe_virFarm(GString *text, virFarmPtr it)
{
    bind_say_string(text, "name", it->name);
    bind_say_uuid(text, "uuid", it->uuid);
}

const struct bind_naming bind_namings[] = {
    { "virFarm", (void (*)(GString *, void *))identify_virFarm, (void (*)(GString *, void *))describe_virFarm },
    { NULL, NULL, NULL },
};
