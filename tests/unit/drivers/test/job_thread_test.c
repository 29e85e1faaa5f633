/* Jobs that several threads start, watch, change and end at the same time. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib.h>

#define ROUNDS 60
#define GUEST                                                                                      \
    "<domain type='test'><name>g</name><memory>4096</memory><os><type>hvm</type></os><devices>"    \
    "<disk type='file'><driver type='qcow2'/><source file='/top'/><backingStore type='file'>"      \
    "<format type='qcow2'/><source file='/base'/><backingStore/></backingStore>"                   \
    "<target dev='vda'/></disk></devices></domain>"

#define assert_success(call) assert_int_equal(call, 0)

static virConnectPtr nodes[2];
static gint over; /* the thread that all wait for has done its rounds */

static virConnectPtr open_node(void)
{
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("node-XXXXXX.xml", &path, NULL);
    virConnectPtr node;

    close(fd);
    g_file_set_contents(path, "<node/>", -1, NULL);
    uri = g_strdup_printf("test://%s", path);
    node = virConnectOpen(uri);
    unlink(path);
    return node;
}

static void quiet(void *opaque, virErrorPtr error) {}

static int set_up(void **state)
{
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    nodes[0] = open_node();
    nodes[1] = open_node();
    g_atomic_int_set(&over, 0);
    return nodes[0] && nodes[1] ? 0 : -1;
}

static int tear_down(void **state)
{
    virConnectClose(nodes[0]);
    virConnectClose(nodes[1]);
    return 0;
}

static gboolean going(void)
{
    return !g_atomic_int_get(&over);
}

/* Every call may come too early or too late; none may do harm. */
static void *poll_disk(void *opaque)
{
    virDomainPtr domain = virDomainLookupByName(nodes[0], "g");
    virDomainBlockJobInfo info;

    while (going()) {
        char *xml = virDomainGetXMLDesc(domain, 0);

        virDomainGetBlockJobInfo(domain, "vda", &info, 0);
        virDomainBlockJobSetSpeed(domain, "vda", 0, 0);
        free(xml);
    }
    virDomainFree(domain);
    return NULL;
}

static void *abort_disk(void *opaque)
{
    virDomainPtr domain = virDomainLookupByName(nodes[0], "g");

    while (going())
        if (virDomainBlockJobAbort(domain, "vda", VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT) < 0)
            g_usleep(1000);
    virDomainFree(domain);
    return NULL;
}

static void *start_disk(void *opaque)
{
    virDomainPtr domain = virDomainLookupByName(nodes[0], "g");

    for (int i = 0; i < ROUNDS; i++) {
        virDomainBlockPull(domain, "vda", 1000, 0);
        virDomainBlockCommit(domain, "vda", NULL, NULL, 0, VIR_DOMAIN_BLOCK_COMMIT_ACTIVE);
        virDomainBlockRebase(domain, "vda", "/copy", 0, VIR_DOMAIN_BLOCK_REBASE_COPY);
        virDomainBackupBegin(domain, "<domainbackup/>", NULL, 0);
        virDomainBlockJobAbort(domain, "vda", 0);
        virDomainAbortJob(domain);
        if (i % 10 == 9) {
            virDomainDestroy(domain);
            virDomainCreate(domain);
        }
        g_usleep(2000);
    }
    g_atomic_int_set(&over, 1);
    virDomainFree(domain);
    return NULL;
}

static void *poll_guest(void *opaque)
{
    while (going())
        for (int i = 0; i < 2; i++) {
            virDomainPtr domain = virDomainLookupByName(nodes[i], "g");
            virDomainStatsRecordPtr *records = NULL;
            virTypedParameterPtr params = NULL;
            virDomainJobInfo info;
            int n = 0, type;

            if (!domain)
                continue;
            virDomainGetJobInfo(domain, &info);
            if (virDomainGetJobStats(domain, &type, &params, &n, 0) == 0)
                virTypedParamsFree(params, n);
            virDomainMigrateSetMaxSpeed(domain, 100000, 0);
            if (virConnectGetAllDomainStats(nodes[i], 0, &records, 0) >= 0)
                virDomainStatsRecordListFree(records);
            virDomainFree(domain);
        }
    return NULL;
}

static void *abort_guest(void *opaque)
{
    while (going()) {
        virDomainPtr domain = virDomainLookupByName(nodes[0], "g");

        if (domain)
            virDomainAbortJob(domain);
        virDomainFree(domain);
        g_usleep(20000);
    }
    return NULL;
}

/* There and back; wherever it is, it is in one place only. */
static void *migrate(void *opaque)
{
    int at = 0;

    for (int i = 0; i < ROUNDS / 4; i++) {
        virDomainPtr domain = virDomainLookupByName(nodes[at], "g"), moved;

        moved = virDomainMigrate(domain, nodes[1 - at],
                                 VIR_MIGRATE_LIVE | VIR_MIGRATE_PERSIST_DEST |
                                     VIR_MIGRATE_UNDEFINE_SOURCE | VIR_MIGRATE_CHANGE_PROTECTION,
                                 NULL, NULL, 0);
        if (moved)
            at = 1 - at;
        virDomainFree(domain);
        virDomainFree(moved);
        assert_int_equal(virConnectNumOfDomains(nodes[at]), 1);
        assert_int_equal(virConnectNumOfDomains(nodes[1 - at]), 0);
    }
    g_atomic_int_set(&over, 1);
    return NULL;
}

static void run(void *(*const *threads)(void *), size_t n)
{
    virDomainPtr domain = virDomainDefineXML(nodes[0], GUEST);
    pthread_t ids[4];

    assert_success(virDomainCreate(domain));
    virDomainFree(domain);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, threads[i], NULL), 0);
    for (size_t i = 0; i < n; i++)
        pthread_join(ids[i], NULL);
}

static void jobs_on_a_disk(void **state)
{
    static void *(*const threads[])(void *) = {start_disk, poll_disk, abort_disk};

    run(threads, G_N_ELEMENTS(threads));
}

static void migrations(void **state)
{
    static void *(*const threads[])(void *) = {migrate, poll_guest, abort_guest};

    run(threads, G_N_ELEMENTS(threads));
}

/* Connections that close while jobs are at work take them along. */
static void worlds_end_with_jobs_at_work(void **state)
{
    for (int i = 0; i < ROUNDS; i++) {
        virConnectPtr node = open_node();
        virDomainPtr domain = virDomainDefineXML(node, GUEST);

        assert_success(virDomainCreate(domain));
        assert_success(virDomainBlockPull(domain, "vda", i % 2, 0));
        virDomainFree(domain);
        assert_int_equal(virConnectClose(node), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(jobs_on_a_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(migrations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(worlds_end_with_jobs_at_work, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
