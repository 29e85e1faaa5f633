#include "core/daemon/metrics.h"

#include <corral/corral.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/daemon/daemon.h"
#include "core/daemon/metrics_http.h"
#include "core/rpc/procedure.h"

struct figures {
    guint64 calls, errors, took_us;
};

struct metrics {
    struct figures **of; /* by program, then number */
    guint64 unknown;     /* calls of what there is not */
    gint64 began;        /* wall clock, seconds */
    GPtrArray *https;
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = g_new0(struct metrics, 1);

    metrics->of = g_new0(struct figures *, wire_n_programs);
    for (size_t i = 0; i < wire_n_programs; i++)
        metrics->of[i] = g_new0(struct figures, wire_programs[i].procedures + 1);
    metrics->began = g_get_real_time() / G_USEC_PER_SEC;
    metrics->https = g_ptr_array_new_with_free_func((GDestroyNotify)metrics_http_free);
    return metrics;
}

void metrics_end(struct metrics *metrics)
{
    g_ptr_array_set_size(metrics->https, 0);
}

void metrics_free(struct metrics *metrics)
{
    g_ptr_array_unref(metrics->https);
    for (size_t i = 0; i < wire_n_programs; i++)
        g_free(metrics->of[i]);
    g_free(metrics->of);
    g_free(metrics);
}

static void add(guint64 *to, guint64 more)
{
    __atomic_fetch_add(to, more, __ATOMIC_RELAXED);
}

static guint64 get(const guint64 *from)
{
    return __atomic_load_n(from, __ATOMIC_RELAXED);
}

void metrics_count(struct metrics *metrics, const struct wire_procedure *procedure, gint64 took_us,
                   gboolean failed)
{
    for (size_t i = 0; procedure && i < wire_n_programs; i++) {
        const struct wire_program *program = &wire_programs[i];
        struct figures *figures;

        if (procedure < program->procedure || procedure > program->procedure + program->procedures)
            continue;
        figures = &metrics->of[i][procedure - program->procedure];
        add(&figures->calls, 1);
        add(&figures->took_us, took_us);
        if (failed)
            add(&figures->errors, 1);
        return;
    }
    add(&metrics->unknown, 1);
}

int metrics_serve(struct metrics *metrics, struct daemon *daemon, int fd)
{
    struct metrics_http *http = metrics_http_new(metrics, daemon, fd);

    if (!http)
        return -1;
    g_ptr_array_add(metrics->https, http);
    return 0;
}

/* --- the text ------------------------------------------------------------------------------------
 */

static void head(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# TYPE corral_%s %s\n# HELP corral_%s %s\n", name, type, name,
                           help);
}

static void gauge(GString *text, const char *name, gint64 value, const char *help)
{
    head(text, name, "gauge", help);
    g_string_append_printf(text, "corral_%s %" G_GINT64_FORMAT "\n", name, value);
}

static void counter(GString *text, const char *name, guint64 value, const char *help)
{
    head(text, name, "counter", help);
    g_string_append_printf(text, "corral_%s_total %" G_GUINT64_FORMAT "\n", name, value);
}

enum which { CALLS, ERRORS, SECONDS };

static void figure(GString *text, enum which which, const char *name, const struct figures *figures)
{
    static const char *const names[] = {"calls", "call_errors", "call_seconds"};
    guint64 value = which == CALLS    ? get(&figures->calls)
                    : which == ERRORS ? get(&figures->errors)
                                      : get(&figures->took_us);

    g_string_append_printf(text, "corral_%s_total{procedure=\"%s\"} ", names[which], name);
    if (which == SECONDS)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "\n",
                               value / G_USEC_PER_SEC, value % G_USEC_PER_SEC);
    else
        g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", value);
}

/* Of procedures that have been called. */
static void figures(GString *text, const struct metrics *metrics, enum which which)
{
    for (size_t i = 0; i < wire_n_programs; i++)
        for (guint32 j = 1; j <= wire_programs[i].procedures; j++)
            if (get(&metrics->of[i][j].calls))
                figure(text, which, wire_procedure_name(&wire_programs[i].procedure[j]),
                       &metrics->of[i][j]);
}

static void add_calls(GString *text, const struct metrics *metrics)
{
    head(text, "calls", "counter", "Calls that have been answered.");
    figures(text, metrics, CALLS);
    head(text, "call_errors", "counter", "Calls that were answered by an error.");
    figures(text, metrics, ERRORS);
    head(text, "call_seconds", "counter", "Time that calls have taken.");
    figures(text, metrics, SECONDS);
    counter(text, "unknown_calls", get(&metrics->unknown), "Calls of procedures that nobody has.");
}

static void add_server(GString *text, const struct metrics *metrics, struct daemon *daemon)
{
    struct server_state state = server_state(daemon->server);

    gauge(text, "start_time_seconds", metrics->began, "When the daemon began.");
    gauge(text, "clients", state.clients, "Clients that are connected.");
    gauge(text, "clients_anonymous", state.anonymous, "Those that have not proved who they are.");
    counter(text, "clients_accepted", state.accepted, "Clients that have come.");
    gauge(text, "workers", state.workers.threads, "Threads for calls that take time.");
    gauge(text, "workers_idle", state.workers.idle, "Those that have nothing to do.");
    gauge(text, "calls_queued", state.workers.queued, "Calls that wait for one.");
}

static const char *const states[] = {"nostate",  "running", "blocked", "paused",
                                     "shutdown", "shutoff", "crashed", "pmsuspended"};

static void count_states(const char *uri, int counts[G_N_ELEMENTS(states)])
{
    virConnectPtr conn = virConnectOpenAuth(uri, NULL, VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES);
    virDomainStatsRecordPtr *records = NULL;
    int n = conn ? virConnectGetAllDomainStats(conn, VIR_DOMAIN_STATS_STATE, &records,
                                               VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)
                 : -1;

    for (int i = 0; i < n; i++) {
        int state = 0;

        virTypedParamsGetInt(records[i]->params, records[i]->nparams, "state.state", &state);
        if (state >= 0 && state < (int)G_N_ELEMENTS(states))
            counts[state]++;
    }
    if (n >= 0)
        virDomainStatsRecordListFree(records);
    if (conn)
        virConnectClose(conn);
}

static void add_guests(GString *text, struct daemon *daemon)
{
    struct daemon_config *config = daemon_config_of(daemon);

    head(text, "domains", "gauge", "Guests by state.");
    for (char **uri = config->metrics_uris; uri && *uri; uri++) {
        g_autofree char *label = g_strescape(*uri, NULL);
        int counts[G_N_ELEMENTS(states)] = {0};

        count_states(*uri, counts);
        for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
            g_string_append_printf(text, "corral_domains{uri=\"%s\",state=\"%s\"} %d\n", label,
                                   states[i], counts[i]);
    }
    daemon_config_unref(config);
}

GString *metrics_text(struct metrics *metrics, struct daemon *daemon)
{
    GString *text = g_string_new(NULL);

    add_server(text, metrics, daemon);
    add_calls(text, metrics);
    add_guests(text, daemon);
    g_string_append(text, "# EOF\n");
    return text;
}
