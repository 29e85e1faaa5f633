/* Asking polkit. The module that speaks D-Bus (polkit/module.c) is loaded with the first question
 * and shares nothing with the daemon but this; what the daemon makes of it is in polkit.c. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Bumped with every change here: an old module is not taken. */
#define POLKIT_MODULE_VERSION 1
#define POLKIT_MODULE_SYMBOL "corral_polkit_module"

enum polkit_verdict {
    POLKIT_YES,
    POLKIT_NO,
    POLKIT_NO_AGENT,  /* a user would have to be asked, and nobody there can ask */
    POLKIT_DISMISSED, /* a user was asked, and did not want to */
    POLKIT_CANCELLED, /* by us */
    POLKIT_FAILED,    /* nobody knows: `why` says what happened */
};

struct polkit_question {
    pid_t
        pid; /* whose process it is, and when that began: a number alone may be another's by now */
    guint64 start;
    uid_t uid;
    const char *action;
    const char *const *details; /* key, value, ..., NULL; NULL: none */
    gboolean may_ask_user;
    int timeout; /* seconds */
};

/* Comes once for each question, from the event loop, and is `data`'s last use. */
typedef void (*polkit_done)(void *data, enum polkit_verdict verdict, const char *why);

struct polkit_asked; /* counted: the module holds one until done() has come back */

struct polkit_module {
    int version;
    struct polkit_asked *(*ask)(const struct polkit_question *question, polkit_done done,
                                void *data);
    /* done() comes soon, from the event loop; the user is not asked any more. */
    void (*cancel)(struct polkit_asked *asked);
    void (*unref)(struct polkit_asked *asked);
    /* Cancels all, now and to come; FALSE when none is left. */
    gboolean (*end)(void);
};

/* --- the daemon's side
 * ----------------------------------------------------------------------------
 */

/* When a process began, as polkit counts; 0 for one that is not there. */
guint64 polkit_process_start(pid_t pid);
/* From any thread; NULL with an error where the module cannot be loaded. */
struct polkit_asked *polkit_ask(const struct polkit_question *question, polkit_done done,
                                void *data);
void polkit_cancel(struct polkit_asked *asked);
void polkit_unref(struct polkit_asked *asked);
/* Waits; not in the event loop's thread. */
gboolean polkit_allows(const struct polkit_question *question);
/* The thread's error for what is not POLKIT_YES. */
void polkit_error(const char *action, enum polkit_verdict verdict, const char *why);
/* In the event loop's thread: nobody waits any more when it comes back. */
void polkit_end(void);
