/* Between the table of keys and the reader of files. */
#pragma once

#include "core/daemon/config.h"

enum config_type {
    CONFIG_SWITCH, /* 0 or 1 */
    CONFIG_NUMBER,
    CONFIG_STRING,
    CONFIG_LIST, /* of strings */
};

struct config_key {
    const char *name;
    enum config_type type;
    guint16 offset;
    gboolean live; /* a running daemon takes a change over */
    int least, most;
    const char *one_of; /* of strings: words with a space between them */
    const char *value;  /* where nothing is said, as it stands in a file; NULL: nothing */
    const char *example;
    const char *text;
};

extern const struct config_key config_keys[];
extern const size_t config_n_keys;

/* -1 with an error about the value; `where` is "FILE:LINE". */
int config_check_string(const struct config_key *key, const char *value, const char *where);
