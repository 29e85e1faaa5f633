#include "unit/drivers/test/guest_fixture.h"

/* What a call leads to in a state: an error code or 0, events, and the state afterwards. */
struct outcome {
    int error;
    const char *events, *state;
};

static int do_create(virDomainPtr d)
{
    return virDomainCreate(d);
}
static int do_destroy(virDomainPtr d)
{
    return virDomainDestroy(d);
}
static int do_shutdown(virDomainPtr d)
{
    return virDomainShutdown(d);
}
static int do_reboot(virDomainPtr d)
{
    return virDomainReboot(d, 0);
}
static int do_reset(virDomainPtr d)
{
    return virDomainReset(d, 0);
}
static int do_suspend(virDomainPtr d)
{
    return virDomainSuspend(d);
}
static int do_resume(virDomainPtr d)
{
    return virDomainResume(d);
}
static int do_sleep(virDomainPtr d)
{
    return virDomainPMSuspendForDuration(d, 0, 0, 0);
}
static int do_wake(virDomainPtr d)
{
    return virDomainPMWakeup(d, 0);
}
static int do_undefine(virDomainPtr d)
{
    return virDomainUndefine(d);
}
static int do_undefine_saved(virDomainPtr d)
{
    return virDomainUndefineFlags(d, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
}
static int do_save(virDomainPtr d)
{
    return virDomainManagedSave(d, 0);
}
static int do_rename(virDomainPtr d)
{
    return virDomainRename(d, "h", 0);
}
static int do_dump(virDomainPtr d)
{
    return virDomainCoreDump(d, "/dev/null", VIR_DUMP_CRASH);
}

static int as_status(virDomainPtr made)
{
    if (!made)
        return -1;
    virDomainFree(made);
    return 0;
}

static int do_define(virDomainPtr d)
{
    return as_status(virDomainDefineXML(conn, GUEST("g", GUEST_UUID)));
}
static int do_create_xml(virDomainPtr d)
{
    return as_status(virDomainCreateXML(conn, GUEST("g", GUEST_UUID), 0));
}

#define INVALID VIR_ERR_OPERATION_INVALID
#define INTERNAL VIR_ERR_INTERNAL_ERROR

static const struct {
    const char *name;
    int (*call)(virDomainPtr domain);
    struct outcome outcomes[GUEST_STATES];
} calls[] = {
    {"create",
     do_create,
     {{0, "g:2/0 ", "1/1"},
      {INTERNAL, "", "1/1"},
      {INTERNAL, "", "3/1"},
      {INTERNAL, "", "7/0"},
      {INTERNAL, "", "1/1"},
      {0, "g:2/0 ", "1/1"}}},
    {"destroy",
     do_destroy,
     {{INVALID, "", "5/0"},
      {0, "g:5/1 ", "5/2"},
      {0, "g:5/1 ", "5/2"},
      {0, "g:5/1 ", "5/2"},
      {0, "g:5/1 ", "gone"},
      {INVALID, "", "5/5"}}},
    {"shutdown",
     do_shutdown,
     {{INTERNAL, "", "5/0"},
      {0, "g:5/0 ", "5/1"},
      {0, "g:5/0 ", "5/1"},
      {0, "g:5/0 ", "5/1"},
      {0, "g:5/0 ", "gone"},
      {INTERNAL, "", "5/5"}}},
    {"reboot",
     do_reboot,
     {{INVALID, "", "5/0"},
      {0, "", "1/1"},
      {0, "", "1/1"},
      {0, "", "1/1"},
      {0, "", "1/1"},
      {INVALID, "", "5/5"}}},
    {"reset",
     do_reset,
     {{INVALID, "", "5/0"},
      {0, "", "1/1"},
      {0, "", "3/1"},
      {0, "", "7/0"},
      {0, "", "1/1"},
      {INVALID, "", "5/5"}}},
    {"suspend",
     do_suspend,
     {{INTERNAL, "", "5/0"},
      {0, "g:3/0 ", "3/1"},
      {INTERNAL, "", "3/1"},
      {INTERNAL, "", "7/0"},
      {0, "g:3/0 ", "3/1"},
      {INTERNAL, "", "5/5"}}},
    {"resume",
     do_resume,
     {{INTERNAL, "", "5/0"},
      {INTERNAL, "", "1/1"},
      {0, "g:4/0 ", "1/5"},
      {INTERNAL, "", "7/0"},
      {INTERNAL, "", "1/1"},
      {INTERNAL, "", "5/5"}}},
    {"sleep",
     do_sleep,
     {{INVALID, "", "5/0"},
      {0, "g:7/0 ", "7/0"},
      {INVALID, "", "3/1"},
      {INVALID, "", "7/0"},
      {0, "g:7/0 ", "7/0"},
      {INVALID, "", "5/5"}}},
    {"wake up",
     do_wake,
     {{INVALID, "", "5/0"},
      {INVALID, "", "1/1"},
      {INVALID, "", "3/1"},
      {0, "g:2/4 ", "1/8"},
      {INVALID, "", "1/1"},
      {INVALID, "", "5/5"}}},
    {"undefine",
     do_undefine,
     {{0, "g:1/0 ", "gone"},
      {0, "g:1/0 ", "1/1"},
      {0, "g:1/0 ", "3/1"},
      {0, "g:1/0 ", "7/0"},
      {0, "g:1/0 ", "1/1"},
      {INVALID, "", "5/5"}}},
    {"undefine with the image",
     do_undefine_saved,
     {{0, "g:1/0 ", "gone"},
      {0, "g:1/0 ", "1/1"},
      {0, "g:1/0 ", "3/1"},
      {0, "g:1/0 ", "7/0"},
      {0, "g:1/0 ", "1/1"},
      {0, "g:1/0 ", "gone"}}},
    {"define",
     do_define,
     {{0, "g:0/1 ", "5/0"},
      {0, "g:0/1 ", "1/1"},
      {0, "g:0/1 ", "3/1"},
      {0, "g:0/1 ", "7/0"},
      {0, "g:0/0 ", "1/1"},
      {0, "g:0/1 ", "5/5"}}},
    {"create from a document",
     do_create_xml,
     {{0, "g:2/0 ", "1/1"},
      {INVALID, "", "1/1"},
      {INVALID, "", "3/1"},
      {INVALID, "", "7/0"},
      {INVALID, "", "1/1"},
      {0, "g:2/0 ", "1/1"}}},
    {"managed save",
     do_save,
     {{INVALID, "", "5/0"},
      {0, "g:5/4 ", "5/5"},
      {0, "g:5/4 ", "5/5"},
      {0, "g:5/4 ", "5/5"},
      {INVALID, "", "1/1"},
      {INVALID, "", "5/5"}}},
    {"rename",
     do_rename,
     {{0, "g:1/1 h:0/2 ", "gone"},
      {INVALID, "", "1/1"},
      {INVALID, "", "3/1"},
      {INVALID, "", "7/0"},
      {INVALID, "", "1/1"},
      {0, "g:1/1 h:0/2 ", "gone"}}},
    {"dump that crashes",
     do_dump,
     {{INVALID, "", "5/0"},
      {0, "g:5/2 ", "5/3"},
      {0, "g:5/2 ", "5/3"},
      {0, "g:5/2 ", "5/3"},
      {0, "g:5/2 ", "gone"},
      {INVALID, "", "5/5"}}},
};

static void check(size_t i, enum guest_state state)
{
    const struct outcome *expected = &calls[i].outcomes[state];
    virDomainPtr domain = make_guest(state);
    int id = listen_to_guests(NULL);
    int error = calls[i].call(domain) < 0 ? virGetLastErrorCode() : 0;
    g_autofree char *after = NULL;

    assert_int_equal(trace->len, 0); /* never in the caller's stack */
    run_loop();
    after = guest_state_text("g");
    if (error != expected->error || strcmp(trace->str, expected->events) ||
        strcmp(after, expected->state))
        fail_msg("%s while %s: error %d, events \"%s\", then %s; expected %d, \"%s\", %s",
                 calls[i].name, guest_states[state], error, trace->str, after, expected->error,
                 expected->events, expected->state);
    assert_ok(virConnectDomainEventDeregisterAny(conn, id));
    unmake_guest(domain);
    run_loop();
    g_string_truncate(trace, 0);
}

static void each_call_does_in_each_state_what_it_should(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
        for (int in = 0; in < GUEST_STATES; in++)
            check(i, in);
}

static void ids_count_up_and_go_with_the_run(void **state)
{
    virDomainPtr domain = make_guest(OFF), other;

    assert_int_equal((int)virDomainGetID(domain), -1);
    assert_ok(virDomainCreate(domain));
    assert_int_equal(virDomainGetID(domain), 2);
    other = virDomainLookupByID(conn, 2);
    assert_string_equal(virDomainGetName(other), "g");
    virDomainFree(other);
    assert_ok(virDomainDestroy(domain));
    assert_int_equal((int)virDomainGetID(domain), -1);
    assert_null(virDomainLookupByID(conn, 2));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    assert_ok(virDomainCreate(domain));
    assert_int_equal(virDomainGetID(domain), 3);
    unmake_guest(domain);
}

static void a_failed_redefinition_leaves_the_old_one(void **state)
{
    static const char *const broken[] = {
        "",
        "<domain",
        "<network/>",
        "<domain type='test'><name>g</name><uuid>x</uuid><os><type>hvm</type></os></domain>",
        GUEST("other", GUEST_UUID),
        GUEST("g", "99999999-2222-3333-4444-555555555555"),
    };
    virDomainPtr domain = make_guest(OFF);
    g_autofree char *before = virDomainGetXMLDesc(domain, 0);
    int id = listen_to_guests(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *after = NULL;

        assert_null(virDomainDefineXML(conn, broken[i]));
        assert_null(virDomainCreateXML(conn, broken[i], 0));
        after = virDomainGetXMLDesc(domain, 0);
        assert_string_equal(before, after);
    }
    run_loop();
    assert_string_equal(trace->str, "");
    assert_int_equal(virConnectNumOfDefinedDomains(conn), 1);
    assert_ok(virConnectDomainEventDeregisterAny(conn, id));
    unmake_guest(domain);
}

static void what_runs_and_what_is_defined_are_two_things(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    virDomainInfo info;

    assert_ok(virDomainSetMemoryFlags(domain, 32768, VIR_DOMAIN_AFFECT_CONFIG));
    assert_ok(virDomainGetInfo(domain, &info));
    assert_int_equal(info.memory, 65536);
    assert_ok(virDomainSetMemoryFlags(domain, 16384, VIR_DOMAIN_AFFECT_LIVE));
    assert_ok(virDomainGetInfo(domain, &info));
    assert_int_equal(info.memory, 16384);
    assert_ok(virDomainDestroy(domain));
    assert_ok(virDomainGetInfo(domain, &info));
    assert_int_equal(info.memory, 32768);
    unmake_guest(domain);
}

static void a_listener_for_one_guest_hears_of_no_other(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    virDomainPtr other = define_guest(GUEST("o", "99999999-2222-3333-4444-555555555555"));
    int id = listen_to_guests(domain);

    assert_ok(virDomainCreate(other));
    assert_ok(virDomainSuspend(domain));
    assert_ok(virDomainDestroy(other));
    run_loop();
    assert_string_equal(trace->str, "g:3/0 ");
    assert_ok(virConnectDomainEventDeregisterAny(conn, id));
    unmake_guest(other);
    unmake_guest(domain);
}

static void the_same_events_come_through_the_old_registration(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);

    assert_int_equal(virConnectDomainEventRegister(conn, on_guest_event, trace, NULL), 0);
    assert_ok(virDomainSuspend(domain));
    run_loop();
    assert_string_equal(trace->str, "g:3/0 ");
    assert_int_equal(virConnectDomainEventDeregister(conn, on_guest_event), 0);
    assert_int_equal(virConnectDomainEventDeregister(conn, on_guest_event), -1);
    unmake_guest(domain);
}

static void a_reboot_follows_the_document(void **state)
{
    virDomainPtr domain = make_guest(RUNNING);
    g_autofree char *after = NULL;

    assert_ok(virDomainSetLifecycleAction(domain, VIR_DOMAIN_LIFECYCLE_REBOOT,
                                          VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY,
                                          VIR_DOMAIN_AFFECT_LIVE));
    assert_ok(virDomainReboot(domain, 0));
    after = guest_state_text("g");
    assert_string_equal(after, "5/1");
    unmake_guest(domain);
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_default, close_default)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(each_call_does_in_each_state_what_it_should),
        test(ids_count_up_and_go_with_the_run),
        test(a_failed_redefinition_leaves_the_old_one),
        test(what_runs_and_what_is_defined_are_two_things),
        test(a_listener_for_one_guest_hears_of_no_other),
        test(the_same_events_come_through_the_old_registration),
        test(a_reboot_follows_the_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
