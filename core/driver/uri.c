#include "core/driver/uri.h"

#include <string.h>

#include "core/object/error.h"

GUri *uri_parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    GUri *uri = g_uri_parse(text, G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_HAS_PASSWORD,
                            &error);

    if (!uri)
        error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                  "failed to parse URI '%s': %s; DRIVER[+TRANSPORT]://[USER@][HOST[:PORT]]/PATH[?QUERY] is accepted",
                  text, error->message);
    return uri;
}

/* One setting of the client configuration: `name = "text"` or `name = [ "a=b", … ]`, as a key file has
 * no lists in brackets. Returns what stands behind the equals sign. */
static char *configured(const char *name)
{
    g_autofree char *user = g_build_filename(g_get_user_config_dir(), "libvirt", "libvirt.conf", NULL);
    const char *paths[] = { user, "/etc/libvirt/libvirt.conf" };

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *text = NULL, *pattern = NULL;
        g_autoptr(GRegex) regex = NULL;
        g_autoptr(GMatchInfo) match = NULL;

        if (!g_file_get_contents(paths[i], &text, NULL, NULL))
            continue;
        pattern = g_strdup_printf("^\\s*%s\\s*=\\s*(\\[[^]]*\\]|\"[^\"\\n]*\")", name);
        regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
        if (g_regex_match(regex, text, 0, &match))
            return g_match_info_fetch(match, 1);
    }
    return NULL;
}

char *uri_default(void)
{
    const char *environment = g_getenv("LIBVIRT_DEFAULT_URI");
    g_autofree char *value = NULL;

    if (environment && *environment)
        return g_strdup(environment);
    environment = g_getenv("VIRSH_DEFAULT_CONNECT_URI");
    if (environment && *environment)
        return g_strdup(environment);
    value = configured("uri_default");
    if (!value || *value != '"')
        return NULL;
    return g_strndup(value + 1, strlen(value) - 2);
}

int uri_resolve_alias(const char *name, char **ret_uri)
{
    g_autofree char *value = configured("uri_aliases");
    g_auto(GStrv) entries = NULL;

    *ret_uri = NULL;
    if (!value)
        return 0;
    entries = g_strsplit(value, "\"", -1);
    for (size_t i = 1; entries[0] && entries[i] && entries[i + 1]; i += 2) {
        char *equals = strchr(entries[i], '=');

        if (!equals) {
            error_set(VIR_FROM_NONE, VIR_ERR_CONF_SYNTAX, "uri_aliases: '%s' is not NAME=URI", entries[i]);
            return -1;
        }
        if (strlen(name) == (size_t)(equals - entries[i]) && strncmp(name, entries[i], equals - entries[i]) == 0) {
            *ret_uri = g_strdup(equals + 1);
            return 0;
        }
    }
    return 0;
}
