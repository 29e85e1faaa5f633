/* Documents from people who mean harm. */
#include "core/conf/doc/doc.h"
#include "core/object/error.h"
#include "conf/domain_doc.h"
#include "conf/secret_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* What no guest can do without. */
#define USAGE "<usage type='volume'><volume>/v</volume></usage>"
#define GUEST "<memory>1</memory><os><type>hvm</type></os>"

static char *nested(unsigned depth)
{
    GString *xml = g_string_new("<secret>" USAGE);

    for (unsigned i = 1; i < depth; i++)
        g_string_append(xml, "<x>");
    for (unsigned i = 1; i < depth; i++)
        g_string_append(xml, "</x>");
    g_string_append(xml, "</secret>");
    return g_string_free(xml, FALSE);
}

static void nesting_has_a_limit(void **state)
{
    g_autofree char *fine = nested(256), *deep = nested(258);
    struct secret *def = secret_parse(fine, NULL, 0);

    assert_non_null(def);
    secret_free(def);
    assert_null(secret_parse(deep, NULL, 0));
    assert_int_equal(error_code(), VIR_ERR_XML_DETAIL);
    assert_non_null(strstr(virGetLastErrorMessage(), "256 deep"));
}

static void comments_may_follow(void **state)
{
    struct secret *def =
        secret_parse("<!-- a --><secret>" USAGE "<x>y</x></secret><!-- b -->\n", NULL, 0);

    assert_non_null(def);
    secret_free(def);
}

static void nesting_without_end_is_refused(void **state)
{
    g_autofree char *deep = nested(100000);

    assert_null(secret_parse(deep, NULL, 0));
    assert_int_equal(error_code(), VIR_ERR_XML_DETAIL);
}

static void chains_have_a_limit(void **state)
{
    GString *xml =
        g_string_new("<domain type='test'><name>x</name>" GUEST "<devices><disk type='file'>");

    for (unsigned i = 0; i < 300; i++)
        g_string_append(xml, "<backingStore type='file'>");
    for (unsigned i = 0; i < 300; i++)
        g_string_append(xml, "</backingStore>");
    g_string_append(xml, "</disk></devices></domain>");
    assert_null(domain_parse(xml->str, NULL, 0));
    assert_int_equal(error_code(), VIR_ERR_XML_DETAIL);
    g_string_free(xml, TRUE);
}

static void text_has_a_limit(void **state)
{
    size_t size = 17 * 1024 * 1024;
    g_autofree char *xml = g_malloc(size + 1);

    memset(xml, ' ', size);
    memcpy(xml, "<secret>", 8);
    memcpy(xml + size - 9, "</secret>", 9);
    xml[size] = '\0';
    assert_null(secret_parse(xml, NULL, 0));
    assert_int_equal(error_code(), VIR_ERR_XML_ERROR);
}

static void small_entities_are_text(void **state)
{
    struct secret *def = secret_parse("<!DOCTYPE secret [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>"
                                      "<secret>" USAGE "<description>&b;</description></secret>",
                                      NULL, 0);

    assert_non_null(def);
    assert_string_equal(def->description, "aaaa");
    secret_free(def);
}

static void files_are_not_read(void **state)
{
    struct secret *def = secret_parse("<!DOCTYPE secret [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
                                      "<secret>" USAGE "<description>&a;</description></secret>",
                                      NULL, 0);

    assert_non_null(def);
    assert_null(def->description && *def->description ? def->description : NULL);
    secret_free(def);
    def = secret_parse(
        "<!DOCTYPE secret SYSTEM 'http://127.0.0.1:9/x.dtd'><secret>" USAGE "</secret>", NULL, 0);
    assert_non_null(def);
    secret_free(def);
}

static void many_items_are_read(void **state)
{
    GString *xml = g_string_new("<domain type='test'><name>x</name>" GUEST "<devices>");
    struct domain *def;

    for (unsigned i = 0; i < 5000; i++)
        g_string_append(xml, "<hub type='usb'/>");
    g_string_append(xml, "</devices></domain>");
    def = domain_parse(xml->str, NULL, 0);
    assert_int_equal(def->devices.n_hubs, 5000);
    domain_free(def);
    g_string_free(xml, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(comments_may_follow),
        cmocka_unit_test(nesting_without_end_is_refused),
        cmocka_unit_test(chains_have_a_limit),
        cmocka_unit_test(text_has_a_limit),
        cmocka_unit_test(small_entities_are_text),
        cmocka_unit_test(files_are_not_read),
        cmocka_unit_test(many_items_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
