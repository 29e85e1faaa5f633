#include "core/drivers/qemu/events.h"

#include <string.h>

#include "core/base/log.h"
#include "core/conf/guest/event.h"
#include "core/drivers/qemu/device_plug.h"
#include "core/drivers/qemu/job.h"
#include "core/drivers/qemu/run.h"

/* ---- to applications */

static void push(struct qemu_host *host, const struct qemu_guest *guest,
                 struct guest_event_spec spec)
{
    spec.uuid = guest->item.uuid;
    spec.name = guest->name;
    spec.guest_id = guest->item.id;
    if (host_listens(host))
        host_push(host, guest_event_new(&spec));
}

void guest_push_lifecycle(struct qemu_host *host, const struct qemu_guest *guest, int event,
                          int detail)
{
    push(host, guest,
         (struct guest_event_spec){
             .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE, .number = event, .detail = detail});
}

void guest_push_number(struct qemu_host *host, const struct qemu_guest *guest, int id, int number)
{
    push(host, guest, (struct guest_event_spec){.id = id, .number = number});
}

void guest_push_text(struct qemu_host *host, const struct qemu_guest *guest, int id,
                     const char *text)
{
    push(host, guest, (struct guest_event_spec){.id = id, .text = text});
}

void guest_push_metadata(struct qemu_host *host, const struct qemu_guest *guest, int type,
                         const char *uri)
{
    push(host, guest,
         (struct guest_event_spec){
             .id = VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, .number = type, .text = uri});
}

void guest_resumed(struct qemu_host *host, struct qemu_guest *guest, int reason, int detail)
{
    if (guest->state == VIR_DOMAIN_RUNNING)
        return;
    guest_set_state(guest, VIR_DOMAIN_RUNNING, reason);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_RESUMED, detail);
}

void guest_paused(struct qemu_host *host, struct qemu_guest *guest, int reason, int detail)
{
    if (guest->state == VIR_DOMAIN_PAUSED)
        return;
    guest_set_state(guest, VIR_DOMAIN_PAUSED, reason);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_SUSPENDED, detail);
}

/* ---- from QEMU */

void guest_booted(struct qemu_host *host, struct qemu_guest *guest)
{
    if (!guest->booting)
        return;
    guest->booting = false;
    guest_set_state(guest, VIR_DOMAIN_RUNNING, guest->start_reason);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_STARTED, guest->start_detail);
}

static void on_resume(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    if (guest->state == VIR_DOMAIN_PAUSED)
        guest_resumed(host, guest, VIR_DOMAIN_RUNNING_UNPAUSED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
}

/* Who asked for it says before what it means. */
static void on_stop(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    static const int details[] = {
        [VIR_DOMAIN_PAUSED_IOERROR] = VIR_DOMAIN_EVENT_SUSPENDED_IOERROR,
        [VIR_DOMAIN_PAUSED_WATCHDOG] = VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG,
        [VIR_DOMAIN_PAUSED_MIGRATION] = VIR_DOMAIN_EVENT_SUSPENDED_PAUSED,
    };
    int reason = guest->pause_reason;

    guest->pause_reason = 0;
    if (guest->state != VIR_DOMAIN_RUNNING)
        return;
    guest_paused(host, guest, reason ? reason : VIR_DOMAIN_PAUSED_UNKNOWN,
                 reason < (int)G_N_ELEMENTS(details) ? details[reason] : 0);
}

/* In a worker: the machine is off, and the process waits to be told what that means. */
struct powered_off {
    struct qemu_host *host;
    struct qemu_guest *guest;
    unsigned run;
};

static void start_again(struct qemu_monitor *monitor)
{
    if (monitor_call(monitor, "system_reset", NULL, -1, 0, NULL) < 0 ||
        monitor_call(monitor, "cont", NULL, -1, 0, NULL) < 0)
        log_error("a guest's reboot: %s", virGetLastErrorMessage());
}

static bool comes_back(const struct qemu_guest *guest)
{
    return guest->reset_coming || guest->live->doc->on_poweroff == DOMAIN_LIFECYCLE_ACTION_RESTART;
}

static void powered_off(void *data)
{
    struct powered_off *it = data;
    struct qemu_monitor *monitor = NULL;

    lock_take(&it->host->lock);
    if (it->guest->run == it->run && it->guest->live) {
        if (comes_back(it->guest) && it->guest->monitor) {
            it->guest->reset_coming = false;
            monitor = monitor_ref(it->guest->monitor);
            guest_set_state(it->guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
        } else if (it->guest->live->doc->on_poweroff != DOMAIN_LIFECYCLE_ACTION_PRESERVE) {
            it->guest->end_reason = VIR_DOMAIN_SHUTOFF_SHUTDOWN;
            it->guest->end_detail = VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN;
            run_kill(it->guest, false);
        }
    }
    lock_drop(&it->host->lock);
    if (monitor) {
        start_again(monitor);
        monitor_unref(monitor);
    }
    guest_unref(it->guest);
    g_free(it);
}

static void on_shutdown(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    bool inside = json_is_true(json_object_get(data, "guest"));
    struct powered_off *it;

    if (guest->end_reason || guest->state == VIR_DOMAIN_SHUTDOWN)
        return;
    it = g_new(struct powered_off, 1);
    *it = (struct powered_off){host, guest_ref(guest), guest->run};
    if (guest->live && !comes_back(guest)) {
        guest_set_state(guest, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
        guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_SHUTDOWN,
                             inside ? VIR_DOMAIN_EVENT_SHUTDOWN_GUEST
                                    : VIR_DOMAIN_EVENT_SHUTDOWN_HOST);
    }
    host_work(host, powered_off, it);
}

static void on_reset(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    struct guest_event_spec spec = {.id = VIR_DOMAIN_EVENT_ID_REBOOT};

    push(host, guest, spec);
}

static void on_suspend(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    if (guest->state != VIR_DOMAIN_RUNNING)
        return;
    guest_set_state(guest, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_PMSUSPENDED,
                         VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    guest_push_number(host, guest, VIR_DOMAIN_EVENT_ID_PMSUSPEND, 0);
}

static void on_wakeup(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    guest_push_number(host, guest, VIR_DOMAIN_EVENT_ID_PMWAKEUP, 0);
    if (guest->state != VIR_DOMAIN_PMSUSPENDED)
        return;
    guest_set_state(guest, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
}

static void on_panic(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    guest_set_state(guest, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
    guest_push_lifecycle(host, guest, VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
}

static void on_io_error(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    const char *action = json_string_value(json_object_get(data, "action"));

    if (!g_strcmp0(action, "stop"))
        guest->pause_reason = VIR_DOMAIN_PAUSED_IOERROR;
}

static void on_watchdog(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    static const char *const actions[] = {"none",     "pause", "reset",     "poweroff",
                                          "shutdown", "debug", "inject-nmi"};
    const char *action = json_string_value(json_object_get(data, "action"));

    for (size_t i = 0; action && i < G_N_ELEMENTS(actions); i++)
        if (!strcmp(action, actions[i]))
            guest_push_number(host, guest, VIR_DOMAIN_EVENT_ID_WATCHDOG, i);
    if (!g_strcmp0(action, "pause"))
        guest->pause_reason = VIR_DOMAIN_PAUSED_WATCHDOG;
}

static void on_balloon(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    json_int_t actual = json_integer_value(json_object_get(data, "actual"));
    struct domain *doc;

    if (!guest->live || actual <= 0)
        return;
    doc = definition_edit(&guest->live);
    doc->current_memory = actual / 1024;
    doc->has_current_memory = true;
}

static void on_deleted(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    const char *alias = json_string_value(json_object_get(data, "device"));

    if (alias)
        device_unplugged(host, guest, alias);
}

static void on_refused(struct qemu_host *host, struct qemu_guest *guest, json_t *data)
{
    const char *alias = json_string_value(json_object_get(data, "device"));

    if (alias)
        device_stays(host, guest, alias);
}

void guest_event(struct qemu_host *host, struct qemu_guest *guest, const char *name, json_t *data,
                 gint64 seconds, gint64 micros)
{
    static const struct {
        const char *name;
        void (*on)(struct qemu_host *host, struct qemu_guest *guest, json_t *data);
    } handlers[] = {
        {"RESUME", on_resume},
        {"STOP", on_stop},
        {"SHUTDOWN", on_shutdown},
        {"RESET", on_reset},
        {"SUSPEND", on_suspend},
        {"WAKEUP", on_wakeup},
        {"GUEST_PANICKED", on_panic},
        {"BLOCK_IO_ERROR", on_io_error},
        {"WATCHDOG", on_watchdog},
        {"DEVICE_DELETED", on_deleted},
        {"DEVICE_UNPLUG_GUEST_ERROR", on_refused},
        {"BALLOON_CHANGE", on_balloon},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        if (!strcmp(name, handlers[i].name) && !guest->starting) {
            /* whatever it does first, it runs */
            if (guest->booting && strcmp(name, "STOP") != 0)
                guest_booted(host, guest);
            handlers[i].on(host, guest, data);
        }
}
