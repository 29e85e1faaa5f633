#include "unit/drivers/test/guest_fixture.h"

#define BIG                                                                                        \
    "<domain type='test'><name>g</name><uuid>" GUEST_UUID "</uuid><memory>1048576</memory>"        \
    "<currentMemory>524288</currentMemory><vcpu current='2'>4</vcpu><iothreads>2</iothreads>"      \
    "<os><type>hvm</type></os><devices>"                                                           \
    "<disk type='file' device='disk'><source file='/a.img'/><target dev='vda' "                    \
    "bus='virtio'/></disk>"                                                                        \
    "<interface type='bridge'><mac address='52:54:00:11:22:34'/><source bridge='b0'/></interface>" \
    "<memballoon model='virtio'/></devices></domain>"

static virDomainPtr domain;

static int open_guest(void **state)
{
    if (open_default(state) < 0)
        return -1;
    domain = define_guest(BIG);
    return virDomainCreate(domain);
}

static int close_guest(void **state)
{
    unmake_guest(domain);
    return close_default(state);
}

static char *live(void)
{
    return virDomainGetXMLDesc(domain, 0);
}
static char *stored(void)
{
    return virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
}

static void memory_has_a_limit(void **state)
{
    assert_fails(virDomainSetMemory(domain, 1048577), VIR_ERR_INVALID_ARG, "1048576 are possible");
    assert_fails(virDomainSetMemory(domain, 0), VIR_ERR_INVALID_ARG, "memory");
    assert_fails(virDomainSetMaxMemory(domain, 2097152), VIR_ERR_OPERATION_INVALID, "active");
    assert_ok(virDomainSetMemory(domain, 400000));
    assert_text(live(), "<currentMemory unit='KiB'>400000<");
    assert_text(stored(), "<currentMemory unit='KiB'>524288<");
    assert_ok(virDomainSetMemoryFlags(domain, 2097152,
                                      VIR_DOMAIN_MEM_MAXIMUM | VIR_DOMAIN_AFFECT_CONFIG));
    assert_text(stored(), "<memory unit='KiB'>2097152<");
    assert_int_equal(virDomainGetMaxMemory(domain), 1048576);
    assert_fails(virDomainSetMemoryFlags(domain, 1, 1 << 9), VIR_ERR_INVALID_ARG,
                 "unsupported flags (0x200)");
}

static void processors_have_a_limit(void **state)
{
    assert_fails(virDomainSetVcpus(domain, 5), VIR_ERR_INVALID_ARG, "(5 > 4)");
    assert_fails(virDomainSetVcpus(domain, 99), VIR_ERR_INVALID_ARG, "(99 > 32)");
    assert_fails(
        virDomainSetVcpusFlags(domain, 4, VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_LIVE),
        VIR_ERR_INVALID_ARG, "VIR_DOMAIN_AFFECT_CONFIG");
    assert_ok(virDomainSetVcpus(domain, 3));
    assert_int_equal(virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_LIVE), 3);
    assert_int_equal(virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_CONFIG), 2);
    assert_int_equal(virDomainGetMaxVcpus(domain), 4);
    assert_ok(
        virDomainSetVcpusFlags(domain, 1, VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_AFFECT_CONFIG));
    assert_text(stored(), "<vcpu placement='static'>1</vcpu>");
    assert_text(live(), "<vcpu placement='static' current='3'>4</vcpu>");
}

static void pins_are_kept_and_shown(void **state)
{
    unsigned char map[2] = {0x05, 0}, got[4] = {0};
    virVcpuInfo info[4];

    assert_fails(virDomainPinVcpu(domain, 3, map, 2), VIR_ERR_INVALID_ARG, "'3'");
    assert_ok(virDomainPinVcpu(domain, 1, map, 2));
    assert_text(live(), "<vcpupin vcpu='1' cpuset='0,2'/>");
    assert_no_text(stored(), "vcpupin");
    assert_int_equal(virDomainGetVcpuPinInfo(domain, 2, got, 2, VIR_DOMAIN_AFFECT_LIVE), 2);
    assert_int_equal(got[0], 0xff);
    assert_int_equal(got[1], 0xff);
    assert_int_equal(got[2], 0x05);
    assert_int_equal(got[3], 0);
    assert_int_equal(virDomainGetVcpus(domain, info, 4, NULL, 0), 2);
    assert_int_equal(info[0].cpu, 15);
    assert_int_equal(info[1].cpu, 2);
    assert_ok(
        virDomainPinEmulator(domain, map, 2, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG));
    assert_text(live(), "<emulatorpin cpuset='0,2'/>");
    assert_text(stored(), "<emulatorpin cpuset='0,2'/>");
    map[0] = 0;
    assert_fails(virDomainPinEmulator(domain, map, 2, 0), VIR_ERR_INVALID_ARG, "Empty");
    assert_fails(virDomainPinVcpu(domain, 1, map, 2), VIR_ERR_INVALID_ARG, "Empty");
}

static void io_threads_come_and_go(void **state)
{
    unsigned char map = 0x02;
    virDomainIOThreadInfoPtr *info = NULL;
    virTypedParameter pool[] = {
        {VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN, VIR_TYPED_PARAM_INT, {.i = 6}},
        {VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX, VIR_TYPED_PARAM_INT, {.i = 4}},
    };
    int n;

    assert_fails(virDomainAddIOThread(domain, 2, 0), VIR_ERR_INVALID_ARG, "'2'");
    assert_ok(virDomainAddIOThread(domain, 9, 0));
    assert_ok(virDomainPinIOThread(domain, 9, &map, 1, 0));
    assert_text(live(), "<iothreadpin iothread='9' cpuset='1'/>");
    n = virDomainGetIOThreadInfo(domain, &info, 0);
    assert_int_equal(n, 3);
    assert_int_equal(info[2]->iothread_id, 9);
    assert_int_equal(info[2]->cpumap[0], 2);
    for (int i = 0; i < n; i++)
        virDomainIOThreadInfoFree(info[i]);
    free(info);
    assert_fails(virDomainSetIOThreadParams(domain, 9, pool, 2, 0), VIR_ERR_INVALID_ARG,
                 "thread_pool_min (6)");
    assert_ok(virDomainSetIOThreadParams(domain, 9, pool, 1, 0));
    assert_fails(virDomainSetIOThreadParams(domain, 9, pool + 1, 1, 0), VIR_ERR_INVALID_ARG, "(4)");
    assert_ok(virDomainDelIOThread(domain, 9, 0));
    assert_no_text(live(), "iothreadpin");
    assert_fails(virDomainDelIOThread(domain, 9, 0), VIR_ERR_INVALID_ARG, "'9'");
    assert_fails(virDomainPinIOThread(domain, 9, &map, 1, 0), VIR_ERR_INVALID_ARG, "9");
}

static void metadata_is_kept_by_namespace(void **state)
{
    unsigned int both = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;

    assert_null(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "http://x", 0));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN_METADATA);
    assert_ok(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "<a q='1'>t<b/></a>", "k",
                                   "http://x", both));
    assert_ok(
        virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "<c/>", "l", "http://y", both));
    assert_text(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "http://x", 0),
                "<a q=\"1\">t<b/></a>");
    assert_text(stored(), "  <metadata>\n    <k:a xmlns:k=\"http://x\" q=\"1\">t<k:b/></k:a>\n"
                          "    <l:c xmlns:l=\"http://y\"/>\n  </metadata>\n");
    assert_ok(
        virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, NULL, NULL, "http://x", both));
    assert_ok(
        virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, NULL, NULL, "http://y", both));
    assert_no_text(stored(), "metadata");
    assert_fails(
        virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, "<a", "k", "http://x", 0),
        VIR_ERR_XML_DETAIL, "metadata_xml");
    assert_fails(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                                      "<a xmlns:k='http://z'/>", "k", "http://x", 0),
                 VIR_ERR_INVALID_ARG, "'k'");
    assert_fails(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, "a\nb", NULL, NULL, 0),
                 VIR_ERR_INVALID_ARG, "newlines");
    assert_fails(virDomainSetMetadata(domain, 7, "a", NULL, NULL, 0), VIR_ERR_INVALID_ARG, "'7'");
    assert_ok(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, "A title", NULL, NULL, 0));
    assert_text(live(), "<title>A title</title>");
    assert_ok(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, "", NULL, NULL, 0));
    assert_no_text(live(), "<title>");
}

/* Sets a parameter and looks for text in what runs. */
#define SET(call, name, type, value, ...)                                                          \
    ({                                                                                             \
        virTypedParameterPtr params = NULL;                                                        \
        int n = 0, max = 0, result;                                                                \
        assert_ok(virTypedParamsAdd##type(&params, &n, &max, name, value));                        \
        result = call(domain, ##__VA_ARGS__, params, n, 0);                                        \
        virTypedParamsFree(params, n);                                                             \
        result;                                                                                    \
    })

static void limits_are_kept_in_the_document(void **state)
{
    assert_ok(SET(virDomainSetMemoryParameters, "hard_limit", ULLong, 50000));
    assert_text(live(), "<hard_limit unit='KiB'>50000</hard_limit>");
    assert_no_text(stored(), "hard_limit");
    assert_fails(SET(virDomainSetMemoryParameters, "swap_hard_limit", ULLong, 40000),
                 VIR_ERR_INVALID_ARG, "40000");
    assert_fails(SET(virDomainSetMemoryParameters, "hard_limit", UInt, 1), VIR_ERR_INVALID_ARG,
                 "hard_limit");
    assert_ok(
        SET(virDomainSetBlkioParameters, "device_weight", String, "/dev/sda,300,/dev/sdb,400"));
    assert_text(live(), "<weight>400</weight>");
    assert_fails(SET(virDomainSetBlkioParameters, "device_weight", String, "/dev/sda"),
                 VIR_ERR_INVALID_ARG, "PATH,NUMBER");
    assert_ok(SET(virDomainSetBlockIoTune, "total_bytes_sec", ULLong, 1000, "vda"));
    assert_text(live(), "<total_bytes_sec>1000</total_bytes_sec>");
    assert_fails(SET(virDomainSetBlockIoTune, "read_bytes_sec", ULLong, 7, "vda"),
                 VIR_ERR_INVALID_ARG, "bytes_sec");
    assert_fails(SET(virDomainSetBlockIoTune, "read_bytes_sec", ULLong, 7, "vdz"),
                 VIR_ERR_INVALID_ARG, "'vdz'");
    assert_ok(
        SET(virDomainSetInterfaceParameters, "inbound.average", UInt, 100, "52:54:00:11:22:34"));
    assert_text(live(), "<inbound average='100'/>");
    assert_ok(SET(virDomainSetInterfaceParameters, "inbound.average", UInt, 0, "testnet0"));
    assert_no_text(live(), "bandwidth");
    assert_fails(SET(virDomainSetNumaParameters, "numa_nodeset", String, "x"), VIR_ERR_INVALID_ARG,
                 "'x'");
    assert_ok(SET(virDomainSetNumaParameters, "numa_nodeset", String, "0-1"));
    assert_text(live(), "nodeset='0-1'");
    assert_ok(SET(virDomainSetPerfEvents, "cmt", Boolean, 1));
    assert_text(live(), "<event name='cmt' enabled='yes'/>");
}

static void disks_and_interfaces_have_numbers(void **state)
{
    virDomainBlockStatsStruct block;
    virDomainInterfaceStatsStruct interface;
    virDomainBlockInfo info;
    unsigned char bytes[4] = {0};

    assert_ok(virDomainBlockStats(domain, "vda", &block, sizeof(block)));
    assert_true(block.rd_bytes > 0);
    assert_fails(virDomainBlockStats(domain, "vdz", &block, sizeof(block)), VIR_ERR_INVALID_ARG,
                 "vdz");
    assert_fails(virDomainBlockStats(domain, "", &block, sizeof(block)),
                 VIR_ERR_OPERATION_UNSUPPORTED, "summary");
    assert_ok(virDomainInterfaceStats(domain, "testnet0", &interface, sizeof(interface)));
    assert_true(interface.rx_bytes > 0);
    assert_fails(virDomainInterfaceStats(domain, "eth9", &interface, sizeof(interface)),
                 VIR_ERR_INVALID_ARG, "'eth9'");
    assert_ok(virDomainGetBlockInfo(domain, "/a.img", &info, 0));
    assert_ok(virDomainBlockPeek(domain, "vda", 254, 4, bytes, 0));
    assert_int_equal(bytes[3], 1);
    assert_fails(virDomainBlockPeek(domain, "vda", info.capacity, 1, bytes, 0), VIR_ERR_INVALID_ARG,
                 "cannot read");
    assert_fails(virDomainBlockPeek(domain, "vda", UINT64_MAX, 2, bytes, 0), VIR_ERR_INVALID_ARG,
                 "cannot read");
}

static void statistics_come_by_group(void **state)
{
    virDomainPtr list[] = {domain, NULL};
    virDomainStatsRecordPtr *records = NULL;
    unsigned int current = 0;

    assert_int_equal(virConnectGetAllDomainStats(conn, VIR_DOMAIN_STATS_VCPU, &records, 0), 2);
    assert_string_equal(virDomainGetName(records[1]->dom), "g");
    assert_int_equal(
        virTypedParamsGetUInt(records[1]->params, records[1]->nparams, "vcpu.current", &current),
        1);
    assert_int_equal(current, 2);
    assert_null(virTypedParamsGet(records[1]->params, records[1]->nparams, "state.state"));
    virDomainStatsRecordListFree(records);
    assert_int_equal(virDomainListGetStats(list, 0, &records, 0), 1);
    assert_non_null(virTypedParamsGet(records[0]->params, records[0]->nparams, "block.0.path"));
    assert_non_null(virTypedParamsGet(records[0]->params, records[0]->nparams, "net.0.rx.bytes"));
    assert_non_null(
        virTypedParamsGet(records[0]->params, records[0]->nparams, "iothread.1.poll-max-ns"));
    virDomainStatsRecordListFree(records);
    assert_int_equal(
        virConnectGetAllDomainStats(conn, 0, &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE),
        0);
    virDomainStatsRecordListFree(records);
    assert_fails(virConnectGetAllDomainStats(conn, 1 << 25, &records,
                                             VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS),
                 VIR_ERR_ARGUMENT_UNSUPPORTED, "0x2000000");
}

static void a_saved_guest_comes_back(void **state)
{
    g_autofree char *path = NULL;
    g_autofree char *after = NULL;

    close(g_file_open_tmp("save-XXXXXX", &path, NULL));
    assert_fails(virDomainRestore(conn, path), VIR_ERR_SYSTEM_ERROR, "incomplete");
    assert_fails(virDomainSave(domain, "/nonexistent/x"), VIR_ERR_SYSTEM_ERROR, "/nonexistent/x");
    assert_int_equal(virDomainIsActive(domain), 1);
    assert_ok(virDomainSave(domain, path));
    after = guest_state_text("g");
    assert_string_equal(after, "5/5");
    assert_text(virDomainSaveImageGetXMLDesc(conn, path, 0), "<name>g</name>");
    assert_ok(virDomainRestore(conn, path));
    g_free(after);
    after = guest_state_text("g");
    assert_string_equal(after, "1/3");
    assert_fails(virDomainRestore(conn, path), VIR_ERR_OPERATION_INVALID, "already active");
    g_file_set_contents(path, "this is no image of a saved guest", -1, NULL);
    assert_fails(virDomainRestore(conn, path), VIR_ERR_INTERNAL_ERROR, "mismatched header magic");
    unlink(path);
    assert_fails(virDomainRestore(conn, path), VIR_ERR_SYSTEM_ERROR, path);
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_guest, close_guest)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(memory_has_a_limit),
        test(processors_have_a_limit),
        test(pins_are_kept_and_shown),
        test(io_threads_come_and_go),
        test(metadata_is_kept_by_namespace),
        test(limits_are_kept_in_the_document),
        test(disks_and_interfaces_have_numbers),
        test(statistics_come_by_group),
        test(a_saved_guest_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
