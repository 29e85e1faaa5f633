#include "core/conf/doc/doc.h"
#include "core/object/error.h"
#include "conf/domain_doc.h"
#include "conf/network_doc.h"
#include "conf/nwfilter_doc.h"
#include "conf/secret_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* What no guest can do without. */
#define GUEST "<memory>1</memory><os><type>hvm</type></os>"

static struct domain *parse_domain(const char *devices, unsigned flags)
{
    g_autofree char *xml =
        g_strdup_printf("<domain type='test'><name>guest</name><os><type>hvm</type></os>"
                        "<memory>1024</memory><devices>%s</devices></domain>",
                        devices);
    struct domain *def = domain_parse(xml, NULL, flags);

    assert_non_null(def);
    return def;
}

static void members_are_found_wherever_they_stand(void **state)
{
    struct secret *def =
        secret_parse("<secret private='yes'><usage type='ceph'><name>pool</name></usage>"
                     "<description>a &amp; b</description></secret>",
                     NULL, DOC_INACTIVE);

    assert_non_null(def);
    assert_int_equal(def->private, TRISTATE_YES);
    assert_int_equal(def->ephemeral, TRISTATE_NO);
    assert_int_equal(def->usage.type, SECRET_USAGE_TYPE_CEPH);
    assert_string_equal(def->usage.name, "pool");
    assert_string_equal(def->description, "a & b");
    assert_null(def->usage.volume);
    secret_free(def);
}

static void a_block_belongs_to_its_type_only(void **state)
{
    struct secret *def = secret_parse("<secret><usage type='volume'><volume>/a</volume>"
                                      "<name>ignored</name></usage></secret>",
                                      NULL, 0);

    assert_string_equal(def->usage.volume, "/a");
    assert_null(def->usage.name);
    secret_free(def);
}

static void the_type_of_an_outer_element_decides(void **state)
{
    struct domain *def =
        parse_domain("<disk type='block'><source file='/f' dev='/d'/><target dev='hda'/></disk>"
                     "<disk type='file'><source file='/f' dev='/d'/><target dev='hdb'/></disk>",
                     0);

    assert_int_equal(def->devices.n_disks, 2);
    assert_null(def->devices.disks[0].source.file);
    assert_string_equal(def->devices.disks[0].source.dev, "/d");
    assert_string_equal(def->devices.disks[1].source.file, "/f");
    assert_null(def->devices.disks[1].source.dev);
    domain_free(def);
}

static void a_chain_ends_with_an_empty_element(void **state)
{
    struct domain *def = parse_domain(
        "<disk type='file'><source file='/f'/><target dev='hda'/><backingStore type='file'>"
        "<format type='raw'/><source file='/b'/><backingStore/></backingStore></disk>",
        0);
    struct domain_backing_store *layer = def->devices.disks[0].backing_store;

    assert_non_null(layer);
    assert_string_equal(layer->source->file, "/b");
    assert_non_null(layer->backing_store);
    assert_null(layer->backing_store->source);
    assert_null(layer->backing_store->backing_store);
    domain_free(def);
}

static void sizes_are_kept_in_their_unit_and_rounded_up(void **state)
{
    struct domain *def = domain_parse(
        "<domain type='test'><name>x</name><os><type>hvm</type></os><memory unit='b'>1025</memory>"
        "<currentMemory unit='KB'>1</currentMemory></domain>",
        NULL, 0);

    assert_int_equal(def->memory.text, 2);
    assert_int_equal(def->current_memory, 1);
    domain_free(def);
}

static void defaults_stay_out_of_absent_elements(void **state)
{
    struct network *def = network_parse("<network><name>n</name></network>", NULL, 0);

    assert_int_equal(def->forward.mode, 0);
    network_free(def);
    def = network_parse(
        "<network><name>n</name><forward/><ip address='10.0.0.1' prefix='24'/></network>", NULL, 0);
    assert_int_equal(def->forward.mode, NETWORK_FORWARD_MODE_NAT);
    network_free(def);
}

static void a_definition_has_nothing_that_is_live(void **state)
{
    const char *disk = "<disk type='file'><source file='/f' index='3'/><target dev='hda'/></disk>";
    struct domain *def = parse_domain(disk, DOC_INACTIVE);

    assert_int_equal(def->devices.disks[0].source.index, 0);
    domain_free(def);
    def = parse_domain(disk, 0);
    assert_int_equal(def->devices.disks[0].source.index, 3);
    domain_free(def);
}

static void lists_are_sorted_by_their_key(void **state)
{
    struct domain *def = domain_parse("<domain type='test'><name>x</name>" GUEST "<vcpu>3</vcpu>"
                                      "<cputune><vcpupin vcpu='2' cpuset='0'/>"
                                      "<vcpupin vcpu='0' cpuset='1-3,^2'/></cputune></domain>",
                                      NULL, 0);

    assert_int_equal(def->cputune.n_vcpupins, 2);
    assert_int_equal(def->cputune.vcpupins[0].vcpu, 0);
    assert_string_equal(def->cputune.vcpupins[0].cpuset, "1,3");
    assert_int_equal(def->cputune.vcpupins[1].vcpu, 2);
    domain_free(def);
}

static void a_mixed_list_keeps_its_order(void **state)
{
    struct nwfilter *def =
        nwfilter_parse("<filter name='f'><rule action='drop' direction='in'><tcp dscp='3'/></rule>"
                       "<filterref filter='other'/></filter>",
                       NULL, 0);

    assert_int_equal(def->n_entries, 2);
    assert_non_null(def->entries[0].rule);
    assert_null(def->entries[0].filterref);
    assert_string_equal(def->entries[0].rule->matches[0].tcp->l3.dscp, "3");
    assert_string_equal(def->entries[1].filterref->filter, "other");
    nwfilter_free(def);
}

static void only_its_driver_reads_a_namespace(void **state)
{
    const char *xml = "<domain type='test' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                      "<name>x</name>" GUEST "<q:commandline><q:arg value='-v'/></q:commandline>"
                      "<commandline xmlns='urn:other'><arg value='no'/></commandline></domain>";
    struct doc_context qemu = {.driver = "qemu"};
    struct domain *def = domain_parse(xml, &qemu, 0);

    assert_int_equal(def->qemu.commandline.n_args, 1);
    assert_string_equal(def->qemu.commandline.args[0].value, "-v");
    domain_free(def);
    def = domain_parse(xml, NULL, 0);
    assert_int_equal(def->qemu.commandline.n_args, 0);
    domain_free(def);
}

static int sevens(void *opaque, void *bytes, size_t length)
{
    memset(bytes, 7, length);
    return 0;
}

static void generated_values_come_from_the_given_source(void **state)
{
    struct doc_context ctx = {.random = sevens};
    struct domain *def = domain_parse("<domain type='test'><name>x</name>" GUEST "<devices>"
                                      "<interface type='user'/></devices></domain>",
                                      &ctx, 0);

    assert_string_equal(def->uuid, "07070707-0707-4707-8707-070707070707");
    assert_string_equal(def->devices.interfaces[0].mac.address, "52:54:00:07:07:07");
    domain_free(def);
}

static int no_bytes(void *opaque, void *bytes, size_t length)
{
    error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "no bytes today");
    return -1;
}

static void a_failing_source_fails_the_document(void **state)
{
    struct doc_context ctx = {.random = no_bytes};

    assert_null(secret_parse("<secret/>", &ctx, 0));
    assert_int_equal(error_code(), VIR_ERR_INTERNAL_ERROR);
}

static void one_device_is_read_alone(void **state)
{
    const struct doc_field *field;
    void *part;
    struct domain_disk *disk;

    assert_int_equal(
        doc_parse_part(&domain_devices_doc,
                       "<disk type='file'><source file='/f'/><target dev='vda'/></disk>", NULL,
                       DOC_INACTIVE, &field, &part),
        0);
    assert_string_equal(field->name, "disk");
    assert_int_equal(field->offset, offsetof(struct domain_devices, disks));
    disk = part;
    assert_string_equal(disk->source.file, "/f");
    assert_string_equal(disk->target.dev, "vda");
    doc_free(doc_part_layout(field), part);
}

static void an_unknown_device_is_refused(void **state)
{
    const struct doc_field *field = NULL;
    void *part = NULL;

    assert_int_equal(doc_parse_part(&domain_devices_doc, "<toaster/>", NULL, 0, &field, &part), -1);
    assert_int_equal(error_code(), VIR_ERR_XML_ERROR);
    assert_null(field);
    assert_null(part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_wherever_they_stand),
        cmocka_unit_test(a_block_belongs_to_its_type_only),
        cmocka_unit_test(the_type_of_an_outer_element_decides),
        cmocka_unit_test(a_chain_ends_with_an_empty_element),
        cmocka_unit_test(sizes_are_kept_in_their_unit_and_rounded_up),
        cmocka_unit_test(defaults_stay_out_of_absent_elements),
        cmocka_unit_test(a_definition_has_nothing_that_is_live),
        cmocka_unit_test(lists_are_sorted_by_their_key),
        cmocka_unit_test(a_mixed_list_keeps_its_order),
        cmocka_unit_test(only_its_driver_reads_a_namespace),
        cmocka_unit_test(generated_values_come_from_the_given_source),
        cmocka_unit_test(a_failing_source_fails_the_document),
        cmocka_unit_test(one_device_is_read_alone),
        cmocka_unit_test(an_unknown_device_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
