/* What a monitor's peer may say, cut into pieces as the input has it: whoever waits gets its answer
 * or an error, and nobody is called after the end. Input: a byte with the size of the pieces, a
 * byte of modes, then the bytes. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/drivers/qemu/qmp/channel.h"
#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/qmp/lines.h"
#include "core/object/error.h"
#include "fuzz.h"

#define LINE_MAX_HERE 4096

/* ---- the lines are the same however they are cut ---- */

static void add(struct lines *lines, const uint8_t *data, size_t n)
{
    memcpy(lines_room(lines), data, n);
    lines_added(lines, n);
}

static guint hash_lines(const uint8_t *data, size_t size, size_t piece)
{
    struct lines lines;
    guint hash = 5381;

    lines_init(&lines, LINE_MAX_HERE);
    for (size_t at = 0; at < size; at += piece) {
        char *line;
        size_t length;
        int found;

        add(&lines, data + at, MIN(piece, size - at));
        while ((found = lines_next(&lines, &line, &length)) != 0)
            for (size_t i = 0; i <= (found > 0 ? length : 0); i++)
                hash = hash * 33 + (found > 0 && i < length ? (guint8)line[i] : 1);
    }
    lines_clear(&lines);
    return hash;
}

/* ---- what a loop makes of them ---- */

struct seen {
    unsigned messages, ends;
    bool gone;
};

static bool take_message(void *opaque, json_t *message)
{
    struct seen *seen = opaque;

    if (seen->gone || seen->ends)
        fuzz_fail("a message after the end");
    if (!json_is_object(message))
        fuzz_fail("a message that is no object");
    seen->messages++;
    return json_text_of(message, "event") != NULL;
}

static void take_end(void *opaque, const char *why)
{
    struct seen *seen = opaque;

    if (seen->gone || seen->ends++)
        fuzz_fail("the end is told twice");
    if (!why)
        fuzz_fail("an end without a reason");
}

static void take_leave(void *opaque)
{
    struct seen *seen = opaque;

    if (seen->gone)
        fuzz_fail("gone twice");
    seen->gone = true;
}

static void run_channel(const uint8_t *data, size_t size, size_t piece, bool tolerant)
{
    const struct channel_ops ops = {take_message, take_end, take_leave, tolerant};
    struct seen seen = {0};
    GMainContext *context = g_main_context_new();
    struct channel *channel;
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        fuzz_fail("no socket");
    channel = channel_new(context, fds[0], &ops, &seen);
    for (size_t at = 0; at < size && channel_is_open(channel); at += piece) {
        if (send(fds[1], data + at, MIN(piece, size - at), MSG_NOSIGNAL) < 0)
            break;
        while (g_main_context_iteration(context, FALSE))
            ;
    }
    close(fds[1]);
    while (!seen.gone)
        g_main_context_iteration(context, TRUE);
    if (!seen.ends)
        fuzz_fail("nobody was told of the end");
    channel_unref(channel);
    g_main_context_unref(context);
}

/* What is read prints as something that reads the same. */
static void check_json(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    g_autoptr(json_t) value = json_read((const char *)data, size, &why), again = NULL;
    g_autofree char *text = NULL;

    if (!value) {
        if (!why)
            fuzz_fail("refused without a reason");
        return;
    }
    text = json_dumps(value, JSON_COMPACT);
    if (!text)
        return;
    again = json_read(text, strlen(text), &why);
    if (!again)
        fuzz_fail("'%s' is printed but not read: %s", text, why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t piece;

    if (size < 2)
        return 0;
    piece = 1 + data[0];
    if (hash_lines(data + 2, size - 2, piece) != hash_lines(data + 2, size - 2, LINES_READ / 2))
        fuzz_fail("lines depend on how they are cut");
    run_channel(data + 2, size - 2, piece * 16, data[1] & 1);
    check_json(data + 2, size - 2);
    error_reset();
    return 0;
}
