#include "core/daemon/polkit.h"

#include <string.h>

#include "core/base/lock.h"
#include "core/object/error.h"
#include "core/rpc/secure.h"

static lock_t lock = LOCK_INITIALIZER; /* guards the next */
static const struct polkit_module *loaded;

static const struct polkit_module *load(void)
{
    lock_guard(&lock);
    if (!loaded)
        loaded = (const void *)secure_load("polkit.so", POLKIT_MODULE_SYMBOL, POLKIT_MODULE_VERSION,
                                           "polkit cannot be asked");
    return loaded;
}

struct polkit_asked *polkit_ask(const struct polkit_question *question, polkit_done done,
                                void *data)
{
    const struct polkit_module *module = load();

    return module ? module->ask(question, done, data) : NULL;
}

void polkit_cancel(struct polkit_asked *asked)
{
    load()->cancel(asked);
}

void polkit_unref(struct polkit_asked *asked)
{
    if (asked)
        load()->unref(asked);
}

void polkit_end(void)
{
    const struct polkit_module *module;

    lock_take(&lock);
    module = loaded;
    lock_drop(&lock);
    while (module && module->end())
        g_main_context_iteration(NULL, TRUE);
}

/* The 22nd word of its line, counted behind the name, which may have anything in it. */
guint64 polkit_process_start(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;
    const char *behind;

    if (!g_file_get_contents(path, &text, NULL, NULL) || !(behind = strrchr(text, ')')))
        return 0;
    words = g_strsplit(behind, " ", -1);
    return g_strv_length(words) > 20 ? g_ascii_strtoull(words[20], NULL, 10) : 0;
}

/* --- what it says --------------------------------------------------------------------------------
 */

void polkit_error(const char *action, enum polkit_verdict verdict, const char *why)
{
    switch (verdict) {
    case POLKIT_NO_AGENT:
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_UNAVAILABLE,
                  "no polkit agent available to authenticate action '%s'", action);
        break;
    case POLKIT_DISMISSED:
    case POLKIT_CANCELLED:
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_CANCELLED, "user cancelled authentication process");
        break;
    case POLKIT_FAILED:
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_UNAVAILABLE,
                  "polkit cannot be asked about '%s': %s", action, why);
        break;
    default:
        error_set(VIR_FROM_POLKIT, VIR_ERR_AUTH_FAILED,
                  "access denied by policy: polkit does not allow '%s'", action);
    }
}

struct wait {
    lock_t lock; /* guards the rest */
    cond_t wake;
    gboolean done;
    enum polkit_verdict verdict;
    char *why;
};

static void on_done(void *data, enum polkit_verdict verdict, const char *why)
{
    struct wait *wait = data;

    lock_guard(&wait->lock);
    wait->done = TRUE;
    wait->verdict = verdict;
    wait->why = g_strdup(why);
    cond_signal(&wait->wake);
}

gboolean polkit_allows(const struct polkit_question *question)
{
    struct wait wait = {.done = FALSE};
    struct polkit_asked *asked;

    lock_init(&wait.lock);
    cond_init(&wait.wake);
    asked = polkit_ask(question, on_done, &wait);
    if (asked) {
        lock_take(&wait.lock);
        while (!wait.done)
            cond_wait(&wait.wake, &wait.lock);
        lock_drop(&wait.lock);
        polkit_unref(asked);
        if (wait.verdict == POLKIT_NO_AGENT && !question->may_ask_user)
            wait.verdict = POLKIT_NO; /* its user was not to be asked */
        if (wait.verdict != POLKIT_YES)
            polkit_error(question->action, wait.verdict, wait.why);
    }
    cond_clear(&wait.wake);
    lock_clear(&wait.lock);
    g_free(wait.why);
    return asked && wait.verdict == POLKIT_YES;
}
