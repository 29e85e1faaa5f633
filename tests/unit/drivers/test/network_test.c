#include "unit/drivers/test/fixture.h"

#define UUID "11111111-2222-3333-4444-555555555555"

static void on_lifecycle(virConnectPtr c, virNetworkPtr network, int event, int detail,
                         void *opaque)
{
    assert_ptr_equal(c, conn);
    assert_int_equal(detail, 0);
    assert_ptr_equal(opaque, trace);
    g_string_append_printf(trace, "%s:%d ", virNetworkGetName(network), event);
}

static int listen_to(virNetworkPtr network)
{
    int id = virConnectNetworkEventRegisterAny(
        conn, network, VIR_NETWORK_EVENT_ID_LIFECYCLE,
        any_callback(virConnectNetworkEventGenericCallback, on_lifecycle), trace, NULL);

    assert_ok(id);
    return id;
}

static virNetworkPtr define(const char *xml)
{
    virNetworkPtr network = virNetworkDefineXML(conn, xml);

    if (!network)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return network;
}

static void the_default_network_runs(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    char uuid[VIR_UUID_STRING_BUFLEN];
    int autostart = -1;

    assert_non_null(network);
    assert_ok(virNetworkGetUUIDString(network, uuid));
    assert_string_equal(uuid, "dd8fe884-6c02-601e-7551-cca97df1c5df");
    assert_int_equal(virNetworkIsActive(network), 1);
    assert_int_equal(virNetworkIsPersistent(network), 1);
    assert_ok(virNetworkGetAutostart(network, &autostart));
    assert_int_equal(autostart, 0);
    assert_text(virNetworkGetBridgeName(network), "virbr0");
    assert_text(virNetworkGetXMLDesc(network, 0),
                "<network>\n"
                "  <name>default</name>\n"
                "  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>\n"
                "  <forward mode='nat'/>\n"
                "  <bridge name='virbr0' stp='on' delay='0'/>\n"
                "  <ip address='192.168.122.1' netmask='255.255.255.0'>\n"
                "    <dhcp>\n"
                "      <range start='192.168.122.2' end='192.168.122.254'/>\n"
                "    </dhcp>\n"
                "  </ip>\n"
                "</network>\n");
    virNetworkFree(network);
}

static void a_defined_network_lives_through_all_states(void **state)
{
    int id = listen_to(NULL);
    virNetworkPtr network = define("<network><name>n</name></network>");

    assert_int_equal(virNetworkIsActive(network), 0);
    assert_int_equal(virNetworkIsPersistent(network), 1);
    assert_ok(virNetworkCreate(network));
    assert_fails(virNetworkCreate(network), VIR_ERR_OPERATION_INVALID,
                 "Network 'n' is already running");
    assert_fails(virNetworkUndefine(network), VIR_ERR_OPERATION_INVALID,
                 "Network 'n' is still running");
    assert_ok(virNetworkDestroy(network));
    assert_int_equal(virNetworkIsActive(network), 0);
    assert_ok(virNetworkUndefine(network));
    expect_events("n:0 n:2 n:3 n:1 ");
    assert_ok(virConnectNetworkEventDeregisterAny(conn, id));
    virNetworkFree(network);
}

static void a_transient_network_goes_when_it_stops(void **state)
{
    int id = listen_to(NULL);
    virNetworkPtr network = virNetworkCreateXML(conn, "<network><name>t</name></network>");

    assert_non_null(network);
    assert_int_equal(virNetworkIsActive(network), 1);
    assert_int_equal(virNetworkIsPersistent(network), 0);
    assert_ok(virNetworkDestroy(network));
    assert_fails(virNetworkIsActive(network), VIR_ERR_NO_NETWORK, "no network with matching uuid");
    assert_fails(virNetworkDestroy(network), VIR_ERR_NO_NETWORK,
                 "no network with matching name 't'");
    expect_events("t:2 t:3 ");
    assert_ok(virConnectNetworkEventDeregisterAny(conn, id));
    virNetworkFree(network);
}

static void a_redefinition_waits_for_the_stop(void **state)
{
    virNetworkPtr network =
        define("<network><name>n</name><uuid>" UUID "</uuid><bridge name='br1'/></network>");

    assert_ok(virNetworkCreate(network));
    virNetworkFree(
        define("<network><name>n</name><uuid>" UUID "</uuid><bridge name='br2'/></network>"));
    assert_text(virNetworkGetXMLDesc(network, 0), "name='br1'");
    assert_text(virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE), "name='br2'");
    assert_text(virNetworkGetBridgeName(network), "br1");
    assert_ok(virNetworkDestroy(network));
    assert_text(virNetworkGetXMLDesc(network, 0), "name='br2'");
    virNetworkFree(network);
}

static void starting_from_a_document_keeps_the_definition(void **state)
{
    virNetworkPtr network =
        define("<network><name>n</name><uuid>" UUID "</uuid><bridge name='br1'/></network>");
    virNetworkPtr other = virNetworkCreateXML(conn, "<network><name>n</name><uuid>" UUID
                                                    "</uuid><bridge name='br2'/></network>");

    assert_non_null(other);
    assert_int_equal(virNetworkIsPersistent(network), 1);
    assert_text(virNetworkGetXMLDesc(network, 0), "name='br2'");
    assert_text(virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE), "name='br1'");
    assert_ok(virNetworkDestroy(network));
    assert_text(virNetworkGetXMLDesc(network, 0), "name='br1'");
    virNetworkFree(other);
    virNetworkFree(network);
}

static void names_and_uuids_are_unique(void **state)
{
    virNetworkPtr network = define("<network><name>n</name><uuid>" UUID "</uuid></network>");

    assert_fails(virNetworkDefineXML(conn, "<network><name>n</name></network>"),
                 VIR_ERR_OPERATION_FAILED, "network 'n' already exists with uuid " UUID);
    assert_fails(
        virNetworkDefineXML(conn, "<network><name>m</name><uuid>" UUID "</uuid></network>"),
        VIR_ERR_OPERATION_FAILED, "network 'n' is already defined with uuid " UUID);
    assert_fails(virNetworkCreateXML(conn,
                                     "<network><name>default</name><uuid>dd8fe884-6c02-601e-7551-"
                                     "cca97df1c5df</uuid></network>"),
                 VIR_ERR_OPERATION_INVALID, "network is already active as 'default'");
    assert_int_equal(virConnectListAllNetworks(conn, NULL, 0), 2);
    virNetworkFree(network);
}

static void bad_documents_change_nothing(void **state)
{
    static const struct {
        const char *xml;
        int code;
    } bad[] = {
        {"<network/>", VIR_ERR_NO_NAME},
        {"<foo/>", VIR_ERR_XML_ERROR},
        {"<network", VIR_ERR_XML_DETAIL},
        {"<network><name>x</name><uuid>zz</uuid></network>", VIR_ERR_INTERNAL_ERROR},
        {"<network><name>x</name><forward mode='sideways'/></network>", VIR_ERR_CONFIG_UNSUPPORTED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_fails(virNetworkDefineXML(conn, bad[i].xml), bad[i].code, "");
        assert_fails(virNetworkCreateXML(conn, bad[i].xml), bad[i].code, "");
    }
    assert_int_equal(virConnectListAllNetworks(conn, NULL, 0), 1);
}

static void unknown_flags_are_named(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");

    assert_fails(virNetworkGetXMLDesc(network, 2), VIR_ERR_INVALID_ARG,
                 "(0x2) in function virNetworkGetXMLDesc");
    assert_fails(virConnectListAllNetworks(conn, NULL, 64), VIR_ERR_INVALID_ARG, "0x40");
    assert_fails(virNetworkDefineXMLFlags(conn, "<network/>", 4), VIR_ERR_INVALID_ARG, "0x4");
    assert_fails(virNetworkCreateXMLFlags(conn, "<network/>", 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virNetworkUpdate(network, 3, 4, -1, "<host/>", 8), VIR_ERR_INVALID_ARG, "0x8");
    virNetworkFree(network);
}

static void a_missing_bridge_stays_without_a_name(void **state)
{
    virNetworkPtr one = define("<network><name>one</name></network>");
    virNetworkPtr direct = define("<network><name>direct</name><forward mode='passthrough'>"
                                  "<interface dev='eth0'/></forward></network>");

    assert_text(virNetworkGetXMLDesc(one, 0), "<bridge stp='on' delay='0'/>");
    assert_fails(virNetworkGetBridgeName(one), VIR_ERR_INTERNAL_ERROR,
                 "does not have a bridge name");
    assert_fails(virNetworkGetBridgeName(direct), VIR_ERR_INTERNAL_ERROR,
                 "does not have a bridge name");
    virNetworkFree(direct);
    virNetworkFree(one);
}

static void every_filter_counts_what_it_says(void **state)
{
    virNetworkPtr off = define("<network><name>off</name></network>");
    virNetworkPtr transient = virNetworkCreateXML(conn, "<network><name>t</name></network>");
    /* default: active, persistent; off: inactive, persistent, autostart; t: active, transient */
    static const struct {
        unsigned int flags;
        int n;
    } filters[] = {
        {0, 3},
        {VIR_CONNECT_LIST_NETWORKS_INACTIVE, 1},
        {VIR_CONNECT_LIST_NETWORKS_ACTIVE, 2},
        {VIR_CONNECT_LIST_NETWORKS_INACTIVE | VIR_CONNECT_LIST_NETWORKS_ACTIVE, 3},
        {VIR_CONNECT_LIST_NETWORKS_PERSISTENT, 2},
        {VIR_CONNECT_LIST_NETWORKS_TRANSIENT, 1},
        {VIR_CONNECT_LIST_NETWORKS_AUTOSTART, 1},
        {VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART, 2},
        {VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_PERSISTENT, 1},
        {VIR_CONNECT_LIST_NETWORKS_INACTIVE | VIR_CONNECT_LIST_NETWORKS_TRANSIENT, 0},
        {VIR_CONNECT_LIST_NETWORKS_INACTIVE | VIR_CONNECT_LIST_NETWORKS_AUTOSTART, 1},
    };

    assert_ok(virNetworkSetAutostart(off, 1));
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        virNetworkPtr *nets = NULL;

        assert_int_equal(virConnectListAllNetworks(conn, NULL, filters[i].flags), filters[i].n);
        assert_int_equal(virConnectListAllNetworks(conn, &nets, filters[i].flags), filters[i].n);
        assert_null(nets[filters[i].n]);
        for (int n = 0; n < filters[i].n; n++)
            virNetworkFree(nets[n]);
        free(nets);
    }
    virNetworkFree(transient);
    virNetworkFree(off);
}

static void the_older_lists_agree(void **state)
{
    virNetworkPtr off = define("<network><name>off</name></network>");
    char *names[4];

    assert_int_equal(virConnectNumOfNetworks(conn), 1);
    assert_int_equal(virConnectNumOfDefinedNetworks(conn), 1);
    assert_int_equal(virConnectListNetworks(conn, names, 4), 1);
    assert_text(names[0], "default");
    assert_int_equal(virConnectListDefinedNetworks(conn, names, 4), 1);
    assert_text(names[0], "off");
    assert_int_equal(virConnectListNetworks(conn, names, 0), 0);
    virNetworkFree(off);
}

static void an_event_of_one_network_is_its_own(void **state)
{
    virNetworkPtr one = define("<network><name>one</name></network>");
    virNetworkPtr two = define("<network><name>two</name></network>");
    int id = listen_to(one);

    assert_ok(virNetworkCreate(two));
    assert_ok(virNetworkCreate(one));
    expect_events("one:2 ");
    assert_ok(virConnectNetworkEventDeregisterAny(conn, id));
    assert_fails(virConnectNetworkEventDeregisterAny(conn, id), VIR_ERR_INVALID_ARG, "");
    assert_fails(virConnectNetworkEventRegisterAny(
                     conn, NULL, 7,
                     any_callback(virConnectNetworkEventGenericCallback, on_lifecycle), NULL, NULL),
                 VIR_ERR_INVALID_ARG, "eventID");
    virNetworkFree(two);
    virNetworkFree(one);
}

static void running_guests_have_leases(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkDHCPLeasePtr *leases = NULL;

    assert_int_equal(virNetworkGetDHCPLeases(network, NULL, &leases, 0), 1);
    assert_string_equal(leases[0]->iface, "virbr0");
    assert_string_equal(leases[0]->mac, "aa:bb:cc:dd:ee:ff");
    assert_string_equal(leases[0]->hostname, "testhost");
    assert_int_equal(leases[0]->prefix, 24);
    assert_null(leases[1]);
    virNetworkDHCPLeaseFree(leases[0]);
    free(leases);
    assert_int_equal(virNetworkGetDHCPLeases(network, "AA:bb:cc:dd:ee:ff", NULL, 0), 1);
    assert_int_equal(virNetworkGetDHCPLeases(network, "52:54:00:00:00:01", NULL, 0), 0);
    assert_fails(virNetworkGetDHCPLeases(network, "52:54", NULL, 0), VIR_ERR_INVALID_MAC, "52:54");
    assert_ok(virNetworkDestroy(network));
    assert_fails(virNetworkGetDHCPLeases(network, NULL, NULL, 0), VIR_ERR_OPERATION_INVALID,
                 "not active");
    virNetworkFree(network);
}

/* ---- updates */

#define DOCUMENT                                                                                   \
    "<network><name>n</name><bridge name='br3'/><forward mode='nat'/><dns><txt name='a' "          \
    "value='b'/></dns>"                                                                            \
    "<ip address='10.0.0.1' netmask='255.255.255.0'><dhcp><range start='10.0.0.2' "                \
    "end='10.0.0.99'/>"                                                                            \
    "<host mac='52:54:00:00:00:01' name='a' ip='10.0.0.5'/></dhcp></ip>"                           \
    "<ip address='10.1.0.1' netmask='255.255.255.0'/><portgroup name='pg' "                        \
    "default='yes'/></network>"

enum { MODIFY = 1, DELETE, ADD_LAST, ADD_FIRST };
enum { HOST = 4, RANGE, FORWARD, INTERFACE, PF, PORTGROUP, DNS_HOST, TXT, SRV };

static const struct update {
    int command, section;
    const char *xml;
    int code; /* 0: it works, and then `text` is in the document */
    const char *text;
} updates[] = {
    {ADD_LAST, HOST, "<host mac='52:54:00:00:00:02' ip='10.0.0.6'/>", 0, "52:54:00:00:00:02"},
    {ADD_LAST, HOST, "<host mac='52:54:00:00:00:02' ip='10.0.0.7'/>", VIR_ERR_OPERATION_INVALID,
     "existing dhcp host"},
    {ADD_LAST, HOST, "<host mac='52:54:00:00:00:03' ip='10.0.0.6'/>", VIR_ERR_OPERATION_INVALID,
     "existing dhcp host"},
    {ADD_LAST, HOST, "<host mac='52:54:00:00:00:04' ip='10.0.0.8' name='a'/>",
     VIR_ERR_OPERATION_INVALID, "existing"},
    {ADD_FIRST, HOST, "<host mac='52:54:00:00:00:05' name='f' ip='10.0.0.9'/>", 0,
     "<host mac='52:54:00:00:00:05' name='f' ip='10.0.0.9'/>\n      <host mac='52:54:00:00:00:01'"},
    {MODIFY, HOST, "<host mac='52:54:00:00:00:02' ip='10.0.0.66'/>", 0, "10.0.0.66"},
    {MODIFY, HOST, "<host mac='52:54:00:00:00:0f' ip='10.0.0.67'/>", VIR_ERR_OPERATION_INVALID,
     "couldn't find"},
    {DELETE, HOST, "<host mac='52:54:00:00:00:02' ip='10.0.0.1'/>", VIR_ERR_OPERATION_INVALID,
     "couldn't locate"},
    {DELETE, HOST, "<host mac='52:54:00:00:00:05'/>", 0, ""},
    {ADD_LAST, HOST, "<host ip='10.0.0.9'/>", VIR_ERR_XML_ERROR, "mac or name"},
    {ADD_LAST, HOST, "<host mac='52:54:00:00:00:06'/>", VIR_ERR_XML_ERROR, "'ip'"},
    {ADD_LAST, HOST, "<foo/>", VIR_ERR_XML_ERROR, "unexpected element <foo>, expecting <host>"},
    {ADD_LAST, HOST, "<foo", VIR_ERR_XML_DETAIL, ""},
    {ADD_LAST, RANGE, "<range start='10.0.0.120' end='10.0.0.130'/>", 0, "10.0.0.120"},
    {ADD_LAST, RANGE, "<range start='10.0.0.120' end='10.0.0.130'/>", VIR_ERR_OPERATION_INVALID,
     "existing dhcp range"},
    {MODIFY, RANGE, "<range start='10.0.0.120' end='10.0.0.131'/>", VIR_ERR_OPERATION_UNSUPPORTED,
     "cannot be modified"},
    {DELETE, RANGE, "<range start='10.0.0.120' end='10.0.0.131'/>", VIR_ERR_OPERATION_INVALID,
     "couldn't locate"},
    {DELETE, RANGE, "<range start='10.0.0.120' end='10.0.0.130'/>", 0, ""},
    {ADD_LAST, RANGE, "<range start='10.9.0.1' end='10.9.0.3'/>", VIR_ERR_INTERNAL_ERROR,
     "not entirely within"},
    {ADD_LAST, RANGE, "<range start='10.0.0.20' end='10.0.0.10'/>", VIR_ERR_INTERNAL_ERROR,
     "reversed"},
    {ADD_LAST, RANGE, "<range start='fd00::1' end='fd00::2'/>", VIR_ERR_INTERNAL_ERROR,
     "not entirely"},
    {ADD_LAST, INTERFACE, "<interface dev='eth0'/>", 0, "<interface dev='eth0'/>"},
    {ADD_LAST, INTERFACE, "<interface dev='eth0'/>", VIR_ERR_OPERATION_INVALID, "existing"},
    {DELETE, INTERFACE, "<interface dev='eth1'/>", VIR_ERR_OPERATION_INVALID, "couldn't locate"},
    {DELETE, INTERFACE, "<interface dev='eth0'/>", 0, "<forward mode='nat'/>"},
    {ADD_LAST, PF, "<pf dev='eth0'/>", VIR_ERR_OPERATION_UNSUPPORTED, "'forward pf' section"},
    {ADD_LAST, FORWARD, "<forward/>", VIR_ERR_OPERATION_UNSUPPORTED, "'forward' section"},
    {ADD_LAST, PORTGROUP, "<portgroup name='p2'/>", 0, "name='p2'"},
    {ADD_LAST, PORTGROUP, "<portgroup name='p2'/>", VIR_ERR_OPERATION_INVALID,
     "existing portgroup"},
    {ADD_LAST, PORTGROUP, "<portgroup name='p3' default='yes'/>", VIR_ERR_OPERATION_INVALID,
     "Only one default"},
    {MODIFY, PORTGROUP, "<portgroup name='p2' trustGuestRxFilters='yes'/>", 0,
     "trustGuestRxFilters='yes'"},
    {MODIFY, PORTGROUP, "<portgroup name='p9'/>", VIR_ERR_OPERATION_INVALID, "couldn't find"},
    {DELETE, PORTGROUP, "<portgroup name='p2'/>", 0, ""},
    {ADD_LAST, DNS_HOST, "<host ip='10.0.0.1'><hostname>h</hostname></host>", 0,
     "<hostname>h</hostname>"},
    {ADD_LAST, DNS_HOST, "<host ip='10.0.0.1'><hostname>i</hostname></host>",
     VIR_ERR_OPERATION_INVALID, "existing"},
    {MODIFY, DNS_HOST, "<host ip='10.0.0.1'><hostname>i</hostname></host>",
     VIR_ERR_OPERATION_UNSUPPORTED, ""},
    {DELETE, DNS_HOST, "<host ip='10.0.0.1'/>", 0, ""},
    {ADD_LAST, TXT, "<txt name='a' value='c'/>", VIR_ERR_OPERATION_INVALID, "existing"},
    {ADD_LAST, TXT, "<txt name='b' value='c'/>", 0, "<txt name='b' value='c'/>"},
    {DELETE, TXT, "<txt name='b'/>", 0, ""},
    {DELETE, TXT, "<txt name='b'/>", VIR_ERR_OPERATION_INVALID, "couldn't locate"},
    {ADD_LAST, SRV, "<srv service='s' protocol='tcp'/>", 0, "<srv service='s' protocol='tcp'/>"},
    {ADD_LAST, SRV, "<srv service='s' protocol='tcp'/>", VIR_ERR_OPERATION_INVALID, "existing"},
    {ADD_LAST, SRV, "<srv service='s' protocol='tcp' domain='d' target='t' port='5'/>", 0,
     "port='5'"},
    {DELETE, SRV, "<srv service='s'/>", VIR_ERR_OPERATION_INVALID, "multiple"},
    {DELETE, SRV, "<srv port='5'/>", 0, ""},
    {ADD_LAST, 0, "<x/>", VIR_ERR_OPERATION_UNSUPPORTED, "unrecognized section"},
    {ADD_LAST, 99, "<x/>", VIR_ERR_OPERATION_UNSUPPORTED, "unrecognized section"},
    {0, HOST, "<host/>", VIR_ERR_OPERATION_UNSUPPORTED, "command code 0"},
    {5, HOST, "<host/>", VIR_ERR_OPERATION_UNSUPPORTED, "command code 5"},
};

static void try_update(virNetworkPtr network, const struct update *it)
{
    char *before = virNetworkGetXMLDesc(network, 0), *after;
    int result = virNetworkUpdate(network, it->command, it->section, -1, it->xml, 0);

    if (it->code) {
        assert_int_equal(result, -1);
        if (virGetLastError()->code != it->code || !strstr(virGetLastErrorMessage(), it->text))
            fail_msg("%s: %d %s", it->xml, virGetLastError()->code, virGetLastErrorMessage());
    } else if (result < 0) {
        fail_msg("%s: %s", it->xml, virGetLastErrorMessage());
    }
    after = virNetworkGetXMLDesc(network, 0);
    if (it->code)
        assert_string_equal(before, after);
    else
        assert_string_not_equal(before, after);
    free(before);
    if (it->code)
        free(after);
    else
        assert_text(after, it->text);
}

static void updates_change_one_part_or_nothing(void **state)
{
    virNetworkPtr network = define(DOCUMENT);

    assert_ok(virNetworkCreate(network));
    for (size_t i = 0; i < G_N_ELEMENTS(updates); i++)
        try_update(network, &updates[i]);
    /* All that was for what runs. */
    assert_no_text(virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE), "10.0.0.66");
    assert_ok(virNetworkDestroy(network));
    assert_no_text(virNetworkGetXMLDesc(network, 0), "10.0.0.66");
    virNetworkFree(network);
}

static int add_host(virNetworkPtr network, int number, int index, unsigned int flags)
{
    g_autofree char *xml =
        g_strdup_printf("<host mac='52:54:00:00:01:%02x' ip='10.0.0.%d'/>", number, number);

    return virNetworkUpdate(network, ADD_LAST, HOST, index, xml, flags);
}

static void updates_reach_what_the_flags_say(void **state)
{
    virNetworkPtr network = define(DOCUMENT);

    assert_fails(add_host(network, 20, -1, VIR_NETWORK_UPDATE_AFFECT_LIVE),
                 VIR_ERR_OPERATION_INVALID, "not running");
    assert_ok(add_host(network, 21, -1, 0));
    assert_ok(virNetworkCreate(network));
    assert_ok(add_host(network, 22, -1, VIR_NETWORK_UPDATE_AFFECT_CONFIG));
    assert_no_text(virNetworkGetXMLDesc(network, 0), "10.0.0.22'");
    assert_ok(add_host(network, 23, -1,
                       VIR_NETWORK_UPDATE_AFFECT_CONFIG | VIR_NETWORK_UPDATE_AFFECT_LIVE));
    /* What one of the two refuses, neither gets. */
    assert_fails(add_host(network, 22, -1,
                          VIR_NETWORK_UPDATE_AFFECT_CONFIG | VIR_NETWORK_UPDATE_AFFECT_LIVE),
                 VIR_ERR_OPERATION_INVALID, "existing");
    assert_no_text(virNetworkGetXMLDesc(network, 0), "10.0.0.22'");
    assert_text(virNetworkGetXMLDesc(network, 0), "10.0.0.23'");
    assert_text(virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE), "10.0.0.22'");
    assert_ok(virNetworkDestroy(network));
    assert_text(virNetworkGetXMLDesc(network, 0), "10.0.0.22'");
    virNetworkFree(network);
}

static void updates_of_addresses_name_the_right_one(void **state)
{
    virNetworkPtr network = define(DOCUMENT), bare;

    assert_fails(add_host(network, 30, 1, 0), VIR_ERR_OPERATION_INVALID, "single IPv4 address");
    assert_fails(add_host(network, 30, 5, 0), VIR_ERR_OPERATION_INVALID,
                 "at index 5 in network 'n'");
    assert_ok(add_host(network, 30, 0, 0));
    bare = virNetworkCreateXML(conn, "<network><name>bare</name></network>");
    assert_fails(add_host(bare, 30, -1, 0), VIR_ERR_OPERATION_INVALID,
                 "no <ip> element found in network 'bare'");
    assert_fails(add_host(bare, 30, -1, VIR_NETWORK_UPDATE_AFFECT_CONFIG),
                 VIR_ERR_OPERATION_INVALID, "transient");
    assert_fails(virNetworkUpdate(bare, ADD_LAST, INTERFACE, -1, "<interface dev='eth0'/>", 0),
                 VIR_ERR_OPERATION_INVALID, "<forward>");
    virNetworkFree(bare);
    virNetworkFree(network);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_default_network_runs),
        test(a_defined_network_lives_through_all_states),
        test(a_transient_network_goes_when_it_stops),
        test(a_redefinition_waits_for_the_stop),
        test(starting_from_a_document_keeps_the_definition),
        test(names_and_uuids_are_unique),
        test(bad_documents_change_nothing),
        test(unknown_flags_are_named),
        test(a_missing_bridge_stays_without_a_name),
        test(every_filter_counts_what_it_says),
        test(the_older_lists_agree),
        test(an_event_of_one_network_is_its_own),
        test(running_guests_have_leases),
        test(updates_change_one_part_or_nothing),
        test(updates_reach_what_the_flags_say),
        test(updates_of_addresses_name_the_right_one),
    };

    return cmocka_run_group_tests_name("networks of the test driver", tests, NULL, NULL);
}
