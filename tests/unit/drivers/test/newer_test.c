/* What came after the version that is reported: notes of networks, shared limits, and the like. */
#include "unit/drivers/test/fixture.h"

#include <stdbool.h>

static void on_note(virConnectPtr c, virNetworkPtr network, int type, const char *uri, void *opaque)
{
    assert_ptr_equal(c, conn);
    assert_ptr_equal(opaque, trace);
    g_string_append_printf(trace, "%s:%d:%s ", virNetworkGetName(network), type, uri ? uri : "-");
}

static int listener;

static virNetworkPtr listened_network(void)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");

    assert_non_null(network);
    assert_ok(listener = virConnectNetworkEventRegisterAny(
                  conn, network, VIR_NETWORK_EVENT_ID_METADATA_CHANGE,
                  any_callback(virConnectNetworkEventGenericCallback, on_note), trace, NULL));
    return network;
}

static void a_network_carries_notes(void **state)
{
    virNetworkPtr network = listened_network();

    assert_ok(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "lab", NULL, NULL, 0));
    assert_ok(
        virNetworkSetMetadata(network, VIR_NETWORK_METADATA_DESCRIPTION, "a\nb", NULL, NULL, 0));
    assert_ok(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, "<who>ann</who>", "app",
                                    "urn:app", 0));
    assert_text(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_TITLE, NULL, 0), "lab");
    assert_text(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_DESCRIPTION, NULL, 0), "a\nb");
    assert_text(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, "urn:app", 0),
                "<who>ann</who>");
    expect_events("default:1:- default:0:- default:2:urn:app ");
    assert_ok(
        virNetworkSetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, NULL, NULL, "urn:app", 0));
    assert_fails(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, "urn:app", 0),
                 VIR_ERR_NO_NETWORK_METADATA, "not present");
    expect_events("default:2:urn:app ");
    assert_ok(virConnectNetworkEventDeregisterAny(conn, listener));
    virNetworkFree(network);
}

static void notes_reach_what_the_flags_say(void **state)
{
    virNetworkPtr network = virNetworkLookupByName(conn, "default");

    assert_ok(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "stored", NULL, NULL,
                                    VIR_NETWORK_UPDATE_AFFECT_CONFIG));
    assert_fails(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_TITLE, NULL,
                                       VIR_NETWORK_UPDATE_AFFECT_LIVE),
                 VIR_ERR_NO_NETWORK_METADATA, "not present");
    assert_text(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_TITLE, NULL,
                                      VIR_NETWORK_UPDATE_AFFECT_CONFIG),
                "stored");
    assert_ok(virNetworkDestroy(network));
    assert_text(virNetworkGetMetadata(network, VIR_NETWORK_METADATA_TITLE, NULL, 0), "stored");
    assert_fails(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "x", NULL, NULL,
                                       VIR_NETWORK_UPDATE_AFFECT_LIVE),
                 VIR_ERR_OPERATION_INVALID, "not running");
    virNetworkFree(network);
}

static void notes_of_networks_that_are_none_are_refused(void **state)
{
    virNetworkPtr network = listened_network();

    assert_fails(virNetworkSetMetadata(network, 3, "x", NULL, NULL, 0), VIR_ERR_INVALID_ARG, "'3'");
    assert_fails(virNetworkGetMetadata(network, -1, NULL, 0), VIR_ERR_INVALID_ARG, "'-1'");
    assert_fails(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "a\nb", NULL, NULL, 0),
                 VIR_ERR_INVALID_ARG, "newlines");
    assert_fails(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "a", NULL, "urn:a", 0),
                 VIR_ERR_INVALID_ARG, "uri");
    assert_fails(
        virNetworkSetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, "<a/>", NULL, "urn:a", 0),
        VIR_ERR_INVALID_ARG, "key");
    assert_fails(
        virNetworkSetMetadata(network, VIR_NETWORK_METADATA_ELEMENT, "<a", "a", "urn:a", 0),
        VIR_ERR_XML_DETAIL, "metadata_xml");
    assert_fails(virNetworkSetMetadata(network, VIR_NETWORK_METADATA_TITLE, "a", NULL, NULL, 8),
                 VIR_ERR_INVALID_ARG, "0x8");
    expect_events("");
    assert_ok(virConnectNetworkEventDeregisterAny(conn, listener));
    virNetworkFree(network);
}

static void on_update(virConnectPtr c, virNodeDevicePtr dev, void *opaque)
{
    assert_ptr_equal(c, conn);
    g_string_append_printf(opaque, "%s ", virNodeDeviceGetName(dev));
}

static void a_device_gets_new_settings(void **state)
{
    virNodeDevicePtr dev = virNodeDeviceLookupByName(conn, "scsi_host1");
    g_autofree char *text = NULL;

    assert_non_null(dev);
    assert_ok(listener = virConnectNodeDeviceEventRegisterAny(
                  conn, NULL, VIR_NODE_DEVICE_EVENT_ID_UPDATE,
                  VIR_NODE_DEVICE_EVENT_CALLBACK(on_update), trace, NULL));
    text = virNodeDeviceGetXMLDesc(dev, 0);
    assert_non_null(text);
    assert_ok(virNodeDeviceUpdate(dev, text, 0));
    assert_ok(virNodeDeviceUpdate(dev, text, VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE));
    expect_events("scsi_host1 scsi_host1 ");
    assert_fails(virNodeDeviceUpdate(dev, text, VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG),
                 VIR_ERR_OPERATION_INVALID, "no definition");
    assert_fails(virNodeDeviceUpdate(dev, "<device", 0), VIR_ERR_XML_DETAIL, "");
    assert_fails(virNodeDeviceUpdate(dev, text, 4), VIR_ERR_INVALID_ARG, "0x4");
    strstr(text, "host1</name>")[4] = '7';
    assert_fails(virNodeDeviceUpdate(dev, text, 0), VIR_ERR_CONFIG_UNSUPPORTED, "scsi_host7");
    strstr(text, "host7</name>")[4] = '1';
    memcpy(strstr(text, "computer"), "deputies", 8);
    assert_fails(virNodeDeviceUpdate(dev, text, 0), VIR_ERR_CONFIG_UNSUPPORTED, "deputies");
    expect_events("");
    assert_ok(virConnectNodeDeviceEventDeregisterAny(conn, listener));
    virNodeDeviceFree(dev);
}

static virDomainPtr define_guest(const char *inside)
{
    g_autofree char *xml =
        g_strdup_printf("<domain type='test'><name>g</name><memory>65536</memory>"
                        "<os><type>hvm</type></os>%s</domain>",
                        inside);
    virDomainPtr domain = virDomainDefineXML(conn, xml);

    if (!domain)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return domain;
}

static void screens_read_their_certificates_again(void **state)
{
    virDomainPtr domain = define_guest("<devices><graphics type='vnc'/></devices>");
    virDomainPtr bare = virDomainLookupByName(conn, "test");

    assert_fails(virDomainGraphicsReload(domain, VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_VNC, 0),
                 VIR_ERR_OPERATION_INVALID, "");
    assert_ok(virDomainCreate(domain));
    assert_ok(virDomainGraphicsReload(domain, VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_VNC, 0));
    assert_ok(virDomainGraphicsReload(domain, VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_ANY, 0));
    assert_fails(virDomainGraphicsReload(domain, 2, 0), VIR_ERR_INVALID_ARG, "2");
    assert_fails(virDomainGraphicsReload(domain, 0, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virDomainGraphicsReload(bare, 0, 0), VIR_ERR_CONFIG_UNSUPPORTED, "test");
    virDomainFree(bare);
    virDomainFree(domain);
}

static void a_guest_is_marked_for_one_start(void **state)
{
    virDomainPtr domain = define_guest("");
    virDomainPtr transient = virDomainCreateXML(
        conn,
        "<domain type='test'><name>t</name><memory>1024</memory><os><type>hvm</type></os></domain>",
        0);
    int once = -1, always = -1;

    assert_ok(virDomainGetAutostartOnce(domain, &once));
    assert_int_equal(once, 0);
    assert_ok(virDomainSetAutostartOnce(domain, 1));
    assert_ok(virDomainGetAutostartOnce(domain, &once));
    assert_ok(virDomainGetAutostart(domain, &always));
    assert_int_equal(once, 1);
    assert_int_equal(always, 0);
    assert_ok(virDomainSetAutostartOnce(domain, 0));
    assert_ok(virDomainGetAutostartOnce(domain, &once));
    assert_int_equal(once, 0);
    assert_fails(virDomainSetAutostartOnce(transient, 1), VIR_ERR_OPERATION_INVALID, "transient");
    virDomainFree(transient);
    virDomainFree(domain);
}

static void assert_described(virDomainPtr domain, const char *part, bool there)
{
    g_autofree char *text = virDomainGetXMLDesc(domain, 0);

    assert_non_null(text);
    if ((strstr(text, part) != NULL) != there)
        fail_msg("'%s' %s expected in %s", part, there ? "is" : "is not", text);
}

#define LIMIT(limit, number)                                                                       \
    (virTypedParameter)                                                                            \
    {                                                                                              \
        .field = limit, .type = VIR_TYPED_PARAM_ULLONG, .value.ul = number                         \
    }

static void disks_share_limits_by_name(void **state)
{
    virDomainPtr domain = define_guest("");
    virTypedParameter limits[] = {LIMIT("total_bytes_sec", 1000), LIMIT("total_iops_sec", 7)};
    virTypedParameter wrong[] = {LIMIT("read_bytes_sec", 1)};
    virTypedParameter unknown[] = {LIMIT("weight", 1)};

    assert_ok(virDomainSetThrottleGroup(domain, "slow", limits, 2, 0));
    assert_ok(virDomainSetThrottleGroup(domain, "slower", limits, 1, 0));
    assert_described(domain, "<group_name>slow</group_name>", true);
    assert_described(domain, "<total_iops_sec>7</total_iops_sec>", true);
    limits[0].value.ul = 500;
    assert_ok(virDomainSetThrottleGroup(domain, "slow", limits, 1, 0));
    assert_described(domain, "<total_bytes_sec>500</total_bytes_sec>", true);
    assert_described(domain, "<total_iops_sec>7</total_iops_sec>", true);
    assert_fails(virDomainSetThrottleGroup(domain, "slow", wrong, 1, 0), VIR_ERR_INVALID_ARG,
                 "same time");
    assert_fails(virDomainSetThrottleGroup(domain, "slow", unknown, 1, 0),
                 VIR_ERR_ARGUMENT_UNSUPPORTED, "weight");
    assert_fails(virDomainSetThrottleGroup(domain, "", limits, 1, 0), VIR_ERR_INVALID_ARG, "name");
    assert_fails(virDomainSetThrottleGroup(domain, "slow", limits, 1, VIR_DOMAIN_AFFECT_LIVE),
                 VIR_ERR_OPERATION_INVALID, "");
    assert_described(domain, "read_bytes_sec", false);
    assert_ok(virDomainDelThrottleGroup(domain, "slow", 0));
    assert_described(domain, ">slow<", false);
    assert_described(domain, ">slower<", true);
    assert_fails(virDomainDelThrottleGroup(domain, "slow", 0), VIR_ERR_INVALID_ARG, "slow");
    virDomainFree(domain);
}

static void a_group_in_use_stays(void **state)
{
    virDomainPtr domain = define_guest(
        "<throttlegroups><throttlegroup><total_iops_sec>9</total_iops_sec><group_name>g</"
        "group_name>"
        "</throttlegroup></throttlegroups><devices><disk type='file'><source file='/d'/>"
        "<target dev='vda'/><throttlefilters><throttlefilter "
        "group='g'/></throttlefilters></disk></devices>");

    assert_described(domain, "<throttlefilter group='g'/>", true);
    assert_fails(virDomainDelThrottleGroup(domain, "g", 0), VIR_ERR_OPERATION_INVALID, "vda");
    assert_described(domain, "<group_name>g</group_name>", true);
    virDomainFree(domain);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_network_carries_notes),
        test(notes_reach_what_the_flags_say),
        test(notes_of_networks_that_are_none_are_refused),
        test(a_device_gets_new_settings),
        test(screens_read_their_certificates_again),
        test(a_guest_is_marked_for_one_start),
        test(disks_share_limits_by_name),
        test(a_group_in_use_stays),
    };

    return cmocka_run_group_tests_name("newer calls of the test driver", tests, NULL, NULL);
}
