#include <stdbool.h>

#include "unit/drivers/test/guest_fixture.h"

#define LIVE VIR_DOMAIN_AFFECT_LIVE
#define CONFIG VIR_DOMAIN_AFFECT_CONFIG
#define DISK(target, path)                                                                         \
    "<disk type='file'><source file='" path "'/><target dev='" target "' bus='virtio'/></disk>"
#define MAC "52:54:00:11:22:33"
#define INTERFACE                                                                                  \
    "<interface type='network'><mac address='" MAC "'/><source network='default'/></interface>"
#define RNG "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>"

static int on_device(virConnectPtr c, virDomainPtr domain, const char *alias, void *opaque)
{
    assert_ptr_equal(c, conn);
    g_string_append_printf(trace, "%s:%s:%s ", virDomainGetName(domain), (const char *)opaque,
                           alias);
    return 0;
}

static int listen(int id, const char *name)
{
    int registered = virConnectDomainEventRegisterAny(
        conn, NULL, id, any_callback(virConnectDomainEventGenericCallback, on_device), (void *)name,
        NULL);

    assert_ok(registered);
    return registered;
}

static void expect(virDomainPtr domain, const char *text, bool live, bool config)
{
    (live ? assert_text : assert_no_text)(virDomainGetXMLDesc(domain, 0), text);
    (config ? assert_text : assert_no_text)(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE),
                                            text);
}

static void devices_come_and_go_where_the_flags_say(void **state)
{
    static const struct {
        enum guest_state state;
        unsigned int flags;
        bool live, config;
        const char *added, *removed;
    } cases[] = {
        {OFF, 0, true, true, "", ""},
        {OFF, CONFIG, true, true, "", ""},
        {RUNNING, 0, true, false, "g:added:disk0 ", "g:removed:disk0 "},
        {RUNNING, LIVE, true, false, "g:added:disk0 ", "g:removed:disk0 "},
        {RUNNING, CONFIG, false, true, "", ""},
        {PAUSED, LIVE | CONFIG, true, true, "g:added:disk0 ", "g:removed:disk0 "},
        {TRANSIENT, 0, true, true, "g:added:disk0 ", "g:removed:disk0 "},
    };
    int added = listen(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, "added");
    int removed = listen(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, "removed");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        virDomainPtr domain = make_guest(cases[i].state);

        assert_ok(virDomainAttachDeviceFlags(domain, DISK("vda", "/a"), cases[i].flags));
        expect_events(cases[i].added);
        expect(domain, "<source file='/a'/>", cases[i].live, cases[i].config);
        assert_ok(virDomainDetachDeviceFlags(domain, DISK("vda", "/a"), cases[i].flags));
        expect_events(cases[i].removed);
        expect(domain, "<source file='/a'/>", false, false);
        unmake_guest(domain);
    }
    assert_ok(virConnectDomainEventDeregisterAny(conn, added));
    assert_ok(virConnectDomainEventDeregisterAny(conn, removed));
}

static void without_flags_it_is_about_what_runs(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);

    assert_ok(virDomainAttachDevice(domain, INTERFACE));
    expect(domain, MAC, true, false);
    assert_ok(virDomainDetachDevice(domain, INTERFACE));
    expect(domain, MAC, false, false);
    assert_ok(virDomainDestroy(domain));
    assert_fails(virDomainAttachDevice(domain, INTERFACE), VIR_ERR_OPERATION_INVALID,
                 "not running");
    assert_fails(virDomainDetachDevice(domain, INTERFACE), VIR_ERR_OPERATION_INVALID,
                 "not running");
    unmake_guest(domain);
    domain = make_guest(TRANSIENT);
    assert_fails(virDomainAttachDeviceFlags(domain, INTERFACE, CONFIG), VIR_ERR_OPERATION_INVALID,
                 "transient");
    unmake_guest(domain);
}

static void an_attached_device_gets_what_a_defined_one_has(void **state)
{
    virDomainPtr domain = make_guest(OFF);

    assert_ok(virDomainAttachDeviceFlags(
        domain, "<disk type='file'><source file='/s'/><target dev='sda' bus='scsi'/></disk>", 0));
    assert_text(virDomainGetXMLDesc(domain, 0), "<controller type='scsi' index='0'");
    assert_text(virDomainGetXMLDesc(domain, 0), "<address type='drive' controller='0'");
    assert_ok(virDomainAttachDeviceFlags(domain, "<interface type='user'/>", 0));
    assert_text(virDomainGetXMLDesc(domain, 0), "<mac address='");
    assert_ok(virDomainAttachDeviceFlags(domain, "<watchdog model='i6300esb' action='reset'/>", 0));
    assert_fails(virDomainAttachDeviceFlags(domain, "<watchdog model='ib700' action='reset'/>", 0),
                 VIR_ERR_OPERATION_INVALID, "already has a watchdog");
    unmake_guest(domain);
}

static void what_fits_is_detached(void **state)
{
    virDomainPtr domain = make_guest(OFF);

    assert_ok(virDomainAttachDeviceFlags(domain, RNG, 0));
    assert_ok(virDomainAttachDeviceFlags(domain, DISK("vda", "/a"), 0));
    assert_ok(virDomainAttachDeviceFlags(domain, DISK("vdb", "/b"), 0));
    assert_ok(virDomainDetachDeviceFlags(domain, "<disk><target dev='vda'/></disk>", 0));
    expect(domain, "/a", false, false);
    expect(domain, "/b", true, true);
    assert_fails(virDomainDetachDeviceFlags(domain, DISK("vda", "/a"), 0), VIR_ERR_DEVICE_MISSING,
                 "no matching disk");
    assert_fails(
        virDomainDetachDeviceFlags(
            domain, "<rng model='virtio'><backend model='random'>/dev/other</backend></rng>", 0),
        VIR_ERR_DEVICE_MISSING, "no matching rng");
    assert_ok(virDomainAttachDeviceFlags(domain, RNG, 0));
    assert_fails(virDomainDetachDeviceFlags(domain, RNG, 0), VIR_ERR_DEVICE_MISSING, "several fit");
    assert_ok(virDomainDetachDeviceAlias(domain, "rng1", 0));
    assert_ok(virDomainDetachDeviceFlags(domain, RNG, 0));
    assert_fails(virDomainDetachDeviceAlias(domain, "rng0", 0), VIR_ERR_DEVICE_MISSING,
                 "alias rng0");
    expect(domain, "<rng", false, false);
    unmake_guest(domain);
}

static void an_alias_of_the_users_own_counts(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    int removed = listen(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, "removed");

    assert_ok(virDomainAttachDeviceFlags(
        domain,
        "<rng model='virtio'><backend model='random'>/dev/random</backend><alias "
        "name='ua-rng'/></rng>",
        LIVE | CONFIG));
    assert_ok(virDomainDetachDeviceAlias(domain, "ua-rng", LIVE));
    expect_events("g:removed:ua-rng ");
    expect(domain, "ua-rng", false, true);
    assert_ok(virConnectDomainEventDeregisterAny(conn, removed));
    unmake_guest(domain);
}

static void updates_replace_the_device(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);

    assert_ok(virDomainAttachDeviceFlags(domain, DISK("vda", "/a"), LIVE | CONFIG));
    assert_ok(virDomainUpdateDeviceFlags(domain, DISK("vda", "/new"),
                                         LIVE | VIR_DOMAIN_DEVICE_MODIFY_FORCE));
    expect(domain, "/new", true, false);
    expect(domain, "'/a'", false, true);
    assert_ok(virDomainUpdateDeviceFlags(domain, DISK("vda", "/new"), CONFIG));
    expect(domain, "'/a'", false, false);
    assert_fails(virDomainUpdateDeviceFlags(domain, DISK("vdb", "/new"), LIVE),
                 VIR_ERR_DEVICE_MISSING, "no matching disk");
    assert_fails(virDomainUpdateDeviceFlags(domain, RNG, LIVE), VIR_ERR_OPERATION_UNSUPPORTED,
                 "'rng'");
    unmake_guest(domain);
}

/* An address that is left out stays; what the guest would see is refused, for what runs. */
static void an_updated_device_stays_the_same_to_the_guest(void **state)
{
#define ADDRESS "<address type='pci' domain='0x0000' bus='0x00' slot='0x0%s' function='0x0'/>"
    g_autofree char *seven = g_strdup_printf(ADDRESS, "7"), *eight = g_strdup_printf(ADDRESS, "8");
    g_autofree char *disk = g_strconcat("<disk type='file'><source file='/a'/><target dev='vda' "
                                        "bus='virtio'/>",
                                        seven, "</disk>", NULL);
    g_autofree char *moved = g_strconcat("<disk type='file'><source file='/b'/><target dev='vda' "
                                         "bus='virtio'/>",
                                         eight, "</disk>", NULL);
    virDomainPtr domain = make_guest(RUNNING);

    assert_ok(virDomainAttachDeviceFlags(domain, disk, LIVE | CONFIG));
    assert_ok(virDomainUpdateDeviceFlags(domain, DISK("vda", "/new"), LIVE));
    expect(domain, "slot='0x07'", true, true);
    assert_fails(virDomainUpdateDeviceFlags(domain, moved, LIVE), VIR_ERR_CONFIG_UNSUPPORTED,
                 "Target device PCI address 0x8 does not match source 0x7: "
                 "devices/disks[0]/address/@slot");
    assert_fails(virDomainUpdateDeviceFlags(domain,
                                            "<disk type='file'><source file='/n'/><target "
                                            "dev='vda' bus='virtio'/><readonly/></disk>",
                                            LIVE | CONFIG),
                 VIR_ERR_CONFIG_UNSUPPORTED, "devices/disks[0]/readonly");
    expect(domain, "'/new'", true, false);
    expect(domain, "readonly", false, false);
    assert_ok(virDomainUpdateDeviceFlags(domain, moved, CONFIG));
    expect(domain, "'/b'", false, true);
    unmake_guest(domain);
#undef ADDRESS
}

static void what_is_refused_changes_nothing(void **state)
{
    static const struct {
        const char *xml;
        unsigned int flags;
        int error;
        const char *text;
    } cases[] = {
        {DISK("vda", "/b"), LIVE | CONFIG, VIR_ERR_OPERATION_FAILED, "target vda already exists"},
        {"<nothing/>", 0, VIR_ERR_XML_ERROR, "unknown device type 'nothing'"},
        {"<disk", 0, VIR_ERR_XML_DETAIL, "device_definition"},
        {"<disk type='file'><target dev='vdq'/><source/></disk>", 1 << 3, VIR_ERR_INVALID_ARG,
         "0x8"},
        {"<disk type='nonsense'><target dev='vdb'/></disk>", 0, VIR_ERR_XML_ERROR, "nonsense"},
    };
    virDomainPtr domain = make_guest(RUNNING);
    char *before, *after;

    /* only what the next start uses has it: the change of what runs, which would do, is not made
     * either */
    assert_ok(virDomainAttachDeviceFlags(domain, DISK("vda", "/a"), CONFIG));
    before = virDomainGetXMLDesc(domain, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_fails(virDomainAttachDeviceFlags(domain, cases[i].xml, cases[i].flags),
                     cases[i].error, cases[i].text);
        after = virDomainGetXMLDesc(domain, 0);
        assert_string_equal(after, before);
        free(after);
    }
    free(before);
    unmake_guest(domain);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_default, close_default)
    const struct CMUnitTest tests[] = {
        TEST(devices_come_and_go_where_the_flags_say),
        TEST(without_flags_it_is_about_what_runs),
        TEST(an_attached_device_gets_what_a_defined_one_has),
        TEST(what_fits_is_detached),
        TEST(an_alias_of_the_users_own_counts),
        TEST(updates_replace_the_device),
        TEST(an_updated_device_stays_the_same_to_the_guest),
        TEST(what_is_refused_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
