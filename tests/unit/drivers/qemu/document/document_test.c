/* What QEMU's documents get, and what they are refused for; with the installed binary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/document/document.h"
#include "core/object/error.h"

static struct document_facts facts = {.arch = "x86_64", .nvram_folder = "/nvram"};

static int set_up(void **state)
{
    facts.caps = caps_cache_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    caps_cache_free(facts.caps);
    error_reset();
    return 0;
}

static char *written(const char *machine, const char *more, const char *devices)
{
    return g_strdup_printf(
        "<domain type='qemu'><name>g</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='%s'>hvm</type></os>%s"
        "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>%s</devices></domain>",
        machine, more, devices);
}

static struct domain *parse(const char *machine, const char *more, const char *devices)
{
    g_autofree char *xml = written(machine, more, devices);
    struct domain *doc = NULL;

    if (qemu_document_parse(&facts, xml, DOC_INACTIVE, &doc) < 0)
        fail_msg("%s", error_last()->message);
    return doc;
}

static void assert_at(const struct domain_address *address, unsigned bus, unsigned slot,
                      unsigned function)
{
    assert_int_equal(address->type, DOMAIN_ADDRESS_TYPE_PCI);
    assert_int_equal(address->pci.bus, bus);
    assert_int_equal(address->pci.slot, slot);
    assert_int_equal(address->pci.function, function);
}

static const struct domain_controller *controller(const struct domain *doc, unsigned type,
                                                  unsigned index)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++)
        if (doc->devices.controllers[i].type == type && doc->devices.controllers[i].index == index)
            return &doc->devices.controllers[i];
    fail_msg("no controller of type %u with index %u", type, index);
    return NULL;
}

static void test_defaults(void **state)
{
    struct domain *doc = parse("pc", "",
                               "<disk type='file'><source file='/a'/><target dev='hda'/></disk>"
                               "<serial type='pty'/>");

    assert_true(g_str_has_prefix(doc->os.type.machine, "pc-i440fx-"));
    assert_string_equal(doc->cpu.model.text, "qemu64");
    assert_int_equal(doc->cpu.check, DOMAIN_CPU_CHECK_NONE);
    assert_int_equal(doc->devices.disks[0].driver.type, COMMON_IMAGE_FORMAT_RAW);
    assert_int_equal(doc->devices.serials[0].target.model.name,
                     DOMAIN_SERIAL_TARGET_MODEL_NAME_ISA_SERIAL);
    assert_int_equal(doc->devices.memballoon.model, DOMAIN_MEMBALLOON_MODEL_VIRTIO);
    assert_int_equal(doc->devices.n_inputs, 2);
    assert_int_equal(doc->devices.audios[0].type, DOMAIN_AUDIO_TYPE_NONE);
    domain_free(doc);
}

static void test_conventional_places(void **state)
{
    struct domain *doc = parse("pc", "",
                               "<video><model type='vga'/></video><controller type='ide'/>"
                               "<interface type='user'/>");

    assert_at(&controller(doc, DOMAIN_CONTROLLER_TYPE_IDE, 0)->address, 0, 1, 1);
    assert_at(&controller(doc, DOMAIN_CONTROLLER_TYPE_USB, 0)->address, 0, 1, 2);
    assert_at(&doc->devices.videos[0].address, 0, 2, 0);
    assert_at(&doc->devices.interfaces[0].address, 0, 3, 0);
    assert_at(&doc->devices.memballoon.address, 0, 4, 0);
    domain_free(doc);
}

/* A port each, and one more to plug into later. */
static void test_express_places(void **state)
{
    struct domain *doc =
        parse("q35", "", "<interface type='user'><model type='virtio'/></interface>");

    assert_at(&controller(doc, DOMAIN_CONTROLLER_TYPE_SATA, 0)->address, 0, 0x1f, 2);
    assert_at(&controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, 1)->address, 0, 1, 0);
    assert_int_equal(controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, 1)->address.pci.multifunction,
                     TRISTATE_ON);
    assert_at(&doc->devices.interfaces[0].address, 1, 0, 0);
    assert_at(&doc->devices.memballoon.address, 3, 0, 0);
    assert_at(&controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, 4)->address, 0, 1, 3);
    assert_int_equal(controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, 4)->target.port, 0xb);
    domain_free(doc);
}

static void test_conventional_behind_bridge(void **state)
{
    struct domain *doc =
        parse("q35", "", "<interface type='user'><model type='rtl8139'/></interface>");
    unsigned bus = doc->devices.interfaces[0].address.pci.bus;

    assert_int_equal(controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, bus)->model,
                     DOMAIN_CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE);
    assert_int_equal(doc->devices.interfaces[0].address.pci.slot, 1);
    domain_free(doc);
}

static void test_many_need_bridges(void **state)
{
    g_autoptr(GString) devices = g_string_new(NULL);
    struct domain *doc;

    for (int i = 0; i < 40; i++)
        g_string_append(devices, "<interface type='user'/>");
    doc = parse("pc", "", devices->str);
    assert_int_equal(controller(doc, DOMAIN_CONTROLLER_TYPE_PCI, 1)->model,
                     DOMAIN_CONTROLLER_MODEL_PCI_BRIDGE);
    assert_int_equal(doc->devices.interfaces[39].address.pci.bus, 1);
    domain_free(doc);
}

static void test_usb_hubs(void **state)
{
    struct domain *doc = parse("pc", "",
                               "<input type='tablet' bus='usb'/><input type='mouse' bus='usb'/>"
                               "<input type='keyboard' bus='usb'/>");

    assert_int_equal(doc->devices.n_hubs, 1);
    assert_string_equal(doc->devices.hubs[0].address.usb.port, "1");
    assert_string_equal(doc->devices.inputs[0].address.usb.port, "2");
    assert_string_equal(doc->devices.inputs[1].address.usb.port, "1.1");
    domain_free(doc);
}

static void test_companions(void **state)
{
    struct domain *doc = parse("pc", "",
                               "<controller type='usb' index='0' model='ich9-ehci1'/>"
                               "<controller type='usb' index='0' model='ich9-uhci1'/>"
                               "<controller type='usb' index='0' model='ich9-uhci2'/>");

    assert_at(&doc->devices.controllers[0].address, 0, 2, 7);
    assert_at(&doc->devices.controllers[1].address, 0, 2, 0);
    assert_int_equal(doc->devices.controllers[1].address.pci.multifunction, TRISTATE_ON);
    assert_at(&doc->devices.controllers[2].address, 0, 2, 1);
    domain_free(doc);
}

/* What was completed once is complete. */
static void test_completes_once(void **state)
{
    struct domain *doc = parse("q35", "",
                               "<interface type='user'/><rng model='virtio'><backend "
                               "model='random'>/dev/urandom</backend></rng>"),
                  *again = NULL;
    g_autofree char *first = domain_format(doc, DOC_INACTIVE), *second = NULL;

    assert_int_equal(qemu_document_parse(&facts, first, DOC_INACTIVE, &again), 0);
    second = domain_format(again, DOC_INACTIVE);
    assert_string_equal(first, second);
    assert_int_equal(document_complete(&facts, again), 0);
    g_free(second);
    second = domain_format(again, DOC_INACTIVE);
    assert_string_equal(first, second);
    domain_free(again);
    domain_free(doc);
}

static void test_aliases(void **state)
{
    struct domain *doc =
        parse("pc", "",
              "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
              "<disk type='file'><source file='/b'/><target dev='sda' bus='scsi'/></disk>"
              "<disk type='file'><source file='/c'/><target dev='hdc'/></disk>"
              "<interface type='user'><alias name='ua-mine'/></interface><interface type='user'/>"
              "<serial type='pty'/><console type='pty'/>");

    assert_int_equal(document_assign_aliases(doc), 0);
    assert_string_equal(doc->devices.disks[0].alias.name, "virtio-disk0");
    assert_string_equal(doc->devices.interfaces[0].alias.name, "ua-mine");
    assert_string_equal(doc->devices.interfaces[1].alias.name, "net0");
    assert_string_equal(doc->devices.consoles[0].alias.name, "serial0");
    assert_string_equal(controller(doc, DOMAIN_CONTROLLER_TYPE_USB, 0)->alias.name, "usb");
    assert_int_equal(doc->devices.disks[0].source.index, 3);
    assert_int_equal(doc->devices.disks[2].source.index, 1);
    domain_free(doc);
}

static void test_paths_are_of_one_run(void **state)
{
    static const char channel[] =
        "<channel type='unix'>%s<target type='virtio' name='org.a'/></channel>";
    g_autofree char *plain = g_strdup_printf(channel, "");
    g_autofree char *old =
        g_strdup_printf(channel, "<source mode='bind' path='/r/domain-3-g/org.a'/>");
    struct domain *doc = parse("pc", "", plain);

    assert_int_equal(document_assign_paths(&facts, doc, "/r/domain-7-g"), 0);
    assert_string_equal(doc->devices.channels[0].source.path, "/r/domain-7-g/org.a");
    domain_free(doc);
    doc = parse("pc", "", old);
    assert_null(doc->devices.channels[0].source.path);
    domain_free(doc);
}

/* Each of two guests that start at the same time has ports of its own. */
static void test_ports(void **state)
{
    struct domain *one = parse("pc", "", "<graphics type='vnc' port='-1' websocket='-1'/>");
    struct domain *two = parse("pc", "", "<graphics type='vnc' port='-1'/>");
    struct domain *fixed = parse("pc", "", "<graphics type='vnc' port='7000' autoport='no'/>");

    assert_int_equal(document_assign_ports(one), 0);
    assert_int_equal(document_assign_ports(two), 0);
    assert_int_equal(document_assign_ports(fixed), 0);
    assert_true(one->devices.graphics[0].port >= 5900);
    assert_true(one->devices.graphics[0].websocket >= 5700);
    assert_int_not_equal(one->devices.graphics[0].port, two->devices.graphics[0].port);
    assert_int_equal(fixed->devices.graphics[0].port, 7000);
    domain_free(one);
    domain_free(two);
    domain_free(fixed);
}

static void test_firmware(void **state)
{
    struct domain *doc = parse("q35", "<features><acpi/></features>", "");

    doc->os.firmware = DOMAIN_OS_FIRMWARE_EFI;
    assert_int_equal(document_choose_firmware(&facts, doc), 0);
    assert_int_equal(doc->os.loader.type, DOMAIN_OS_LOADER_TYPE_PFLASH);
    assert_true(g_file_test(doc->os.loader.text, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(doc->os.nvram.template, G_FILE_TEST_EXISTS));
    assert_string_equal(doc->os.nvram.text, "/nvram/g_VARS.fd");
    g_clear_pointer(&doc->os.loader.text, g_free);
    g_free(doc->os.type.machine);
    doc->os.type.machine = g_strdup("isapc");
    assert_int_equal(document_choose_firmware(&facts, doc), -1);
    assert_non_null(strstr(error_last()->message, "'isapc'"));
    domain_free(doc);
}

static const struct {
    const char *machine, *more, *devices;
    int code;
    const char *text;
} bad[] = {
    {"pc-q35-none", "", "", VIR_ERR_CONFIG_UNSUPPORTED,
     "does not support machine type 'pc-q35-none'"},
    {"pc", "<cpu><topology sockets='2' cores='1' threads='1'/></cpu>", "",
     VIR_ERR_CONFIG_UNSUPPORTED, "CPU topology doesn't match maximum vcpu count"},
    {"pc", "", "<controller type='pci' index='0' model='pcie-root'/>", VIR_ERR_XML_ERROR,
     "must be model='pci-root'"},
    {"pc", "",
     "<interface type='user'><address type='pci' slot='5'/></interface>"
     "<interface type='user'><address type='pci' slot='5'/></interface>",
     VIR_ERR_XML_ERROR, "Attempted double use of PCI Address 0000:00:05.0"},
    {"q35", "", "<interface type='user'><address type='pci' bus='9' slot='0'/></interface>",
     VIR_ERR_XML_ERROR, "Invalid PCI address 0000:09:00.0"},
    {"pc", "", "<input type='tablet' bus='usb'><address type='usb' bus='0' port='9'/></input>",
     VIR_ERR_XML_ERROR, "requested USB port 9 not present on USB bus 0"},
    {"pc", "",
     "<disk type='file'><driver name='tap'/><source file='/a'/><target dev='hda'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "unsupported driver name 'tap'"},
    {"pc", "",
     "<disk type='file'><driver name='qemu' type='iso'/><source file='/a'/><target "
     "dev='hda'/></disk>",
     VIR_ERR_CONFIG_UNSUPPORTED, "storage format 'iso' is not directly supported"},
    {"pc", "", "<graphics type='spice' tlsPort='5999'/>", VIR_ERR_CONFIG_UNSUPPORTED,
     "TLS is disabled"},
    {"pc", "<maxMemory slots='2' unit='GiB'>1</maxMemory>", "", VIR_ERR_CONFIG_UNSUPPORTED,
     "At least one numa node"},
    {"pc", "", "<iommu model='intel'/>", VIR_ERR_CONFIG_UNSUPPORTED, "only supported with Q35"},
    {"pc", "<features><smm><tseg unit='MiB'>48</tseg></smm></features>", "",
     VIR_ERR_CONFIG_UNSUPPORTED, "SMM TSEG is only supported with q35"},
};

static void test_refused(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *xml = written(bad[i].machine, bad[i].more, bad[i].devices);
        struct domain *doc = NULL;

        error_reset();
        if (qemu_document_parse(&facts, xml, DOC_INACTIVE, &doc) == 0)
            fail_msg("accepted: %s", xml);
        assert_null(doc);
        if (error_last()->code != bad[i].code || !strstr(error_last()->message, bad[i].text))
            fail_msg("%d %s; wanted %d %s", error_last()->code, error_last()->message, bad[i].code,
                     bad[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_conventional_places),
        cmocka_unit_test(test_express_places),
        cmocka_unit_test(test_conventional_behind_bridge),
        cmocka_unit_test(test_many_need_bridges),
        cmocka_unit_test(test_usb_hubs),
        cmocka_unit_test(test_companions),
        cmocka_unit_test(test_completes_once),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_paths_are_of_one_run),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_firmware),
        cmocka_unit_test(test_refused),
    };

    virInitialize();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
