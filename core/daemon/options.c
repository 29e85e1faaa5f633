#include "core/daemon/options.h"

#include <stdio.h>
#include <unistd.h>

#include "core/daemon/config.h"

static char *place(const struct options *options, const char *system, const char *session_base,
                   const char *session)
{
    if (options->root)
        return g_build_filename(options->root, system, NULL);
    return options->session ? g_build_filename(session_base, session, NULL)
                            : g_build_filename("/", system, NULL);
}

/* Below --root as in the system, but that its run holds nothing but ours. */
static void find_places(struct options *options)
{
    const char *runtime = g_get_user_runtime_dir();

    options->session = !options->root && (options->session || geteuid() != 0);
    options->run_dir = place(options, options->root ? "run" : "run/corral", runtime, "corral");
    options->libvirt_dir = place(options, "run/libvirt", runtime, "libvirt");
    if (!options->pid_file)
        options->pid_file = g_build_filename(options->run_dir, "corrald.pid", NULL);
    options->config_given = options->config != NULL;
    if (!options->config)
        options->config = place(options, "etc/corral/corrald.conf", g_get_user_config_dir(),
                                "corral/corrald.conf");
}

int options_parse(struct options *options, int *argc, char ***argv)
{
    GOptionEntry entries[] = {
        {"root", 'r', 0, G_OPTION_ARG_FILENAME, &options->root,
         "keep configuration, state and sockets below DIR", "DIR"},
        {"config", 'f', 0, G_OPTION_ARG_FILENAME, &options->config, "the configuration", "FILE"},
        {"pid-file", 'p', 0, G_OPTION_ARG_FILENAME, &options->pid_file,
         "where the process is noted", "FILE"},
        {"session", 0, 0, G_OPTION_ARG_NONE, &options->session,
         "serve this user only, as for everybody but root", NULL},
        {"timeout", 't', 0, G_OPTION_ARG_INT, &options->timeout,
         "end after so many seconds without clients", "SECONDS"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "log what is not a problem, too",
         NULL},
        {"print-config", 0, 0, G_OPTION_ARG_NONE, &options->print_config,
         "write an example of the configuration, with every key", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "tell the version", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) problem = NULL;

    g_option_context_set_summary(context, "Serves the API to clients elsewhere.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &problem)) {
        fprintf(stderr, "corrald: %s\n", problem->message);
        return 3;
    }
    if (*argc > 1 || options->timeout < 0) {
        fprintf(stderr, "corrald: '%s' is not understood: see corrald --help\n",
                *argc > 1 ? (*argv)[1] : "--timeout");
        return 3;
    }
    if (options->print_config)
        daemon_config_print(stdout);
    if (options->version)
        printf("corrald %s\n", CORRALD_VERSION);
    if (options->print_config || options->version)
        return 1;
    find_places(options);
    return 0;
}

void options_clear(struct options *options)
{
    g_free(options->root);
    g_free(options->config);
    g_free(options->pid_file);
    g_free(options->run_dir);
    g_free(options->libvirt_dir);
}
