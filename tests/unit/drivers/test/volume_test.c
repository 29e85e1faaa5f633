#include "unit/drivers/test/fixture.h"

#include "core/object/connect.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define VOL(name, capacity)                                                                        \
    "<volume><name>" name "</name><capacity>" capacity "</capacity></volume>"
#define THIN(name, capacity)                                                                       \
    "<volume><name>" name "</name><capacity>" capacity                                             \
    "</capacity><allocation>0</allocation></volume>"

static virStoragePoolPtr pool;

static int open_pool(void **state)
{
    if (open_default(state) < 0)
        return -1;
    pool = virStoragePoolLookupByName(conn, "default-pool");
    return pool ? 0 : -1;
}

static int close_pool(void **state)
{
    virStoragePoolFree(pool);
    return close_default(state);
}

static virStorageVolPtr make(const char *xml)
{
    virStorageVolPtr vol = virStorageVolCreateXML(pool, xml, 0);

    if (!vol)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return vol;
}

static void assert_books(unsigned long long allocation)
{
    virStoragePoolInfo info;

    assert_ok(virStoragePoolGetInfo(pool, &info));
    if (info.allocation != allocation || info.available != info.capacity - allocation ||
        info.capacity != 100 * GIB)
        fail_msg("pool: %llu + %llu of %llu, not %llu", info.allocation, info.available,
                 info.capacity, allocation);
}

static void assert_size(virStorageVolPtr vol, unsigned long long capacity,
                        unsigned long long allocation)
{
    virStorageVolInfo info;

    assert_ok(virStorageVolGetInfo(vol, &info));
    assert_int_equal(info.type, VIR_STORAGE_VOL_FILE);
    if (info.capacity != capacity || info.allocation != allocation)
        fail_msg("volume: %llu of %llu", info.allocation, info.capacity);
}

static void send(virStorageVolPtr vol, unsigned long long offset, const char *data, size_t n)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, stream, offset, 0, 0));
    assert_int_equal(virStreamSend(stream, data, n), n);
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
}

static void expect(virStorageVolPtr vol, unsigned long long offset, const char *data, size_t n)
{
    g_autofree char *got = g_malloc(n);
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolDownload(vol, stream, offset, n, 0));
    for (size_t at = 0; at < n;) {
        int r = virStreamRecv(stream, got + at, n - at);

        assert_true(r > 0);
        at += r;
    }
    assert_memory_equal(got, data, n);
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
}

static void a_volume_is_described(void **state)
{
    virStorageVolPtr vol =
        make("<volume><name>v</name><key>ignored</key><capacity unit='M'>10</capacity>"
             "<target><path>/else/where</path><format type='qcow2'/></target></volume>");

    assert_string_equal(virStorageVolGetName(vol), "v");
    assert_string_equal(virStorageVolGetKey(vol), "/default-pool/v");
    assert_text(virStorageVolGetPath(vol), "/default-pool/v");
    assert_text(virStorageVolGetXMLDesc(vol, 0),
                "<volume type='file'>\n"
                "  <name>v</name>\n"
                "  <key>/default-pool/v</key>\n"
                "  <capacity unit='bytes'>10485760</capacity>\n"
                "  <allocation unit='bytes'>10485760</allocation>\n"
                "  <target>\n"
                "    <path>/default-pool/v</path>\n"
                "    <format type='qcow2'/>\n"
                "  </target>\n"
                "</volume>\n");
    virStorageVolFree(vol);
}

static void the_pool_keeps_books(void **state)
{
    virStorageVolPtr a = make(VOL("a", "1048576"));
    virStorageVolPtr b = make(THIN("b", "10485760"));

    assert_books(MIB);
    assert_size(a, MIB, MIB);
    assert_size(b, 10 * MIB, 0);
    assert_fails(virStorageVolCreateXML(pool, VOL("c", "109951162777600"), 0),
                 VIR_ERR_INTERNAL_ERROR, "Not enough free space in pool for volume 'c'");
    assert_fails(virStorageVolCreateXML(pool, VOL("a", "1"), 0), VIR_ERR_OPERATION_FAILED,
                 "storage vol already exists");
    assert_books(MIB);
    assert_ok(virStorageVolDelete(a, 0));
    assert_books(0);
    assert_fails(virStorageVolDelete(a, 0), VIR_ERR_NO_STORAGE_VOL,
                 "no storage vol with matching name 'a'");
    assert_fails(virStorageVolGetPath(a), VIR_ERR_NO_STORAGE_VOL, "'a'");
    /* Thin volumes may promise more than there is. */
    virStorageVolFree(make(THIN("huge", "9223372036854775807")));
    virStorageVolFree(b);
    virStorageVolFree(a);
}

static void bad_documents_change_nothing(void **state)
{
    static const char *const bad[] = {
        "<volume/>", "<volume><name>v</name></volume>",         VOL("v", "-1"), "<volume",
        "<foo/>",    "<volume><capacity>1</capacity></volume>", VOL("v", "1e3")};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_null(virStorageVolCreateXML(pool, bad[i], 0));
        assert_non_null(virGetLastError());
    }
    assert_int_equal(virStoragePoolNumOfVolumes(pool), 0);
    assert_books(0);
}

static void volumes_are_found(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "1")), other = make(VOL("w", "1")), *all = NULL;
    char *names[3];

    virStorageVolPtr found[] = {virStorageVolLookupByName(pool, "v"),
                                virStorageVolLookupByKey(conn, "/default-pool/v"),
                                virStorageVolLookupByPath(conn, "/default-pool/v")};
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++) {
        assert_non_null(found[i]);
        assert_string_equal(virStorageVolGetName(found[i]), "v");
        virStorageVolFree(found[i]);
    }
    assert_fails(virStorageVolLookupByName(pool, "x"), VIR_ERR_NO_STORAGE_VOL, "matching name 'x'");
    assert_fails(virStorageVolLookupByKey(conn, "x"), VIR_ERR_NO_STORAGE_VOL, "matching key 'x'");
    assert_fails(virStorageVolLookupByPath(conn, "x"), VIR_ERR_NO_STORAGE_VOL, "matching path 'x'");
    assert_int_equal(virStoragePoolListVolumes(pool, names, 3), 2);
    assert_text(names[0], "v");
    assert_text(names[1], "w");
    assert_int_equal(virStoragePoolListAllVolumes(pool, &all, 0), 2);
    assert_null(all[2]);
    virStorageVolFree(all[0]);
    virStorageVolFree(all[1]);
    free(all);
    assert_fails(virStoragePoolListAllVolumes(pool, NULL, 1), VIR_ERR_INVALID_ARG, "0x1");
    virStorageVolFree(other);
    virStorageVolFree(vol);
}

static void an_inactive_pool_hides_its_volumes(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "1"));
    virStorageVolInfo info;

    assert_ok(virStoragePoolDestroy(pool));
    assert_fails(virStorageVolGetInfo(vol, &info), VIR_ERR_OPERATION_INVALID,
                 "'default-pool' is not active");
    assert_fails(virStorageVolGetXMLDesc(vol, 0), VIR_ERR_OPERATION_INVALID, "not active");
    assert_fails(virStorageVolDelete(vol, 0), VIR_ERR_OPERATION_INVALID, "not active");
    assert_fails(virStorageVolLookupByKey(conn, "/default-pool/v"), VIR_ERR_NO_STORAGE_VOL, "");
    assert_fails(virStoragePoolNumOfVolumes(pool), VIR_ERR_OPERATION_INVALID, "not active");
    assert_fails(virStorageVolCreateXML(pool, VOL("w", "1"), 0), VIR_ERR_OPERATION_INVALID,
                 "not active");
    assert_ok(virStoragePoolCreate(pool, 0));
    assert_int_equal(virStoragePoolNumOfVolumes(pool), 1);
    virStorageVolFree(vol);
}

static void resizing_keeps_to_the_rules(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "1048576")), thin = make(THIN("t", "1048576"));

    assert_ok(virStorageVolResize(vol, 2 * MIB, 0));
    assert_size(vol, 2 * MIB, MIB);
    assert_ok(virStorageVolResize(vol, MIB, VIR_STORAGE_VOL_RESIZE_DELTA));
    assert_size(vol, 3 * MIB, MIB);
    assert_books(MIB);
    assert_ok(virStorageVolResize(vol, 4 * MIB, VIR_STORAGE_VOL_RESIZE_ALLOCATE));
    assert_size(vol, 4 * MIB, 4 * MIB);
    assert_books(4 * MIB);
    assert_fails(virStorageVolResize(vol, 2 * MIB, 0), VIR_ERR_INVALID_ARG,
                 "below existing allocation");
    assert_fails(virStorageVolResize(thin, 1, 0), VIR_ERR_INVALID_ARG, "unless shrink flag");
    assert_fails(virStorageVolResize(vol, UINT64_MAX, VIR_STORAGE_VOL_RESIZE_DELTA),
                 VIR_ERR_INVALID_ARG, "64 bits");
    assert_fails(virStorageVolResize(vol, 200 * GIB, VIR_STORAGE_VOL_RESIZE_ALLOCATE),
                 VIR_ERR_OPERATION_FAILED, "Not enough space left in storage pool");
    assert_fails(virStorageVolResize(vol, 0, 0), VIR_ERR_INVALID_ARG, "greater than zero");
    assert_fails(virStorageVolResize(vol, 1, 8), VIR_ERR_INVALID_ARG, "0x8");
    assert_size(vol, 4 * MIB, 4 * MIB);
    assert_ok(virStorageVolResize(vol, 3 * MIB,
                                  VIR_STORAGE_VOL_RESIZE_SHRINK | VIR_STORAGE_VOL_RESIZE_DELTA));
    assert_size(vol, MIB, MIB);
    assert_books(MIB);
    assert_ok(virStorageVolResize(vol, 0, VIR_STORAGE_VOL_RESIZE_SHRINK));
    assert_size(vol, 0, 0);
    virStorageVolFree(thin);
    virStorageVolFree(vol);
}

static void what_is_cut_off_does_not_come_back(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "8192"));

    send(vol, 0, "front", 5);
    send(vol, 5000, "back", 4);
    assert_ok(virStorageVolResize(vol, 4096, VIR_STORAGE_VOL_RESIZE_SHRINK));
    assert_ok(virStorageVolResize(vol, 8192, 0));
    expect(vol, 0, "front", 5);
    expect(vol, 5000, "\0\0\0\0", 4);
    virStorageVolFree(vol);
}

static void wiping_leaves_nothing(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "4096"));
    virStorageVolInfo info;

    for (unsigned int algorithm = 0; algorithm <= VIR_STORAGE_VOL_WIPE_ALG_TRIM; algorithm++) {
        char got[7] = "";
        virStreamPtr stream = virStreamNew(conn, 0);

        send(vol, 100, "secret", 6);
        assert_ok(virStorageVolWipePattern(vol, algorithm, 0));
        assert_ok(virStorageVolDownload(vol, stream, 100, 6, 0));
        assert_int_equal(virStreamRecv(stream, got, 6), 6);
        assert_memory_not_equal(got, "secret", 6);
        virStreamFree(stream);
    }
    send(vol, 100, "secret", 6);
    assert_ok(virStorageVolWipe(vol, 0));
    expect(vol, 100, "\0\0\0\0\0\0", 6);
    assert_fails(virStorageVolWipePattern(vol, 77, 0), VIR_ERR_INVALID_ARG, "77");
    assert_fails(virStorageVolWipe(vol, 1), VIR_ERR_INVALID_ARG, "0x1");
    assert_ok(virStorageVolGetInfoFlags(vol, &info, VIR_STORAGE_VOL_GET_PHYSICAL));
    assert_int_equal(info.allocation, 4096);
    assert_fails(virStorageVolGetInfoFlags(vol, &info, 2), VIR_ERR_INVALID_ARG, "0x2");
    virStorageVolFree(vol);
}

static void a_clone_has_the_same_bytes(void **state)
{
    virStorageVolPtr vol = make(THIN("v", "1099511627776")), copy, cut, elsewhere;
    virStoragePoolPtr other = virStoragePoolCreateXML(
        conn, "<pool type='dir'><name>o</name><target><path>/o</path></target></pool>", 0);

    send(vol, 7, "begin", 5);
    send(vol, 1000 * GIB, "end", 3);
    copy = virStorageVolCreateXMLFrom(pool, THIN("copy", "1099511627776"), vol, 0);
    assert_non_null(copy);
    expect(copy, 7, "begin", 5);
    expect(copy, 1000 * GIB, "end", 3);
    cut = virStorageVolCreateXMLFrom(pool, THIN("cut", "10"), vol, 0);
    expect(cut, 7, "beg", 3);
    assert_ok(virStorageVolResize(cut, 20, 0));
    expect(cut, 7, "beg\0\0", 5);
    elsewhere = virStorageVolCreateXMLFrom(other, THIN("v", "20"), vol, 0);
    assert_non_null(elsewhere);
    assert_string_equal(virStorageVolGetKey(elsewhere), "/o/v");
    expect(elsewhere, 7, "begin", 5);
    /* The two are apart. */
    send(vol, 7, "BEGIN", 5);
    expect(copy, 7, "begin", 5);
    assert_fails(virStorageVolCreateXMLFrom(pool, THIN("copy", "1"), vol, 0),
                 VIR_ERR_OPERATION_FAILED, "already exists");
    assert_fails(virStorageVolCreateXMLFrom(pool, THIN("x", "1"), vol, 1), VIR_ERR_INVALID_ARG,
                 "0x1");
    assert_ok(virStorageVolDelete(cut, 0));
    assert_fails(virStorageVolCreateXMLFrom(pool, THIN("x", "1"), cut, 0), VIR_ERR_NO_STORAGE_VOL,
                 "'cut'");
    virStorageVolFree(elsewhere);
    virStoragePoolFree(other);
    virStorageVolFree(cut);
    virStorageVolFree(copy);
    virStorageVolFree(vol);
}

static void a_deadline_ends_a_clone_without_a_trace(void **state)
{
    virStorageVolPtr vol = make(THIN("v", "67108864"));
    g_autofree char *data = g_malloc(MIB);
    virStreamPtr stream = virStreamNew(conn, 0);
    struct call_group *calls = &((struct _virConnect *)conn)->calls;

    memset(data, 'x', MIB);
    assert_ok(virStorageVolUpload(vol, stream, 0, 0, 0));
    for (int i = 0; i < 64; i++)
        assert_int_equal(virStreamSend(stream, data, MIB), MIB);
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
    call_group_set_timeout(calls, 1);
    assert_fails(virStorageVolCreateXMLFrom(pool, VOL("w", "67108864"), vol, 0),
                 VIR_ERR_OPERATION_TIMEOUT, "virStorageVolCreateXMLFrom");
    assert_fails(virStorageVolWipePattern(vol, VIR_STORAGE_VOL_WIPE_ALG_RANDOM, 0),
                 VIR_ERR_OPERATION_TIMEOUT, "virStorageVolWipePattern");
    call_group_set_timeout(calls, 0);
    assert_books(64 * MIB);
    assert_fails(virStorageVolLookupByName(pool, "w"), VIR_ERR_NO_STORAGE_VOL, "'w'");
    assert_ok(virStorageVolDelete(vol, 0));
    virStorageVolFree(vol);
}

static void a_volume_in_use_stays(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "4096"));
    virStreamPtr up = virStreamNew(conn, 0), down = virStreamNew(conn, 0),
                 more = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, up, 0, 0, 0));
    assert_fails(virStorageVolDelete(vol, 0), VIR_ERR_OPERATION_INVALID, "'v' is being written");
    assert_fails(virStorageVolResize(vol, 8192, 0), VIR_ERR_OPERATION_INVALID, "being written");
    assert_fails(virStorageVolWipe(vol, 0), VIR_ERR_OPERATION_INVALID, "being written");
    assert_fails(virStorageVolUpload(vol, more, 0, 0, 0), VIR_ERR_OPERATION_INVALID,
                 "being written");
    assert_fails(virStorageVolDownload(vol, more, 0, 0, 0), VIR_ERR_OPERATION_INVALID,
                 "being written");
    assert_fails(virStorageVolCreateXMLFrom(pool, VOL("w", "1"), vol, 0), VIR_ERR_OPERATION_INVALID,
                 "being written");
    virStreamFree(up); /* without an end: that is one */
    assert_ok(virStorageVolDownload(vol, down, 0, 0, 0));
    assert_ok(virStorageVolDownload(vol, more, 0, 0, 0));
    assert_fails(virStorageVolDelete(vol, 0), VIR_ERR_OPERATION_INVALID,
                 "volume 'v' is still in use.");
    assert_ok(virStreamAbort(down));
    assert_ok(virStreamFinish(more));
    assert_ok(virStorageVolDelete(vol, 0));
    virStreamFree(more);
    virStreamFree(down);
    virStorageVolFree(vol);
}

static void what_is_written_is_taken_from_the_pool(void **state)
{
    virStorageVolPtr vol = make(THIN("v", "1048576"));
    g_autofree char *data = g_malloc0(64 * 1024);

    memset(data, 'x', 64 * 1024);
    send(vol, 0, data, 64 * 1024);
    assert_size(vol, MIB, 64 * 1024);
    assert_books(64 * 1024);
    assert_ok(virStorageVolDelete(vol, 0));
    assert_books(0);
    virStorageVolFree(vol);
}

static void a_stream_outlives_its_volume(void **state)
{
    virStorageVolPtr vol = make(VOL("v", "4096"));
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, stream, 0, 0, 0));
    assert_ok(virStoragePoolDestroy(pool));
    assert_ok(virStoragePoolUndefine(pool));
    assert_int_equal(virStreamSend(stream, "late", 4), 4);
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
    virStorageVolFree(vol);
}

static void block_pools_hold_plain_disks(void **state)
{
    virStoragePoolPtr group =
        virStoragePoolCreateXML(conn, "<pool type='logical'><name>g</name></pool>", 0);
    virStorageVolPtr volume = virStorageVolCreateXML(group, VOL("v", "4096"), 0);
    virStorageVolInfo info;

    assert_ok(virStorageVolGetInfoFlags(volume, &info, VIR_STORAGE_VOL_GET_PHYSICAL));
    assert_int_equal(info.type, VIR_STORAGE_VOL_BLOCK);
    assert_int_equal(info.allocation, 4096);
    assert_text(virStorageVolGetXMLDesc(volume, 0), "<path>/dev/g/v</path>");
    assert_no_text(virStorageVolGetXMLDesc(volume, 0), "<format");
    virStorageVolFree(volume);
    virStoragePoolFree(group);
}

static void network_pools_name_volumes_by_their_source(void **state)
{
    virStoragePoolPtr rbd = virStoragePoolCreateXML(
        conn,
        "<pool type='rbd'><name>r</name><source><host name='h'/><name>src</name></source></pool>",
        0);
    virStorageVolPtr vol = virStorageVolCreateXML(rbd, VOL("v", "1"), 0);
    virStorageVolInfo info;

    assert_string_equal(virStorageVolGetKey(vol), "src/v");
    assert_ok(virStorageVolGetInfo(vol, &info));
    assert_int_equal(info.type, VIR_STORAGE_VOL_NETWORK);
    virStorageVolFree(vol);
    virStoragePoolFree(rbd);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_pool, close_pool)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_volume_is_described),
        test(the_pool_keeps_books),
        test(bad_documents_change_nothing),
        test(volumes_are_found),
        test(an_inactive_pool_hides_its_volumes),
        test(resizing_keeps_to_the_rules),
        test(what_is_cut_off_does_not_come_back),
        test(wiping_leaves_nothing),
        test(a_clone_has_the_same_bytes),
        test(a_deadline_ends_a_clone_without_a_trace),
        test(a_volume_in_use_stays),
        test(what_is_written_is_taken_from_the_pool),
        test(a_stream_outlives_its_volume),
        test(block_pools_hold_plain_disks),
        test(network_pools_name_volumes_by_their_source),
    };

    return cmocka_run_group_tests_name("volumes of the test driver", tests, NULL, NULL);
}
