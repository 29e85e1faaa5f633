#include "core/drivers/qemu/guest.h"
#include "core/drivers/qemu/agent_guest.h"
#include "core/drivers/qemu/sample.h"

#include <string.h>

struct qemu_guest *guest_ref(struct qemu_guest *guest)
{
    __atomic_add_fetch(&guest->refs, 1, __ATOMIC_RELAXED);
    return guest;
}

void guest_unref(struct qemu_guest *guest)
{
    if (!guest || __atomic_sub_fetch(&guest->refs, 1, __ATOMIC_ACQ_REL))
        return;
    definition_unref(guest->config);
    definition_unref(guest->live);
    monitor_unref(guest->monitor);
    caps_unref(guest->caps);
    process_release(&guest->process);
    g_clear_pointer(&guest->consoles, g_hash_table_destroy);
    guest_inside_free(guest->inside);
    guest_said_free(guest->said);
    g_free(guest->folder);
    g_free(guest->name);
    g_free(guest);
}

struct qemu_guest *guest_find(struct qemu_host *host, virDomainPtr domain)
{
    struct qemu_guest *guest = objlist_by_uuid(&host->guests, domain->uuid);
    char uuid[UUID_TEXT];

    if (G_UNLIKELY(!guest))
        qemu_error(NO_DOMAIN, "no domain with matching uuid '%s' (%s)",
                   uuid_format(domain->uuid, uuid), domain->name);
    return guest;
}

int guest_require_active(const struct qemu_guest *guest)
{
    if (G_LIKELY(guest_active(guest)))
        return 0;
    qemu_error(OPERATION_INVALID, "domain is not running");
    return -1;
}

struct qemu_guest *guest_find_active(struct qemu_host *host, virDomainPtr domain)
{
    struct qemu_guest *guest = guest_find(host, domain);

    return guest && guest_require_active(guest) == 0 ? guest : NULL;
}

virDomainPtr guest_object(virConnectPtr conn, const struct qemu_guest *guest)
{
    return new_domain(conn, guest->name, guest->item.uuid, guest->item.id);
}

struct qemu_guest *guest_add(struct qemu_host *host, const struct domain *doc)
{
    struct qemu_guest *guest = g_new0(struct qemu_guest, 1);

    guest->refs = 1;
    guest->listed = true;
    guest->name = g_strdup(doc->name);
    guest->item.name = guest->name;
    guest->item.id = -1;
    guest->process = PROCESS_NONE;
    uuid_parse(doc->uuid, guest->item.uuid);
    guest_set_state(guest, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);
    objlist_add(&host->guests, &guest->item);
    return guest;
}

void guest_remove(struct qemu_host *host, struct qemu_guest *guest)
{
    if (!guest->listed)
        return;
    guest->listed = false;
    objlist_remove(&host->guests, &guest->item);
    guest_unref(guest);
}

static int refuse_match(const char *format, const char *name, const char *uuid)
{
    g_autofree char *text = g_strdup_printf("domain '%s' %s %s", name, format, uuid);

    qemu_error(OPERATION_FAILED, "%s", text);
    return -1;
}

int guest_match(struct qemu_host *host, const struct domain *doc, bool inactive,
                struct qemu_guest **ret)
{
    unsigned char uuid[UUID_BYTES];
    char other[UUID_TEXT];
    struct qemu_guest *guest;

    uuid_parse(doc->uuid, uuid);
    guest = objlist_by_uuid(&host->guests, uuid);
    if (guest && strcmp(guest->name, doc->name) != 0)
        return refuse_match("is already defined with uuid", guest->name, doc->uuid);
    if (!guest && (guest = objlist_by_name(&host->guests, doc->name)))
        return refuse_match("already exists with uuid", doc->name,
                            uuid_format(guest->item.uuid, other));
    if (guest && inactive && (guest_active(guest) || guest->starting)) {
        qemu_error(OPERATION_INVALID, "domain '%s' is already active", doc->name);
        return -1;
    }
    *ret = guest;
    return 0;
}

void guests_clear(struct qemu_host *host)
{
    GList *link;

    while ((link = host->guests.order.head))
        guest_remove(host, link->data);
}

void guests_let_go(struct qemu_host *host)
{
    for (objlist_each(&host->guests, struct qemu_guest, guest))
        if (guest->monitor)
            monitor_close(guest->monitor);
}

void guest_set_state(struct qemu_guest *guest, int state, int reason)
{
    guest->state = state;
    guest->reason = reason;
}
