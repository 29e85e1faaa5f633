#include "unit/drivers/test/fixture.h"

#define ETHERNET(name, mac)                                                                        \
    "<interface type='ethernet' name='" name "'><start mode='onboot'/><mac address='" mac          \
    "'/><mtu size='1492'/></interface>"

static virInterfacePtr define(const char *xml)
{
    virInterfacePtr iface = virInterfaceDefineXML(conn, xml, 0);

    if (!iface)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return iface;
}

static virInterfacePtr find(const char *name)
{
    virInterfacePtr iface = virInterfaceLookupByName(conn, name);

    assert_non_null(iface);
    return iface;
}

static void the_default_interface_is_up(void **state)
{
    virInterfacePtr iface = find("eth1");
    char *names[2];

    assert_string_equal(virInterfaceGetMACString(iface), "aa:bb:cc:dd:ee:ff");
    assert_int_equal(virInterfaceIsActive(iface), 1);
    assert_text(virInterfaceGetXMLDesc(iface, 0), "<interface type='ethernet' name='eth1'>\n"
                                                  "  <start mode='onboot'/>\n"
                                                  "  <mtu size='1492'/>\n"
                                                  "  <protocol family='ipv4'>\n"
                                                  "    <ip address='192.168.0.5' prefix='24'/>\n"
                                                  "    <route gateway='192.168.0.1'/>\n"
                                                  "  </protocol>\n"
                                                  "  <mac address='aa:bb:cc:dd:ee:ff'/>\n"
                                                  "</interface>\n");
    assert_int_equal(virConnectNumOfInterfaces(conn), 1);
    assert_int_equal(virConnectNumOfDefinedInterfaces(conn), 0);
    assert_int_equal(virConnectListInterfaces(conn, names, 2), 1);
    assert_string_equal(names[0], "eth1");
    free(names[0]);
    virInterfaceFree(iface);
}

static void an_interface_goes_up_and_down(void **state)
{
    virInterfacePtr iface = define(ETHERNET("eth2", "aa:bb:cc:dd:ee:f2"));
    char *names[2];

    assert_int_equal(virInterfaceIsActive(iface), 0);
    assert_int_equal(virConnectListDefinedInterfaces(conn, names, 2), 1);
    assert_string_equal(names[0], "eth2");
    free(names[0]);
    assert_ok(virInterfaceCreate(iface, 0));
    assert_fails(virInterfaceCreate(iface, 0), VIR_ERR_OPERATION_INVALID, "already up");
    assert_int_equal(virInterfaceIsActive(iface), 1);
    assert_ok(virInterfaceDestroy(iface, 0));
    assert_fails(virInterfaceDestroy(iface, 0), VIR_ERR_OPERATION_INVALID, "already down");
    assert_ok(virInterfaceUndefine(iface));
    assert_fails(virInterfaceUndefine(iface), VIR_ERR_NO_INTERFACE, "'eth2'");
    assert_fails(virInterfaceGetXMLDesc(iface, 0), VIR_ERR_NO_INTERFACE, "'eth2'");
    assert_fails(virInterfaceCreate(iface, 0), VIR_ERR_NO_INTERFACE, "'eth2'");
    assert_fails(virInterfaceIsActive(iface), VIR_ERR_NO_INTERFACE, "'eth2'");
    virInterfaceFree(iface);
}

static void a_new_definition_replaces_the_old_one(void **state)
{
    virInterfacePtr iface = define(ETHERNET("eth1", "aa:bb:cc:dd:ee:01"));

    assert_string_equal(virInterfaceGetMACString(iface), "aa:bb:cc:dd:ee:01");
    assert_int_equal(virInterfaceIsActive(iface), 1);
    assert_no_text(virInterfaceGetXMLDesc(iface, 0), "protocol");
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 1);
    virInterfaceFree(iface);
}

static void addresses_are_found_whatever_their_case(void **state)
{
    virInterfacePtr iface = virInterfaceLookupByMACString(conn, "AA:BB:CC:DD:EE:FF");

    assert_non_null(iface);
    assert_string_equal(virInterfaceGetName(iface), "eth1");
    virInterfaceFree(iface);
    assert_fails(virInterfaceLookupByMACString(conn, "zz"), VIR_ERR_NO_INTERFACE, "'zz'");
    virInterfaceFree(define(ETHERNET("eth2", "aa:bb:cc:dd:ee:ff")));
    assert_fails(virInterfaceLookupByMACString(conn, "aa:bb:cc:dd:ee:ff"),
                 VIR_ERR_MULTIPLE_INTERFACES, "aa:bb:cc:dd:ee:ff");
    assert_fails(virInterfaceLookupByName(conn, "nope"), VIR_ERR_NO_INTERFACE, "'nope'");
}

static void lists_pass_what_their_flags_say(void **state)
{
    virInterfacePtr *all;

    virInterfaceFree(define(ETHERNET("eth2", "aa:bb:cc:dd:ee:f2")));
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 2);
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 3), 2);
    assert_int_equal(virConnectListAllInterfaces(conn, &all, VIR_CONNECT_LIST_INTERFACES_INACTIVE),
                     1);
    assert_string_equal(virInterfaceGetName(all[0]), "eth2");
    assert_null(all[1]);
    virInterfaceFree(all[0]);
    free(all);
    assert_int_equal(virConnectListAllInterfaces(conn, &all, VIR_CONNECT_LIST_INTERFACES_ACTIVE),
                     1);
    assert_string_equal(virInterfaceGetName(all[0]), "eth1");
    virInterfaceFree(all[0]);
    free(all);
}

static void a_change_is_taken_back_or_kept(void **state)
{
    virInterfacePtr iface = find("eth1");

    assert_fails(virInterfaceChangeCommit(conn, 0), VIR_ERR_OPERATION_INVALID, "no transaction");
    assert_fails(virInterfaceChangeRollback(conn, 0), VIR_ERR_OPERATION_INVALID, "no transaction");
    assert_ok(virInterfaceChangeBegin(conn, 0));
    assert_fails(virInterfaceChangeBegin(conn, 0), VIR_ERR_OPERATION_INVALID,
                 "another transaction");
    virInterfaceFree(define(ETHERNET("eth2", "aa:bb:cc:dd:ee:f2")));
    assert_ok(virInterfaceUndefine(iface));
    assert_ok(virInterfaceChangeRollback(conn, 0));
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 1);
    assert_int_equal(virInterfaceIsActive(iface), 0);
    assert_text(virInterfaceGetXMLDesc(iface, 0), "192.168.0.5");
    assert_ok(virInterfaceChangeBegin(conn, 0));
    virInterfaceFree(define(ETHERNET("eth2", "aa:bb:cc:dd:ee:f2")));
    assert_ok(virInterfaceChangeCommit(conn, 0));
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 2);
    assert_ok(virInterfaceChangeBegin(conn, 0)); /* and the world goes in the middle of it */
    virInterfaceFree(iface);
}

static void unknown_flags_and_bad_documents_change_nothing(void **state)
{
    virInterfacePtr iface = find("eth1");

    assert_fails(virConnectListAllInterfaces(conn, NULL, 4), VIR_ERR_INVALID_ARG, "0x4");
    assert_fails(virInterfaceGetXMLDesc(iface, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceCreate(iface, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceDestroy(iface, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceChangeBegin(conn, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceChangeCommit(conn, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceChangeRollback(conn, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virInterfaceDefineXML(conn, "<interface/>", 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_fails(virInterfaceDefineXML(conn, "<network/>", 0), VIR_ERR_XML_ERROR, "'interface'");
    assert_fails(virInterfaceDefineXML(conn,
                                       "<interface type='ethernet' name='e'><typo/></interface>",
                                       VIR_INTERFACE_DEFINE_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "typo");
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 1);
    virInterfaceFree(virInterfaceDefineXML(conn, ETHERNET("eth2", "aa:bb:cc:dd:ee:f2"),
                                           VIR_INTERFACE_DEFINE_VALIDATE));
    assert_int_equal(virConnectListAllInterfaces(conn, NULL, 0), 2);
    virInterfaceFree(iface);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_default_interface_is_up),
        test(an_interface_goes_up_and_down),
        test(a_new_definition_replaces_the_old_one),
        test(addresses_are_found_whatever_their_case),
        test(lists_pass_what_their_flags_say),
        test(a_change_is_taken_back_or_kept),
        test(unknown_flags_and_bad_documents_change_nothing),
    };

    return cmocka_run_group_tests_name("interfaces of the test driver", tests, NULL, NULL);
}
