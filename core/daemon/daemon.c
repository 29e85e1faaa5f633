#include "core/daemon/daemon.h"

#include "core/daemon/client.h"
#include "core/daemon/log.h"
#include "core/daemon/tls.h"

struct daemon_config *daemon_config_of(struct daemon *daemon)
{
    lock_guard(&daemon->lock);
    return daemon_config_ref(daemon->config);
}

struct access_rules *daemon_rules_of(struct daemon *daemon)
{
    lock_guard(&daemon->lock);
    return access_rules_ref(daemon->rules);
}

static struct server_limits limits_of(const struct daemon_config *config)
{
    return (struct server_limits){
        .clients = config->max_clients,
        .anonymous = config->max_anonymous_clients,
        .client_requests = config->max_client_requests,
        .workers_min = config->min_workers,
        .workers_max = config->max_workers,
    };
}

static void judge_anew(struct server_client *peer, void *data)
{
    if (peer->data)
        daemon_client_judge_anew(peer->data);
}

/* Everything that can be wrong is found out before anything changes: certificates, too. */
static int prepare(struct daemon *daemon, struct daemon_config *config,
                   struct access_rules **ret_rules, struct tls_credentials **ret_tls)
{
    struct access_rules *rules = access_rules_new(config->access_rules, config->unix_sock_group);
    struct tls_credentials *tls = rules && config->listen_tls ? daemon_tls_load(config) : NULL;

    if (!rules || (config->listen_tls && !tls) || daemon_log_open(daemon->options, config) < 0) {
        access_rules_unref(rules);
        daemon_tls_unload(tls);
        return -1;
    }
    if (daemon_config_asks_polkit(config))
        access_rules_ask_polkit(rules, config->polkit_timeout);
    *ret_rules = rules;
    *ret_tls = tls;
    return 0;
}

int daemon_apply(struct daemon *daemon, struct daemon_config *config)
{
    struct access_rules *rules, *rules_before = daemon->rules;
    struct tls_credentials *tls, *tls_before = daemon->tls;
    struct daemon_config *before = daemon->config;
    struct server_limits limits = limits_of(config);

    if (prepare(daemon, config, &rules, &tls) < 0)
        return -1;
    lock_take(&daemon->lock);
    daemon->config = config;
    daemon->rules = rules;
    daemon->tls = tls;
    lock_drop(&daemon->lock);
    __atomic_store_n(&daemon->slow_ms, config->log_slow_calls, __ATOMIC_RELAXED);
    daemon_config_unref(before);
    access_rules_unref(rules_before);
    daemon_tls_unload(tls_before);
    if (daemon->server) {
        server_set_limits(daemon->server, &limits);
        server_each_client(daemon->server, judge_anew, NULL);
    }
    return 0;
}
