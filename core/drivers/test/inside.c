#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/drivers/test/happening.h"

/* What "the few seconds that the driver thinks right" are. */
#define USUAL_TIMEOUT 5

struct inside *inside_new(void)
{
    struct inside *inside = g_new0(struct inside, 1);

    inside->agent_timeout = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT;
    inside->lines = g_ptr_array_new_with_free_func(line_free);
    inside->screens = g_array_new(FALSE, FALSE, sizeof(int));
    return inside;
}

void inside_free(struct inside *inside)
{
    screens_end(inside);
    g_array_free(inside->screens, TRUE);
    g_ptr_array_free(inside->lines, TRUE);
    g_clear_pointer(&inside->keys, g_hash_table_destroy);
    g_free(inside);
}

void inside_start(struct world *world, struct guest *guest)
{
    guest->inside->agent_timeout = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT;
    guest->inside->idle_vcpus = 0;
    guest->inside->secret = false;
}

void inside_stop(struct world *world, struct guest *guest)
{
    lines_end(world, guest->inside);
    screens_end(guest->inside);
}

struct guest *guest_find_running(struct world *world, virDomainPtr domain)
{
    struct guest *guest = guest_find(world, domain);

    if (!guest || guest->state == VIR_DOMAIN_RUNNING)
        return guest;
    error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return NULL;
}

char *guest_hostname(const struct guest *guest)
{
    g_auto(script_t) script = {0};
    xmlNodePtr agent, hostname;

    script_open(guest_doc(guest), &script);
    agent = script_part(&script, "agent");
    hostname = agent ? xml_child(agent, "hostname") : NULL;
    return hostname ? xml_text(hostname) : g_strdup_printf("%shost", guest->name);
}

/* ---- the agent */

bool agent_listens(const struct domain *doc)
{
    g_auto(script_t) script = {0};
    g_autofree char *state = NULL;
    xmlNodePtr agent;

    script_open(doc, &script);
    agent = script_part(&script, "agent");
    state = agent ? xml_attr(agent, "state") : NULL;
    return !state || !strcmp(state, "connected") || !strcmp(state, "silent");
}

bool script_has_agent(const struct domain *doc)
{
    g_auto(script_t) script = {0};

    script_open(doc, &script);
    return script_part(&script, "agent") != NULL;
}

bool agent_lacks(const struct script *script, const char *command)
{
    xmlNodePtr answer = script_find(script_part(script, "agent"), "answer", "command", command);
    g_autofree char *missing = answer ? xml_attr(answer, "missing") : NULL;

    return missing && !strcmp(missing, "yes");
}

char *script_answer(xmlNodePtr parent, const char *command)
{
    xmlNodePtr answer = script_find(parent, "answer", "command", command);
    char *text = answer ? xml_text(answer) : NULL;

    if (text)
        g_strstrip(text);
    if (text && !*text)
        g_clear_pointer(&text, g_free);
    return text;
}

/* What a guest's agent is going to do with a command. */
struct question {
    script_t script;
    char *name; /* the guest's, for errors */
    int timeout;
};

static void question_clear(struct question *question)
{
    script_close(&question->script);
    g_free(question->name);
}
typedef struct question question_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(question_t, question_clear)

/* -1 when nobody could carry it out. What is off is left to the caller, who has to look again. */
static int prepare(virDomainPtr domain, struct question *question)
{
    WITH_GUEST(domain, -1);
    if (!guest_active(guest))
        return 0;
    script_open(guest->live->doc, &question->script);
    question->name = g_strdup(guest->name);
    question->timeout = guest->inside->agent_timeout;
    if (script_part(&question->script, "agent") && guest->state != VIR_DOMAIN_RUNNING) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
        return -1;
    }
    return 0;
}

static int check_state(const struct question *question, const char *state)
{
    if (!strcmp(state, "none")) {
        test_error(ARGUMENT_UNSUPPORTED, "guest agent of domain '%s' is not configured",
                   question->name);
        return -1;
    }
    if (!strcmp(state, "disconnected")) {
        test_error(AGENT_UNRESPONSIVE, "guest agent of domain '%s' is not connected",
                   question->name);
        return -1;
    }
    return 0;
}

/* How long until an answer comes, in ms; -1 for never. */
static long long delay_of(xmlNodePtr agent, xmlNodePtr answer, const char *state)
{
    if (!strcmp(state, "silent"))
        return -1;
    return script_number(answer, "delay", script_number(agent, "delay", 0));
}

static int wait_for(virDomainPtr domain, long long delay, int timeout, const char *slot)
{
    g_autofree char *function = g_strdup_printf("vir%c%s", g_ascii_toupper(slot[strlen("test_")]),
                                                slot + strlen("test_") + 1);
    struct call call;
    int rc;

    if (timeout == VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT)
        timeout = USUAL_TIMEOUT;
    bool late = timeout >= 0 && (delay < 0 || delay > timeout * 1000LL);

    if (!delay)
        return 0;
    call_begin_as(&call, &domain->conn->calls, function);
    rc = call_sleep(&call, late ? timeout * 1000LL : delay < 0 ? G_MAXINT64 : delay);
    call_end(&call);
    if (rc < 0 || !late)
        return rc;
    test_error(AGENT_UNRESPONSIVE, "guest agent of domain '%s' has not answered within %d seconds",
               domain->name, timeout);
    return -1;
}

static int carry_out(const struct question *question, xmlNodePtr answer, const char *command)
{
    g_autofree char *error = answer ? xml_attr(answer, "error") : NULL;

    if (agent_lacks(&question->script, command)) {
        test_error(OPERATION_UNSUPPORTED, "guest agent of domain '%s' has no command '%s'",
                   question->name, command);
        return -1;
    }
    if (!error)
        return 0;
    test_error(INTERNAL_ERROR, "unable to execute guest agent command '%s': %s", command, error);
    return -1;
}

static int ask(virDomainPtr domain, const char *command, const int *timeout, const char *slot)
{
    g_auto(question_t) question = {0};
    g_autofree char *state = NULL;
    xmlNodePtr agent, answer;

    if (prepare(domain, &question) < 0)
        return -1;
    agent = script_part(&question.script, "agent");
    if (!agent)
        return 0;
    answer = script_find(agent, "answer", "command", command);
    state = xml_attr(agent, "state");
    if (!state)
        state = g_strdup("connected");
    if (check_state(&question, state) < 0 ||
        wait_for(domain, delay_of(agent, answer, state), timeout ? *timeout : question.timeout,
                 slot) < 0)
        return -1;
    return carry_out(&question, answer, command);
}

int agent_ask(virDomainPtr domain, const char *command, const char *slot)
{
    return ask(domain, command, NULL, slot);
}

int agent_ask_within(virDomainPtr domain, const char *command, int timeout, const char *slot)
{
    return ask(domain, command, &timeout, slot);
}
