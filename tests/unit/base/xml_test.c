#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/xml.h"
#include "core/object/error.h"

static void assert_refused(const char *text, int code, const char *part)
{
    error_reset();
    assert_null(xml_parse(text, "thing"));
    assert_int_equal(virGetLastErrorCode(), code);
    if (!strstr(virGetLastErrorMessage(), part))
        fail_msg("'%s' is not in '%s'", part, virGetLastErrorMessage());
    assert_true(g_utf8_validate(virGetLastErrorMessage(), -1, NULL));
}

static void faults_come_with_line_and_caret(void **state)
{
    (void)state;
    assert_refused("<domain>\n<a</domain>", VIR_ERR_XML_DETAIL,
                   "(thing):2: error parsing attribute name\n<a</domain>\n--^");
    assert_refused("foo", VIR_ERR_XML_DETAIL,
                   "(thing):1: Start tag expected, '<' not found\nfoo\n^");
    assert_refused("<a>\x01</a>", VIR_ERR_XML_DETAIL, "(thing):1: ");
    assert_refused("<a>\xff\xfe</a>", VIR_ERR_XML_DETAIL, "(thing):1: ");
    assert_refused("<a>", VIR_ERR_XML_DETAIL, "(thing):1: ");
    assert_refused("<a/><b/>", VIR_ERR_XML_DETAIL, "(thing):1: ");
}

static void nothing_is_no_document(void **state)
{
    (void)state;
    assert_refused(NULL, VIR_ERR_XML_DETAIL, "(thing):1: the document is empty");
    assert_refused("", VIR_ERR_XML_DETAIL, "(thing):1: the document is empty");
    assert_refused(" \n ", VIR_ERR_XML_DETAIL, "(thing):");
    assert_refused("<!-- only this -->", VIR_ERR_XML_DETAIL, "(thing):");
}

static void assert_accepted(const char *text)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, "thing");

    assert_non_null(doc);
    assert_int_equal(error_code(), VIR_ERR_OK);
}

static void labels_of_a_string_do_not_matter(void **state)
{
    (void)state;
    error_reset();
    assert_accepted("<a><nobody:b x:y='1'/></a>");
    assert_accepted("<?xml version='1.0' encoding='UTF-16'?><a>\xc3\xa9</a>");
    assert_accepted("<?xml version='1.0' encoding='US-ASCII'?><a>\xc3\xa9</a>");
}

static void assert_text(const char *xml, const char *expected)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "thing");
    g_autofree char *text = doc ? xml_text(xmlDocGetRootElement(doc)) : NULL;
    g_autofree char *value = doc ? xml_attr(xmlDocGetRootElement(doc), "x") : NULL;

    assert_non_null(doc);
    assert_string_equal(text, expected);
    if (value)
        assert_string_equal(value, expected);
}

static void entities_are_replaced_by_their_text(void **state)
{
    (void)state;
    assert_text("<!DOCTYPE a>\n<a/>", "");
    assert_text("<!DOCTYPE a [<!ENTITY b 'c'>]><a x='1&b;2'>1&b;2</a>", "1c2");
    assert_text("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&#38;amp;&b;'>]><a x='&d;'>&d;</a>",
                "c&c");
    assert_refused("<a>&nothing;</a>", VIR_ERR_XML_DETAIL, "nothing");
    assert_refused("<!DOCTYPE a [<!ENTITY b '<c/>'>]><a>&b;</a>", VIR_ERR_XML_DETAIL, "only text");
}

static void nothing_outside_is_read(void **state)
{
    (void)state;
    assert_text("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "");
    assert_text("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd'><a/>", "");
    assert_refused("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a x='&b;'/>",
                   VIR_ERR_XML_DETAIL, "external entity");
    assert_text("<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><a/>", "");
}

static void entities_grow_within_bounds(void **state)
{
    g_autoptr(GString) xml = g_string_new("<!DOCTYPE a [<!ENTITY e0 '0123456789abcdef'>");

    (void)state;
    for (int i = 1; i < 12; i++)
        g_string_append_printf(xml, "<!ENTITY e%d '&e%d;&e%d;&e%d;&e%d;'>", i, i - 1, i - 1, i - 1,
                               i - 1);
    g_string_append(xml, "]><a>&e11;</a>");
    assert_refused(xml->str, VIR_ERR_XML_DETAIL, "(thing)");
    assert_refused("<!DOCTYPE a [<!ENTITY b '&c;'><!ENTITY c '&b;'>]><a>&b;</a>",
                   VIR_ERR_XML_DETAIL, "(thing)");
}

static void depth_and_size_are_bounded(void **state)
{
    g_autoptr(GString) deep = g_string_new(NULL);
    g_autofree char *large = g_malloc(XML_SIZE_MAX + 2);

    (void)state;
    for (int i = 0; i < 10000; i++)
        g_string_append(deep, "<a>");
    assert_refused(deep->str, VIR_ERR_XML_DETAIL, "a limit is exceeded");
    assert_null(strstr(virGetLastErrorMessage(), "HUGE"));
    assert_true(strlen(virGetLastErrorMessage()) < 1000); /* however long the line is */
    memset(large, ' ', XML_SIZE_MAX + 1);
    large[XML_SIZE_MAX + 1] = '\0';
    assert_refused(large, VIR_ERR_XML_ERROR, "larger than 16777216 bytes");
}

static void elements_and_attributes_are_read(void **state)
{
    g_autoptr(xmlDoc) doc = xml_parse("<a n='-7' u='18446744073709551615' y='yes' x='no'>"
                                      "<b>1</b><c/><b><![CDATA[<2>]]></b></a>",
                                      "thing");
    xmlNodePtr root, b;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *value = NULL;
    unsigned long long u = 0;
    gboolean yes = FALSE;
    int n = 0;

    (void)state;
    assert_non_null(doc);
    root = xmlDocGetRootElement(doc);
    b = xml_child(root, "b");
    first = xml_text(b);
    assert_string_equal(first, "1");
    b = xml_next(b);
    second = xml_text(b);
    assert_string_equal(second, "<2>");
    assert_null(xml_next(b));
    assert_null(xml_child(root, "d"));
    value = xml_attr(root, "n");
    assert_string_equal(value, "-7");
    assert_null(xml_attr(root, "m"));
    assert_int_equal(xml_attr_int(root, "n", &n), 1);
    assert_int_equal(n, -7);
    assert_int_equal(xml_attr_ullong(root, "u", &u), 1);
    assert_true(u == G_MAXUINT64);
    assert_int_equal(xml_attr_bool(root, "y", &yes), 1);
    assert_true(yes);
    assert_int_equal(xml_attr_bool(root, "x", &yes), 1);
    assert_false(yes);
}

static void wrong_attributes_are_named(void **state)
{
    g_autoptr(xmlDoc) doc = xml_parse("<a n='2147483648' u='-1' y='true' e=''/>", "thing");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    unsigned long long u = 5;
    gboolean yes = 5;
    int n = 5;

    (void)state;
    error_reset();
    assert_int_equal(xml_attr_int(root, "m", &n), 0);
    assert_int_equal(xml_attr_ullong(root, "m", &u), 0);
    assert_int_equal(xml_attr_bool(root, "m", &yes), 0);
    assert_int_equal(error_code(), VIR_ERR_OK);
    assert_int_equal(xml_attr_int(root, "n", &n), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "'n' of element <a> is '2147483648'"));
    assert_int_equal(xml_attr_int(root, "e", &n), -1);
    assert_int_equal(xml_attr_ullong(root, "u", &u), -1);
    assert_int_equal(xml_attr_bool(root, "y", &yes), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "'yes' or 'no'"));
    assert_int_equal(n, 5);
    assert_int_equal(u, 5);
    assert_int_equal(yes, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_come_with_line_and_caret),
        cmocka_unit_test(nothing_is_no_document),
        cmocka_unit_test(labels_of_a_string_do_not_matter),
        cmocka_unit_test(entities_are_replaced_by_their_text),
        cmocka_unit_test(nothing_outside_is_read),
        cmocka_unit_test(entities_grow_within_bounds),
        cmocka_unit_test(depth_and_size_are_bounded),
        cmocka_unit_test(elements_and_attributes_are_read),
        cmocka_unit_test(wrong_attributes_are_named),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    xmlCleanupParser();
    return failed;
}
