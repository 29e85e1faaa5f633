#include "unit/drivers/test/guest_fixture.h"

#define CHECKPOINT(name, more) "<domaincheckpoint><name>" name "</name>" more "</domaincheckpoint>"
#define CREATE(flag) VIR_DOMAIN_CHECKPOINT_CREATE_##flag
#define LIST(flag) VIR_DOMAIN_CHECKPOINT_LIST_##flag
#define DELETE(flag) VIR_DOMAIN_CHECKPOINT_DELETE_##flag
#define DISKS                                                                                      \
    "<domain type='test'><name>g</name><uuid>" GUEST_UUID "</uuid><memory>65536</memory>"          \
    "<os><type>hvm</type></os><devices>"                                                           \
    "<disk type='file'><source file='/images/a'/><target dev='vda' bus='virtio'/></disk>"          \
    "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk></devices></domain>"

static void make(virDomainPtr domain, const char *xml, unsigned int flags)
{
    virDomainCheckpointPtr checkpoint = virDomainCheckpointCreateXML(domain, xml, flags);

    if (!checkpoint)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    virDomainCheckpointFree(checkpoint);
}

static virDomainCheckpointPtr find(virDomainPtr domain, const char *name)
{
    virDomainCheckpointPtr checkpoint = virDomainCheckpointLookupByName(domain, name, 0);

    if (!checkpoint)
        fail_msg("%s: %s", name, virGetLastErrorMessage());
    return checkpoint;
}

static char *replaced(const char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);

    assert_non_null(parts[1]);
    return g_strjoinv(with, parts);
}

/* "a b<a ": each checkpoint with its parent. */
static void expect_tree(virDomainPtr domain, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    virDomainCheckpointPtr *list;
    int n = virDomainListAllCheckpoints(domain, &list, LIST(TOPOLOGICAL));

    assert_ok(n);
    for (int i = 0; i < n; i++) {
        virDomainCheckpointPtr parent = virDomainCheckpointGetParent(list[i], 0);

        g_string_append_printf(text, "%s%s%s ", virDomainCheckpointGetName(list[i]),
                               parent ? "<" : "", parent ? virDomainCheckpointGetName(parent) : "");
        if (parent)
            virDomainCheckpointFree(parent);
        virDomainCheckpointFree(list[i]);
    }
    free(list);
    assert_string_equal(text->str, expected);
}

static virDomainPtr run_guest(void)
{
    virDomainPtr domain = define_guest(DISKS);

    assert_ok(virDomainCreate(domain));
    return domain;
}

/* The line a-b-c, and d beside c. */
static virDomainPtr make_tree(void)
{
    virDomainPtr domain = run_guest();
    virDomainCheckpointPtr c;
    g_autofree char *doc = NULL;
    char *xml;

    make(domain, CHECKPOINT("a", ""), 0);
    make(domain, CHECKPOINT("b", ""), 0);
    make(domain, CHECKPOINT("c", ""), CREATE(QUIESCE));
    c = find(domain, "c");
    xml = virDomainCheckpointGetXMLDesc(c, 0);
    doc = replaced(xml, "<name>c</name>", "<name>d</name>");
    make(domain, doc, CREATE(REDEFINE));
    free(xml);
    virDomainCheckpointFree(c);
    return domain;
}

static void unmake(virDomainPtr domain)
{
    virDomainDestroy(domain);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA);
    virDomainFree(domain);
}

static void a_new_one_follows_the_last(void **state)
{
    virDomainPtr domain = make_tree(), *list;

    expect_tree(domain, "a b<a c<b d<b ");
    make(domain, CHECKPOINT("e", ""), 0);
    expect_tree(domain, "a b<a c<b e<c d<b ");
    assert_fails(virDomainCheckpointCreateXML(domain, CHECKPOINT("a", ""), 0),
                 VIR_ERR_OPERATION_FAILED, "domain moment a already exists");
    assert_int_equal(virConnectListAllDomains(conn, &list, VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT),
                     1);
    virDomainFree(list[0]);
    free(list);
    unmake(domain);
}

static void disks_are_those_of_the_guest(void **state)
{
    virDomainPtr domain = run_guest();
    virDomainCheckpointPtr a;

    make(domain, CHECKPOINT("a", "<description>d</description>"), 0);
    a = find(domain, "a");
    assert_text(virDomainCheckpointGetXMLDesc(a, 0),
                "<disk name='vda' checkpoint='bitmap' bitmap='a'/>");
    assert_text(virDomainCheckpointGetXMLDesc(a, VIR_DOMAIN_CHECKPOINT_XML_SIZE),
                "<disk name='hdc' checkpoint='no'/>");
    assert_text(virDomainCheckpointGetXMLDesc(a, VIR_DOMAIN_CHECKPOINT_XML_SECURE),
                "<source file='/images/a'/>");
    assert_no_text(virDomainCheckpointGetXMLDesc(a, VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN),
                   "<domain ");
    assert_fails(virDomainCheckpointGetXMLDesc(a, 1 << 3), VIR_ERR_INVALID_ARG, "0x8");
    assert_ok(virDomainDestroy(domain));
    assert_fails(virDomainCheckpointGetXMLDesc(a, VIR_DOMAIN_CHECKPOINT_XML_SIZE),
                 VIR_ERR_OPERATION_INVALID, "domain is not running");
    virDomainCheckpointFree(a);
    unmake(domain);
}

static void what_cannot_be_marked_is_refused(void **state)
{
    static const struct {
        const char *xml;
        unsigned int flags;
        int error;
        const char *text;
    } cases[] = {
        {CHECKPOINT("a", "<disks><disk name='hdc'/></disks>"), 0, VIR_ERR_CONFIG_UNSUPPORTED,
         "empty or readonly"},
        {CHECKPOINT("a", "<disks><disk name='vdz'/></disks>"), 0, VIR_ERR_CONFIG_UNSUPPORTED,
         "no disk named"},
        {CHECKPOINT("a/b", ""), 0, VIR_ERR_XML_INVALID_SCHEMA, ""},
        {"<x/>", 0, VIR_ERR_XML_ERROR, "expecting root element"},
        {CHECKPOINT("a", ""), CREATE(REDEFINE), VIR_ERR_INTERNAL_ERROR, "missing creationTime"},
        {CHECKPOINT("a", ""), CREATE(REDEFINE) | CREATE(QUIESCE), VIR_ERR_INVALID_ARG,
         "mutually exclusive"},
        {CHECKPOINT("a", ""), CREATE(REDEFINE_VALIDATE), VIR_ERR_INVALID_ARG,
         "is required by flag"},
        {CHECKPOINT("a", ""), 1 << 3, VIR_ERR_INVALID_ARG, "0x8"},
    };
    virDomainPtr domain = run_guest();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_fails(virDomainCheckpointCreateXML(domain, cases[i].xml, cases[i].flags),
                     cases[i].error, cases[i].text);
    expect_tree(domain, "");
    assert_ok(virDomainDestroy(domain));
    assert_fails(virDomainCheckpointCreateXML(domain, CHECKPOINT("a", ""), 0),
                 VIR_ERR_OPERATION_UNSUPPORTED, "inactive domain");
    unmake(domain);
}

static void snapshots_and_checkpoints_exclude_each_other(void **state)
{
    virDomainPtr domain = run_guest();
    virDomainCheckpointPtr a;
    virDomainSnapshotPtr snapshot;

    make(domain, CHECKPOINT("a", ""), 0);
    assert_fails(virDomainSnapshotCreateXML(domain, "<domainsnapshot/>", 0),
                 VIR_ERR_OPERATION_UNSUPPORTED, "while checkpoint exists");
    a = find(domain, "a");
    assert_ok(virDomainCheckpointDelete(a, 0));
    virDomainCheckpointFree(a);
    snapshot = virDomainSnapshotCreateXML(domain, "<domainsnapshot/>", 0);
    assert_non_null(snapshot);
    assert_fails(virDomainCheckpointCreateXML(domain, CHECKPOINT("a", ""), 0),
                 VIR_ERR_OPERATION_UNSUPPORTED, "while snapshot exists");
    virDomainSnapshotFree(snapshot);
    unmake(domain);
}

static void lists_are_narrowed(void **state)
{
    static const struct {
        unsigned int flags;
        int all, below_a, below_b;
    } cases[] = {
        {0, 4, 1, 2},
        {LIST(ROOTS), 1, 3, 2},
        {LIST(LEAVES), 2, 0, 2},
        {LIST(NO_LEAVES), 2, 1, 0},
        {LIST(LEAVES) | LIST(DESCENDANTS), 0, 2, 2},
    };
    virDomainPtr domain = make_tree();
    virDomainCheckpointPtr a = find(domain, "a"), b = find(domain, "b");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(virDomainListAllCheckpoints(domain, NULL, cases[i].flags), cases[i].all);
        assert_int_equal(virDomainCheckpointListAllChildren(a, NULL, cases[i].flags),
                         cases[i].below_a);
        assert_int_equal(virDomainCheckpointListAllChildren(b, NULL, cases[i].flags),
                         cases[i].below_b);
    }
    assert_fails(virDomainListAllCheckpoints(domain, NULL, 1 << 4), VIR_ERR_INVALID_ARG, "0x10");
    virDomainCheckpointFree(a);
    virDomainCheckpointFree(b);
    unmake(domain);
}

static void what_remains_of_a_tree_hangs_together(void **state)
{
    static const struct {
        const char *name;
        unsigned int flags;
        const char *tree, *next; /* with one more, "n" */
    } cases[] = {
        {"a", 0, "b c<b d<b ", "b c<b n<c d<b "},
        {"a", DELETE(CHILDREN), "", "n "},
        {"b", DELETE(METADATA_ONLY), "a c<a d<a ", "a c<a n<c d<a "},
        {"b", DELETE(CHILDREN), "a ", "a n<a "},
        {"b", DELETE(CHILDREN_ONLY), "a b<a ", "a b<a n<b "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        virDomainPtr domain = make_tree();
        virDomainCheckpointPtr gone = find(domain, cases[i].name);

        assert_ok(virDomainCheckpointDelete(gone, cases[i].flags));
        expect_tree(domain, cases[i].tree);
        make(domain, CHECKPOINT("n", ""), 0);
        expect_tree(domain, cases[i].next);
        if (!(cases[i].flags & DELETE(CHILDREN_ONLY)))
            assert_fails(virDomainCheckpointGetParent(gone, 0), VIR_ERR_NO_DOMAIN_CHECKPOINT,
                         cases[i].name);
        virDomainCheckpointFree(gone);
        unmake(domain);
    }
}

static void redefining_keeps_the_tree_a_tree(void **state)
{
    static const struct {
        const char *what, *with;
        int error;
        const char *text;
    } cases[] = {
        {"<name>a<", "<name>nope<", VIR_ERR_INVALID_ARG, "parent nope for moment b not found"},
        {"<name>a<", "<name>b<", VIR_ERR_INVALID_ARG, "cannot set moment b as its own parent"},
        {"<name>a<", "<name>d<", VIR_ERR_INVALID_ARG, "parent d would create cycle to b"},
        {"<name>b</name>", "", VIR_ERR_XML_ERROR, "must have a name"},
        {GUEST_UUID, "21111111-2222-3333-4444-555555555555", VIR_ERR_INVALID_ARG,
         "must use uuid " GUEST_UUID},
    };
    virDomainPtr domain = make_tree();
    virDomainCheckpointPtr b = find(domain, "b");
    char *xml = virDomainCheckpointGetXMLDesc(b, 0);
    g_autofree char *alone = replaced(xml, "<parent>\n    <name>a</name>\n  </parent>", "");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *doc = replaced(xml, cases[i].what, cases[i].with);

        assert_fails(virDomainCheckpointCreateXML(domain, doc, CREATE(REDEFINE)), cases[i].error,
                     cases[i].text);
        expect_tree(domain, "a b<a c<b d<b ");
    }
    make(domain, alone, CREATE(REDEFINE));
    expect_tree(domain, "a b c<b d<b ");
    free(xml);
    virDomainCheckpointFree(b);
    unmake(domain);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)
    const struct CMUnitTest tests[] = {
        TEST(a_new_one_follows_the_last),
        TEST(disks_are_those_of_the_guest),
        TEST(what_cannot_be_marked_is_refused),
        TEST(snapshots_and_checkpoints_exclude_each_other),
        TEST(lists_are_narrowed),
        TEST(what_remains_of_a_tree_hangs_together),
        TEST(redefining_keeps_the_tree_a_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
