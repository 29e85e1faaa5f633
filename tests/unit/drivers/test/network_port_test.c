#include "unit/drivers/test/fixture.h"

#define UUID(digit) "11111111-2222-3333-4444-55555555555" digit
#define PORT(digit, more)                                                                          \
    "<networkport><uuid>" UUID(digit) "</uuid><owner><name>vm</name><uuid>" UUID(                  \
        "0") "</uuid></owner><mac address='52:54:00:00:00:0" digit "'/>" more "</networkport>"
#define LIMITS                                                                                     \
    "<bandwidth><inbound average='10' peak='20' burst='30'/><outbound average='5'/></bandwidth>"

static virNetworkPtr start(const char *xml)
{
    virNetworkPtr network = virNetworkCreateXML(conn, xml);

    if (!network)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return network;
}

static virNetworkPortPtr create(virNetworkPtr network, const char *xml)
{
    virNetworkPortPtr port = virNetworkPortCreateXML(network, xml, 0);

    if (!port)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return port;
}

static void a_port_is_made_found_and_given_back(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkPortPtr port = create(network, PORT("1", "")), found, *all;

    assert_text(
        virNetworkPortGetXMLDesc(port, 0),
        "<networkport>\n"
        "  <uuid>" UUID("1") "</uuid>\n"
                             "  <owner>\n"
                             "    <name>vm</name>\n"
                             "    <uuid>" UUID("0") "</uuid>\n"
                                                    "  </owner>\n"
                                                    "  <mac address='52:54:00:00:00:01'/>\n"
                                                    "  <plug type='network' bridge='virbr0'/>\n"
                                                    "</networkport>\n");
    found = virNetworkPortLookupByUUIDString(network, UUID("1"));
    assert_non_null(found);
    virNetworkPortFree(found);
    assert_fails(virNetworkPortLookupByUUIDString(network, UUID("2")), VIR_ERR_NO_NETWORK_PORT,
                 UUID("2"));
    assert_fails(virNetworkPortCreateXML(network, PORT("1", ""), 0), VIR_ERR_NETWORK_PORT_EXIST,
                 UUID("1"));
    assert_int_equal(virNetworkListAllPorts(network, NULL, 0), 1);
    assert_int_equal(virNetworkListAllPorts(network, &all, 0), 1);
    assert_null(all[1]);
    virNetworkPortFree(all[0]);
    free(all);
    assert_ok(virNetworkPortDelete(port, 0));
    assert_fails(virNetworkPortDelete(port, 0), VIR_ERR_NO_NETWORK_PORT, UUID("1"));
    assert_fails(virNetworkPortGetXMLDesc(port, 0), VIR_ERR_NO_NETWORK_PORT, UUID("1"));
    virNetworkPortFree(port);
    virNetworkFree(network);
}

static void only_a_running_network_has_ports(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkPortPtr port = create(network, PORT("1", ""));

    assert_ok(virNetworkDestroy(network));
    assert_fails(virNetworkListAllPorts(network, NULL, 0), VIR_ERR_OPERATION_INVALID, "not active");
    assert_fails(virNetworkPortCreateXML(network, PORT("1", ""), 0), VIR_ERR_OPERATION_INVALID,
                 "not active");
    assert_fails(virNetworkPortGetXMLDesc(port, 0), VIR_ERR_NO_NETWORK_PORT, UUID("1"));
    assert_ok(virNetworkCreate(network));
    assert_int_equal(virNetworkListAllPorts(network, NULL, 0), 0);
    assert_ok(virNetworkDestroy(network));
    assert_ok(virNetworkUndefine(network));
    assert_fails(virNetworkListAllPorts(network, NULL, 0), VIR_ERR_NO_NETWORK, "'default'");
    assert_fails(virNetworkPortDelete(port, 0), VIR_ERR_NO_NETWORK, "'default'");
    virNetworkPortFree(port);
    virNetworkFree(network);
}

static void assert_plug(virNetworkPtr network, const char *port, const char *expected)
{
    virNetworkPortPtr made = create(network, port);

    assert_text(virNetworkPortGetXMLDesc(made, 0), expected);
    virNetworkPortFree(made);
}

static void the_plug_fits_the_network(void **state)
{
    virNetworkPtr bridge = start("<network><name>b</name><forward mode='bridge'/>"
                                 "<bridge name='br0'/></network>");
    virNetworkPtr direct = start("<network><name>d</name><forward mode='vepa'>"
                                 "<interface dev='e0'/><interface dev='e1'/></forward></network>");
    virNetworkPtr alone = start("<network><name>p</name><forward mode='passthrough'>"
                                "<interface dev='e2'/></forward></network>");
    virNetworkPtr device = start("<network><name>h</name><forward mode='hostdev' managed='yes'>"
                                 "<address type='pci' domain='0' bus='1' slot='2' function='3'/>"
                                 "</forward></network>");

    assert_plug(bridge, PORT("1", ""), "<plug type='bridge' bridge='br0'/>");
    assert_plug(direct, PORT("1", ""), "<plug type='direct' dev='e0' mode='vepa'/>");
    assert_plug(direct, PORT("2", ""), "<plug type='direct' dev='e1' mode='vepa'/>");
    assert_plug(direct, PORT("3", ""), "<plug type='direct' dev='e0' mode='vepa'/>");
    assert_plug(alone, PORT("1", ""), "<plug type='direct' dev='e2' mode='passthrough'/>");
    assert_fails(virNetworkPortCreateXML(alone, PORT("2", ""), 0), VIR_ERR_INTERNAL_ERROR,
                 "none are available");
    assert_plug(device, PORT("1", ""), "<plug type='hostdev-pci' managed='yes'>");
    assert_fails(virNetworkPortCreateXML(device, PORT("2", ""), 0), VIR_ERR_INTERNAL_ERROR,
                 "none are available");
    virNetworkFree(device);
    virNetworkFree(alone);
    virNetworkFree(direct);
    virNetworkFree(bridge);
}

static void who_reclaims_a_port_names_its_plug(void **state)
{
    static const char with[] = PORT("1", "<plug type='bridge' bridge='other'/>");
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkPortPtr port;

    assert_fails(virNetworkPortCreateXML(network, with, 0), VIR_ERR_INVALID_ARG,
                 "reclaim not requested");
    assert_fails(virNetworkPortCreateXML(network, PORT("1", ""), VIR_NETWORK_PORT_CREATE_RECLAIM),
                 VIR_ERR_INVALID_ARG, "plug type is none");
    port = virNetworkPortCreateXML(network, with, VIR_NETWORK_PORT_CREATE_RECLAIM);
    assert_non_null(port);
    assert_text(virNetworkPortGetXMLDesc(port, 0), "<plug type='bridge' bridge='other'/>");
    virNetworkPortFree(port);
    virNetworkFree(network);
}

static int get_limit(virNetworkPortPtr port, const char *name, int expected_count)
{
    virTypedParameterPtr params = NULL;
    unsigned int value = 0;
    int n = -1, found;

    assert_ok(virNetworkPortGetParameters(port, &params, &n, 0));
    assert_int_equal(n, expected_count);
    found = virTypedParamsGetUInt(params, n, name, &value);
    virTypedParamsFree(params, n);
    return found == 1 ? (int)value : -1;
}

static void limits_are_read_and_replaced(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkPortPtr port = create(network, PORT("1", LIMITS));
    virNetworkPortPtr free_port = create(network, PORT("2", ""));
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0;

    assert_int_equal(get_limit(port, VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK, 7), 20);
    assert_int_equal(get_limit(free_port, VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK, 0), -1);
    virTypedParamsAddUInt(&params, &n, &max, VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE, 100);
    assert_ok(virNetworkPortSetParameters(port, params, n, 0));
    assert_int_equal(get_limit(port, VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE, 4), 100);
    assert_int_equal(get_limit(port, VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK, 4), 0);
    assert_text(virNetworkPortGetXMLDesc(port, 0), "<inbound average='100'/>");
    params[0].value.ui = 0;
    assert_ok(virNetworkPortSetParameters(port, params, n, 0));
    assert_int_equal(get_limit(port, VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE, 0), -1);
    virTypedParamsAddUInt(&params, &n, &max, "nonsense", 1);
    assert_fails(virNetworkPortSetParameters(port, params, n, 0), VIR_ERR_ARGUMENT_UNSUPPORTED,
                 "nonsense");
    virTypedParamsFree(params, n);
    virNetworkPortFree(free_port);
    virNetworkPortFree(port);
    virNetworkFree(network);
}

static void unknown_flags_and_bad_documents_change_nothing(void **state)
{
    static const char floor[] =
        PORT("3", "<bandwidth><inbound average='1' floor='2'/></bandwidth>");
    virNetworkPtr network = virNetworkLookupByName(conn, "default");
    virNetworkPtr bridge = start("<network><name>b</name><forward mode='bridge'/>"
                                 "<bridge name='br0'/></network>");
    virNetworkPortPtr port = create(network, PORT("1", ""));
    virTypedParameterPtr params;
    int n;

    assert_fails(virNetworkListAllPorts(network, NULL, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNetworkPortGetXMLDesc(port, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNetworkPortDelete(port, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNetworkPortGetParameters(port, &params, &n, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNetworkPortCreateXML(network, PORT("2", ""), 4), VIR_ERR_INVALID_ARG, "0x4");
    assert_fails(virNetworkPortCreateXML(network, "<networkport><typo/></networkport>",
                                         VIR_NETWORK_PORT_CREATE_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "networkport");
    assert_fails(virNetworkPortCreateXML(network, "<networkport/>", 0), VIR_ERR_INTERNAL_ERROR, "");
    assert_fails(virNetworkPortCreateXML(bridge, floor, 0), VIR_ERR_OPERATION_UNSUPPORTED,
                 "'floor' on interface with MAC address 52:54:00:00:00:03");
    assert_int_equal(virNetworkListAllPorts(network, NULL, 0), 1);
    assert_int_equal(virNetworkListAllPorts(bridge, NULL, 0), 0);
    virNetworkPortFree(port);
    virNetworkFree(bridge);
    virNetworkFree(network);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_port_is_made_found_and_given_back),
        test(only_a_running_network_has_ports),
        test(the_plug_fits_the_network),
        test(who_reclaims_a_port_names_its_plug),
        test(limits_are_read_and_replaced),
        test(unknown_flags_and_bad_documents_change_nothing),
    };

    return cmocka_run_group_tests_name("ports of networks of the test driver", tests, NULL, NULL);
}
