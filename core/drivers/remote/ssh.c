#include "core/drivers/remote/ssh.h"

#include <string.h>

#include "core/drivers/remote/command.h"
#include "core/drivers/remote/places.h"
#include "core/object/error.h"

/* --- the far side --------------------------------------------------------------------------------
 */

enum proxy { PROXY_AUTO, PROXY_NETCAT, PROXY_NATIVE };

/* Netcat knows of sockets only: where one is named, it is what is meant. */
static int find_proxy(const struct remote_address *address, enum proxy *ret_proxy)
{
    const char *word = remote_option(address, "proxy");

    if (!word || strcmp(word, "auto") == 0)
        *ret_proxy = remote_option(address, "socket") || remote_option(address, "netcat")
                         ? PROXY_NETCAT
                         : PROXY_AUTO;
    else if (strcmp(word, "netcat") == 0)
        *ret_proxy = PROXY_NETCAT;
    else if (strcmp(word, "native") == 0)
        *ret_proxy = PROXY_NATIVE;
    else {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "proxy=%s: auto, netcat or native is accepted", word);
        return -1;
    }
    return 0;
}

/* The first socket that is there, in the order that we would try them ourselves. Netcats that do
 * not end with their input are told to. */
static void say_netcat(GString *script, const struct remote_address *address, GPtrArray *places)
{
    const char *given = remote_option(address, "socket");
    const char *program = remote_option(address, "netcat");
    g_autofree char *netcat = g_shell_quote(program ? program : "nc");
    g_autofree char *path = given ? g_shell_quote(given) : NULL;

    g_string_append_printf(script,
                           "if %s -q 2>&1 | grep \"requires an argument\" >/dev/null 2>&1; "
                           "then ARG=-q0; else ARG=; fi; ",
                           netcat);
    if (path) {
        g_string_append_printf(script, "exec %s $ARG -U %s", netcat, path);
        return;
    }
    g_string_append_printf(script, "D=%s; for S in",
                           address->session ? "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" : "/run");
    for (guint i = 0; i < places->len; i++)
        g_string_append_printf(script, " $D/%s", (char *)places->pdata[i]);
    g_string_append_printf(script,
                           "; do test -S $S && exec %s $ARG -U $S; T=\"$T $S\"; done; "
                           "echo \"no daemon listens at any of$T\" >&2; exit 1",
                           netcat);
}

/* NULL with an error. */
static char *far_side(const struct remote_address *address, enum proxy proxy)
{
    g_autoptr(GPtrArray) places = remote_places(address);
    g_autoptr(GString) script = g_string_new("");
    g_autofree char *name = g_shell_quote(address->name);
    g_autofree char *helper =
        g_strdup_printf("exec virt-ssh-helper %s%s", address->readonly ? "-r " : "", name);
    g_autofree char *quoted = NULL;

    if (!places)
        return NULL;
    if (proxy == PROXY_AUTO)
        g_string_append_printf(script, "command -v virt-ssh-helper >/dev/null 2>&1 && %s; ",
                               helper);
    if (proxy == PROXY_NATIVE)
        g_string_append(script, helper);
    else
        say_netcat(script, address, places);
    quoted = g_shell_quote(script->str);
    return g_strdup_printf("sh -c %s", quoted);
}

/* --- ssh's own options ---------------------------------------------------------------------------
 */

static void add(GPtrArray *argv, const char *word)
{
    g_ptr_array_add(argv, g_strdup(word));
}

static void add_pair(GPtrArray *argv, const char *option, const char *value)
{
    if (!value)
        return;
    add(argv, option);
    add(argv, value);
}

static void add_setting(GPtrArray *argv, const char *setting, const char *value)
{
    add(argv, "-o");
    g_ptr_array_add(argv, g_strdup_printf("%s=%s", setting, value));
}

/* In ssh's settings a space ends a name and a percent sign stands for something. */
static int add_known_hosts(GPtrArray *argv, const char *path)
{
    g_autoptr(GString) quoted = g_string_new(path);

    if (strpbrk(path, "\"\n")) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "known_hosts=%s: ssh takes no name with a quote or a line's end in it", path);
        return -1;
    }
    g_string_replace(quoted, "%", "%%", 0);
    g_string_prepend_c(quoted, '"');
    g_string_append_c(quoted, '"');
    add_setting(argv, "UserKnownHostsFile", quoted->str);
    add_setting(argv, "GlobalKnownHostsFile", "/dev/null");
    return 0;
}

/* Whose key is not known is asked about, taken in silence, or nobody's business. */
static int add_verification(GPtrArray *argv, const struct remote_address *address)
{
    const char *path = remote_option(address, "known_hosts");
    const char *how = remote_option(address, "known_hosts_verify");

    if (!how || strcmp(how, "normal") == 0)
        return path ? add_known_hosts(argv, path) : 0;
    if (strcmp(how, "auto") == 0) {
        add_setting(argv, "StrictHostKeyChecking", "accept-new");
        return path ? add_known_hosts(argv, path) : 0;
    }
    if (strcmp(how, "ignore") != 0) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "known_hosts_verify=%s: normal, auto or ignore is accepted", how);
        return -1;
    }
    add_setting(argv, "StrictHostKeyChecking", "no");
    return add_known_hosts(argv, "/dev/null");
}

static int wrong_way(const char *list, const char *word)
{
    error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
              "sshauth=%s: '%s' is none of: agent privkey password keyboard-interactive", list,
              word);
    return -1;
}

/* Keys of an agent and of files are one way for ssh, tried once, so one of them has to be ruled
 * out.
 */
static int add_ways(GPtrArray *argv, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, ",", -1);
    gboolean agent = g_strv_contains((const char *const *)words, "agent");
    gboolean files = g_strv_contains((const char *const *)words, "privkey"), said = FALSE;
    g_autoptr(GString) ways = g_string_new("");

    for (char **word = words; *word; word++) {
        gboolean key = !strcmp(*word, "agent") || !strcmp(*word, "privkey");

        if (!key && strcmp(*word, "password") != 0 && strcmp(*word, "keyboard-interactive") != 0)
            return wrong_way(list, *word);
        if (!key || !said)
            g_string_append_printf(ways, "%s%s", ways->len ? "," : "", key ? "publickey" : *word);
        said |= key;
    }
    add_setting(argv, "PreferredAuthentications", ways->str);
    if (files && !agent)
        add_setting(argv, "IdentityAgent", "none");
    if (agent && !files)
        add_setting(argv, "IdentityFile", "none");
    return 0;
}

/* ssh takes the first of what is said twice. */
static int add_options(GPtrArray *argv, const struct remote_address *address)
{
    g_autofree char *port = address->port ? g_strdup_printf("%d", address->port) : NULL;
    const char *ways = remote_option(address, "sshauth");
    int no_tty = remote_switch(address, "no_tty");
    int no_verify = remote_switch(address, "no_verify");

    if (no_tty < 0 || no_verify < 0)
        return -1;
    add_pair(argv, "-p", port);
    add_pair(argv, "-l", address->user);
    add_pair(argv, "-i", remote_option(address, "keyfile"));
    add(argv, "-T");
    add_pair(argv, "-e", "none");
    if (no_tty)
        add_setting(argv, "BatchMode", "yes");
    if (no_verify)
        add_setting(argv, "StrictHostKeyChecking", "no");
    return add_verification(argv, address) < 0 || (ways && add_ways(argv, ways) < 0) ? -1 : 0;
}

int ssh_connect(const struct remote_address *address, struct rpc_socket *ret_socket)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    const char *command = remote_option(address, "command");
    g_autofree char *far = NULL;
    enum proxy proxy;

    if (find_proxy(address, &proxy) < 0)
        return -1;
    far = far_side(address, proxy);
    add(argv, command ? command : "ssh");
    if (!far || add_options(argv, address) < 0)
        return -1;
    add(argv, "--");
    add(argv, address->host ? address->host : "localhost");
    add(argv, far);
    g_ptr_array_add(argv, NULL);
    return command_run((char **)argv->pdata, ret_socket);
}
