/* What guests' agents tell of the systems inside. */
#include <arpa/inet.h>
#include <string.h>

#include "core/drivers/qemu/agent_guest.h"
#include "core/object/params.h"

/* ---- the guest's disks in the agent's words ---- */

/* A drive's place on its bus, as one of the definition's disks has it; NULL: none of those. */
static const char *find_disk(const struct domain *doc, const json_t *told)
{
    const char *serial = json_text_of(told, "serial");
    json_t *pci = json_object_get(told, "pci-controller");

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct domain_disk *disk = &doc->devices.disks[i];
        const struct domain_address_pci *at = &disk->address.pci;

        if (serial && disk->serial && strcmp(serial, disk->serial) == 0)
            return disk->target.dev;
        if (disk->address.type == DOMAIN_ADDRESS_TYPE_PCI && pci &&
            json_number_of(pci, "bus", -1) == (gint64)at->bus &&
            json_number_of(pci, "slot", -1) == (gint64)at->slot &&
            json_number_of(pci, "function", -1) == (gint64)at->function)
            return disk->target.dev;
    }
    return NULL;
}

static struct definition *live_of(virDomainPtr domain)
{
    WITH_ACTIVE_GUEST(domain, NULL);
    return definition_ref(guest->live);
}

static void live_free(virDomainPtr domain, struct definition *live)
{
    struct qemu_host *host = host_of(domain->conn);
    lock_guard(&host->lock);

    definition_unref(live);
}

/* ---- typed parameters ---- */

struct telling {
    struct params *list;
    const struct domain *doc;
    json_t *answer;
};

static void add_text(struct params *list, const json_t *object, const char *key, const char *name)
{
    const char *text = json_text_of(object, key);

    if (text)
        params_add_string(list, text, "%s", name);
}

static void add_users(const struct telling *telling)
{
    json_t *user;
    size_t i;

    params_add_uint(telling->list, json_array_size(telling->answer), "user.count");
    json_array_foreach(telling->answer, i, user)
    {
        json_t *login = json_object_get(user, "login-time");
        const char *domain = json_text_of(user, "domain");

        params_add_string(telling->list, json_text_of(user, "user"), "user.%zu.name", i);
        if (domain)
            params_add_string(telling->list, domain, "user.%zu.domain", i);
        /* what a guest says may be any number */
        params_add_ullong(telling->list, CLAMP(json_number_value(login), 0, 1e12) * 1000,
                          "user.%zu.login-time", i);
    }
}

static void add_os(const struct telling *telling)
{
    static const char *const keys[] = {"id",      "name",    "pretty-name", "version", "version-id",
                                       "machine", "variant", "variant-id",  NULL,      NULL};

    for (size_t i = 0; keys[i]; i++) {
        g_autofree char *name = g_strdup_printf("os.%s", keys[i]);

        add_text(telling->list, telling->answer, keys[i], name);
    }
    add_text(telling->list, telling->answer, "kernel-release", "os.kernel-release");
    add_text(telling->list, telling->answer, "kernel-version", "os.kernel-version");
}

static void add_timezone(const struct telling *telling)
{
    add_text(telling->list, telling->answer, "zone", "timezone.name");
    params_add_int(telling->list, json_number_of(telling->answer, "offset", 0), "timezone.offset");
}

static void add_hostname(const struct telling *telling)
{
    add_text(telling->list, telling->answer, "host-name", "hostname");
}

static void add_file_systems(const struct telling *telling)
{
    struct params *list = telling->list;
    json_t *system, *disk;
    size_t i, k;

    params_add_uint(list, json_array_size(telling->answer), "fs.count");
    json_array_foreach(telling->answer, i, system)
    {
        json_t *disks = json_object_get(system, "disk");

        params_add_string(list, json_text_of(system, "mountpoint"), "fs.%zu.mountpoint", i);
        params_add_string(list, json_text_of(system, "name"), "fs.%zu.name", i);
        params_add_string(list, json_text_of(system, "type"), "fs.%zu.fstype", i);
        if (json_object_get(system, "total-bytes"))
            params_add_ullong(list, json_number_of(system, "total-bytes", 0), "fs.%zu.total-bytes",
                              i);
        if (json_object_get(system, "used-bytes"))
            params_add_ullong(list, json_number_of(system, "used-bytes", 0), "fs.%zu.used-bytes",
                              i);
        params_add_uint(list, json_array_size(disks), "fs.%zu.disk.count", i);
        json_array_foreach(disks, k, disk)
        {
            const char *alias = find_disk(telling->doc, disk);

            if (alias)
                params_add_string(list, alias, "fs.%zu.disk.%zu.alias", i, k);
            if (json_text_of(disk, "serial"))
                params_add_string(list, json_text_of(disk, "serial"), "fs.%zu.disk.%zu.serial", i,
                                  k);
            if (json_text_of(disk, "dev"))
                params_add_string(list, json_text_of(disk, "dev"), "fs.%zu.disk.%zu.device", i, k);
        }
    }
}

static void add_disks(const struct telling *telling)
{
    json_t *disk;
    size_t i;

    params_add_uint(telling->list, json_array_size(telling->answer), "disk.count");
    json_array_foreach(telling->answer, i, disk)
    {
        const char *alias = find_disk(telling->doc, json_object_get(disk, "address"));

        params_add_string(telling->list, json_text_of(disk, "name"), "disk.%zu.name", i);
        params_add_bool(telling->list, json_truth_of(disk, "partition", FALSE),
                        "disk.%zu.partition", i);
        if (alias)
            params_add_string(telling->list, alias, "disk.%zu.alias", i);
    }
}

static void add_interfaces(const struct telling *telling)
{
    struct params *list = telling->list;
    json_t *interface, *address;
    size_t i, k;

    params_add_uint(list, json_array_size(telling->answer), "if.count");
    json_array_foreach(telling->answer, i, interface)
    {
        json_t *addresses = json_object_get(interface, "ip-addresses");

        params_add_string(list, json_text_of(interface, "name"), "if.%zu.name", i);
        if (json_text_of(interface, "hardware-address"))
            params_add_string(list, json_text_of(interface, "hardware-address"), "if.%zu.hwaddr",
                              i);
        params_add_uint(list, json_array_size(addresses), "if.%zu.addr.count", i);
        json_array_foreach(addresses, k, address)
        {
            params_add_string(list, json_text_of(address, "ip-address-type"),
                              "if.%zu.addr.%zu.type", i, k);
            params_add_string(list, json_text_of(address, "ip-address"), "if.%zu.addr.%zu.addr", i,
                              k);
            params_add_uint(list, json_number_of(address, "prefix", 0), "if.%zu.addr.%zu.prefix", i,
                            k);
        }
    }
}

static const struct group {
    unsigned int type;
    const char *command;
    void (*add)(const struct telling *telling);
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
    qemu_error(INVALID_ARG, "unsupported guest information types '0x%x'", types & ~known);
    return -1;
}

/* What is named has to be answered; of all there is what the agent knows. */
static int tell_groups(virDomainPtr domain, unsigned int types, struct telling *telling)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autoptr(json_t) answer = NULL;

        if (types && !(types & groups[i].type))
            continue;
        if (guest_ask_agent(domain, groups[i].command, NULL, "virDomainGetGuestInfo", &answer) <
            0) {
            if (types || error_code() != VIR_ERR_OPERATION_UNSUPPORTED)
                return -1;
            error_reset();
            continue;
        }
        telling->answer = answer;
        groups[i].add(telling);
    }
    return 0;
}

int qemu_domainGetGuestInfo(virDomainPtr domain, unsigned int types, virTypedParameterPtr *params,
                            int *nparams, unsigned int flags)
{
    g_auto(params_auto_t) list = {0};
    struct telling telling = {.list = &list};
    struct definition *live;
    int result;

    if (qemu_flags(flags, 0) < 0 || check_types(types) < 0 || !(live = live_of(domain)))
        return -1;
    telling.doc = live->doc;
    result = tell_groups(domain, types, &telling);
    live_free(domain, live);
    return result < 0 ? -1 : params_steal(&list, params, nparams);
}

/* ---- structs ---- */

static virDomainFSInfoPtr file_system(const struct domain *doc, const json_t *told)
{
    json_t *disks = json_object_get(told, "disk"), *disk;
    virDomainFSInfoPtr info = g_new0(virDomainFSInfo, 1);
    size_t i;

    info->mountpoint = g_strdup(json_text_of(told, "mountpoint"));
    info->name = g_strdup(json_text_of(told, "name"));
    info->fstype = g_strdup(json_text_of(told, "type"));
    info->devAlias = g_new0(char *, json_array_size(disks) + 1);
    json_array_foreach(disks, i, disk)
    {
        const char *alias = find_disk(doc, disk);

        if (alias)
            info->devAlias[info->ndevAlias++] = g_strdup(alias);
    }
    return info;
}

int qemu_domainGetFSInfo(virDomainPtr domain, virDomainFSInfoPtr **info, unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    struct definition *live;
    json_t *told;
    size_t i;

    if (qemu_flags(flags, 0) < 0 || ASK_AGENT(domain, "guest-get-fsinfo", NULL, &answer) < 0 ||
        !(live = live_of(domain)))
        return -1;
    *info = g_new0(virDomainFSInfoPtr, json_array_size(answer) + 1);
    json_array_foreach(answer, i, told)
    {
        (*info)[i] = file_system(live->doc, told);
    }
    live_free(domain, live);
    return json_array_size(answer);
}

static virDomainInterfacePtr interface(const json_t *told)
{
    json_t *addresses = json_object_get(told, "ip-addresses"), *address;
    virDomainInterfacePtr result = g_new0(virDomainInterface, 1);
    size_t i;

    result->name = g_strdup(json_text_of(told, "name"));
    result->hwaddr = g_strdup(json_text_of(told, "hardware-address"));
    result->addrs = g_new0(virDomainIPAddress, json_array_size(addresses) + 1);
    json_array_foreach(addresses, i, address)
    {
        const char *type = json_text_of(address, "ip-address-type");

        result->addrs[result->naddrs++] = (virDomainIPAddress){
            .type = !g_strcmp0(type, "ipv6") ? VIR_IP_ADDR_TYPE_IPV6 : VIR_IP_ADDR_TYPE_IPV4,
            .addr = g_strdup(json_text_of(address, "ip-address")),
            .prefix = json_number_of(address, "prefix", 0),
        };
    }
    return result;
}

int qemu_domainInterfaceAddresses(virDomainPtr domain, virDomainInterfacePtr **ifaces,
                                  unsigned int source, unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    json_t *told;
    size_t i, n = 0;

    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (source != VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT) {
        qemu_error(ARGUMENT_UNSUPPORTED, "Unknown IP address data source %u: %d is the agent",
                   source, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT);
        return -1;
    }
    if (ASK_AGENT(domain, "guest-network-get-interfaces", NULL, &answer) < 0)
        return -1;
    *ifaces = g_new0(virDomainInterfacePtr, json_array_size(answer) + 1);
    json_array_foreach(answer, i, told)
    {
        if (json_text_of(told, "name"))
            (*ifaces)[n++] = interface(told);
    }
    return n;
}
