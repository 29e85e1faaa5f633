#include "unit/drivers/test/fixture.h"

#include <glib/gstdio.h>

#define PORT(parent)                                                                               \
    "<device>" parent "<capability type='scsi_host'><capability type='fc_host'>"                   \
    "<wwnn>2000000099999999</wwnn><wwpn>1000000099999999</wwpn></capability></capability></"       \
    "device>"

static void on_lifecycle(virConnectPtr c, virNodeDevicePtr dev, int event, int detail, void *opaque)
{
    assert_ptr_equal(c, conn);
    assert_int_equal(detail, 0);
    g_string_append_printf(opaque, "%s:%d ", virNodeDeviceGetName(dev), event);
}

static int listen_to(virNodeDevicePtr dev)
{
    int id = virConnectNodeDeviceEventRegisterAny(
        conn, dev, VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE,
        any_callback(virConnectNodeDeviceEventGenericCallback, on_lifecycle), trace, NULL);

    assert_ok(id);
    return id;
}

static void assert_devices(unsigned int flags, const char *expected)
{
    g_autoptr(GString) names = g_string_new(NULL);
    virNodeDevicePtr *all;
    int n = virConnectListAllNodeDevices(conn, &all, flags);

    assert_ok(n);
    for (int i = 0; i < n; i++) {
        g_string_append_printf(names, "%s ", virNodeDeviceGetName(all[i]));
        virNodeDeviceFree(all[i]);
    }
    assert_null(all[n]);
    free(all);
    assert_string_equal(names->str, expected);
}

static void the_computer_is_the_root(void **state)
{
    virNodeDevicePtr dev = virNodeDeviceLookupByName(conn, "computer");
    char *names[2];

    assert_non_null(dev);
    virResetLastError();
    assert_null(virNodeDeviceGetParent(dev));
    assert_null(virGetLastError());
    assert_int_equal(virNodeDeviceNumOfCaps(dev), 1);
    assert_int_equal(virNodeDeviceListCaps(dev, names, 0), 0);
    assert_int_equal(virNodeDeviceListCaps(dev, names, 2), 1);
    assert_string_equal(names[0], "system");
    free(names[0]);
    assert_text(virNodeDeviceGetXMLDesc(dev, 0), "<version>Test driver</version>");
    assert_ok(virNodeDeviceDestroy(dev)); /* and nothing happens */
    assert_devices(0, "computer scsi_host1 scsi_host2 scsi_host11 ");
    virNodeDeviceFree(dev);
}

static void devices_are_listed_by_what_they_can_do(void **state)
{
    char *names[4];

    assert_devices(VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM, "computer ");
    assert_devices(VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS, "scsi_host1 scsi_host2 ");
    assert_devices(VIR_CONNECT_LIST_NODE_DEVICES_CAP_FC_HOST, "scsi_host1 scsi_host2 scsi_host11 ");
    assert_devices(VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV, "");
    assert_devices(VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM |
                       VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS,
                   "computer scsi_host1 scsi_host2 ");
    assert_int_equal(virNodeNumOfDevices(conn, NULL, 0), 4);
    assert_int_equal(virNodeNumOfDevices(conn, "vports", 0), 2);
    assert_int_equal(virNodeNumOfDevices(conn, "nonsense", 0), 0);
    assert_int_equal(virNodeListDevices(conn, "vports", names, 4, 0), 2);
    assert_string_equal(names[1], "scsi_host2");
    free(names[0]);
    free(names[1]);
    assert_int_equal(virNodeListDevices(conn, NULL, names, 1, 0), 1);
    assert_string_equal(names[0], "computer");
    free(names[0]);
}

static void a_port_is_made_and_unmade(void **state)
{
    int id = listen_to(NULL);
    virNodeDevicePtr dev = virNodeDeviceCreateXML(conn, PORT("<parent>scsi_host1</parent>"), 0);

    assert_non_null(dev);
    assert_string_equal(virNodeDeviceGetName(dev), "scsi_host12");
    assert_string_equal(virNodeDeviceGetParent(dev), "scsi_host1");
    assert_text(virNodeDeviceGetXMLDesc(dev, 0), "<wwnn>2000000099999999</wwnn>");
    assert_ok(virNodeDeviceDestroy(dev));
    assert_fails(virNodeDeviceDestroy(dev), VIR_ERR_NO_NODE_DEVICE, "'scsi_host12'");
    assert_fails(virNodeDeviceGetXMLDesc(dev, 0), VIR_ERR_NO_NODE_DEVICE, "'scsi_host12'");
    assert_fails(virNodeDeviceNumOfCaps(dev), VIR_ERR_NO_NODE_DEVICE, "'scsi_host12'");
    assert_fails(virNodeDeviceGetParent(dev), VIR_ERR_NO_NODE_DEVICE, "'scsi_host12'");
    expect_events("scsi_host12:0 scsi_host12:1 ");
    assert_ok(virConnectNodeDeviceEventDeregisterAny(conn, id));
    virNodeDeviceFree(dev);
}

static void who_listens_to_one_device_hears_of_it_alone(void **state)
{
    virNodeDevicePtr dev = virNodeDeviceLookupByName(conn, "scsi_host11");
    int id = listen_to(dev);

    virNodeDeviceFree(virNodeDeviceCreateXML(conn, PORT(""), 0));
    assert_ok(virNodeDeviceDestroy(dev));
    expect_events("scsi_host11:1 ");
    /* without it nobody knows what a port looks like */
    assert_fails(virNodeDeviceCreateXML(conn, PORT(""), 0), VIR_ERR_NO_NODE_DEVICE,
                 "'scsi_host11'");
    assert_ok(virConnectNodeDeviceEventDeregisterAny(conn, id));
    virNodeDeviceFree(dev);
}

static void an_adapter_is_found_by_its_names(void **state)
{
    static const char *const good[] = {
        PORT(""),
        PORT("<parent wwnn='2000000012341234' wwpn='1000000012341234'/>"),
        PORT("<parent fabric_wwn='2000000087658765'/>"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        virNodeDevicePtr dev = virNodeDeviceCreateXML(conn, good[i], 0);

        assert_non_null(dev);
        virNodeDeviceFree(dev);
    }
    assert_devices(0, "computer scsi_host1 scsi_host2 scsi_host11 scsi_host12 ");
}

static void what_cannot_carry_a_port_is_refused(void **state)
{
    static const struct {
        const char *xml;
        int code;
        const char *text;
    } bad[] = {
        {PORT("<parent>computer</parent>"), VIR_ERR_INTERNAL_ERROR,
         "computer is not capable of vport operations"},
        {PORT("<parent>nope</parent>"), VIR_ERR_INTERNAL_ERROR, "Could not find parent device"},
        {PORT("<parent wwnn='2000000012341234' wwpn='1'/>"), VIR_ERR_INTERNAL_ERROR,
         "Could not find parent device"},
        {PORT("<parent fabric_wwn='1'/>"), VIR_ERR_INTERNAL_ERROR, "Could not find parent device"},
        {PORT("<parent wwnn='1'/>"), VIR_ERR_XML_ERROR, "wwpn must also be provided"},
        {PORT("<parent wwpn='1'/>"), VIR_ERR_XML_ERROR, "wwnn must also be provided"},
        {"<device><capability type='scsi_host'/></device>", VIR_ERR_INTERNAL_ERROR,
         "not a fibre channel HBA"},
        {"<device><capability type='net'><interface>e</interface></capability></device>",
         VIR_ERR_INTERNAL_ERROR, "not a fibre channel HBA"},
        {"<device/>", VIR_ERR_INTERNAL_ERROR, "no device capabilities for 'new device'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_fails(virNodeDeviceCreateXML(conn, bad[i].xml, 0), bad[i].code, bad[i].text);
    assert_fails(virNodeDeviceCreateXML(conn, "<device><typo/></device>",
                                        VIR_NODE_DEVICE_CREATE_XML_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "typo");
    assert_devices(0, "computer scsi_host1 scsi_host2 scsi_host11 ");
}

static void unknown_flags_and_events_are_refused(void **state)
{
    virNodeDevicePtr dev = virNodeDeviceLookupByName(conn, "computer");

    assert_fails(virConnectListAllNodeDevices(conn, NULL, 1u << 22), VIR_ERR_INVALID_ARG,
                 "0x400000");
    assert_fails(virNodeListDevices(conn, NULL, NULL, 0, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNodeNumOfDevices(conn, NULL, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNodeDeviceGetXMLDesc(dev, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNodeDeviceCreateXML(conn, PORT(""), 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virNodeDeviceLookupByName(conn, "nope"), VIR_ERR_NO_NODE_DEVICE, "'nope'");
    assert_fails(virConnectNodeDeviceEventRegisterAny(
                     conn, NULL, 9,
                     any_callback(virConnectNodeDeviceEventGenericCallback, on_lifecycle), trace,
                     NULL),
                 VIR_ERR_INVALID_ARG, "9");
    virNodeDeviceFree(dev);
}

/* Opens a world with these devices; NULL with the error. */
static virConnectPtr open_with(const char *devices)
{
    g_autofree char *text = g_strdup_printf("<node>%s</node>", devices);
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("corral-XXXXXX.xml", &path, NULL);
    virConnectPtr other;

    assert_ok(fd);
    close(fd);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    uri = g_strdup_printf("test://%s", path);
    other = virConnectOpen(uri);
    g_unlink(path);
    return other;
}

static void a_description_has_devices_of_its_own(void **state)
{
    virConnectPtr other = open_with(
        "<device><name>pci_0</name><parent>computer</parent><capability "
        "type='pci'><domain>0</domain>"
        "<bus>0</bus><slot>2</slot><function>0</function><product id='1'/><vendor id='2'/>"
        "<capability type='mdev_types'><type id='a'><deviceAPI>vfio-pci</deviceAPI>"
        "<availableInstances>2</availableInstances></type></capability></capability></device>"
        "<interface type='ethernet' name='e0'/>");

    assert_non_null(other);
    assert_int_equal(virConnectListAllInterfaces(other, NULL, VIR_CONNECT_LIST_INTERFACES_ACTIVE),
                     1);
    assert_int_equal(virNodeNumOfDevices(other, NULL, 0), 1);
    assert_int_equal(virNodeNumOfDevices(other, "mdev_types", 0), 1);
    assert_int_equal(virNodeNumOfDevices(other, "vpd", 0), 0);
    virConnectClose(other);
    assert_fails(
        open_with("<device><capability type='net'><interface>e</interface></capability></device>"),
        VIR_ERR_NO_NAME, "<device> in ");
    assert_fails(open_with("<device><name>a</name><capability type='scsi_host'/></device>"),
                 VIR_ERR_INTERNAL_ERROR, "no SCSI host ID supplied for 'a'");
    assert_fails(open_with("<interface/>"), VIR_ERR_XML_ERROR, "<interface> in ");
}

#define SLICE                                                                                      \
    "<device><parent>pci_0</parent><capability type='mdev'><type id='a'/>"                         \
    "<uuid>783e6dbb-ea0e-411f-94e2-717eaad438bf</uuid></capability></device>"

static void definitions_stay_while_devices_come_and_go(void **state)
{
    virConnectPtr other = open_with(
        "<device><name>pci_0</name><capability type='pci'><domain>0</domain><bus>0</bus>"
        "<slot>2</slot><function>0</function><product id='1'/><vendor id='2'/>"
        "<capability type='mdev_types'><type id='a'><deviceAPI>vfio-pci</deviceAPI>"
        "<availableInstances>1</availableInstances></type></capability></capability></device>");
    virNodeDevicePtr card, dev;
    int autostart = -1;

    (void)state;
    assert_non_null(other);
    card = virNodeDeviceLookupByName(other, "pci_0");
    dev = virNodeDeviceDefineXML(other, SLICE, 0);
    assert_non_null(dev);
    assert_string_equal(virNodeDeviceGetName(dev), "mdev_783e6dbb_ea0e_411f_94e2_717eaad438bf_0");
    assert_int_equal(virNodeDeviceIsActive(dev), 0);
    assert_int_equal(virNodeDeviceIsPersistent(dev), 1);
    assert_int_equal(virNodeNumOfDevices(other, "mdev", 0), 0);
    assert_ok(virNodeDeviceCreate(dev, 0));
    assert_text(virNodeDeviceGetXMLDesc(card, 0), "<availableInstances>0<");
    assert_fails(virNodeDeviceCreate(dev, 0), VIR_ERR_OPERATION_INVALID, "there already");
    assert_ok(virNodeDeviceSetAutostart(dev, 1));
    assert_ok(virNodeDeviceDestroy(dev));
    assert_text(virNodeDeviceGetXMLDesc(card, 0), "<availableInstances>1<");
    assert_ok(virNodeDeviceGetAutostart(dev, &autostart));
    assert_int_equal(autostart, 1);
    assert_ok(virNodeDeviceUndefine(dev, 0));
    autostart = -1;
    assert_fails(virNodeDeviceGetAutostart(dev, &autostart), VIR_ERR_NO_NODE_DEVICE, "mdev_");
    assert_int_equal(autostart, -1);
    /* What is only defined when the connection ends is let go with it. */
    virNodeDeviceFree(virNodeDeviceDefineXML(other, SLICE, 0));
    assert_fails(virNodeDeviceUndefine(card, 0), VIR_ERR_OPERATION_INVALID, "no definition");
    assert_fails(virNodeDeviceSetAutostart(card, 1), VIR_ERR_OPERATION_INVALID, "no definition");
    virNodeDeviceFree(card);
    virNodeDeviceFree(dev);
    virConnectClose(other);
}

static void functions_of_the_host_change_hands(void **state)
{
    (void)state;
    virConnectPtr other = open_with(
        "<device><name>pci_0</name><parent>computer</parent><capability "
        "type='pci'><domain>0</domain>"
        "<bus>0</bus><slot>2</slot><function>0</function><product id='1'/><vendor id='2'/>"
        "</capability></device>");
    virNodeDevicePtr function, computer;

    assert_non_null(other);
    function = virNodeDeviceLookupByName(other, "pci_0");
    assert_non_null(function);
    assert_fails(virNodeDeviceReset(function), VIR_ERR_OPERATION_INVALID, "in use");
    assert_fails(virNodeDeviceDetachFlags(function, "cork", 0), VIR_ERR_INVALID_ARG, "'cork'");
    assert_fails(virNodeDeviceDetachFlags(function, NULL, 1), VIR_ERR_INVALID_ARG, "flags");
    assert_int_equal(virNodeDeviceDetachFlags(function, "vfio", 0), 0);
    assert_int_equal(virNodeDeviceReset(function), 0);
    assert_int_equal(virNodeDeviceReAttach(function), 0);
    assert_fails(virNodeDeviceReset(function), VIR_ERR_OPERATION_INVALID, "in use");
    assert_int_equal(virNodeDeviceDettach(function), 0);
    assert_int_equal(virNodeDeviceReset(function), 0);
    assert_int_equal(virNodeDeviceIsActive(function), 1);
    assert_int_equal(virNodeDeviceIsPersistent(function), 0);
    virNodeDeviceFree(function);
    virConnectClose(other);
    computer = virNodeDeviceLookupByName(conn, "computer");
    assert_fails(virNodeDeviceDettach(computer), VIR_ERR_INVALID_ARG, "not a PCI device");
    assert_fails(virNodeDeviceReset(computer), VIR_ERR_INVALID_ARG, "not a PCI device");
    virNodeDeviceFree(computer);
}

static void an_adapter_is_looked_up_by_both_names(void **state)
{
    (void)state;
    virNodeDevicePtr adapter =
        virNodeDeviceLookupSCSIHostByWWN(conn, "2000000012341234", "1000000012341234", 0);

    assert_non_null(adapter);
    assert_text(virNodeDeviceGetXMLDesc(adapter, 0), "<wwpn>1000000012341234</wwpn>");
    virNodeDeviceFree(adapter);
    assert_fails(virNodeDeviceLookupSCSIHostByWWN(conn, "2000000012341234", "1", 0),
                 VIR_ERR_NO_NODE_DEVICE, "wwpn '1'");
    assert_fails(virNodeDeviceLookupSCSIHostByWWN(conn, "1", "1000000012341234", 0),
                 VIR_ERR_NO_NODE_DEVICE, "wwnn '1'");
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_computer_is_the_root),
        test(devices_are_listed_by_what_they_can_do),
        test(a_port_is_made_and_unmade),
        test(who_listens_to_one_device_hears_of_it_alone),
        test(an_adapter_is_found_by_its_names),
        test(what_cannot_carry_a_port_is_refused),
        test(unknown_flags_and_events_are_refused),
        test(a_description_has_devices_of_its_own),
        test(definitions_stay_while_devices_come_and_go),
        test(functions_of_the_host_change_hands),
        test(an_adapter_is_looked_up_by_both_names),
    };

    return cmocka_run_group_tests_name("devices of the test driver", tests, NULL, NULL);
}
