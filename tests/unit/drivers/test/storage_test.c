#include "unit/drivers/test/fixture.h"

#define UUID "11111111-2222-3333-4444-555555555555"
#define POOL(name, rest)                                                                           \
    "<pool type='dir'><name>" name "</name>" rest "<target><path>/" name "</path></target></pool>"

static void on_lifecycle(virConnectPtr c, virStoragePoolPtr pool, int event, int detail,
                         void *opaque)
{
    assert_ptr_equal(c, conn);
    assert_int_equal(detail, 0);
    g_string_append_printf(opaque, "%s:%d ", virStoragePoolGetName(pool), event);
}

static void on_refresh(virConnectPtr c, virStoragePoolPtr pool, void *opaque)
{
    assert_ptr_equal(c, conn);
    g_string_append_printf(opaque, "%s:refresh ", virStoragePoolGetName(pool));
}

static int listen_to(virStoragePoolPtr pool)
{
    int id = virConnectStoragePoolEventRegisterAny(
        conn, pool, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
        any_callback(virConnectStoragePoolEventGenericCallback, on_lifecycle), trace, NULL);

    assert_ok(id);
    return id;
}

static virStoragePoolPtr define(const char *xml)
{
    virStoragePoolPtr pool = virStoragePoolDefineXML(conn, xml, 0);

    if (!pool)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return pool;
}

static void the_default_pool_is_active(void **state)
{
    virStoragePoolPtr pool =
        virStoragePoolLookupByUUIDString(conn, "dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566");
    virStoragePoolInfo info;

    assert_non_null(pool);
    assert_string_equal(virStoragePoolGetName(pool), "default-pool");
    assert_ok(virStoragePoolGetInfo(pool, &info));
    assert_int_equal(info.state, VIR_STORAGE_POOL_RUNNING);
    assert_true(info.capacity == 100ULL << 30 && info.allocation == 0 &&
                info.available == 100ULL << 30);
    assert_int_equal(virStoragePoolNumOfVolumes(pool), 0);
    assert_text(virStoragePoolGetXMLDesc(pool, 0),
                "<pool type='dir'>\n"
                "  <name>default-pool</name>\n"
                "  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>\n"
                "  <capacity unit='bytes'>107374182400</capacity>\n"
                "  <allocation unit='bytes'>0</allocation>\n"
                "  <available unit='bytes'>107374182400</available>\n"
                "  <source>\n"
                "  </source>\n"
                "  <target>\n"
                "    <path>/default-pool</path>\n"
                "  </target>\n"
                "</pool>\n");
    virStoragePoolFree(pool);
}

static void a_defined_pool_lives_through_all_states(void **state)
{
    int id = listen_to(NULL);
    virStoragePoolPtr pool = define(POOL("p", ""));

    assert_int_equal(virStoragePoolIsActive(pool), 0);
    assert_int_equal(virStoragePoolIsPersistent(pool), 1);
    assert_fails(virStoragePoolDestroy(pool), VIR_ERR_OPERATION_INVALID,
                 "storage pool 'p' is not active");
    assert_ok(virStoragePoolBuild(pool, 0));
    assert_ok(virStoragePoolCreate(pool, 0));
    assert_fails(virStoragePoolCreate(pool, 0), VIR_ERR_OPERATION_INVALID,
                 "storage pool 'p' is active");
    assert_fails(virStoragePoolBuild(pool, 0), VIR_ERR_OPERATION_INVALID, "is active");
    assert_fails(virStoragePoolDelete(pool, 0), VIR_ERR_OPERATION_INVALID, "is active");
    assert_fails(virStoragePoolUndefine(pool), VIR_ERR_OPERATION_INVALID, "is active");
    assert_ok(virStoragePoolDestroy(pool));
    assert_ok(virStoragePoolDelete(pool, 0));
    assert_ok(virStoragePoolUndefine(pool));
    assert_fails(virStoragePoolGetXMLDesc(pool, 0), VIR_ERR_NO_STORAGE_POOL, "matching name 'p'");
    assert_fails(virStoragePoolIsActive(pool), VIR_ERR_NO_STORAGE_POOL, "matching uuid");
    expect_events("p:0 p:4 p:2 p:3 p:5 p:1 ");
    assert_ok(virConnectStoragePoolEventDeregisterAny(conn, id));
    virStoragePoolFree(pool);
}

static void a_refresh_is_told(void **state)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(conn, "default-pool");
    int id = virConnectStoragePoolEventRegisterAny(
        conn, pool, VIR_STORAGE_POOL_EVENT_ID_REFRESH,
        any_callback(virConnectStoragePoolEventGenericCallback, on_refresh), trace, NULL);

    assert_ok(id);
    assert_ok(virStoragePoolRefresh(pool, 0));
    assert_ok(virStoragePoolDestroy(pool));
    assert_fails(virStoragePoolRefresh(pool, 0), VIR_ERR_OPERATION_INVALID, "not active");
    expect_events("default-pool:refresh ");
    assert_ok(virConnectStoragePoolEventDeregisterAny(conn, id));
    assert_fails(virConnectStoragePoolEventRegisterAny(
                     conn, NULL, 9,
                     any_callback(virConnectStoragePoolEventGenericCallback, on_refresh), NULL,
                     NULL),
                 VIR_ERR_INVALID_ARG, "eventID");
    virStoragePoolFree(pool);
}

static void a_transient_pool_goes_when_it_stops(void **state)
{
    virStoragePoolPtr pool = virStoragePoolCreateXML(conn, POOL("t", ""), 0);
    int autostart = -1;

    assert_non_null(pool);
    assert_int_equal(virStoragePoolIsPersistent(pool), 0);
    assert_fails(virStoragePoolSetAutostart(pool, 1), VIR_ERR_INVALID_ARG,
                 "pool has no config file");
    assert_ok(virStoragePoolGetAutostart(pool, &autostart));
    assert_int_equal(autostart, 0);
    assert_ok(virStoragePoolDestroy(pool));
    assert_fails(virStoragePoolDestroy(pool), VIR_ERR_NO_STORAGE_POOL, "'t'");
    virStoragePoolFree(pool);
}

static void a_redefinition_waits_for_the_stop(void **state)
{
    virStoragePoolPtr pool = define(POOL("p", "<uuid>" UUID "</uuid>"));
    static const char moved[] = "<pool type='dir'><name>p</name><uuid>" UUID "</uuid>"
                                "<target><path>/moved</path></target></pool>";

    assert_ok(virStoragePoolCreate(pool, 0));
    virStoragePoolFree(define(moved));
    assert_text(virStoragePoolGetXMLDesc(pool, 0), "<path>/p</path>");
    assert_text(virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE), "<path>/moved</path>");
    assert_ok(virStoragePoolDestroy(pool));
    assert_text(virStoragePoolGetXMLDesc(pool, 0), "<path>/moved</path>");
    virStoragePoolFree(pool);
}

static void names_uuids_and_sources_are_unique(void **state)
{
    virStoragePoolPtr pool = define(POOL("p", "<uuid>" UUID "</uuid>"));
    virStoragePoolPtr other;

    assert_fails(virStoragePoolDefineXML(conn, POOL("p", ""), 0), VIR_ERR_OPERATION_FAILED,
                 "pool 'p' already exists with uuid " UUID);
    assert_fails(virStoragePoolDefineXML(conn, POOL("q", "<uuid>" UUID "</uuid>"), 0),
                 VIR_ERR_OPERATION_FAILED, "pool 'p' is already defined with uuid " UUID);
    assert_fails(
        virStoragePoolCreateXML(
            conn, "<pool type='dir'><name>q</name><target><path>/p</path></target></pool>", 0),
        VIR_ERR_OPERATION_FAILED, "Storage source conflict with pool: 'p'");
    assert_ok(virStoragePoolCreate(pool, 0));
    assert_fails(virStoragePoolCreateXML(conn, POOL("p", "<uuid>" UUID "</uuid>"), 0),
                 VIR_ERR_OPERATION_INVALID, "pool is already active as 'p'");
    other = define(
        "<pool type='iscsi'><name>i</name><source><host name='h'/><device path='iqn'/></source>"
        "<target><path>/dev/disk</path></target></pool>");
    assert_fails(virStoragePoolDefineXML(
                     conn,
                     "<pool type='iscsi'><name>j</name><source><host name='h'/>"
                     "<device path='iqn'/></source><target><path>/x</path></target></pool>",
                     0),
                 VIR_ERR_OPERATION_FAILED, "'i'");
    virStoragePoolFree(other);
    virStoragePoolFree(pool);
}

static void bad_documents_change_nothing(void **state)
{
    static const char *const bad[] = {"<pool/>", "<pool type='x'><name>p</name></pool>", "<foo/>",
                                      "<pool", "<pool type='dir'/>"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_null(virStoragePoolDefineXML(conn, bad[i], 0));
        assert_null(virStoragePoolCreateXML(conn, bad[i], 0));
        assert_non_null(virGetLastError());
    }
    assert_int_equal(virConnectListAllStoragePools(conn, NULL, 0), 1);
}

static void unknown_flags_are_named(void **state)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(conn, "default-pool");

    assert_fails(virStoragePoolGetXMLDesc(pool, 2), VIR_ERR_INVALID_ARG,
                 "virStoragePoolGetXMLDesc");
    assert_fails(virStoragePoolRefresh(pool, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virStoragePoolCreate(pool, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virStoragePoolBuild(pool, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virStoragePoolDelete(pool, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_fails(virConnectListAllStoragePools(conn, NULL, 1U << 30), VIR_ERR_INVALID_ARG,
                 "0x40000000");
    assert_fails(virStoragePoolCreateXML(conn, POOL("p", ""), 16), VIR_ERR_INVALID_ARG, "0x10");
    assert_fails(virStoragePoolDefineXML(conn, POOL("p", ""), 2), VIR_ERR_INVALID_ARG, "0x2");
    assert_int_equal(virStoragePoolIsActive(pool), 1);
    virStoragePoolFree(pool);
}

/* One pool of each type, all of them inactive beside default-pool. */
static void define_all_types(void)
{
    static const char *const types[] = {"fs",           "netfs", "logical", "disk", "iscsi",
                                        "iscsi-direct", "scsi",  "mpath",   "rbd",  "sheepdog",
                                        "gluster",      "zfs",   "vstorage"};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<pool type='%s'><name>%s</name><source><host name='%s'/><device path='/dev/%s'/>"
            "<dir path='/d'/><name>%s</name><initiator><iqn name='i'/></initiator>"
            "<adapter name='host1'/></source><target><path>/x</path></target></pool>",
            types[i], types[i], types[i], types[i], types[i]);

        virStoragePoolFree(define(xml));
    }
}

static int count(unsigned int flags)
{
    virStoragePoolPtr *pools = NULL;
    int n = virConnectListAllStoragePools(conn, &pools, flags);

    assert_int_equal(virConnectListAllStoragePools(conn, NULL, flags), n);
    assert_null(pools[n]);
    for (int i = 0; i < n; i++)
        virStoragePoolFree(pools[i]);
    free(pools);
    return n;
}

static void every_filter_counts_what_it_says(void **state)
{
    virStoragePoolPtr transient = virStoragePoolCreateXML(conn, POOL("t", ""), 0);
    virStoragePoolPtr pool;
    char *names[20];

    define_all_types();
    pool = virStoragePoolLookupByName(conn, "rbd");
    assert_ok(virStoragePoolSetAutostart(pool, 1));
    assert_int_equal(count(0), 15);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE), 2);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE), 13);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT), 1);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT), 14);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART), 1);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART), 14);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_DIR), 2);
    for (unsigned int flag = VIR_CONNECT_LIST_STORAGE_POOLS_FS;
         flag <= VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT; flag <<= 1)
        assert_int_equal(count(flag), 1);
    assert_int_equal(count(VIR_CONNECT_LIST_STORAGE_POOLS_RBD | VIR_CONNECT_LIST_STORAGE_POOLS_ZFS),
                     2);
    assert_int_equal(
        count(VIR_CONNECT_LIST_STORAGE_POOLS_RBD | VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE), 0);
    assert_int_equal(virConnectNumOfStoragePools(conn), 2);
    assert_int_equal(virConnectNumOfDefinedStoragePools(conn), 13);
    assert_int_equal(virConnectListStoragePools(conn, names, 1), 1);
    assert_text(names[0], "default-pool");
    assert_int_equal(virConnectListDefinedStoragePools(conn, names, 1), 1);
    assert_text(names[0], "fs");
    virStoragePoolFree(pool);
    virStoragePoolFree(transient);
}

static void an_active_pool_is_found_by_its_path(void **state)
{
    virStoragePoolPtr pool = virStoragePoolLookupByTargetPath(conn, "//default-pool/");

    assert_non_null(pool);
    assert_string_equal(virStoragePoolGetName(pool), "default-pool");
    assert_ok(virStoragePoolDestroy(pool));
    assert_fails(virStoragePoolLookupByTargetPath(conn, "/default-pool"), VIR_ERR_NO_STORAGE_POOL,
                 "/default-pool");
    virStoragePoolFree(pool);
}

static void sources_are_made_up(void **state)
{
    static const char host[] = "<source><host name='h&apos;x'/></source>";

    assert_text(virConnectFindStoragePoolSources(conn, "logical", NULL, 0), "<name>testvg1</name>");
    assert_text(virConnectFindStoragePoolSources(conn, "netfs", host, 0),
                "<host name='h&apos;x'/>");
    assert_fails(virConnectFindStoragePoolSources(conn, "netfs", NULL, 0), VIR_ERR_INVALID_ARG,
                 "hostname");
    assert_fails(virConnectFindStoragePoolSources(conn, "netfs", "<source/>", 0),
                 VIR_ERR_INVALID_ARG, "hostname");
    assert_fails(virConnectFindStoragePoolSources(conn, "netfs", "<source", 0), VIR_ERR_XML_DETAIL,
                 "");
    assert_fails(virConnectFindStoragePoolSources(conn, "iscsi", NULL, 0), VIR_ERR_NO_SUPPORT,
                 "'iscsi'");
    assert_fails(virConnectFindStoragePoolSources(conn, "bogus", host, 0), VIR_ERR_NO_SUPPORT,
                 "'bogus'");
    assert_fails(virConnectFindStoragePoolSources(conn, "dir", NULL, 0), VIR_ERR_INTERNAL_ERROR,
                 "dir");
    assert_fails(virConnectFindStoragePoolSources(conn, "logical", NULL, 1), VIR_ERR_INVALID_ARG,
                 "0x1");
}

/* A node description with a pool that has volumes already. */
static void a_node_file_brings_pools_with_volumes(void **state)
{
    static const char node[] =
        "<node><network><name>n</name></network><pool "
        "type='dir'><name>p</name><target><path>/p</path></target>"
        "<volume><name>a</name><capacity unit='M'>1</capacity></volume>"
        "<volume><name>b</name><capacity "
        "unit='M'>2</capacity><allocation>0</allocation></volume></pool></node>";
    g_autofree char *path = NULL;
    g_autofree char *uri = NULL;
    virConnectPtr c;
    virStorageVolPtr vol;
    virStoragePoolInfo info;
    virStoragePoolPtr pool;
    int fd = g_file_open_tmp("node-XXXXXX.xml", &path, NULL);

    assert_true(fd >= 0);
    close(fd);
    assert_true(g_file_set_contents(path, node, -1, NULL));
    uri = g_strdup_printf("test://%s", path);
    c = virConnectOpen(uri);
    assert_non_null(c);
    assert_int_equal(virConnectNumOfNetworks(c), 1);
    vol = virStorageVolLookupByPath(c, "/p/b");
    assert_non_null(vol);
    pool = virStoragePoolLookupByVolume(vol);
    assert_ok(virStoragePoolGetInfo(pool, &info));
    assert_true(info.allocation == 1 << 20);
    assert_int_equal(virStoragePoolNumOfVolumes(pool), 2);
    virStoragePoolFree(pool);
    virStorageVolFree(vol);
    virConnectClose(c);
    unlink(path);
}

static void every_kind_of_pool_is_told(void **state)
{
    assert_text(virConnectGetStoragePoolCapabilities(conn, 0),
                "  <pool type='logical' supported='yes'>\n"
                "    <poolOptions>\n"
                "      <defaultFormat type='lvm2'/>\n"
                "      <enum name='sourceFormatType'>\n"
                "        <value>unknown</value>\n"
                "        <value>lvm2</value>\n"
                "      </enum>\n"
                "    </poolOptions>\n"
                "  </pool>\n"
                "  <pool type='disk' supported='yes'>\n");
    assert_fails(virConnectGetStoragePoolCapabilities(conn, 1), VIR_ERR_INVALID_ARG, "0x1");
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_default_pool_is_active),
        test(a_defined_pool_lives_through_all_states),
        test(a_refresh_is_told),
        test(a_transient_pool_goes_when_it_stops),
        test(a_redefinition_waits_for_the_stop),
        test(names_uuids_and_sources_are_unique),
        test(bad_documents_change_nothing),
        test(unknown_flags_are_named),
        test(every_filter_counts_what_it_says),
        test(an_active_pool_is_found_by_its_path),
        test(sources_are_made_up),
        test(a_node_file_brings_pools_with_volumes),
        test(every_kind_of_pool_is_told),
    };

    return cmocka_run_group_tests_name("pools of the test driver", tests, NULL, NULL);
}
