/* Command lines, and the same devices as JSON; with the installed binary's capabilities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/command/command.h"
#include "core/drivers/qemu/document/document.h"
#include "core/object/error.h"

static struct document_facts facts = {.arch = "x86_64", .nvram_folder = "/nvram"};
static struct launch launch = {.folder = "/run/g", .monitor_fd = 7, .incoming_fd = -1};

static int set_up(void **state)
{
    facts.caps = caps_cache_new(NULL);
    launch.caps = caps_lookup(facts.caps, "/usr/bin/qemu-system-x86_64");
    assert_non_null(launch.caps);
    return 0;
}

static int tear_down(void **state)
{
    caps_unref((struct qemu_caps *)launch.caps);
    caps_cache_free(facts.caps);
    error_reset();
    return 0;
}

static struct domain *parse(const char *more, const char *devices)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<name>a,b</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
        "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>%s</devices>%s</domain>",
        devices, more);
    struct domain *doc = NULL;

    if (qemu_document_parse(&facts, xml, DOC_INACTIVE, &doc) < 0)
        fail_msg("%s", error_last()->message);
    document_assign_aliases(doc);
    return doc;
}

static char *line_of(const char *more, const char *devices)
{
    struct domain *doc = parse(more, devices);
    struct command command;
    char *text;

    if (command_build(doc, &launch, &command) < 0)
        fail_msg("%s", error_last()->message);
    text = command_format(&command);
    command_clear(&command);
    domain_free(doc);
    return text;
}

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            fail_msg("no %s in %s", part, text);                                                   \
    } while (0)

static void assert_json(json_t *value, const char *wanted)
{
    json_t *other = json_loads(wanted, 0, NULL);
    char *text = value ? json_dumps(value, 0) : NULL;

    if (!value)
        fail_msg("%s", error_last()->message);
    assert_non_null(other);
    if (!json_equal(value, other))
        fail_msg("%s is not %s", text, wanted);
    free(text);
    json_decref(other);
    json_decref(value);
}

static void test_machine(void **state)
{
    g_autofree char *line = line_of("<qemu:commandline><qemu:arg value='-trace'/>"
                                    "<qemu:arg value='a b'/><qemu:env name='X' value='1 2'/>"
                                    "</qemu:commandline>",
                                    "");

    assert_has(line, "-name guest=a,,b,debug-threads=on -S");
    assert_has(line, "-machine pc-q35-");
    assert_has(line, "memory-backend=pc.ram");
    assert_has(line, "-accel tcg -cpu qemu64 -m 64 -object "
                     "'{\"qom-type\":\"memory-backend-ram\",\"id\":\"pc.ram\",\"size\":67108864}'");
    assert_has(line, "socket,id=charmonitor,fd=7,server=on,wait=off");
    assert_has(line, "-sandbox on,obsolete=deny");
    assert_has(line, "-trace 'a b'");
    assert_has(line, "X='1 2'");
}

static void test_descriptors_are_passed_on(void **state)
{
    static const int taps[] = {21, 22}, vhosts[] = {23, 24};
    const struct launch_net net = {taps, vhosts, 2, 2, -1};
    struct launch with = launch;
    struct domain *doc = parse("", "<interface type='ethernet'><mac address='52:54:00:00:00:01'/>"
                                   "<model type='virtio'/><driver queues='2'/></interface>");
    struct command command;

    with.nets = &net;
    assert_int_equal(command_build(doc, &with, &command), 0);
    assert_int_equal(command.fds->len, 5);
    assert_int_equal(g_array_index(command.fds, struct command_fd, 0).fd, 7);
    assert_int_equal(g_array_index(command.fds, struct command_fd, 4).fd, 24);
    command_clear(&command);
    assert_json(netdev_props(doc, &doc->devices.interfaces[0], &net, &with),
                "{\"type\":\"tap\",\"fds\":\"21:22\",\"vhost\":true,\"vhostfds\":\"23:24\","
                "\"id\":\"hostnet0\"}");
    assert_json(
        device_props_interface(doc, &doc->devices.interfaces[0], &net, &with),
        "{\"driver\":\"virtio-net-pci\",\"mq\":true,\"vectors\":6,\"netdev\":\"hostnet0\","
        "\"mac\":\"52:54:00:00:00:01\",\"id\":\"net0\",\"bus\":\"pci.1\",\"addr\":\"0x0\"}");
    domain_free(doc);
}

static void test_disks(void **state)
{
    struct domain *doc = parse(
        "", "<disk type='file'><driver name='qemu' type='qcow2' cache='none' discard='unmap'/>"
            "<source file='/top'/><backingStore type='file'><format type='raw'/>"
            "<source file='/base'/><backingStore/></backingStore><target dev='vda'/>"
            "<serial>abc</serial></disk>");
    const struct domain_disk *disk = doc->devices.disks;
    g_autofree char *top = blockdev_top(disk);

    assert_string_equal(top, "libvirt-1-format");
    assert_json(blockdev_chain(disk, &launch),
                "[{\"driver\":\"file\",\"filename\":\"/base\",\"node-name\":\"libvirt-2-storage\","
                "\"cache\":{\"direct\":true,\"no-flush\":false},\"auto-read-only\":true,"
                "\"discard\":\"unmap\"},"
                "{\"node-name\":\"libvirt-2-format\",\"read-only\":true,"
                "\"cache\":{\"direct\":true,\"no-flush\":false},\"discard\":\"unmap\","
                "\"driver\":\"raw\",\"file\":\"libvirt-2-storage\"},"
                "{\"driver\":\"file\",\"filename\":\"/top\",\"node-name\":\"libvirt-1-storage\","
                "\"cache\":{\"direct\":true,\"no-flush\":false},\"auto-read-only\":true,"
                "\"discard\":\"unmap\"},"
                "{\"node-name\":\"libvirt-1-format\",\"read-only\":false,"
                "\"cache\":{\"direct\":true,\"no-flush\":false},\"discard\":\"unmap\","
                "\"driver\":\"qcow2\",\"file\":\"libvirt-1-storage\","
                "\"backing\":\"libvirt-2-format\"}]");
    assert_json(device_props_disk(doc, disk, &launch),
                "{\"driver\":\"virtio-blk-pci\",\"drive\":\"libvirt-1-format\",\"serial\":\"abc\","
                "\"bootindex\":1,\"write-cache\":\"on\",\"id\":\"virtio-disk0\",\"bus\":\"pci.2\","
                "\"addr\":\"0x0\"}");
    domain_free(doc);
}

static const struct {
    const char *xml, *option, *json;
} chardevs[] = {
    {"<serial type='unix'><source mode='bind' path='/a,b'/></serial>",
     "-chardev socket,id=charserial0,path=/a,,b,server=on,wait=off",
     "{\"id\":\"charserial0\",\"backend\":{\"type\":\"socket\",\"data\":{\"addr\":{\"type\":"
     "\"unix\","
     "\"data\":{\"path\":\"/a,b\"}},\"server\":true,\"wait\":false}}}"},
    {"<serial type='tcp'><source mode='connect' host='h' service='99'/><protocol type='telnet'/>"
     "</serial>",
     "-chardev socket,id=charserial0,host=h,port=99,telnet=on",
     "{\"id\":\"charserial0\",\"backend\":{\"type\":\"socket\",\"data\":{\"addr\":{\"type\":"
     "\"inet\","
     "\"data\":{\"host\":\"h\",\"port\":\"99\"}},\"telnet\":true,\"server\":false}}}"},
    {"<serial type='file'><source path='/f' append='on'/><log file='/l' append='off'/></serial>",
     "-chardev file,id=charserial0,path=/f,append=on,logfile=/l,logappend=off",
     "{\"id\":\"charserial0\",\"backend\":{\"type\":\"file\",\"data\":{\"out\":\"/f\","
     "\"append\":true,\"logfile\":\"/l\",\"logappend\":false}}}"},
    {"<serial type='pty'/>", "-chardev pty,id=charserial0",
     "{\"id\":\"charserial0\",\"backend\":{\"type\":\"pty\",\"data\":{}}}"},
};

static void test_chardevs(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(chardevs); i++) {
        struct domain *doc = parse("", chardevs[i].xml);
        const struct domain_serial *serial = doc->devices.serials;
        g_autofree char *line = line_of("", chardevs[i].xml);

        assert_has(line, chardevs[i].option);
        assert_json(chardev_props(serial->alias.name, serial->type, &serial->chardev, &launch),
                    chardevs[i].json);
        domain_free(doc);
    }
}

static void test_throttle(void **state)
{
    struct domain *doc =
        parse("", "<disk type='file'><source file='/a'/><target dev='vda'/><iotune>"
                  "<total_bytes_sec>1000</total_bytes_sec><read_iops_sec>7</read_iops_sec>"
                  "<total_bytes_sec_max>2000</total_bytes_sec_max></iotune></disk>"
                  "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>");

    assert_json(throttle_props(&doc->devices.disks[0]),
                "{\"bps\":1000,\"bps_rd\":0,\"bps_wr\":0,\"iops\":0,\"iops_rd\":7,\"iops_wr\":0,"
                "\"bps_max\":2000,\"id\":\"/machine/peripheral/virtio-disk0/virtio-backend\"}");
    assert_null(throttle_props(&doc->devices.disks[1]));
    domain_free(doc);
}

/* By the device's name: set, changed, left out. */
static void test_overrides(void **state)
{
    struct domain *doc = parse(
        "<qemu:override><qemu:device alias='ua-n'><qemu:frontend>"
        "<qemu:property name='x-speed' type='unsigned' value='10'/>"
        "<qemu:property name='mac' type='remove'/></qemu:frontend></qemu:device></qemu:override>",
        "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/>"
        "<alias name='ua-n'/><address type='pci' bus='0' slot='9'/></interface>");

    document_complete(&facts, doc);
    assert_json(device_props_interface(doc, doc->devices.interfaces, NULL, &launch),
                "{\"driver\":\"e1000\",\"netdev\":\"hostua-n\",\"id\":\"ua-n\",\"bus\":\"pcie.0\","
                "\"addr\":\"0x9\",\"x-speed\":10}");
    domain_free(doc);
}

static const struct {
    const char *devices, *text;
} refused[] = {
    {"<sound model='ich7'/>", "Cannot automatically add a new PCI bus"},
    {"<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>",
     "volume 'v' of pool 'p'"},
    {"<disk type='network'><source protocol='rbd' name='p/i'><host name='h'/><auth username='u'>"
     "<secret type='ceph' usage='s'/></auth></source><target dev='vda'/></disk>",
     "secret 's' cannot be looked up"},
    {"<serial type='tcp'><source mode='connect' host='h' service='9' tls='yes'/></serial>", "TLS"},
    {"<tpm><backend type='emulator' version='2.0'/></tpm>", "has not been started"},
    {"<interface type='user'><model type='no-such'/></interface>", "device 'no-such'"},
    {"<disk type='block' device='lun'><source dev='/dev/sdz'><reservations managed='yes'/></source>"
     "<target dev='sda' bus='scsi'/></disk>",
     "no helper for <reservations/>"},
    {"<interface type='bridge'><source bridge='br0'/></interface>", "of type 'bridge' cannot be"},
    {"<interface type='network'><source network='n'/></interface>", "of type 'network' cannot be"},
};

static void test_refused(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<domain type='qemu'><name>g</name><memory unit='MiB'>64</memory><os>"
            "<type arch='x86_64' machine='q35'>hvm</type></os><devices>%s</devices></domain>",
            refused[i].devices);
        struct command command = {0};
        struct domain *doc = NULL;

        error_reset();
        if (qemu_document_parse(&facts, xml, DOC_INACTIVE, &doc) == 0) {
            document_assign_aliases(doc);
            assert_int_equal(command_build(doc, &launch, &command), -1);
            assert_null(command.args);
            domain_free(doc);
        }
        if (!strstr(error_last()->message, refused[i].text))
            fail_msg("%s; wanted %s", error_last()->message, refused[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machine),   cmocka_unit_test(test_descriptors_are_passed_on),
        cmocka_unit_test(test_disks),     cmocka_unit_test(test_chardevs),
        cmocka_unit_test(test_overrides), cmocka_unit_test(test_throttle),
        cmocka_unit_test(test_refused),
    };

    virInitialize();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
