#include "core/drivers/qemu/sample.h"

#include <string.h>

struct guest_said {
    unsigned run;                      /* of which all this was said */
    gint64 rests_until;                /* it was silent */
    json_t *answers[SAMPLE_QUESTIONS]; /* NULL: none so far */
};

static void forget(struct guest_said *said)
{
    for (size_t i = 0; i < SAMPLE_QUESTIONS; i++)
        json_decref(said->answers[i]);
}

void guest_said_free(struct guest_said *said)
{
    if (said)
        forget(said);
    g_free(said);
}

void sample_take(struct sample *sample, struct qemu_host *host, struct qemu_guest *guest,
                 gint64 deadline)
{
    *sample = (struct sample){
        .host = host,
        .guest = guest_ref(guest),
        .definition = definition_ref(guest->live ? guest->live : guest->config),
        .state = guest->state,
        .reason = guest->reason,
        .run = guest_active(guest) ? guest->run : 0,
        .pid = guest_active(guest) ? guest->process.pid : 0,
        .deadline = deadline,
    };
}

int sample_find(struct sample *sample, virDomainPtr domain, bool active)
{
    struct qemu_host *host = host_of(domain->conn);
    lock_guard(&host->lock);
    struct qemu_guest *guest = active ? guest_find_active(host, domain) : guest_find(host, domain);

    if (!guest)
        return -1;
    sample_take(sample, host, guest, g_get_monotonic_time() + SAMPLE_WAIT_MS * 1000);
    return 0;
}

void sample_clear(struct sample *sample)
{
    if (!sample->guest)
        return;
    lock_guard(&sample->host->lock);
    definition_unref(sample->definition);
    guest_unref(sample->guest);
    sample->guest = NULL;
}

static const char *const commands[SAMPLE_QUESTIONS] = {
    [SAMPLE_BLOCK_STATS] = "query-blockstats", [SAMPLE_BLOCKS] = "query-block",
    [SAMPLE_BALLOON] = "query-balloon",        [SAMPLE_MEMORY] = "qom-get",
    [SAMPLE_CPUS] = "query-cpus-fast",         [SAMPLE_IOTHREADS] = "query-iothreads",
    [SAMPLE_DIRTY_RATE] = "query-dirty-rate",
};

/* NULL for none. */
static json_t *arguments_of(const struct sample *sample, enum sample_question question)
{
    const struct domain *doc = sample_doc(sample);
    const char *alias = doc->devices.memballoon.alias.name;
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", alias ? alias : "balloon0");

    if (question == SAMPLE_MEMORY)
        return json_pack("{s:s, s:s}", "path", path, "property", "guest-stats");
    return NULL;
}

/* What was said in this run, and whether and whom to ask for more. */
static json_t *recall(struct sample *sample, enum sample_question question,
                      struct qemu_monitor **ret_monitor)
{
    lock_guard(&sample->host->lock);
    struct qemu_guest *guest = sample->guest;

    *ret_monitor = NULL;
    if (!sample->run || guest->run != sample->run)
        return NULL;
    if (!guest->said)
        guest->said = g_new0(struct guest_said, 1);
    if (guest->said->run != guest->run) {
        forget(guest->said);
        *guest->said = (struct guest_said){.run = guest->run};
    }
    if (guest->monitor && g_get_monotonic_time() >= guest->said->rests_until)
        *ret_monitor = monitor_ref(guest->monitor);
    return json_incref(guest->said->answers[question]);
}

/* Takes the answer; NULL for silence. */
static void keep(struct sample *sample, enum sample_question question, json_t *answer, bool silent)
{
    lock_guard(&sample->host->lock);
    struct guest_said *said = sample->guest->said;

    if (said->run == sample->run && answer) {
        json_decref(said->answers[question]);
        said->answers[question] = json_incref(answer);
    }
    if (said->run == sample->run && silent)
        said->rests_until = g_get_monotonic_time() + SAMPLE_REST_MS * 1000;
}

json_t *sample_ask(struct sample *sample, enum sample_question question)
{
    struct qemu_monitor *monitor;
    g_autoptr(json_t) old = recall(sample, question, &monitor), answer = NULL;
    gint64 left = (sample->deadline - g_get_monotonic_time()) / 1000;
    bool silent;

    if (!monitor)
        return g_steal_pointer(&old);
    /* the last of many guests get a little time too */
    silent = monitor_call(monitor, commands[question], arguments_of(sample, question), -1,
                          CLAMP(left, 20, old ? SAMPLE_AGAIN_MS : SAMPLE_WAIT_MS), &answer) < 0 &&
             error_code() == VIR_ERR_OPERATION_TIMEOUT;
    monitor_unref(monitor);
    error_reset();
    keep(sample, question, answer, silent);
    return answer ? g_steal_pointer(&answer) : g_steal_pointer(&old);
}
