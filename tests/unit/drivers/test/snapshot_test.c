#include "unit/drivers/test/guest_fixture.h"

#define SNAPSHOT(name, more) "<domainsnapshot><name>" name "</name>" more "</domainsnapshot>"
#define INVALID VIR_ERR_OPERATION_INVALID
#define CREATE(flag) VIR_DOMAIN_SNAPSHOT_CREATE_##flag
#define LIST(flag) VIR_DOMAIN_SNAPSHOT_LIST_##flag
#define DELETE(flag) VIR_DOMAIN_SNAPSHOT_DELETE_##flag
#define REVERT(flag) VIR_DOMAIN_SNAPSHOT_REVERT_##flag

static void take(virDomainPtr domain, const char *xml, unsigned int flags)
{
    virDomainSnapshotPtr snapshot = virDomainSnapshotCreateXML(domain, xml, flags);

    if (!snapshot)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    virDomainSnapshotFree(snapshot);
}

static virDomainSnapshotPtr find(virDomainPtr domain, const char *name)
{
    virDomainSnapshotPtr snapshot = virDomainSnapshotLookupByName(domain, name, 0);

    if (!snapshot)
        fail_msg("%s: %s", name, virGetLastErrorMessage());
    return snapshot;
}

static int revert(virDomainPtr domain, const char *name, unsigned int flags)
{
    virDomainSnapshotPtr snapshot = find(domain, name);
    int rc = virDomainRevertToSnapshot(snapshot, flags);

    virDomainSnapshotFree(snapshot);
    return rc;
}

static int drop(virDomainPtr domain, const char *name, unsigned int flags)
{
    virDomainSnapshotPtr snapshot = find(domain, name);
    int rc = virDomainSnapshotDelete(snapshot, flags);

    virDomainSnapshotFree(snapshot);
    return rc;
}

/* "a c<b ": each snapshot with its parent; '*' behind the current one. */
static void expect_tree(virDomainPtr domain, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    virDomainSnapshotPtr *list;
    int n = virDomainListAllSnapshots(domain, &list, LIST(TOPOLOGICAL));

    assert_ok(n);
    for (int i = 0; i < n; i++) {
        virDomainSnapshotPtr parent = virDomainSnapshotGetParent(list[i], 0);

        g_string_append_printf(text, "%s%s%s%s ", virDomainSnapshotGetName(list[i]),
                               virDomainSnapshotIsCurrent(list[i], 0) == 1 ? "*" : "",
                               parent ? "<" : "", parent ? virDomainSnapshotGetName(parent) : "");
        if (parent)
            virDomainSnapshotFree(parent);
        virDomainSnapshotFree(list[i]);
    }
    free(list);
    assert_string_equal(text->str, expected);
}

/* a with the branches b-c and d-e. */
static virDomainPtr make_tree(void)
{
    virDomainPtr domain = make_guest(OFF);

    take(domain, SNAPSHOT("a", ""), 0);
    take(domain, SNAPSHOT("b", ""), 0);
    take(domain, SNAPSHOT("c", ""), 0);
    assert_ok(revert(domain, "a", 0));
    take(domain, SNAPSHOT("d", ""), 0);
    take(domain, SNAPSHOT("e", ""), 0);
    return domain;
}

static void unmake(virDomainPtr domain)
{
    virDomainDestroy(domain);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA);
    virDomainFree(domain);
}

static void a_new_one_is_the_child_of_the_current_one(void **state)
{
    virDomainPtr domain = make_guest(OFF);

    assert_int_equal(virDomainHasCurrentSnapshot(domain, 0), 0);
    assert_fails(virDomainSnapshotCurrent(domain, 0), VIR_ERR_NO_DOMAIN_SNAPSHOT,
                 "does not have a current");
    take(domain, SNAPSHOT("a", "<description>d</description>"), 0);
    take(domain, SNAPSHOT("b", ""), CREATE(QUIESCE) | CREATE(ATOMIC) | CREATE(LIVE));
    expect_tree(domain, "a b*<a ");
    assert_fails(virDomainSnapshotCreateXML(domain, SNAPSHOT("a", ""), 0), VIR_ERR_OPERATION_FAILED,
                 "domain moment a already exists");
    assert_int_equal(virDomainHasCurrentSnapshot(domain, 0), 1);
    unmake(domain);
    domain = make_tree();
    expect_tree(domain, "a b<a c<b d<a e*<d ");
    unmake(domain);
}

static void flags_that_do_not_go_together_are_refused(void **state)
{
    static const unsigned int flags[] = {
        CREATE(CURRENT),
        CREATE(REDEFINE) | CREATE(HALT),
        CREATE(REDEFINE) | CREATE(NO_METADATA),
        CREATE(NO_METADATA),
        CREATE(DISK_ONLY),
        CREATE(REUSE_EXT),
        1 << 10,
    };
    virDomainPtr domain = make_guest(RUNNING);

    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        assert_fails(virDomainSnapshotCreateXML(domain, SNAPSHOT("a", ""), flags[i]),
                     VIR_ERR_INVALID_ARG, "lag");
    assert_fails(virDomainSnapshotCreateXML(domain, "<x/>", 0), VIR_ERR_XML_ERROR,
                 "expecting root element");
    assert_fails(
        virDomainSnapshotCreateXML(
            domain, SNAPSHOT("a", "<disks><disk name='vda' snapshot='manual'/></disks>"), 0),
        VIR_ERR_OPERATION_UNSUPPORTED, "'manual' snapshot mode");
    assert_int_equal(virDomainSnapshotNum(domain, 0), 0);
    unmake(domain);
}

static void halting_stops_the_guest_that_has_a_definition(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    int id = listen_to_guests(NULL);
    char *text;

    take(domain, SNAPSHOT("a", ""), CREATE(HALT));
    expect_events("g:5/6 ");
    text = guest_state_text("g");
    assert_string_equal(text, "5/7");
    g_free(text);
    assert_int_equal((int)virDomainGetID(domain), -1);
    unmake(domain);
    domain = make_guest(TRANSIENT);
    assert_fails(virDomainSnapshotCreateXML(domain, SNAPSHOT("a", ""), CREATE(HALT)), INVALID,
                 "cannot halt after transient");
    unmake(domain);
    virConnectDomainEventDeregisterAny(conn, id);
}

static void lists_are_narrowed(void **state)
{
    static const struct {
        unsigned int flags;
        int all, below_a, below_d;
    } cases[] = {
        {0, 5, 2, 1},
        {LIST(ROOTS), 1, 4, 1},
        {LIST(LEAVES), 2, 0, 1},
        {LIST(NO_LEAVES), 3, 2, 0},
        {LIST(LEAVES) | LIST(ROOTS), 0, 2, 1},
        {LIST(METADATA), 5, 2, 1},
        {LIST(NO_METADATA), 0, 0, 0},
        {LIST(INACTIVE), 5, 2, 1},
        {LIST(ACTIVE), 0, 0, 0},
        {LIST(DISK_ONLY), 0, 0, 0},
        {LIST(INTERNAL), 5, 2, 1},
        {LIST(EXTERNAL), 0, 0, 0},
        {LIST(EXTERNAL) | LIST(INTERNAL), 5, 2, 1},
    };
    virDomainPtr domain = make_tree();
    virDomainSnapshotPtr a = find(domain, "a"), d = find(domain, "d");
    char *names[8] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(virDomainSnapshotNum(domain, cases[i].flags), cases[i].all);
        assert_int_equal(virDomainListAllSnapshots(domain, NULL, cases[i].flags), cases[i].all);
        assert_int_equal(virDomainSnapshotNumChildren(a, cases[i].flags), cases[i].below_a);
        assert_int_equal(virDomainSnapshotListAllChildren(d, NULL, cases[i].flags),
                         cases[i].below_d);
    }
    assert_int_equal(virDomainSnapshotListNames(domain, names, 2, 0), 2);
    assert_null(names[2]);
    free(names[0]);
    free(names[1]);
    assert_int_equal(virDomainSnapshotListChildrenNames(d, names, 8, 0), 1);
    assert_string_equal(names[0], "e");
    free(names[0]);
    assert_fails(virDomainSnapshotNum(domain, 1 << 11), VIR_ERR_INVALID_ARG, "0x800");
    virDomainSnapshotFree(a);
    virDomainSnapshotFree(d);
    unmake(domain);
}

static void what_remains_of_a_tree_hangs_together(void **state)
{
    static const struct {
        const char *name;
        unsigned int flags;
        const char *tree;
    } cases[] = {
        {"a", 0, "b c<b d e*<d "},
        {"a", DELETE(CHILDREN), ""},
        {"a", DELETE(CHILDREN_ONLY) | DELETE(METADATA_ONLY), "a* "},
        {"b", 0, "a d<a e*<d c<a "},
        {"d", 0, "a b<a c<b e*<a "},
        {"d", DELETE(CHILDREN), "a* b<a c<b "},
        {"d", DELETE(CHILDREN_ONLY), "a b<a c<b d*<a "},
        {"e", DELETE(METADATA_ONLY), "a b<a c<b d*<a "},
        {"e", DELETE(CHILDREN_ONLY), "a b<a c<b d<a e*<d "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        virDomainPtr domain = make_tree();
        virDomainSnapshotPtr gone = find(domain, cases[i].name);

        assert_ok(drop(domain, cases[i].name, cases[i].flags));
        expect_tree(domain, cases[i].tree);
        if (!(cases[i].flags & DELETE(CHILDREN_ONLY)))
            assert_fails(virDomainSnapshotDelete(gone, 0), VIR_ERR_NO_DOMAIN_SNAPSHOT,
                         cases[i].name);
        virDomainSnapshotFree(gone);
        unmake(domain);
    }
}

static void going_back_brings_state_and_definition(void **state)
{
    static const struct {
        enum guest_state then, now;
        unsigned int flags;
        const char *events, *state;
    } cases[] = {
        {OFF, OFF, 0, "", "5/0"},
        {OFF, RUNNING, 0, "g:2/0 g:5/6 ", "5/7"},
        {OFF, OFF, REVERT(RUNNING), "g:2/3 ", "1/4"},
        {OFF, RUNNING, REVERT(PAUSED), "g:2/0 g:5/6 g:2/3 g:3/5 ", "3/7"},
        {RUNNING, RUNNING, 0, "g:5/6 g:2/3 ", "1/4"},
        {RUNNING, RUNNING, REVERT(PAUSED) | REVERT(FORCE), "g:5/6 g:2/3 g:3/5 ", "3/7"},
        {PAUSED, PAUSED, 0, "g:5/6 g:2/3 g:3/5 ", "3/7"},
        {PAUSED, PAUSED, REVERT(RUNNING), "g:5/6 g:2/3 ", "1/4"},
        {TRANSIENT, TRANSIENT, 0, "g:5/6 g:2/3 ", "1/4"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        virDomainPtr domain = make_guest(cases[i].then);
        int id = listen_to_guests(NULL);
        char *text;

        take(domain, SNAPSHOT("s", ""), 0);
        take(domain, SNAPSHOT("t", ""), 0);
        if (cases[i].then == OFF && cases[i].now == RUNNING)
            assert_ok(virDomainCreate(domain));
        assert_ok(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, "later", NULL, NULL, 0));
        assert_ok(revert(domain, "s", cases[i].flags));
        expect_events(cases[i].events);
        text = guest_state_text("g");
        assert_string_equal(text, cases[i].state);
        g_free(text);
        expect_tree(domain, "s* t<s ");
        assert_no_text(virDomainGetXMLDesc(domain, 0), "later");
        assert_int_equal((int)virDomainGetID(domain) > 0, virDomainIsActive(domain));
        virConnectDomainEventDeregisterAny(conn, id);
        unmake(domain);
    }
}

static void a_transient_guest_goes_back_to_where_it_runs(void **state)
{
    virDomainPtr domain = make_guest(TRANSIENT);
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    char *doc = g_strdup_printf(
        SNAPSHOT("o", "<state>shutoff</state><creationTime>3</creationTime>%s"), xml);

    virDomainSnapshotPtr off;

    take(domain, doc, CREATE(REDEFINE));
    off = find(domain, "o");
    assert_fails(virDomainRevertToSnapshot(off, REVERT(FORCE)), INVALID,
                 "transient domain needs to request run or pause");
    assert_ok(virDomainRevertToSnapshot(off, REVERT(RUNNING)));
    virDomainSnapshotFree(off);
    assert_int_equal(virDomainIsActive(domain), 1);
    assert_int_equal(virDomainIsPersistent(domain), 0);
    g_free(doc);
    free(xml);
    unmake(domain);
}

static char *replaced(const char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);

    assert_non_null(parts[1]);
    return g_strjoinv(with, parts);
}

static void redefining_keeps_what_must_not_change(void **state)
{
    static const struct {
        const char *what, *with;
        int error; /* 0: fine */
        const char *text;
    } cases[] = {
        {"<state>running<", "<state>paused<", 0, ""},
        {"<name>s<", "<name>nope<", VIR_ERR_INVALID_ARG, "parent nope for moment t not found"},
        {"<name>s<", "<name>t<", VIR_ERR_INVALID_ARG, "cannot set moment t as its own parent"},
        {"<name>s<", "<name>u<", VIR_ERR_INVALID_ARG, "parent u would create cycle to t"},
        {"<state>running<", "<state>crashed<", VIR_ERR_INVALID_ARG, "between online and offline"},
        {"<name>t</name>", "", VIR_ERR_XML_ERROR, "must have a name"},
        {"creationTime", "other", VIR_ERR_INTERNAL_ERROR, "missing creationTime"},
        {GUEST_UUID, "21111111-2222-3333-4444-555555555555", VIR_ERR_INVALID_ARG,
         "must use uuid " GUEST_UUID},
    };
    virDomainPtr domain = make_guest(RUNNING);
    virDomainSnapshotPtr t;
    char *xml;

    take(domain, SNAPSHOT("s", ""), 0);
    take(domain, SNAPSHOT("t", ""), 0);
    take(domain, SNAPSHOT("u", ""), 0);
    t = find(domain, "t");
    xml = virDomainSnapshotGetXMLDesc(t, VIR_DOMAIN_SNAPSHOT_XML_SECURE);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *doc = replaced(xml, cases[i].what, cases[i].with);

        if (!cases[i].error)
            take(domain, doc, CREATE(REDEFINE));
        else
            assert_fails(virDomainSnapshotCreateXML(domain, doc, CREATE(REDEFINE)), cases[i].error,
                         cases[i].text);
        expect_tree(domain, "s t<s u*<t ");
    }
    take(domain, xml, CREATE(REDEFINE) | CREATE(CURRENT));
    expect_tree(domain, "s t*<s u<t ");
    free(xml);
    virDomainSnapshotFree(t);
    unmake(domain);
}

static void redefining_takes_in_what_was_there_before(void **state)
{
    virDomainPtr domain = make_tree();
    virDomainSnapshotPtr b = find(domain, "b");
    char *xml = virDomainSnapshotGetXMLDesc(b, 0);
    g_autofree char *moved = replaced(xml, "<name>a</name>", "<name>e</name>");
    const char *without = SNAPSHOT("b", "<state>shutoff</state><creationTime>9</creationTime>"
                                        "<domain><uuid>" GUEST_UUID "</uuid></domain>");

    take(domain, moved, CREATE(REDEFINE));
    expect_tree(domain, "a d<a e*<d b<e c<b ");
    take(domain, without, CREATE(REDEFINE));
    expect_tree(domain, "a d<a e*<d b c<b ");
    assert_text(virDomainSnapshotGetXMLDesc(b, 0), "<creationTime>9<");
    assert_text(virDomainSnapshotGetXMLDesc(b, 0), "<domain type='test'>");
    assert_ok(drop(domain, "b", 0));
    assert_fails(virDomainSnapshotCreateXML(domain, without, CREATE(REDEFINE)),
                 VIR_ERR_INTERNAL_ERROR, "missing domain in snapshot");
    free(xml);
    virDomainSnapshotFree(b);
    unmake(domain);
}

static void a_guest_with_snapshots_goes_only_with_them(void **state)
{
    virDomainPtr domain = make_tree(), *list;

    assert_int_equal(virConnectListAllDomains(conn, &list, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
                     1);
    virDomainFree(list[0]);
    free(list);
    assert_fails(virDomainUndefine(domain), INVALID,
                 "cannot delete inactive domain with 5 snapshots");
    assert_ok(virDomainRename(domain, "h", 0));
    assert_int_equal(virDomainSnapshotNum(domain, 0), 5);
    assert_ok(virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA));
    assert_fails(virDomainSnapshotNum(domain, 0), VIR_ERR_NO_DOMAIN, "no domain");
    virDomainFree(domain);
}

#define NODE(snapshots)                                                                            \
    "<node><domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"           \
    "<name>g</name><uuid>" GUEST_UUID "</uuid><memory>65536</memory><os><type>hvm</type></os>"     \
    "<test:runstate>5</test:runstate>" snapshots "</domain></node>"
#define LOADED(name, parent, active)                                                               \
    "<test:domainsnapshot><name>" name "</name>" parent                                            \
    "<state>shutoff</state><creationTime>5</creationTime>" active GUEST(                           \
        "g", GUEST_UUID) "</test:domainsnapshot>"

static virConnectPtr open_node(const char *xml)
{
    char path[] = "/tmp/corral-snapshots-XXXXXX";
    int fd = mkstemp(path);
    g_autofree char *uri = g_strdup_printf("test://%s", path);
    virConnectPtr node;

    assert_int_equal(write(fd, xml, strlen(xml)), (ssize_t)strlen(xml));
    close(fd);
    node = virConnectOpen(uri);
    unlink(path);
    return node;
}

static void a_node_brings_snapshots(void **state)
{
    static const char good[] = NODE(LOADED("a", "", "<active>0</active>") LOADED(
        "b", "<parent><name>a</name></parent>", "<active>1</active>"));
    virConnectPtr node = open_node(good);
    virDomainPtr domain;

    assert_non_null(node);
    domain = virDomainLookupByName(node, "g");
    expect_tree(domain, "a b*<a ");
    virDomainFree(domain);
    virConnectClose(node);
    assert_fails(open_node(NODE(LOADED("a", "", ""))), VIR_ERR_INTERNAL_ERROR, "'active'");
    assert_fails(open_node(NODE(LOADED("a", "", "<active>1</active>")
                                    LOADED("b", "", "<active>1</active>"))),
                 VIR_ERR_INTERNAL_ERROR, "more than one snapshot claims to be active");
    assert_fails(open_node(NODE("<test:domainsnapshot/>")), VIR_ERR_XML_ERROR, "must have a name");
}

static void a_definition_names_no_state_that_is_none(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    static const char *const states[] = {"x", "-1", "99"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
            "<name>s</name><memory>1024</memory><os><type>hvm</type></os>"
            "<test:runstate>%s</test:runstate></domain>",
            states[i]);

        assert_fails(virDomainDefineXML(conn, xml), VIR_ERR_XML_ERROR, "runstate");
    }
    assert_null(virDomainLookupByName(conn, "s"));
    virConnectClose(conn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)
    const struct CMUnitTest tests[] = {
        TEST(a_new_one_is_the_child_of_the_current_one),
        TEST(flags_that_do_not_go_together_are_refused),
        TEST(halting_stops_the_guest_that_has_a_definition),
        TEST(lists_are_narrowed),
        TEST(what_remains_of_a_tree_hangs_together),
        TEST(going_back_brings_state_and_definition),
        TEST(a_transient_guest_goes_back_to_where_it_runs),
        TEST(redefining_keeps_what_must_not_change),
        TEST(redefining_takes_in_what_was_there_before),
        TEST(a_guest_with_snapshots_goes_only_with_them),
        TEST(a_node_brings_snapshots),
        TEST(a_definition_names_no_state_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
