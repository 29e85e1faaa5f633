/* What a guest's agent reports: facts about the system. */
#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/drivers/test/address.h"
#include "core/object/params.h"

static void add_users(struct params *list, struct world *world, const struct guest *guest,
                      xmlNodePtr agent)
{
    unsigned int n = 0;

    for (script_each(user, agent, "user"))
        n++;
    params_add_uint(list, n, "user.count");
    n = 0;
    for (script_each(user, agent, "user")) {
        g_autofree char *name = xml_attr(user, "name");
        g_autofree char *domain = xml_attr(user, "domain");

        params_add_string(list, name, "user.%u.name", n);
        params_add_string(list, domain, "user.%u.domain", n);
        params_add_ullong(list, script_number(user, "login", 0), "user.%u.login-time", n);
        n++;
    }
}

static void add_os(struct params *list, struct world *world, const struct guest *guest,
                   xmlNodePtr agent)
{
    static const struct {
        const char *name, *usual;
    } fields[] = {
        {"id", "corral"},
        {"name", "Corral test system"},
        {"pretty-name", "Corral test system 1"},
        {"version", "1"},
        {"version-id", "1"},
        {"machine", "i686"},
        {"variant", NULL},
        {"variant-id", NULL},
        {"kernel-release", "1.0.0"},
        {"kernel-version", "#1 test"},
    };
    xmlNodePtr os = agent ? xml_child(agent, "os") : NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *value = os ? xml_attr(os, fields[i].name) : g_strdup(fields[i].usual);

        params_add_string(list, value, "os.%s", fields[i].name);
    }
}

static void add_timezone(struct params *list, struct world *world, const struct guest *guest,
                         xmlNodePtr agent)
{
    xmlNodePtr timezone = agent ? xml_child(agent, "timezone") : NULL;
    g_autofree char *name = timezone ? xml_attr(timezone, "name") : NULL;

    params_add_string(list, name ? name : "UTC", "timezone.name");
    params_add_int(list, script_number(timezone, "offset", 0), "timezone.offset");
}

static void add_hostname(struct params *list, struct world *world, const struct guest *guest,
                         xmlNodePtr agent)
{
    g_autofree char *name = guest_hostname(guest);

    params_add_string(list, name, "hostname");
}

static void add_file_systems(struct params *list, struct world *world, const struct guest *guest,
                             xmlNodePtr agent)
{
    const char *disk = guest_system_disk(guest);
    unsigned int n = disk ? guest_n_mountpoints : 0;

    params_add_uint(list, n, "fs.count");
    for (unsigned int i = 0; i < n; i++) {
        params_add_string(list, guest_mountpoints[i], "fs.%u.mountpoint", i);
        g_autofree char *name = g_strdup_printf("%s%u", disk, i + 1);

        params_add_string(list, name, "fs.%u.name", i);
        params_add_string(list, "ext4", "fs.%u.fstype", i);
        params_add_ullong(list, 1ULL << 30, "fs.%u.total-bytes", i);
        params_add_ullong(list, 1ULL << 28, "fs.%u.used-bytes", i);
        params_add_uint(list, 1, "fs.%u.disk.count", i);
        params_add_string(list, disk, "fs.%u.disk.0.alias", i);
    }
}

static void add_disks(struct params *list, struct world *world, const struct guest *guest,
                      xmlNodePtr agent)
{
    const struct domain_devices *devices = &guest->live->doc->devices;
    unsigned int n = 0;

    for (size_t i = 0; i < devices->n_disks; i++)
        n += devices->disks[i].device == DOMAIN_DISK_DEVICE_DISK;
    params_add_uint(list, n, "disk.count");
    n = 0;
    for (size_t i = 0; i < devices->n_disks; i++) {
        const struct domain_disk *disk = &devices->disks[i];
        g_autofree char *name = g_strdup_printf("/dev/%s", disk->target.dev);

        if (disk->device != DOMAIN_DISK_DEVICE_DISK)
            continue;
        params_add_string(list, name, "disk.%u.name", n);
        params_add_bool(list, FALSE, "disk.%u.partition", n);
        params_add_string(list, disk->target.dev, "disk.%u.alias", n);
        params_add_string(list, disk->serial, "disk.%u.serial", n);
        n++;
    }
}

static void add_interfaces(struct params *list, struct world *world, const struct guest *guest,
                           xmlNodePtr agent)
{
    const struct domain_devices *devices = &guest->live->doc->devices;

    params_add_uint(list, devices->n_interfaces, "if.count");
    for (size_t i = 0; i < devices->n_interfaces; i++) {
        unsigned int n = i;
        virDomainIPAddress address = interface_address(world, guest, i);

        params_add_string(list, devices->interfaces[i].target.dev, "if.%u.name", n);
        params_add_string(list, devices->interfaces[i].mac.address, "if.%u.hwaddr", n);
        params_add_uint(list, 1, "if.%u.addr.count", n);
        params_add_string(list, "ipv4", "if.%u.addr.0.type", n);
        params_add_string(list, address.addr, "if.%u.addr.0.addr", n);
        params_add_uint(list, address.prefix, "if.%u.addr.0.prefix", n);
        g_free(address.addr);
    }
}

static const struct group {
    unsigned int type;
    const char *command; /* that the agent has to know */
    void (*add)(struct params *list, struct world *world, const struct guest *guest,
                xmlNodePtr agent);
} groups[] = {
    {VIR_DOMAIN_GUEST_INFO_USERS, "guest-get-users", add_users},
    {VIR_DOMAIN_GUEST_INFO_OS, "guest-get-osinfo", add_os},
    {VIR_DOMAIN_GUEST_INFO_TIMEZONE, "guest-get-timezone", add_timezone},
    {VIR_DOMAIN_GUEST_INFO_HOSTNAME, "guest-get-host-name", add_hostname},
    {VIR_DOMAIN_GUEST_INFO_FILESYSTEM, "guest-get-fsinfo", add_file_systems},
    {VIR_DOMAIN_GUEST_INFO_DISKS, "guest-get-disks", add_disks},
    {VIR_DOMAIN_GUEST_INFO_INTERFACES, "guest-network-get-interfaces", add_interfaces},
};

static int check_types(unsigned int types)
{
    unsigned int known = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        known |= groups[i].type;
    if (!(types & ~known))
        return 0;
    test_error(INVALID_ARG, "unsupported guest information types '0x%x'", types & ~known);
    return -1;
}

/* The groups that the agent is asked for; one that is named has to be answered. */
static int ask_groups(virDomainPtr domain, unsigned int *types, const char *slot)
{
    unsigned int wanted = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (*types && !(*types & groups[i].type))
            continue;
        if (agent_ask(domain, groups[i].command, slot) == 0)
            wanted |= groups[i].type;
        else if (*types || error_code() != VIR_ERR_OPERATION_UNSUPPORTED)
            return -1;
    }
    error_reset();
    *types = wanted;
    return 0;
}

int test_domainGetGuestInfo(virDomainPtr domain, unsigned int types, virTypedParameterPtr *params,
                            int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    g_auto(script_t) script = {0};

    if (flags_check(flags, 0, __func__) < 0 || check_types(types) < 0 ||
        ask_groups(domain, &types, __func__) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    script_open(guest->live->doc, &script);
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (types & groups[i].type)
            groups[i].add(&list, world, guest, script_part(&script, "agent"));
    return params_steal(&list, params, nparams);
}
