/* Notes of people and applications on an object, as documents have them. */
#pragma once

#include <libxml/tree.h>

#include "core/base/export.h"

/* The same numbers for everything that carries notes. */
enum { NOTE_DESCRIPTION, NOTE_TITLE, NOTE_ELEMENT };

/* One call's: what it is about, and who speaks in its errors. */
struct note {
    int type;
    const char *key, *uri;
    const char *function;
    int origin, origin_of_arguments;
};

/* -1 with VIR_ERR_INVALID_ARG when the type is unknown, or is not one for these arguments. */
CORRAL_PRIVATE int note_check_type(const struct note *note);
CORRAL_PRIVATE int note_check_get(const struct note *note);
CORRAL_PRIVATE int note_check_set(const struct note *note, const char *metadata);

/* An application's element as a document, in its namespace; NULL with an error. */
CORRAL_PRIVATE xmlDocPtr note_read(const struct note *note, const char *text);
/* Puts it, or for NULL nothing, in the place of the one in that namespace. */
CORRAL_PRIVATE int note_put(char **metadata, xmlDocPtr element, const char *uri);
/* The element in a namespace as text, NULL without one. */
CORRAL_PRIVATE char *note_get(const char *text, const char *uri);
/* A title or a description; nothing for an empty one. */
CORRAL_PRIVATE void note_set_text(char **text, const char *value);
