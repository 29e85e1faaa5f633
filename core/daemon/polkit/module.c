/* Asks polkit over the system's D-Bus. A module of its own, since GIO takes time and room that a
 * daemon without polkit need not spend. */
#include "core/daemon/polkit.h"

#include <gio/gio.h>
#include <unistd.h>

#include "core/base/handoff.h"
#include "core/base/lock.h"

#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define ALLOW_USER_INTERACTION 1u

struct polkit_asked {
    gint refs;
    GCancellable *cancellable;
    GVariant *parameters;
    char *cancellation; /* by which polkit knows the question */
    int timeout;
    polkit_done done;
    void *data;
    GList link; /* in `all` */
};

static lock_t lock = LOCK_INITIALIZER; /* guards the rest */
static GQueue all = G_QUEUE_INIT;
static gboolean ending;
static guint64 counter;
static GDBusConnection *kept; /* GIO lets go of one that nobody holds, and of what it has to send */

static void polkit_asked_unref(struct polkit_asked *asked)
{
    if (!g_atomic_int_dec_and_test(&asked->refs))
        return;
    g_object_unref(asked->cancellable);
    g_variant_unref(asked->parameters);
    g_free(asked->cancellation);
    g_free(asked);
}

static void finish(struct polkit_asked *asked, enum polkit_verdict verdict, const char *why)
{
    asked->done(asked->data, verdict, why);
    lock_take(&lock);
    g_queue_unlink(&all, &asked->link);
    lock_drop(&lock);
    polkit_asked_unref(asked);
}

/* A dialog on somebody's screen would stay there. */
static void withdraw(GDBusConnection *bus, const struct polkit_asked *asked)
{
    g_dbus_connection_call(bus, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                           "CancelCheckAuthorization", g_variant_new("(s)", asked->cancellation),
                           NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void fail(struct polkit_asked *asked, GDBusConnection *bus, GError *problem)
{
    gboolean cancelled = g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    gboolean late = g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    g_autofree char *text = NULL;

    if (bus && (cancelled || late))
        withdraw(bus, asked);
    if (late) {
        text = g_strdup_printf("it has not answered within %d seconds", asked->timeout);
    } else {
        g_dbus_error_strip_remote_error(problem);
        text = g_strdup(problem->message);
    }
    finish(asked, cancelled ? POLKIT_CANCELLED : POLKIT_FAILED, text);
}

static enum polkit_verdict verdict_of(GVariant *answer)
{
    gboolean yes, challenge;
    g_autoptr(GVariant) details = NULL;
    const char *text;

    g_variant_get(answer, "((bb@a{ss}))", &yes, &challenge, &details);
    if (yes)
        return POLKIT_YES;
    if (g_variant_lookup(details, "polkit.dismissed", "&s", &text))
        return POLKIT_DISMISSED;
    return challenge ? POLKIT_NO_AGENT : POLKIT_NO;
}

static void on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
    struct polkit_asked *asked = handoff_take(data);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &problem);

    if (answer)
        finish(asked, verdict_of(answer), NULL);
    else
        fail(asked, G_DBUS_CONNECTION(source), problem);
}

static void keep(GDBusConnection *bus)
{
    lock_guard(&lock);
    g_set_object(&kept, bus);
}

/* The bus may have gone and come back since the last question. */
static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    struct polkit_asked *asked = handoff_take(data);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, &problem);

    (void)source;
    if (!bus) {
        fail(asked, NULL, problem);
        return;
    }
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    keep(bus);
    handoff_give(asked);
    g_dbus_connection_call(bus, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization",
                           asked->parameters, G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
                           asked->timeout * 1000, asked->cancellable, on_answer, asked);
}

static GVariant *parameters_of(const struct polkit_question *question, const char *cancellation)
{
    GVariantBuilder subject, details;

    g_variant_builder_init(&subject, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&subject, "{sv}", "pid", g_variant_new_uint32(question->pid));
    g_variant_builder_add(&subject, "{sv}", "start-time", g_variant_new_uint64(question->start));
    g_variant_builder_add(&subject, "{sv}", "uid", g_variant_new_int32((gint32)question->uid));
    g_variant_builder_init(&details, G_VARIANT_TYPE("a{ss}"));
    for (const char *const *word = question->details; word && *word; word += 2)
        g_variant_builder_add(&details, "{ss}", word[0], word[1]);
    return g_variant_new("((sa{sv})sa{ss}us)", "unix-process", &subject, question->action, &details,
                         question->may_ask_user ? ALLOW_USER_INTERACTION : 0, cancellation);
}

static struct polkit_asked *polkit_module_ask(const struct polkit_question *question,
                                              polkit_done done, void *data)
{
    struct polkit_asked *asked = g_new0(struct polkit_asked, 1);
    gboolean late;

    asked->refs = 2;
    asked->cancellable = g_cancellable_new();
    asked->timeout = question->timeout;
    asked->done = done;
    asked->data = data;
    asked->link.data = asked;
    lock_take(&lock);
    asked->cancellation = g_strdup_printf("corral-%d-%" G_GUINT64_FORMAT, (int)getpid(), ++counter);
    g_queue_push_tail_link(&all, &asked->link);
    late = ending;
    if (kept && g_dbus_connection_is_closed(kept)) /* as long as it is held there is no other */
        g_clear_object(&kept);
    lock_drop(&lock);
    asked->parameters = g_variant_ref_sink(parameters_of(question, asked->cancellation));
    if (late)
        g_cancellable_cancel(asked->cancellable);
    handoff_give(asked);
    g_bus_get(G_BUS_TYPE_SYSTEM, asked->cancellable, on_bus, asked);
    return asked;
}

static void polkit_module_cancel(struct polkit_asked *asked)
{
    g_cancellable_cancel(asked->cancellable);
}

/* Nobody writes what waits when the process has gone. */
static void leave_bus(void)
{
    GDBusConnection *bus;

    lock_take(&lock);
    bus = g_steal_pointer(&kept);
    lock_drop(&lock);
    if (!bus)
        return;
    g_dbus_connection_flush_sync(bus, NULL, NULL);
    g_object_unref(bus);
}

static gboolean polkit_module_end(void)
{
    gboolean left;

    lock_take(&lock);
    ending = TRUE;
    for (GList *link = all.head; link; link = link->next)
        g_cancellable_cancel(((struct polkit_asked *)link->data)->cancellable);
    left = all.length > 0;
    lock_drop(&lock);
    if (!left)
        leave_bus();
    return left;
}

__attribute__((visibility("default"))) const struct polkit_module corral_polkit_module = {
    .version = POLKIT_MODULE_VERSION,
    .ask = polkit_module_ask,
    .cancel = polkit_module_cancel,
    .unref = polkit_asked_unref,
    .end = polkit_module_end,
};
