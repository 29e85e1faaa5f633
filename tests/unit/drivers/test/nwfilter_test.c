#include "unit/drivers/test/fixture.h"

#define UUID "11111111-2222-3333-4444-555555555555"
#define OTHER "21111111-2222-3333-4444-555555555555"
#define BINDING(port, filter)                                                                      \
    "<filterbinding><owner><name>vm</name><uuid>" UUID "</uuid></owner><portdev name='" port       \
    "'/><mac address='52:54:00:11:22:33'/><filterref filter='" filter "'>"                         \
    "<parameter name='IP' value='10.0.0.1'/></filterref></filterbinding>"

static virNWFilterPtr define(const char *xml)
{
    virNWFilterPtr filter = virNWFilterDefineXML(conn, xml);

    if (!filter)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return filter;
}

static virNWFilterBindingPtr bind_port(const char *xml)
{
    virNWFilterBindingPtr binding = virNWFilterBindingCreateXML(conn, xml, 0);

    if (!binding)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return binding;
}

static void a_filter_is_defined_found_and_forgotten(void **state)
{
    virNWFilterPtr filter = define("<filter name='f'><uuid>" UUID "</uuid>"
                                   "<rule action='drop' direction='in'/></filter>");
    virNWFilterPtr found = virNWFilterLookupByUUIDString(conn, UUID);

    assert_non_null(found);
    virNWFilterFree(found);
    found = virNWFilterLookupByName(conn, "f");
    assert_non_null(found);
    virNWFilterFree(found);
    assert_text(virNWFilterGetXMLDesc(filter, 0),
                "<filter name='f' chain='root'>\n"
                "  <uuid>" UUID "</uuid>\n"
                "  <rule action='drop' direction='in' priority='500'/>\n"
                "</filter>\n");
    assert_ok(virNWFilterUndefine(filter));
    assert_fails(virNWFilterUndefine(filter), VIR_ERR_NO_NWFILTER, UUID);
    assert_fails(virNWFilterGetXMLDesc(filter, 0), VIR_ERR_NO_NWFILTER, UUID);
    assert_fails(virNWFilterLookupByName(conn, "f"), VIR_ERR_NO_NWFILTER, "'f'");
    assert_fails(virNWFilterLookupByUUIDString(conn, UUID), VIR_ERR_NO_NWFILTER, UUID);
    virNWFilterFree(filter);
}

static void names_and_uuids_are_unique(void **state)
{
    virNWFilterPtr filter = define("<filter name='f'><uuid>" UUID "</uuid></filter>");

    assert_fails(virNWFilterDefineXML(conn, "<filter name='f'/>"), VIR_ERR_OPERATION_FAILED,
                 "filter 'f' already exists with uuid " UUID);
    assert_fails(virNWFilterDefineXML(conn, "<filter name='g'><uuid>" UUID "</uuid></filter>"),
                 VIR_ERR_OPERATION_FAILED, "different name ('f')");
    virNWFilterFree(define("<filter name='f'><uuid>" UUID "</uuid>"
                           "<rule action='accept' direction='out'/></filter>"));
    assert_text(virNWFilterGetXMLDesc(filter, 0), "accept");
    assert_int_equal(virConnectNumOfNWFilters(conn), 1);
    virNWFilterFree(filter);
}

static void filters_refer_to_each_other_but_not_in_circles(void **state)
{
    virNWFilterFree(define("<filter name='a'><uuid>" UUID "</uuid></filter>"));
    virNWFilterFree(define("<filter name='b'><filterref filter='a'/><filterref filter='a'/>"
                           "<filterref filter='missing'/></filter>"));
    assert_fails(virNWFilterDefineXML(conn, "<filter name='a'><uuid>" UUID
                                            "</uuid><filterref filter='b'/></filter>"),
                 VIR_ERR_OPERATION_FAILED, "would introduce a loop");
    assert_fails(virNWFilterDefineXML(conn, "<filter name='s'><filterref filter='s'/></filter>"),
                 VIR_ERR_OPERATION_FAILED, "would introduce a loop");
    assert_int_equal(virConnectNumOfNWFilters(conn), 2);
}

static void filters_are_listed(void **state)
{
    virNWFilterPtr *all;
    char *names[1];

    virNWFilterFree(define("<filter name='a'/>"));
    virNWFilterFree(define("<filter name='b'/>"));
    assert_int_equal(virConnectListAllNWFilters(conn, NULL, 0), 2);
    assert_int_equal(virConnectListAllNWFilters(conn, &all, 0), 2);
    assert_string_equal(virNWFilterGetName(all[1]), "b");
    assert_null(all[2]);
    virNWFilterFree(all[0]);
    virNWFilterFree(all[1]);
    free(all);
    assert_int_equal(virConnectListNWFilters(conn, names, 1), 1);
    assert_string_equal(names[0], "a");
    free(names[0]);
}

static void a_binding_is_made_found_and_taken_off(void **state)
{
    virNWFilterPtr filter = define("<filter name='f'/>");
    virNWFilterBindingPtr binding = bind_port(BINDING("vnet0", "f")), found, *all;

    assert_fails(virNWFilterBindingCreateXML(conn, BINDING("vnet1", "missing"), 0),
                 VIR_ERR_INTERNAL_ERROR, "referenced filter 'missing' is missing");
    assert_string_equal(virNWFilterBindingGetPortDev(binding), "vnet0");
    assert_string_equal(virNWFilterBindingGetFilterName(binding), "f");
    assert_text(virNWFilterBindingGetXMLDesc(binding, 0),
                "  <filterref filter='f'>\n"
                "    <parameter name='IP' value='10.0.0.1'/>\n");
    assert_fails(virNWFilterBindingCreateXML(conn, BINDING("vnet0", "f"), 0),
                 VIR_ERR_OPERATION_FAILED, "binding 'vnet0' already exists");
    found = virNWFilterBindingLookupByPortDev(conn, "vnet0");
    assert_non_null(found);
    virNWFilterBindingFree(found);
    assert_int_equal(virConnectListAllNWFilterBindings(conn, NULL, 0), 1);
    assert_int_equal(virConnectListAllNWFilterBindings(conn, &all, 0), 1);
    assert_null(all[1]);
    virNWFilterBindingFree(all[0]);
    free(all);
    assert_ok(virNWFilterBindingDelete(binding));
    assert_fails(virNWFilterBindingDelete(binding), VIR_ERR_NO_NWFILTER_BINDING, "'vnet0'");
    assert_fails(virNWFilterBindingGetXMLDesc(binding, 0), VIR_ERR_NO_NWFILTER_BINDING, "'vnet0'");
    assert_fails(virNWFilterBindingLookupByPortDev(conn, "vnet0"), VIR_ERR_NO_NWFILTER_BINDING,
                 "'vnet0'");
    virNWFilterBindingFree(binding);
    virNWFilterFree(filter);
}

static void a_filter_at_work_stays(void **state)
{
    virNWFilterPtr inner = define("<filter name='inner'/>");
    virNWFilterPtr outer = define("<filter name='outer'><filterref filter='inner'/></filter>");
    virNWFilterPtr idle = define("<filter name='idle'><filterref filter='outer'/></filter>");
    virNWFilterBindingPtr binding = bind_port(BINDING("vnet0", "outer"));

    assert_fails(virNWFilterUndefine(outer), VIR_ERR_OPERATION_INVALID, "'outer' on 'vnet0'");
    assert_fails(virNWFilterUndefine(inner), VIR_ERR_OPERATION_INVALID, "'inner' on 'vnet0'");
    assert_ok(virNWFilterUndefine(idle));
    assert_ok(virNWFilterBindingDelete(binding));
    assert_ok(virNWFilterUndefine(inner));
    assert_ok(virNWFilterUndefine(outer));
    virNWFilterFree(define("<filter name='last'/>"));
    virNWFilterBindingFree(bind_port(BINDING("vnet1", "last"))); /* the world goes with it */
    virNWFilterBindingFree(binding);
    virNWFilterFree(idle);
    virNWFilterFree(outer);
    virNWFilterFree(inner);
}

static void unknown_flags_and_bad_documents_change_nothing(void **state)
{
    virNWFilterPtr filter = define("<filter name='f'/>");
    virNWFilterBindingPtr binding = bind_port(BINDING("vnet0", "f"));

    assert_fails(virConnectListAllNWFilters(conn, NULL, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virConnectListAllNWFilterBindings(conn, NULL, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNWFilterGetXMLDesc(filter, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNWFilterBindingGetXMLDesc(binding, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virNWFilterDefineXMLFlags(conn, "<filter name='g'/>", 2), VIR_ERR_INVALID_ARG,
                 "0x2");
    assert_fails(virNWFilterBindingCreateXML(conn, BINDING("vnet1", "f"), 2), VIR_ERR_INVALID_ARG,
                 "0x2");
    assert_fails(virNWFilterDefineXML(conn, "<filter/>"), VIR_ERR_INTERNAL_ERROR, "name");
    assert_fails(virNWFilterDefineXMLFlags(conn, "<filter name='g'><typo/></filter>",
                                           VIR_NWFILTER_DEFINE_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "typo");
    assert_fails(virNWFilterBindingCreateXML(conn, "<filterbinding><typo/></filterbinding>",
                                             VIR_NWFILTER_BINDING_CREATE_VALIDATE),
                 VIR_ERR_XML_INVALID_SCHEMA, "filterbinding");
    virNWFilterFree(
        virNWFilterDefineXMLFlags(conn, "<filter name='g'/>", VIR_NWFILTER_DEFINE_VALIDATE));
    assert_int_equal(virConnectNumOfNWFilters(conn), 2);
    assert_int_equal(virConnectListAllNWFilterBindings(conn, NULL, 0), 1);
    virNWFilterBindingFree(binding);
    virNWFilterFree(filter);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_filter_is_defined_found_and_forgotten),        test(names_and_uuids_are_unique),
        test(filters_refer_to_each_other_but_not_in_circles), test(filters_are_listed),
        test(a_binding_is_made_found_and_taken_off),          test(a_filter_at_work_stays),
        test(unknown_flags_and_bad_documents_change_nothing),
    };

    return cmocka_run_group_tests_name("filters of the test driver", tests, NULL, NULL);
}
