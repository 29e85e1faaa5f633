/* Consoles and channels: lines into guests, whose other end greets and says again what it hears. */
#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/drivers/test/stream.h"

/* What waits on a line for its reader. */
#define LINE_BYTES 4096

struct line {
    char *name;
    struct pipe *pipe;
};

void line_free(gpointer data)
{
    struct line *line = data;

    g_free(line->name);
    pipe_unref(line->pipe);
    g_free(line);
}

/* Readers are told without the lock. */
void lines_end(struct world *world, struct inside *inside)
{
    for (guint i = 0; i < inside->lines->len; i++) {
        struct line *line = inside->lines->pdata[i];

        world_end_pipe(world, pipe_ref(line->pipe));
    }
    g_ptr_array_set_size(inside->lines, 0);
}

static struct line *find_line(struct inside *inside, const char *name)
{
    for (guint i = 0; i < inside->lines->len; i++) {
        struct line *line = inside->lines->pdata[i];

        if (!strcmp(line->name, name))
            return line;
    }
    return NULL;
}

static char *greeting_of(const struct guest *guest, const char *const names[2], const char *usual)
{
    g_auto(script_t) script = {0};
    xmlNodePtr port = NULL;
    char *greeting;

    script_open(guest->live->doc, &script);
    for (int i = 0; !port && i < 2 && script.guest; i++)
        port = names[i] ? script_find(script.guest, "port", "name", names[i]) : NULL;
    greeting = port ? xml_attr(port, "greeting") : NULL;
    return greeting ? greeting
           : usual  ? g_strdup_printf("%s %s", guest->name, usual)
                    : g_strdup("");
}

/* A pipe of its own for each who connects: nobody hears what another has said. */
static struct pipe *new_pipe(const char *greeting)
{
    size_t n = strlen(greeting);
    struct pipe *pipe = pipe_new(MAX(n, LINE_BYTES));

    if (n)
        pipe_put(pipe, greeting, n);
    return pipe;
}

/* One of a guest's character devices. */
struct place {
    char *alias;
    const char *target; /* a channel's name in the guest */
    enum domain_chardev_type type;
};

static void place_add(GArray *places, const char *alias, const char *element, size_t number,
                      const char *target, enum domain_chardev_type type)
{
    struct place place = {
        .alias = alias ? g_strdup(alias) : g_strdup_printf("%s%zu", element, number),
        .target = target,
        .type = type,
    };

    g_array_append_val(places, place);
}

static void place_clear(gpointer place)
{
    g_free(((struct place *)place)->alias);
}

static GArray *places_new(void)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));

    g_array_set_clear_func(places, place_clear);
    return places;
}

/* In the order in which one is taken when none is named. */
static GArray *console_places(const struct domain_devices *devices)
{
    GArray *places = places_new();

    for (size_t i = 0; i < devices->n_consoles; i++)
        place_add(places, devices->consoles[i].alias.name, "console", i, NULL,
                  devices->consoles[i].type);
    for (size_t i = 0; i < devices->n_serials; i++)
        place_add(places, devices->serials[i].alias.name, "serial", i, NULL,
                  devices->serials[i].type);
    for (size_t i = 0; i < devices->n_parallels; i++)
        place_add(places, devices->parallels[i].alias.name, "parallel", i, NULL,
                  devices->parallels[i].type);
    return places;
}

static GArray *channel_places(const struct domain_devices *devices)
{
    GArray *places = places_new();

    for (size_t i = 0; i < devices->n_channels; i++)
        place_add(places, devices->channels[i].alias.name, "channel", i,
                  devices->channels[i].target.name, devices->channels[i].type);
    return places;
}

static const struct place *find_place(const GArray *places, const char *name)
{
    for (guint i = 0; i < places->len; i++) {
        const struct place *place = &g_array_index(places, struct place, i);

        if (!name || !strcmp(place->alias, name) || !g_strcmp0(place->target, name))
            return place;
    }
    return NULL;
}

/* What tells consoles from channels. */
static const struct kind {
    const char *what;
    GArray *(*places)(const struct domain_devices *devices);
    bool pty; /* a pseudoterminal will do */
    const char *greeting;
    unsigned int force;
    const char *busy;
} console =
    {"console device", console_places,           true,
     "login: ",        VIR_DOMAIN_CONSOLE_FORCE, "Active console session exists for this domain"},
  channel = {"channel", channel_places,           false,
             NULL,      VIR_DOMAIN_CHANNEL_FORCE, "Active channel stream exists for this domain"};

static int check_place(const struct place *place, const struct kind *kind, const char *name)
{
    if (!place) {
        test_error(INTERNAL_ERROR, "cannot find %s %s", kind->what, name ? name : "to open");
        return -1;
    }
    if (place->type == DOMAIN_CHARDEV_TYPE_UNIX ||
        (kind->pty && place->type == DOMAIN_CHARDEV_TYPE_PTY))
        return 0;
    test_error(INTERNAL_ERROR, "%s %s is not using a %sUNIX socket", kind->what, place->alias,
               kind->pty ? "PTY or " : "");
    return -1;
}

/* Gives the stream a line; whoever had it is cut off by the caller, without the lock. */
static int connect_line(struct guest *guest, const struct place *place, const struct kind *kind,
                        virStreamPtr st, unsigned int flags, struct pipe **ret_old)
{
    struct line *line = find_line(guest->inside, place->alias);
    const char *names[2] = {place->alias, place->target};
    g_autofree char *greeting = greeting_of(guest, names, kind->greeting);
    struct pipe *pipe;

    if (line && pipe_in_use(line->pipe) && !(flags & kind->force)) {
        test_error(OPERATION_FAILED, "%s", kind->busy);
        return -1;
    }
    pipe = new_pipe(greeting);
    if (stream_open_pipes(st, pipe, pipe) < 0) {
        pipe_unref(pipe);
        return -1;
    }
    if (!line) {
        line = g_new0(struct line, 1);
        line->name = g_strdup(place->alias);
        g_ptr_array_add(guest->inside->lines, line);
    }
    *ret_old = line->pipe;
    line->pipe = pipe;
    return 0;
}

static int open_locked(virDomainPtr dom, const char *name, const struct kind *kind, virStreamPtr st,
                       unsigned int flags, struct pipe **ret_old)
{
    g_autoptr(GArray) places = NULL;
    const struct place *place;

    WITH_ACTIVE_GUEST(dom, -1);
    places = kind->places(&guest->live->doc->devices);
    place = find_place(places, name);
    if (check_place(place, kind, name) < 0)
        return -1;
    return connect_line(guest, place, kind, st, flags, ret_old);
}

static int open_line(virDomainPtr dom, const char *name, const struct kind *kind, virStreamPtr st,
                     unsigned int flags)
{
    struct pipe *old = NULL;

    if (open_locked(dom, name, kind, st, flags, &old) < 0)
        return -1;
    if (old)
        pipe_break(old, "somebody else has taken the line over");
    pipe_unref(old);
    return 0;
}

int test_domainOpenConsole(virDomainPtr dom, const char *dev_name, virStreamPtr st,
                           unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE, __func__) < 0)
        return -1;
    return open_line(dom, dev_name, &console, st, flags);
}

int test_domainOpenChannel(virDomainPtr dom, const char *name, virStreamPtr st, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_CHANNEL_FORCE, __func__) < 0)
        return -1;
    return open_line(dom, name, &channel, st, flags);
}
