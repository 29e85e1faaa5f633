/* Bytes from a peer, cut into lines. Nothing is allocated for what a peer might still send: the
 * buffer grows with what has arrived, up to the longest line that is taken. */
#pragma once

#include <glib.h>

struct lines {
    char *data;
    size_t size;
    size_t start;   /* of what has not been handed out */
    size_t scanned; /* no line ends before */
    size_t end;
    size_t max;    /* bytes of a line */
    gboolean skip; /* within a line that was too long */
};

/* How much is read at a time. */
#define LINES_READ (64 * 1024)

void lines_init(struct lines *lines, size_t max);
void lines_clear(struct lines *lines);

/* Where the next bytes are to be put, LINES_READ of them at most, and that they are there. Lines
 * handed out before are invalid then. */
char *lines_room(struct lines *lines);
void lines_added(struct lines *lines, size_t n);

/* The next line that is all there, without its end, valid until the next lines_room(): 1, 0 when
 * there is none, -1 when it is longer than `max`; the rest of such a line is passed over. Empty
 * ones are left out. */
int lines_next(struct lines *lines, char **ret, size_t *ret_length);
