/* What the guest, the time and the flags add to a snapshot's document. */
#include "core/conf/domainsnapshot/complete.h"

#include "core/object/error.h"

#include <corral/corral.h>
#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define GUEST(disks)                                                                               \
    "<domain type='test'><name>g</name><uuid>" UUID "</uuid><memory>1024</memory>"                 \
    "<os><type>hvm</type></os><devices>" disks "</devices></domain>"
#define DISK(file, target, more)                                                                   \
    "<disk type='file'><source file='" file "'/><target dev='" target "'/>" more "</disk>"
#define TWO_DISKS DISK("/none/a.img", "vda", "") DISK("/none/b.img", "vdb", "<readonly/>")

static struct domain *guest_of(const char *xml)
{
    struct domain *guest = domain_parse(xml, NULL, DOC_INACTIVE);

    assert_non_null(guest);
    return guest;
}

/* The completed document, or NULL with `code` as the error. */
static struct domainsnapshot *complete(const char *guest_xml, const char *xml,
                                       enum domainsnapshot_state state, unsigned flags, int code)
{
    struct domain *guest = guest_of(guest_xml);
    struct domainsnapshot *def = domainsnapshot_parse(xml, NULL, DOC_INACTIVE);
    int rc;

    assert_non_null(def);
    rc = snapshot_complete(def, guest, state, flags, 1700000000);
    domain_free(guest);
    assert_int_equal(rc, code ? -1 : 0);
    if (code) {
        assert_int_equal(error_code(), code);
        domainsnapshot_free(def);
        return NULL;
    }
    return def;
}

static void a_new_one_is_named_after_the_time(void **state)
{
    struct domainsnapshot *def =
        complete(GUEST(TWO_DISKS), "<domainsnapshot/>", DOMAINSNAPSHOT_STATE_SHUTOFF, 0, 0);

    (void)state;
    assert_string_equal(def->name, "1700000000");
    assert_int_equal(def->creation_time, 1700000000);
    assert_int_equal(def->state, DOMAINSNAPSHOT_STATE_SHUTOFF);
    assert_int_equal(def->memory.snapshot, DOMAINSNAPSHOT_MEMORY_SNAPSHOT_NO);
    assert_string_equal(def->domain->name, "g");
    assert_int_equal(def->disks.n_disks, 2);
    assert_int_equal(def->disks.disks[0].snapshot, DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_INTERNAL);
    assert_int_equal(def->disks.disks[1].snapshot, DOMAINSNAPSHOT_DISKS_DISKS_SNAPSHOT_NO);
    domainsnapshot_free(def);
}

static void a_running_guest_keeps_its_memory(void **state)
{
    struct domainsnapshot *def =
        complete(GUEST(""), "<domainsnapshot><name>n</name></domainsnapshot>",
                 DOMAINSNAPSHOT_STATE_RUNNING, 0, 0);

    (void)state;
    assert_string_equal(def->name, "n");
    assert_int_equal(def->memory.snapshot, DOMAINSNAPSHOT_MEMORY_SNAPSHOT_INTERNAL);
    domainsnapshot_free(def);
}

static void disks_are_named_by_target_or_by_source(void **state)
{
    struct domainsnapshot *def =
        complete(GUEST(TWO_DISKS),
                 "<domainsnapshot><disks><disk name='/none/a.img' snapshot='internal'/></disks>"
                 "</domainsnapshot>",
                 DOMAINSNAPSHOT_STATE_SHUTOFF, 0, 0);

    (void)state;
    assert_string_equal(def->disks.disks[0].name, "vda");
    domainsnapshot_free(def);
}

#define DISKS(text) "<domainsnapshot><disks>" text "</disks></domainsnapshot>"

static void disks_that_do_not_fit_are_refused(void **state)
{
    static const char *const documents[] = {
        DISKS("<disk name='vdz'/>"),
        DISKS("<disk name='vda'/><disk name='/none/a.img'/>"),
        DISKS("<disk name='vda' snapshot='no'/>"),
        DISKS("<disk name='vda' snapshot='external'/>"),
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(documents); i++)
        complete(GUEST(TWO_DISKS), documents[i], DOMAINSNAPSHOT_STATE_SHUTOFF, 0,
                 VIR_ERR_CONFIG_UNSUPPORTED);
}

static void a_file_is_named_after_the_snapshot(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("snapshot-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "disk.img", NULL);
    g_autofree char *wanted = g_build_filename(folder, "disk.s", NULL);
    g_autofree char *guest = g_strdup_printf(GUEST(DISK("%s", "vda", "")), path);
    struct domainsnapshot *def;

    (void)state;
    assert_true(g_file_set_contents(path, "", 0, NULL));
    def = complete(guest, "<domainsnapshot><name>s</name></domainsnapshot>",
                   DOMAINSNAPSHOT_STATE_SHUTOFF, SNAPSHOT_DISK_ONLY, 0);
    assert_int_equal(def->state, DOMAINSNAPSHOT_STATE_DISK_SNAPSHOT);
    assert_string_equal(def->disks.disks[0].source.file, wanted);
    domainsnapshot_free(def);
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

static void a_disk_without_a_file_gets_no_name(void **state)
{
    (void)state;
    complete(GUEST(TWO_DISKS), "<domainsnapshot/>", DOMAINSNAPSHOT_STATE_SHUTOFF,
             SNAPSHOT_DISK_ONLY, VIR_ERR_CONFIG_UNSUPPORTED);
}

#define OLD(text) "<domainsnapshot><name>old</name>" text "</domainsnapshot>"

static void a_redefined_one_says_everything_itself(void **state)
{
    static const struct {
        const char *xml;
        int code;
    } cases[] = {
        {"<domainsnapshot/>", VIR_ERR_XML_ERROR},
        {OLD(""), VIR_ERR_INTERNAL_ERROR},
        {OLD("<creationTime>5</creationTime>"), VIR_ERR_XML_ERROR},
        {OLD("<creationTime>5</creationTime><state>running</state>"), VIR_ERR_INTERNAL_ERROR},
        {OLD("<creationTime>5</creationTime><state>shutoff</state><memory "
             "snapshot='internal'/>" GUEST("")),
         VIR_ERR_XML_ERROR},
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        complete(GUEST(""), cases[i].xml, DOMAINSNAPSHOT_STATE_SHUTOFF, SNAPSHOT_REDEFINE,
                 cases[i].code);
}

#define BEFORE(state, guest)                                                                       \
    OLD("<parent><name>p</name></parent><creationTime>5</creationTime><state>" state               \
        "</state>" guest)

static void a_redefined_one_keeps_what_it_says(void **state)
{
    struct domainsnapshot *def =
        complete(GUEST(""), BEFORE("running", GUEST(DISK("/none/a", "vda", ""))),
                 DOMAINSNAPSHOT_STATE_SHUTOFF, SNAPSHOT_REDEFINE, 0);

    (void)state;
    assert_string_equal(def->parent.name, "p");
    assert_int_equal(def->creation_time, 5);
    assert_int_equal(def->state, DOMAINSNAPSHOT_STATE_RUNNING);
    assert_int_equal(def->memory.snapshot, DOMAINSNAPSHOT_MEMORY_SNAPSHOT_INTERNAL);
    assert_int_equal(def->disks.n_disks, 1);
    domainsnapshot_free(def);
}

static void a_redefined_one_is_of_the_same_guest(void **state)
{
    g_autofree char *other = g_strdup(BEFORE("shutoff", GUEST("")));

    (void)state;
    memcpy(strstr(other, UUID), "7", 1);
    complete(GUEST(""), other, DOMAINSNAPSHOT_STATE_SHUTOFF, SNAPSHOT_REDEFINE,
             VIR_ERR_INVALID_ARG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_is_named_after_the_time),
        cmocka_unit_test(a_running_guest_keeps_its_memory),
        cmocka_unit_test(disks_are_named_by_target_or_by_source),
        cmocka_unit_test(disks_that_do_not_fit_are_refused),
        cmocka_unit_test(a_file_is_named_after_the_snapshot),
        cmocka_unit_test(a_disk_without_a_file_gets_no_name),
        cmocka_unit_test(a_redefined_one_says_everything_itself),
        cmocka_unit_test(a_redefined_one_keeps_what_it_says),
        cmocka_unit_test(a_redefined_one_is_of_the_same_guest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
