#include "core/driver/uri.h"

#include <string.h>

#include "core/object/error.h"

#define ACCEPTED "DRIVER[+TRANSPORT]://[USER@][HOST[:PORT]]/PATH[?QUERY]"

/* The first byte that a URI cannot have as it is; GLib lets those through. */
static const char *find_illegal(const char *text)
{
    while (*text && (g_ascii_isalnum(*text) || strchr("-._~:/?#[]@!$&'()*+,;=%", *text)))
        text++;
    return *text ? text : NULL;
}

GUri *uri_parse(const char *text)
{
    const GUriFlags flags =
        G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_HAS_PASSWORD;
    g_autoptr(GError) error = NULL;
    const char *illegal;
    GUri *uri;

    if (!strchr(text, ':')) {
        error_set(VIR_FROM_NONE, VIR_ERR_NO_CONNECT,
                  "URI '%.200s' does not include a driver name: " ACCEPTED " is accepted", text);
        return NULL;
    }
    illegal = find_illegal(text);
    if (illegal) {
        error_set(VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR,
                  "Unable to parse URI %.200s: byte %zu is to be written %%%02X", text,
                  (size_t)(illegal - text) + 1, (unsigned char)*illegal);
        return NULL;
    }
    uri = g_uri_parse(text, flags, &error);
    if (!uri)
        error_set(VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR,
                  "Unable to parse URI %.200s: %.200s; " ACCEPTED " is accepted", text,
                  error->message);
    return uri;
}

/* A setting of the client configuration is `name = VALUE`, where VALUE is a quoted text or a list
 * of them in brackets, over several lines and with comments if need be. */
#define QUOTED "\"[^\"\\n]*\"|'[^'\\n]*'"

static GRegex *regex_new(const char *pattern)
{
    /* raw: the file is whatever bytes somebody wrote */
    return g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
}

/* What stands behind the equals sign in one file; NULL when the setting is not there. -1 with the
 * error. */
static int read_setting(const char *path, const char *name, char **ret_value)
{
    g_autofree char *text = NULL, *set = NULL, *pattern = NULL;
    g_autoptr(GRegex) any = NULL, valid = NULL;
    g_autoptr(GMatchInfo) match = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    set = g_strdup_printf("^[ \\t]*%s[ \\t]*=", name);
    any = regex_new(set);
    if (!g_regex_match(any, text, 0, NULL))
        return 0;
    pattern = g_strdup_printf(
        "%s\\s*(" QUOTED "|\\[(?:" QUOTED "|#[^\\n]*|[\\s,])*+\\])[ \\t]*(?:#.*)?$", set);
    valid = regex_new(pattern);
    if (!g_regex_match(valid, text, 0, &match)) {
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX,
                  "%s: %s must be a quoted text or a list of them in brackets", path, name);
        return -1;
    }
    *ret_value = g_match_info_fetch(match, 1);
    return 0;
}

/* The user's file first, then the system's. */
static int configured(const char *name, char **ret_value)
{
    g_autofree char *user =
        g_build_filename(g_get_user_config_dir(), "libvirt", "libvirt.conf", NULL);
    const char *paths[] = {user, "/etc/libvirt/libvirt.conf"};

    for (size_t i = 0; !*ret_value && i < G_N_ELEMENTS(paths); i++)
        if (read_setting(paths[i], name, ret_value) < 0)
            return -1;
    return 0;
}

int uri_default(char **ret_uri)
{
    const char *environment = g_getenv("LIBVIRT_DEFAULT_URI");
    g_autofree char *value = NULL;

    if (environment && *environment) {
        *ret_uri = g_strdup(environment);
        return 0;
    }
    if (configured("uri_default", &value) < 0)
        return -1;
    if (value && *value == '[') {
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX,
                  "uri_default must be one quoted text, not a list");
        return -1;
    }
    *ret_uri = value && value[1] != value[0] ? g_strndup(value + 1, strlen(value) - 2) : NULL;
    return 0;
}

/* One entry, without its quotes. 1 when it is `name`'s, 0 when not, -1 with the error. */
static int match_alias(const char *entry, const char *name, char **ret_uri)
{
    size_t length = strspn(entry, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-");

    if (length == 0 || entry[length] != '=' || !entry[length + 1]) {
        error_set(VIR_FROM_URI, VIR_ERR_CONF_SYNTAX,
                  "Malformed 'uri_aliases' config entry '%.200s', expected 'alias=uri://host/path'",
                  entry);
        return -1;
    }
    if (strlen(name) != length || strncmp(name, entry, length) != 0)
        return 0;
    *ret_uri = g_strdup(entry + length + 1);
    return 1;
}

int uri_resolve_alias(const char *name, char **ret_uri)
{
    g_autoptr(GRegex) regex = regex_new("#[^\\n]*|" QUOTED);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *value = NULL;
    int found = 0;

    *ret_uri = NULL;
    if (configured("uri_aliases", &value) < 0)
        return -1;
    if (!value)
        return 0;
    g_regex_match(regex, value, 0, &match);
    for (; found == 0 && g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *entry = g_match_info_fetch(match, 0);

        if (*entry == '#')
            continue;
        entry[strlen(entry) - 1] = '\0';
        found = match_alias(entry + 1, name, ret_uri);
    }
    return MIN(found, 0);
}
