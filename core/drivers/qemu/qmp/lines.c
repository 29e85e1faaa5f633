#include "core/drivers/qemu/qmp/lines.h"

#include <string.h>

void lines_init(struct lines *lines, size_t max)
{
    *lines = (struct lines){.max = max};
}

void lines_clear(struct lines *lines)
{
    g_free(lines->data);
    lines_init(lines, lines->max);
}

static void move_to_front(struct lines *lines)
{
    size_t left = lines->end - lines->start;

    if (lines->start == 0)
        return;
    memmove(lines->data, lines->data + lines->start, left);
    lines->scanned -= lines->start;
    lines->start = 0;
    lines->end = left;
}

char *lines_room(struct lines *lines)
{
    /* one long answer in a guest's life is no reason to keep its size */
    if (lines->start == lines->end && lines->size > 2 * LINES_READ) {
        gboolean skip = lines->skip;

        lines_clear(lines);
        lines->skip = skip;
    }
    if (lines->size - lines->end < LINES_READ)
        move_to_front(lines);
    if (lines->size - lines->end < LINES_READ) {
        lines->size = MAX(lines->size * 2, lines->end + LINES_READ);
        lines->data = g_realloc(lines->data, lines->size);
    }
    return lines->data + lines->end;
}

void lines_added(struct lines *lines, size_t n)
{
    lines->end += n;
}

/* The bytes up to `end` are dealt with. */
static void pass(struct lines *lines, size_t end)
{
    lines->start = lines->scanned = end;
}

static gboolean blank(const char *line, size_t length)
{
    while (length > 0 && g_ascii_isspace(line[length - 1]))
        length--;
    return length == 0;
}

int lines_next(struct lines *lines, char **ret, size_t *ret_length)
{
    while (lines->scanned < lines->end) {
        char *from = lines->data + lines->scanned, *line = lines->data + lines->start;
        char *newline = memchr(from, '\n', lines->end - lines->scanned);
        size_t length = (newline ? newline : lines->data + lines->end) - line;
        gboolean skipped = lines->skip;

        lines->scanned = lines->end;
        if (newline || skipped)
            pass(lines, newline ? (size_t)(newline + 1 - lines->data) : lines->end);
        if (skipped) {
            lines->skip = !newline;
            continue;
        }
        if (length > lines->max) {
            lines->skip = !newline;
            pass(lines, newline ? lines->start : lines->end);
            return -1;
        }
        if (!newline)
            return 0;
        if (blank(line, length))
            continue;
        *ret = line;
        *ret_length = length;
        return 1;
    }
    return 0;
}
