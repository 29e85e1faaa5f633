#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"
#include "conf/network_doc.h"
#include "conf/secret_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* What no guest can do without. */
#define GUEST "<memory>1</memory><os><type>hvm</type></os>"

static void assert_printed(char *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    g_free(text);
}

static void a_struct_made_by_hand_is_printed(void **state)
{
    struct secret def = {.ephemeral = TRISTATE_NO,
                         .private = TRISTATE_YES,
                         .usage = {.type = SECRET_USAGE_TYPE_ISCSI, .target = (char *)"iqn"}};

    assert_printed(secret_format(&def, 0), "<secret ephemeral='no' private='yes'>\n"
                                           "  <usage type='iscsi'>\n"
                                           "    <target>iqn</target>\n"
                                           "  </usage>\n"
                                           "</secret>\n");
}

static void an_empty_document_is_its_root(void **state)
{
    struct secret def = {0};

    assert_printed(secret_format(&def, 0), "<secret/>\n");
}

static void markup_in_values_is_escaped(void **state)
{
    struct secret def = {.description = (char *)"<&>\"'\n\x01",
                         .usage = {.type = SECRET_USAGE_TYPE_CEPH, .name = (char *)"\xc3\xa4"}};
    char *text = secret_format(&def, 0);
    struct secret *again;

    assert_non_null(strstr(text, "<description>&lt;&amp;&gt;&quot;&apos;\n</description>"));
    again = secret_parse(text, NULL, 0);
    assert_string_equal(again->description, "<&>\"'\n");
    assert_string_equal(again->usage.name, "\xc3\xa4");
    secret_free(again);
    g_free(text);
}

static void lines_in_attributes_survive(void **state)
{
    struct network def = {.name = (char *)"n", .bridge = {.zone = (char *)"a\nb\tc"}};
    char *text = network_format(&def, 0);
    struct network *again = network_parse(text, NULL, 0);

    assert_string_equal(again->bridge.zone, "a\nb\tc");
    network_free(again);
    g_free(text);
}

static void content_of_another_type_is_not_printed(void **state)
{
    struct secret def = {.usage = {.type = SECRET_USAGE_TYPE_CEPH,
                                   .name = (char *)"n",
                                   .volume = (char *)"left over"}};
    char *text = secret_format(&def, 0);

    assert_null(strstr(text, "left over"));
    g_free(text);
}

static void kept_elements_are_printed_empty(void **state)
{
    struct domain *def =
        domain_parse("<domain type='test'><name>x</name>" GUEST "<features><acpi/><apic/>"
                     "<hyperv mode='passthrough'/></features></domain>",
                     NULL, 0);
    char *text = domain_format(def, 0);

    assert_non_null(strstr(text, "  <features>\n"
                                 "    <acpi/>\n"
                                 "    <apic/>\n"
                                 "    <hyperv mode='passthrough'>\n"
                                 "    </hyperv>\n"
                                 "  </features>\n"));
    g_free(text);
    domain_free(def);
}

static void passwords_are_printed_on_request(void **state)
{
    struct domain *def = domain_parse("<domain type='test'><name>x</name>" GUEST "<devices>"
                                      "<graphics type='vnc' passwd='pw'/></devices></domain>",
                                      NULL, 0);
    char *text = domain_format(def, DOC_INACTIVE);

    assert_null(strstr(text, "pw"));
    g_free(text);
    text = domain_format(def, DOC_INACTIVE | DOC_SECURE);
    assert_non_null(strstr(text, "passwd='pw'"));
    g_free(text);
    domain_free(def);
}

static void live_values_are_not_in_a_definition(void **state)
{
    struct domain *def =
        domain_parse("<domain type='test' id='7'><name>x</name>" GUEST "</domain>", NULL, 0);
    char *text = domain_format(def, 0);

    assert_non_null(strstr(text, "<domain type='test' id='7'>"));
    g_free(text);
    text = domain_format(def, DOC_INACTIVE);
    assert_non_null(strstr(text, "<domain type='test'>"));
    g_free(text);
    domain_free(def);
}

static void a_namespace_is_declared_where_it_is_used(void **state)
{
    struct doc_context qemu = {.driver = "qemu"};
    struct domain *def = domain_parse(
        "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<name>x</name>" GUEST "<q:commandline><q:arg value='-v'/></q:commandline></domain>",
        &qemu, 0);
    char *text = domain_format(def, 0);

    assert_true(g_str_has_prefix(
        text, "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"));
    assert_true(g_str_has_suffix(text, "  <qemu:commandline>\n"
                                       "    <qemu:arg value='-v'/>\n"
                                       "  </qemu:commandline>\n"
                                       "</domain>\n"));
    g_free(text);
    domain_free(def);
}

static void raw_content_keeps_its_namespaces(void **state)
{
    struct domain *def = domain_parse("<domain type='test' xmlns:app='urn:app'><name>x</name>" GUEST
                                      "<metadata><app:note>hi</app:note></metadata></domain>",
                                      NULL, 0);
    char *text = domain_format(def, 0);
    struct domain *again = domain_parse(text, NULL, 0);

    assert_non_null(again);
    assert_non_null(strstr(again->metadata, "xmlns:app=\"urn:app\""));
    assert_string_equal(def->metadata, again->metadata);
    g_free(text);
    domain_free(again);
    domain_free(def);
}

static void one_device_is_printed_alone(void **state)
{
    const char *xml = "<hub type='usb'/>\n";
    const struct doc_field *field;
    GString *out = g_string_new(NULL);
    void *part;

    assert_int_equal(doc_parse_part(&domain_devices_doc, xml, NULL, 0, &field, &part), 0);
    assert_int_equal(doc_format_part(out, field, part, 0), 0);
    assert_string_equal(out->str, xml);
    g_string_free(out, TRUE);
    doc_free(doc_part_layout(field), part);
}

static int hide_title(void *part, const struct doc_call *call)
{
    struct domain *def = part;

    g_clear_pointer(&def->title, g_free);
    return 0;
}

static void what_peers_must_not_see_is_dropped_from_a_copy(void **state)
{
    static doc_hook *const hook = hide_title;
    struct doc_kind kind = domain_doc_kind;
    struct domain *def = domain_parse(
        "<domain type='test'><name>x</name>" GUEST "<title>t</title></domain>", NULL, 0);
    char *text;

    kind.migratable = &hook;
    text = doc_format(&kind, def, DOC_MIGRATABLE);
    assert_null(strstr(text, "title"));
    assert_string_equal(def->title, "t");
    g_free(text);
    domain_free(def);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_struct_made_by_hand_is_printed),
        cmocka_unit_test(an_empty_document_is_its_root),
        cmocka_unit_test(markup_in_values_is_escaped),
        cmocka_unit_test(lines_in_attributes_survive),
        cmocka_unit_test(content_of_another_type_is_not_printed),
        cmocka_unit_test(kept_elements_are_printed_empty),
        cmocka_unit_test(passwords_are_printed_on_request),
        cmocka_unit_test(live_values_are_not_in_a_definition),
        cmocka_unit_test(a_namespace_is_declared_where_it_is_used),
        cmocka_unit_test(raw_content_keeps_its_namespaces),
        cmocka_unit_test(one_device_is_printed_alone),
        cmocka_unit_test(what_peers_must_not_see_is_dropped_from_a_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
