/* The whole command line, in the order in which QEMU needs to hear it. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

static int build_name(struct builder *build)
{
    g_autoptr(GString) text = g_string_new("guest=");

    append_value(text, build->doc->name);
    g_string_append(text, ",debug-threads=on");
    add_option(build, "-name", text->str);
    add_arg(build, "-S");
    return 0;
}

int build_monitor(struct builder *build)
{
    const struct launch *launch = build->launch;
    g_autoptr(GString) text = g_string_new("socket,id=charmonitor,");

    add_arg(build, "-no-user-config");
    add_arg(build, "-nodefaults");
    if (launch->monitor_fd >= 0) {
        g_string_append_printf(text, "fd=%d", add_fd(build, launch->monitor_fd, "monitor"));
    } else {
        g_string_append(text, "path=");
        append_value(text, launch->monitor_path ? launch->monitor_path : launch->folder);
        if (!launch->monitor_path)
            g_string_append(text, "/monitor.sock");
    }
    g_string_append(text, ",server=on,wait=off");
    add_option(build, "-chardev", text->str);
    add_option(build, "-mon", "chardev=charmonitor,id=monitor,mode=control");
    return 0;
}

int build_sandbox(struct builder *build)
{
    if (!build->launch->no_sandbox)
        add_option(build, "-sandbox",
                   "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    add_option(build, "-msg", "timestamp=on");
    return 0;
}

int build_incoming(struct builder *build)
{
    const struct launch *launch = build->launch;

    if (launch->incoming_fd >= 0)
        add_optionf(build, "-incoming", "fd:%d", add_fd(build, launch->incoming_fd, "incoming"));
    else if (launch->incoming)
        add_option(build, "-incoming", launch->incoming);
    return 0;
}

static bool has_iothread(const struct domain_iothreadids *ids, unsigned id)
{
    for (size_t i = 0; i < ids->n_iothreads; i++)
        if (ids->iothreads[i].id == id)
            return true;
    return false;
}

int build_iothreads(struct builder *build)
{
    const struct domain_iothreadids *ids = &build->doc->iothreadids;

    unsigned left = build->doc->iothreads;

    for (size_t i = 0; i < ids->n_iothreads; i++)
        add_json(build, "-object", object_props_iothread(&ids->iothreads[i]));
    left -= MIN(left, (unsigned)ids->n_iothreads);
    /* Those that are only counted have the first numbers that are free. */
    for (struct domain_iothreadids_iothreads thread = {.id = 1}; left; thread.id++) {
        if (has_iothread(ids, thread.id))
            continue;
        add_json(build, "-object", object_props_iothread(&thread));
        left--;
    }
    return 0;
}

json_t *object_props_iothread(const struct domain_iothreadids_iothreads *thread)
{
    json_t *props = props_of("qom-type", "iothread");

    prop_format(props, "id", "iothread%u", thread->id);
    if (thread->has_thread_pool_min)
        prop_uint(props, "thread-pool-min", (unsigned)thread->thread_pool_min);
    if (thread->has_thread_pool_max)
        prop_uint(props, "thread-pool-max", (unsigned)thread->thread_pool_max);
    return props;
}

/* What users ask of the binary themselves. */
int build_passthrough(struct builder *build)
{
    const struct domain_qemu_commandline *line = &build->doc->qemu.commandline;

    for (size_t i = 0; i < line->n_args; i++)
        add_arg(build, line->args[i].value);
    for (size_t i = 0; i < line->n_envs; i++)
        g_ptr_array_add(build->command->env,
                        g_strdup_printf("%s=%s", line->envs[i].name,
                                        line->envs[i].value ? line->envs[i].value : ""));
    return 0;
}

/* clang-format off */
static builder_fn *const builders[] = {
    build_name,
    build_firmware,
    build_machine,
    build_accel,
    build_cpu,
    build_memory,
    build_smp,
    build_iothreads,
    build_numa,
    build_identity,
    build_smbios,
    build_display,
    build_monitor,
    build_clock,
    build_power,
    build_boot,
    build_kernel,
    build_iommu,
    build_controllers,
    build_hubs,
    build_readers,
    build_disks,
    build_filesystems,
    build_interfaces,
    build_smartcards,
    build_serials,
    build_parallels,
    build_channels,
    build_consoles,
    build_tpms,
    build_inputs,
    build_audios,
    build_graphics,
    build_videos,
    build_sounds,
    build_watchdog,
    build_redirdevs,
    build_hostdevs,
    build_balloon,
    build_rngs,
    build_panics,
    build_shmems,
    build_memories,
    build_vsock,
    build_launch_security,
    build_incoming,
    build_passthrough,
    build_sandbox,
    build_vmcoreinfo,
};
/* clang-format on */

static void build_environment(struct builder *build)
{
    const char *folder = build->launch->folder;
    static const struct {
        const char *name, *below;
    } homes[] = {
        {"HOME", ""},
        {"XDG_DATA_HOME", "/.local/share"},
        {"XDG_CACHE_HOME", "/.cache"},
        {"XDG_CONFIG_HOME", "/.config"},
    };

    g_ptr_array_add(build->command->env, g_strdup("LC_ALL=C"));
    g_ptr_array_add(build->command->env, g_strdup("PATH=/usr/bin:/bin"));
    for (size_t i = 0; folder && i < G_N_ELEMENTS(homes); i++)
        g_ptr_array_add(build->command->env,
                        g_strdup_printf("%s=%s%s", homes[i].name, folder, homes[i].below));
}

int command_build(const struct domain *doc, const struct launch *launch, struct command *ret)
{
    struct command command = {
        .args = g_ptr_array_new_with_free_func(g_free),
        .env = g_ptr_array_new_with_free_func(g_free),
        .fds = g_array_new(FALSE, FALSE, sizeof(struct command_fd)),
    };
    struct builder build = {doc, launch, &command};

    build_environment(&build);
    add_arg(&build, doc->devices.emulator);
    for (size_t i = 0; i < G_N_ELEMENTS(builders); i++) {
        if (builders[i](&build) < 0) {
            command_clear(&command);
            return -1;
        }
    }
    *ret = command;
    return 0;
}

void command_clear(struct command *command)
{
    g_clear_pointer(&command->args, g_ptr_array_unref);
    g_clear_pointer(&command->env, g_ptr_array_unref);
    g_clear_pointer(&command->fds, g_array_unref);
}

static bool needs_quotes(const char *word)
{
    return !*word || word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_./:,=+@%")];
}

static void append_word(GString *text, const char *word)
{
    g_autofree char *quoted = needs_quotes(word) ? g_shell_quote(word) : g_strdup(word);

    g_string_append_printf(text, "%s%s", text->len ? " " : "", quoted);
}

/* NAME=VALUE in front of a command: only the value may be quoted. */
static void append_setting(GString *text, const char *setting)
{
    const char *value = strchr(setting, '=') + 1;
    g_autofree char *quoted = needs_quotes(value) ? g_shell_quote(value) : g_strdup(value);

    g_string_append_printf(text, "%s%.*s%s", text->len ? " " : "", (int)(value - setting), setting,
                           quoted);
}

char *command_format(const struct command *command)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < command->env->len; i++)
        append_setting(text, g_ptr_array_index(command->env, i));
    for (guint i = 0; i < command->args->len; i++)
        append_word(text, g_ptr_array_index(command->args, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}
