/* Guests in a state, and what a call does to them. */
#pragma once

#include "unit/drivers/test/fixture.h"

#define GUEST_UUID "11111111-2222-3333-4444-555555555555"
#define GUEST(name, uuid)                                                                          \
    "<domain type='test'><name>" name "</name><uuid>" uuid "</uuid><memory>65536</memory>"         \
    "<vcpu>2</vcpu><os><type>hvm</type></os></domain>"

static int on_guest_event(virConnectPtr c, virDomainPtr domain, int event, int detail, void *opaque)
{
    assert_ptr_equal(c, conn);
    g_string_append_printf(opaque, "%s:%d/%d ", virDomainGetName(domain), event, detail);
    return 0;
}

static inline int listen_to_guests(virDomainPtr domain)
{
    int id = virConnectDomainEventRegisterAny(
        conn, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        any_callback(virConnectDomainEventGenericCallback, on_guest_event), trace, NULL);

    assert_ok(id);
    return id;
}

static inline virDomainPtr define_guest(const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(conn, xml);

    if (!domain)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return domain;
}

enum guest_state { OFF, RUNNING, PAUSED, ASLEEP, TRANSIENT, SAVED, GUEST_STATES };
static const char *const guest_states[] = {"off",    "running",   "paused",
                                           "asleep", "transient", "saved"};

/* A guest "g" in that state. */
static inline virDomainPtr make_guest(enum guest_state state)
{
    virDomainPtr domain;

    if (state == TRANSIENT)
        return virDomainCreateXML(conn, GUEST("g", GUEST_UUID), 0);
    domain = define_guest(GUEST("g", GUEST_UUID));
    if (state != OFF)
        assert_ok(virDomainCreate(domain));
    if (state == PAUSED)
        assert_ok(virDomainSuspend(domain));
    if (state == ASLEEP)
        assert_ok(virDomainPMSuspendForDuration(domain, VIR_NODE_SUSPEND_TARGET_MEM, 0, 0));
    if (state == SAVED)
        assert_ok(virDomainManagedSave(domain, 0));
    return domain;
}

/* Takes "g" away, whatever became of it. */
static inline void unmake_guest(virDomainPtr domain)
{
    virDomainDestroy(domain);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
    virDomainFree(domain);
}

/* "state/reason", "gone" without the guest. */
static inline char *guest_state_text(const char *name)
{
    virDomainPtr domain = virDomainLookupByName(conn, name);
    int state = -1, reason = -1;

    if (!domain)
        return g_strdup("gone");
    assert_ok(virDomainGetState(domain, &state, &reason, 0));
    virDomainFree(domain);
    return g_strdup_printf("%d/%d", state, reason);
}
