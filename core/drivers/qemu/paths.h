/* Where a host's files lie. */
#pragma once

#include <glib.h>

enum host_scope {
    HOST_SYSTEM,
    HOST_SESSION, /* of one user */
    HOST_EMBED,   /* of one process, below a folder of its choice */
};

struct qemu_paths {
    char *definitions; /* NAME.xml */
    char *autostart;   /* links to them */
    char *run;         /* NAME.xml of guests that run, driver.lock */
    char *lib;         /* domain-ID-NAME */
    char *save, *dump, *nvram, *channel;
    char *log; /* NAME.log */
    char *cache;
};

/* `root` NULL: the system's or the user's folders. */
void paths_init(struct qemu_paths *paths, enum host_scope kind, const char *root);
void paths_clear(struct qemu_paths *paths);
/* Makes them; -1 with an error. */
int paths_make(const struct qemu_paths *paths);

/* FOLDER/NAME+suffix, to be freed. */
char *path_of(const char *folder, const char *name, const char *suffix);
