#include "core/drivers/qemu/agent_guest.h"

#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/sockets.h"
#include "core/object/call.h"

#define CHANNEL_NAME "org.qemu.guest_agent.0"

struct guest_inside {
    struct qemu_agent *agent; /* NULL: not connected so far */
    unsigned run;             /* of which it is */
    int timeout;
};

void guest_inside_free(struct guest_inside *inside)
{
    if (!inside)
        return;
    if (inside->agent)
        agent_close(inside->agent);
    agent_unref(inside->agent);
    g_free(inside);
}

static struct guest_inside *inside_of(struct qemu_guest *guest)
{
    if (!guest->inside) {
        guest->inside = g_new0(struct guest_inside, 1);
        guest->inside->timeout = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK;
    }
    return guest->inside;
}

/* NULL with an error. */
static const char *channel_path(const struct domain *doc)
{
    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        const struct domain_channel *channel = &doc->devices.channels[i];

        if (channel->type == DOMAIN_CHARDEV_TYPE_UNIX && channel->source.path &&
            !g_strcmp0(channel->target.name, CHANNEL_NAME))
            return channel->source.path;
    }
    qemu_error(ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
    return NULL;
}

/* ---- the connection ---- */

struct place {
    struct qemu_host *host;
    struct qemu_guest *guest;
    unsigned run;
    char *path;
    int timeout;
};

/* What there is already, in `ret_agent`, or where to connect to; lock not held. */
static int find(virDomainPtr domain, struct place *place, struct qemu_agent **ret_agent)
{
    WITH_ACTIVE_GUEST(domain, -1);
    struct guest_inside *inside = inside_of(guest);
    const char *path = channel_path(guest->live->doc);

    if (!path)
        return -1;
    *place = (struct place){host, guest_ref(guest), guest->run, g_strdup(path), inside->timeout};
    if (inside->agent && inside->run == guest->run && agent_is_open(inside->agent))
        *ret_agent = agent_ref(inside->agent);
    return 0;
}

static int connect_to(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);
    int fd = socket_connect(folder, name);

    if (fd < 0)
        error_prefix("the guest agent's channel cannot be reached");
    return fd;
}

/* Two may come here at once: the second one's connection is of no use, as QEMU serves one. */
static struct qemu_agent *keep(struct place *place, int fd)
{
    lock_guard(&place->host->lock);
    struct guest_inside *inside = place->guest->inside;

    if (place->guest->run != place->run) {
        close(fd);
        qemu_error(OPERATION_FAILED, "domain is no longer running");
        return NULL;
    }
    if (inside->agent && inside->run == place->run && agent_is_open(inside->agent)) {
        close(fd);
        return agent_ref(inside->agent);
    }
    if (inside->agent)
        agent_close(inside->agent);
    agent_unref(inside->agent);
    inside->run = place->run;
    inside->agent = agent_open(place->host->loop, fd, NULL, NULL);
    return agent_ref(inside->agent);
}

static struct qemu_agent *reach(virDomainPtr domain, int *ret_timeout)
{
    struct place place = {0};
    struct qemu_agent *agent = NULL;
    int fd;

    if (find(domain, &place, &agent) < 0)
        return NULL;
    *ret_timeout = place.timeout;
    if (!agent && (fd = connect_to(place.path)) >= 0)
        agent = keep(&place, fd);
    lock_take(&place.host->lock);
    guest_unref(place.guest);
    lock_drop(&place.host->lock);
    g_free(place.path);
    return agent;
}

/* ---- questions ---- */

static int execute(virDomainPtr domain, struct agent_request *request, const int *timeout,
                   const char *function, json_t **ret)
{
    g_autoptr(json_t) arguments = request->arguments;
    struct qemu_agent *agent = reach(domain, &request->timeout);
    struct call call;
    int result;

    if (!agent)
        return -1;
    if (timeout && *timeout != VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT)
        request->timeout = *timeout;
    call_begin_as(&call, &domain->conn->calls, function);
    request->call = &call;
    request->arguments = json_incref(arguments);
    result = agent_execute(agent, request, ret);
    call_end(&call);
    agent_unref(agent);
    return result;
}

int guest_ask_agent(virDomainPtr domain, const char *command, json_t *arguments,
                    const char *function, json_t **ret)
{
    return execute(domain, &(struct agent_request){.command = command, .arguments = arguments},
                   NULL, function, ret);
}

int guest_tell_agent_end(virDomainPtr domain, const char *command, json_t *arguments,
                         const char *function)
{
    return execute(
        domain, &(struct agent_request){.command = command, .arguments = arguments, .ends = true},
        NULL, function, NULL);
}

int qemu_domainAgentSetResponseTimeout(virDomainPtr domain, int timeout, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (timeout < VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK) {
        qemu_error(INVALID_ARG, "guest agent timeout '%d' is less than the minimum '%d'", timeout,
                   VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK);
        return -1;
    }
    WITH_GUEST(domain, -1);
    inside_of(guest)->timeout = timeout;
    return 0;
}

/* A command as the caller wrote it. */
char *qemu_domainQemuAgentCommand(virDomainPtr domain, const char *text, int timeout,
                                  unsigned int flags)
{
    const char *why;
    g_autoptr(json_t) command = json_read(text, strlen(text), &why), result = NULL, answer = NULL;
    const char *name = json_text_of(command, "execute");
    struct agent_request request = {
        .command = name, .arguments = json_incref(json_object_get(command, "arguments"))};
    g_autofree char *printed = NULL;

    if (qemu_flags(flags, 0) < 0 || !name) {
        if (!name)
            qemu_error(INVALID_ARG, "an agent command is a JSON object with 'execute', not '%s'",
                       text);
        json_decref(request.arguments);
        return NULL;
    }
    if (execute(domain, &request, &timeout, __func__, &result) < 0)
        return NULL;
    answer = json_pack("{s:O}", "return", result);
    printed = json_dumps(answer, JSON_COMPACT);
    return g_strdup(printed);
}
