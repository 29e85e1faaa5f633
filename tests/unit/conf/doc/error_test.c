/* What is refused: the code, the opening that tools match, and the place. */
#include "core/conf/doc/doc.h"
#include "core/object/error.h"
#include "conf/domain_doc.h"
#include "conf/network_doc.h"
#include "conf/secret_doc.h"
#include "conf/storagevol_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct refusal {
    const struct doc_kind *kind;
    const char *xml;
    int code;
    const char *part; /* of the message */
    const char *end;
} refusals[] = {
    {&secret_doc_kind, "<secret", VIR_ERR_XML_DETAIL, "(definition_of_secret):1: ", NULL},
    {&secret_doc_kind, "", VIR_ERR_XML_DETAIL, "(definition_of_secret):1: ", NULL},
    {&secret_doc_kind, "<pool/>", VIR_ERR_XML_ERROR,
     "expecting root element of 'secret', not 'pool'", "pool, line 1"},
    {&secret_doc_kind, "<secret>\n<usage/></secret>", VIR_ERR_XML_ERROR,
     "unknown secret usage type", "usage, line 2"},
    {&secret_doc_kind, "<secret private='zz'/>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'private' in element 'secret': 'zz'. Expected yes, no",
     "@private, line 1"},
    {&secret_doc_kind, "<secret><usage type='ceph'/></secret>", VIR_ERR_INTERNAL_ERROR,
     "Missing required element 'name' in element 'usage'", "usage/name, line 1"},
    {&secret_doc_kind, "<secret><uuid>12-34</uuid></secret>", VIR_ERR_INTERNAL_ERROR,
     "malformed uuid element", "uuid, line 1"},
    {&network_doc_kind, "<network/>", VIR_ERR_NO_NAME, NULL, "name, line 1"},
    {&network_doc_kind, "<network><name>n</name><mac address='zz'/></network>", VIR_ERR_XML_ERROR,
     "unable to parse mac address 'zz'", "mac/@address, line 1"},
    {&network_doc_kind, "<network><name>n</name><ip address='1.2.x'/></network>", VIR_ERR_XML_ERROR,
     "cannot parse IP address '1.2.x'", "ip/@address, line 1"},
    {&network_doc_kind, "<network><name>n</name><mtu size='-1'/></network>", VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'size' in element 'mtu': '-1'. Expected non-negative integer "
     "value",
     "mtu/@size, line 1"},
    {&network_doc_kind, "<network><name>n</name><mtu size='4294967296'/></network>",
     VIR_ERR_XML_ERROR, "out of bounds", "mtu/@size, line 1"},
    {&network_doc_kind,
     "<network><name>n</name><ip address='10.1.1.1'/><ip address='1.1.1.2'><dhcp><range "
     "start='1.1.1.1'/></dhcp></ip>"
     "</network>",
     VIR_ERR_XML_ERROR, "Missing 'end' attribute in dhcp range", "ip[2]/dhcp/range, line 1"},
    {&network_doc_kind,
     "<network><name>n</name><route address='1.1.1.0' gateway='1.1.1.1' metric='0'/></network>",
     VIR_ERR_XML_ERROR, "Zero is not permitted", "route/@metric, line 1"},
    {&storagevol_doc_kind, "<volume><name>v</name><capacity unit='lots'>1</capacity></volume>",
     VIR_ERR_INVALID_ARG, "unknown suffix 'lots'", "capacity, line 1"},
    {&storagevol_doc_kind, "<volume><name>v</name><capacity unit='E'>99999999</capacity></volume>",
     VIR_ERR_OVERFLOW, "value too large", "capacity, line 1"},
    {&storagevol_doc_kind, "<volume><name>v</name><capacity>x</capacity></volume>",
     VIR_ERR_XML_ERROR, "Invalid value 'x' for element or attribute 'capacity'",
     "capacity, line 1"},
    {&storagevol_doc_kind,
     "<volume><name>v</name><capacity>1</capacity><target><format type='zz'/></target></volume>",
     VIR_ERR_CONFIG_UNSUPPORTED, "Invalid value for attribute 'type' in element 'format': 'zz'",
     "target/format/@type, line 1"},
    {&storagevol_doc_kind,
     "<volume><name>v</name><capacity>1</capacity><target><compat>new</compat></target></volume>",
     VIR_ERR_XML_ERROR, "Invalid value 'new'", "target/compat, line 1"},
    {&domain_doc_kind,
     "<domain type='test'><name>x</name><os><type>hvm</type></os><vcpu "
     "cpuset='4-2'>1</vcpu></domain>",
     VIR_ERR_INVALID_ARG, "Failed to parse bitmap '4-2'", "vcpu/@cpuset, line 1"},
    {&domain_doc_kind,
     "<domain type='test'><name>x</name><os><type>hvm</type></os><devices><disk type='file'/>\n"
     "<disk type='file'>\n<target bus='zz'/></disk></devices></domain>",
     VIR_ERR_XML_ERROR, "Invalid value for attribute 'bus' in element 'target': 'zz'",
     "devices/disk[2]/target/@bus, line 3"},
    {&domain_doc_kind,
     "<domain type='test'><name>x</name><os><type>hvm</type></os><cputune><vcpupin vcpu='1' "
     "cpuset='0'/>"
     "<vcpupin vcpu='1' cpuset='1'/></cputune></domain>",
     VIR_ERR_INTERNAL_ERROR, "duplicate vcpu for the element 'vcpupin'", "cputune/vcpupin, line 1"},
    {&domain_doc_kind,
     "<domain type='test'><name>x</name><os><type>hvm</type></os><devices><serial type='tcp'>"
     "<source host='a' service='1'/><source host='b' service='1'/></serial></devices></domain>",
     VIR_ERR_XML_ERROR, "only one source element is allowed", "devices/serial, line 1"},
    {&domain_doc_kind,
     "<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os>"
     "<vcpu current='2'>1</vcpu></domain>",
     VIR_ERR_CONFIG_UNSUPPORTED, "maximum vCPU count must not be less than current vCPU count (1",
     "line 1"},
};

static void each_mistake_has_its_code_and_place(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        const struct refusal *refusal = &refusals[i];
        void *def = NULL;

        error_reset();
        assert_int_equal(doc_parse(refusal->kind, refusal->xml, NULL, 0, &def), -1);
        assert_null(def);
        if (error_code() != refusal->code)
            print_error("%s\n%s\n", refusal->xml, virGetLastErrorMessage());
        assert_int_equal(error_code(), refusal->code);
        if (refusal->part && !strstr(virGetLastErrorMessage(), refusal->part))
            fail_msg("'%s' is not in '%s'", refusal->part, virGetLastErrorMessage());
        if (refusal->end && !g_str_has_suffix(virGetLastErrorMessage(), refusal->end))
            fail_msg("'%s' does not end '%s'", refusal->end, virGetLastErrorMessage());
    }
}

static int refuse(void *part, const struct doc_call *call)
{
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "not with this driver");
    return -1;
}

static void hooks_of_the_driver_can_refuse(void **state)
{
    struct doc_context ctx = {.validate = refuse};

    assert_null(secret_parse("<secret/>", &ctx, 0));
    assert_int_equal(error_code(), VIR_ERR_CONFIG_UNSUPPORTED);
    assert_non_null(strstr(virGetLastErrorMessage(), "not with this driver: secret, line 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_has_its_code_and_place),
        cmocka_unit_test(hooks_of_the_driver_can_refuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
