/* The command line, and where everything lies. */
#pragma once

#include <glib.h>

struct options {
    char *root;   /* --root: everything is below it; NULL */
    char *config; /* the file; NULL where there is none to read */
    gboolean config_given;
    gboolean print_config;
    gboolean version;
    gboolean verbose;
    int timeout; /* seconds without clients; 0: never ends by itself */
    char *pid_file;
    gboolean session; /* of one user: who is not root, and has no root */
    char *run_dir;    /* sockets of ours */
    char *libvirt_dir;
};

/* 0, or the process's exit status plus 1 when there is nothing to do any more. */
int options_parse(struct options *options, int *argc, char ***argv);
void options_clear(struct options *options);
