/* "event KIND NAME=VALUE…" of the monitor: what makes things happen to guests, as tests want them.
 */
#include "core/drivers/test/monitor.h"

#include <string.h>

#include "core/drivers/test/device.h"
#include "core/drivers/test/events.h"
#include "core/drivers/test/graphics_event.h"
#include "core/drivers/test/happening.h"

/* What a word on the line stands for. */
struct value {
    const char *name;
    const char *words; /* "a|b": one of these, as a number; NULL: text */
    gboolean number;
    gboolean optional;
};

struct happen {
    struct world *world;
    struct guest *guest;
    const struct kind *kind;
    const char *texts[HAPPENING_VALUES];
    long long numbers[HAPPENING_VALUES];
};

struct kind {
    const char *name;
    int id; /* virDomainEventID; -1: `happen` says all */
    struct value values[HAPPENING_VALUES];
    int (*happen)(struct happen *it); /* NULL: the callbacks get the values as they are */
};

static void stop_for(struct happen *it, int reason, int detail)
{
    if (it->guest->state != VIR_DOMAIN_RUNNING)
        return;
    guest_set_state(it->guest, VIR_DOMAIN_PAUSED, reason);
    guest_event_lifecycle(it->world, it->guest, VIR_DOMAIN_EVENT_SUSPENDED, detail);
}

static void happens(struct happen *it, const char *const texts[HAPPENING_VALUES],
                    const long long numbers[HAPPENING_VALUES])
{
    struct happening what = {.id = it->kind->id};

    for (int i = 0; i < HAPPENING_VALUES; i++) {
        what.texts[i] = texts ? texts[i] : NULL;
        what.numbers[i] = numbers ? numbers[i] : 0;
    }
    guest_happens(it->world, it->guest, &what);
}

static int watchdog(struct happen *it)
{
    long long action = it->numbers[0];

    happens(it, NULL, it->numbers);
    if (action == VIR_DOMAIN_EVENT_WATCHDOG_PAUSE)
        stop_for(it, VIR_DOMAIN_PAUSED_WATCHDOG, VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG);
    if (action == VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF ||
        action == VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN)
        guest_stopped(it->world, it->guest, VIR_DOMAIN_SHUTOFF_SHUTDOWN,
                      VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN);
    return 0;
}

static struct domain_disk *find_disk(struct happen *it)
{
    struct domain_disk *disk = disk_find(it->guest->live->doc, it->texts[0]);

    if (!disk)
        test_error(INVALID_ARG, "guest '%s' has no disk '%s'", it->guest->name, it->texts[0]);
    return disk;
}

static char *alias_of(const struct happen *it, const struct domain_disk *disk)
{
    if (disk->alias.name)
        return g_strdup(disk->alias.name);
    return g_strdup_printf("disk%td", disk - it->guest->live->doc->devices.disks);
}

static int io_error(struct happen *it)
{
    struct domain_disk *disk = find_disk(it);
    g_autofree char *alias = disk ? alias_of(it, disk) : NULL;
    struct happening what = {.id = VIR_DOMAIN_EVENT_ID_IO_ERROR};

    if (!disk)
        return -1;
    what.texts[0] = disk_source(disk);
    what.texts[1] = alias;
    what.texts[2] = it->texts[2] ? it->texts[2] : "";
    what.numbers[0] = it->numbers[1];
    guest_happens(it->world, it->guest, &what);
    what.id = VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON;
    guest_happens(it->world, it->guest, &what);
    if (it->numbers[1] == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE)
        stop_for(it, VIR_DOMAIN_PAUSED_IOERROR, VIR_DOMAIN_EVENT_SUSPENDED_IOERROR);
    return 0;
}

static int tray(struct happen *it)
{
    struct domain_disk *disk = find_disk(it);
    g_autofree char *alias = disk ? alias_of(it, disk) : NULL;
    const char *texts[HAPPENING_VALUES] = {alias};

    if (!disk)
        return -1;
    if (disk->device != DOMAIN_DISK_DEVICE_CDROM && disk->device != DOMAIN_DISK_DEVICE_FLOPPY) {
        test_error(INVALID_ARG, "disk '%s' of guest '%s' has no tray: a CD-ROM or floppy has",
                   it->texts[0], it->guest->name);
        return -1;
    }
    disk = disk_find(definition_edit(&it->guest->live), it->texts[0]);
    disk->target.tray = it->numbers[1] == VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN
                            ? DOMAIN_DISK_TARGET_TRAY_OPEN
                            : DOMAIN_DISK_TARGET_TRAY_CLOSED;
    happens(it, texts, (const long long[HAPPENING_VALUES]){it->numbers[1]});
    return 0;
}

static int balloon(struct happen *it)
{
    unsigned long long max = it->guest->live->doc->memory.text;
    struct domain *doc;

    if (it->numbers[0] <= 0 || (unsigned long long)it->numbers[0] > max) {
        test_error(INVALID_ARG, "invalid memory '%s' of event 'balloon': 1 to %llu KiB are wanted",
                   it->texts[0], max);
        return -1;
    }
    doc = definition_edit(&it->guest->live);
    doc->current_memory = it->numbers[0];
    doc->has_current_memory = true;
    happens(it, NULL, it->numbers);
    return 0;
}

static int disk_change(struct happen *it)
{
    struct domain_disk *disk = find_disk(it);
    g_autofree char *alias = disk ? alias_of(it, disk) : NULL;
    const char *texts[HAPPENING_VALUES] = {disk ? disk_source(disk) : NULL, NULL, alias};

    if (!disk)
        return -1;
    happens(it, texts, (const long long[HAPPENING_VALUES]){it->numbers[1]});
    return 0;
}

static int panic(struct happen *it)
{
    guest_set_state(it->guest, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
    guest_event_lifecycle(it->world, it->guest, VIR_DOMAIN_EVENT_CRASHED,
                          VIR_DOMAIN_EVENT_CRASHED_PANICKED);
    monitor_announce(it->world, it->guest, "GUEST_PANICKED", "{\"action\":\"pause\"}");
    return 0;
}

static int graphics(struct happen *it)
{
    static const char *const announced[] = {"VNC_CONNECTED", "VNC_INITIALIZED", "VNC_DISCONNECTED"};

    if (!it->guest->live->doc->devices.n_graphics) {
        test_error(INVALID_ARG, "guest '%s' has no graphics", it->guest->name);
        return -1;
    }
    if (graphics_client_check(it->texts[1], it->texts[2], it->texts[4]) < 0)
        return -1;
    happens(it, it->texts, it->numbers);
    monitor_announce(it->world, it->guest, announced[it->numbers[0]], NULL);
    return 0;
}

static int announce(struct happen *it)
{
    monitor_announce(it->world, it->guest, it->texts[0], it->texts[1]);
    return 0;
}

#define KIND(kind_name, event, function, ...)                                                      \
    {                                                                                              \
        .name = kind_name, .id = event, .happen = function, .values = { __VA_ARGS__ }              \
    }
#define PLAIN(kind_name, event)                                                                    \
    {                                                                                              \
        .name = kind_name, .id = VIR_DOMAIN_EVENT_ID_##event                                       \
    }
#define ID(name) VIR_DOMAIN_EVENT_ID_##name
#define TEXT(text)                                                                                 \
    {                                                                                              \
        .name = text                                                                               \
    }
#define TEXT_OR_NONE(text)                                                                         \
    {                                                                                              \
        .name = text, .optional = TRUE                                                             \
    }
#define NUMBER(text)                                                                               \
    {                                                                                              \
        .name = text, .number = TRUE                                                               \
    }
#define NUMBER_OR_0(text)                                                                          \
    {                                                                                              \
        .name = text, .number = TRUE, .optional = TRUE                                             \
    }
#define WORD(text, list)                                                                           \
    {                                                                                              \
        .name = text, .words = list                                                                \
    }
#define WORD_OR_FIRST(text, list)                                                                  \
    {                                                                                              \
        .name = text, .words = list, .optional = TRUE                                              \
    }
static const struct kind kinds[] = {
    KIND("balloon", ID(BALLOON_CHANGE), balloon, NUMBER("memory")),
    PLAIN("control-error", CONTROL_ERROR),
    KIND("device-removal-failed", ID(DEVICE_REMOVAL_FAILED), NULL, TEXT("alias")),
    KIND("disk-change", ID(DISK_CHANGE), disk_change, TEXT("disk"),
         WORD_OR_FIRST("reason", "changed|dropped")),
    KIND("graphics", ID(GRAPHICS), graphics, WORD("phase", "connect|initialize|disconnect"),
         TEXT("local"), TEXT("remote"), TEXT_OR_NONE("auth"), TEXT_OR_NONE("who")),
    KIND("io-error", ID(IO_ERROR), io_error, TEXT("disk"), WORD("action", "none|pause|report"),
         TEXT_OR_NONE("reason")),
    KIND("memory-failure", ID(MEMORY_FAILURE), NULL, WORD("recipient", "hypervisor|guest"),
         WORD("action", "ignore|inject|fatal|reset"), NUMBER_OR_0("flags")),
    KIND("monitor", -1, announce, TEXT("name"), TEXT_OR_NONE("details")),
    {.name = "panic", .id = -1, .happen = panic},
    PLAIN("reboot", REBOOT),
    KIND("rtc", ID(RTC_CHANGE), NULL, NUMBER("offset")),
    KIND("tray", ID(TRAY_CHANGE), tray, TEXT("disk"), WORD("state", "open|closed")),
    KIND("watchdog", ID(WATCHDOG), watchdog,
         WORD("action", "none|pause|reset|poweroff|shutdown|debug|inject-nmi")),
};
#undef ID

static const struct kind *find_kind(const char *name)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (name && !strcmp(kinds[i].name, name))
            return &kinds[i];
        g_string_append_printf(known, "%s%s", i ? ", " : "", kinds[i].name);
    }
    test_error(INVALID_ARG, "unknown event '%s': one of %s is wanted", name ? name : "",
               known->str);
    return NULL;
}

static int fail_value(const struct kind *kind, const struct value *value, const char *text)
{
    test_error(INVALID_ARG, "invalid %s '%s' of event '%s': %s is wanted", value->name, text,
               kind->name, value->words ? value->words : "a whole number");
    return -1;
}

static int read_value(struct happen *it, int at, const char *text)
{
    const struct value *value = &it->kind->values[at];
    gint64 number;

    it->texts[at] = text;
    if (value->number) {
        if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
            return fail_value(it->kind, value, text);
        it->numbers[at] = number;
    }
    if (value->words) {
        g_auto(GStrv) words = g_strsplit(value->words, "|", 0);

        for (int i = 0; words[i]; i++)
            if (!strcmp(words[i], text)) {
                it->numbers[at] = i;
                return 0;
            }
        return fail_value(it->kind, value, text);
    }
    return 0;
}

static int read_word(struct happen *it, const char *word)
{
    for (int i = 0; i < HAPPENING_VALUES && it->kind->values[i].name; i++) {
        size_t length = strlen(it->kind->values[i].name);

        if (!strncmp(word, it->kind->values[i].name, length) && word[length] == '=')
            return read_value(it, i, word + length + 1);
    }
    test_error(INVALID_ARG, "event '%s' has no '%s'", it->kind->name, word);
    return -1;
}

static int check_complete(const struct happen *it)
{
    for (int i = 0; i < HAPPENING_VALUES && it->kind->values[i].name; i++)
        if (!it->texts[i] && !it->kind->values[i].optional) {
            test_error(INVALID_ARG, "event '%s' needs %s=", it->kind->name,
                       it->kind->values[i].name);
            return -1;
        }
    return 0;
}

int monitor_happen(struct world *world, struct guest *guest, char **words)
{
    struct happen it = {.world = world, .guest = guest, .kind = find_kind(words[0])};

    if (!it.kind)
        return -1;
    for (int i = 1; words[i]; i++)
        if (read_word(&it, words[i]) < 0)
            return -1;
    if (check_complete(&it) < 0)
        return -1;
    if (it.kind->happen)
        return it.kind->happen(&it);
    happens(&it, it.texts, it.numbers);
    return 0;
}
