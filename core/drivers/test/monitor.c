/* The monitor of guests: what QEMU's would say of them, what their authors have written, and the
 * means to make things happen to them. */
#include "core/drivers/test/monitor.h"

#include <string.h>

#include "core/drivers/test/inside.h"
#include "core/drivers/test/json.h"

static const char *status_word(const struct guest *guest)
{
    switch (guest->state) {
    case VIR_DOMAIN_RUNNING:
        return "running";
    case VIR_DOMAIN_PMSUSPENDED:
        return "suspended";
    case VIR_DOMAIN_CRASHED:
        return "guest-panicked";
    default:
        return "paused";
    }
}

/* What is answered without a word of the author's; NULL for a command that is not known. */
static char *known_answer(const struct guest *guest, const char *command)
{
    char uuid[UUID_TEXT];

    if (!strcmp(command, "query-status"))
        return g_strdup_printf("{\"status\":\"%s\",\"singlestep\":false,\"running\":%s}",
                               status_word(guest),
                               guest->state == VIR_DOMAIN_RUNNING ? "true" : "false");
    if (!strcmp(command, "query-name")) {
        g_autofree char *name = json_quote(guest->name);

        return g_strdup_printf("{\"name\":%s}", name);
    }
    if (!strcmp(command, "query-uuid"))
        return g_strdup_printf("{\"UUID\":\"%s\"}", uuid_format(guest->item.uuid, uuid));
    if (!strcmp(command, "query-version"))
        return g_strdup(
            "{\"qemu\":{\"micro\":0,\"minor\":0,\"major\":0},\"package\":\"corral test\"}");
    return NULL;
}

static char *fail_reply(const char *class, const char *format, const char *command, const char *id)
{
    g_autofree char *text = g_strdup_printf(format, command);
    g_autofree char *quoted = json_quote(text);

    return g_strdup_printf("{\"error\":{\"class\":\"%s\",\"desc\":%s}%s%s}", class, quoted,
                           id ? ",\"id\":" : "", id ? id : "");
}

static char *answer_command(const struct guest *guest, const char *cmd)
{
    g_autofree char *command = json_string_member(cmd, "execute");
    g_autofree char *id = json_member(cmd, "id");
    g_autofree char *answer = NULL;
    g_auto(script_t) script = {0};

    if (!command)
        return fail_reply("GenericError", "QMP input lacks member '%s'", "execute", id);
    script_open(guest->live->doc, &script);
    answer = script_answer(script_part(&script, "monitor"), command);
    if (!answer)
        answer = known_answer(guest, command);
    if (!answer)
        return fail_reply("CommandNotFound", "The command %s has not been found", command, id);
    return g_strdup_printf("{\"return\":%s%s%s}", answer, id ? ",\"id\":" : "", id ? id : "");
}

static char *answer_info(const struct guest *guest, const char *what)
{
    char uuid[UUID_TEXT];

    if (!strcmp(what, "status"))
        return g_strdup_printf("VM status: %s\r\n", status_word(guest));
    if (!strcmp(what, "name"))
        return g_strdup_printf("%s\r\n", guest->name);
    if (!strcmp(what, "uuid"))
        return g_strdup_printf("%s\r\n", uuid_format(guest->item.uuid, uuid));
    return g_strdup_printf("unknown command: 'info %s'\r\n", what);
}

/* The monitor for people; NULL with an error only when something was to happen and could not. */
static char *answer_line(struct world *world, struct guest *guest, const char *line)
{
    g_auto(GStrv) words = NULL;

    if (!g_shell_parse_argv(line, NULL, &words, NULL))
        return g_strdup_printf("unknown command: '%s'\r\n", line);
    if (!strcmp(words[0], "info") && words[1])
        return answer_info(guest, words[1]);
    if (!strcmp(words[0], "help"))
        return g_strdup("event KIND [NAME=VALUE...] -- make something happen to the guest\r\n"
                        "info name|status|uuid -- show the guest\r\n");
    if (strcmp(words[0], "event") != 0)
        return g_strdup_printf("unknown command: '%s'\r\n", words[0]);
    return monitor_happen(world, guest, words + 1) < 0 ? NULL : g_strdup("");
}

static int run_command(virDomainPtr domain, const char *cmd, char **result, unsigned int flags,
                       const char *slot)
{
    bool people = flags & VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP;
    char *answer;

    if (flags_check(flags, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP, slot) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    if (!people && json_require_object(cmd) < 0)
        return -1;
    answer = people ? answer_line(world, guest, cmd) : answer_command(guest, cmd);
    if (!answer)
        return -1;
    *result = answer;
    return 0;
}

int test_domainQemuMonitorCommand(virDomainPtr domain, const char *cmd, char **result,
                                  unsigned int flags)
{
    return run_command(domain, cmd, result, flags, __func__);
}

/* Files that come in have nobody to go to, and none come out. */
int test_domainQemuMonitorCommandWithFiles(virDomainPtr domain, const char *cmd,
                                           unsigned int ninfiles, int *infiles,
                                           unsigned int *noutfiles, int **outfiles, char **result,
                                           unsigned int flags)
{
    if (run_command(domain, cmd, result, flags, __func__) < 0)
        return -1;
    if (noutfiles)
        *noutfiles = 0;
    if (outfiles)
        *outfiles = NULL;
    return 0;
}

/* ---- the agent, in its own language */

/* NULL for a command that is not known. */
static char *agent_answer(const struct guest *guest, const char *command)
{
    static const char *const empty[] = {"guest-ping",        "guest-set-time", "guest-fstrim",
                                        "guest-suspend-ram", "guest-shutdown", NULL};

    if (g_strv_contains(empty, command))
        return g_strdup("{}");
    if (!strcmp(command, "guest-get-time"))
        return g_strdup_printf("%lld", guest->clock * 1000000000LL + guest->clock_ns);
    if (!strcmp(command, "guest-get-host-name")) {
        g_autofree char *name = guest_hostname(guest);
        g_autofree char *quoted = json_quote(name);

        return g_strdup_printf("{\"host-name\":%s}", quoted);
    }
    if (!strcmp(command, "guest-fsfreeze-status"))
        return g_strdup(guest->frozen ? "\"frozen\"" : "\"thawed\"");
    return NULL;
}

static char *agent_reply(virDomainPtr domain, const char *command)
{
    g_auto(script_t) script = {0};
    g_autofree char *answer = NULL;

    WITH_RUNNING_GUEST(domain, NULL);
    script_open(guest->live->doc, &script);
    answer = script_answer(script_part(&script, "agent"), command);
    if (!answer)
        answer = agent_answer(guest, command);
    if (!answer) {
        test_error(INTERNAL_ERROR,
                   "unable to execute guest agent command '%s': "
                   "The command %s has not been found",
                   command, command);
        return NULL;
    }
    return g_strdup_printf("{\"return\":%s}", answer);
}

char *test_domainQemuAgentCommand(virDomainPtr domain, const char *cmd, int timeout,
                                  unsigned int flags)
{
    g_autofree char *command = NULL;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    if (timeout < VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN) {
        test_error(INVALID_ARG, "guest agent timeout '%d' is less than the minimum '%d'", timeout,
                   VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN);
        return NULL;
    }
    {
        WITH_RUNNING_GUEST(domain, NULL);
    }
    if (json_require_object(cmd) < 0)
        return NULL;
    command = json_string_member(cmd, "execute");
    if (!command) {
        test_error(INTERNAL_ERROR, "missing 'execute' in the guest agent command '%.64s'", cmd);
        return NULL;
    }
    if (agent_ask_within(domain, command, timeout, __func__) < 0)
        return NULL;
    return agent_reply(domain, command);
}

int test_domainAgentSetResponseTimeout(virDomainPtr domain, int timeout, unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    guest->inside->agent_timeout = timeout;
    return 0;
}
