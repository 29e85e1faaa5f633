#include "unit/drivers/test/fixture.h"

#include <pthread.h>
#include <stdio.h>

static int mistakes;

static void wrong(const char *what)
{
    __atomic_add_fetch(&mistakes, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
}

static void work(virConnectPtr c, virStoragePoolPtr p, int number, int round)
{
    g_autofree char *xml = g_strdup_printf(
        "<volume><name>v%d-%d</name><capacity>65536</capacity></volume>", number, round);
    virStorageVolPtr vol = virStorageVolCreateXML(p, xml, 0), copy = NULL;
    virStreamPtr stream = virStreamNew(c, 0);
    g_autofree char *again = g_strdup_printf(
        "<volume><name>c%d-%d</name><capacity>65536</capacity></volume>", number, round);
    char got[4];

    if (!vol || virStorageVolUpload(vol, stream, round, 0, 0) < 0 ||
        virStreamSend(stream, "data", 4) != 4 || virStreamFinish(stream) < 0)
        wrong("upload");
    virStreamFree(stream);
    stream = virStreamNew(c, 0);
    copy = virStorageVolCreateXMLFrom(p, again, vol, 0);
    if (!copy || virStorageVolDownload(copy, stream, round, 4, 0) < 0 ||
        virStreamRecv(stream, got, 4) != 4 || memcmp(got, "data", 4) != 0 ||
        virStreamFinish(stream) < 0)
        wrong("download");
    virStreamFree(stream);
    if (virStorageVolResize(copy, 131072, 0) < 0 || virStorageVolWipe(copy, 0) < 0 ||
        virStorageVolDelete(copy, 0) < 0 || virStorageVolDelete(vol, 0) < 0)
        wrong("change");
    virStorageVolFree(copy);
    virStorageVolFree(vol);
}

static void *worker(void *opaque)
{
    int number = GPOINTER_TO_INT(opaque);
    virConnectPtr c = number % 2 ? virConnectOpen("test:///default") : conn;
    virStoragePoolPtr p = virStoragePoolLookupByName(c, "default-pool");

    for (int round = 0; round < 20; round++) {
        g_autofree char *xml = g_strdup_printf("<network><name>n%d</name></network>", number);
        virNetworkPtr network = virNetworkCreateXML(c, xml);

        work(c, p, number, round);
        if (!network || virNetworkDestroy(network) < 0)
            wrong("network");
        virNetworkFree(network);
    }
    virStoragePoolFree(p);
    if (c != conn)
        virConnectClose(c);
    return NULL;
}

static void eight_threads_keep_the_books_right(void **state)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(conn, "default-pool");
    virStoragePoolInfo info;
    pthread_t threads[8];

    mistakes = 0;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, worker, GINT_TO_POINTER(i)), 0);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(mistakes, 0);
    assert_ok(virStoragePoolGetInfo(pool, &info));
    assert_true(info.allocation == 0 && info.available == info.capacity);
    assert_int_equal(virStoragePoolNumOfVolumes(pool), 0);
    virStoragePoolFree(pool);
    assert_int_equal(virConnectNumOfNetworks(conn), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(eight_threads_keep_the_books_right, open_default,
                                        close_default),
    };

    return cmocka_run_group_tests_name("threads on pools and networks", tests, NULL, NULL);
}
