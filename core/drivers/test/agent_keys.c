/* SSH keys of accounts inside guests. They lie on a disk: a stop leaves them as they are. */
#include "core/drivers/test/inside.h"

#include <string.h>

static void lines_free(gpointer lines)
{
    g_ptr_array_free(lines, TRUE);
}

static GPtrArray *lines_of(GHashTable *keys, const char *user)
{
    GPtrArray *lines = g_hash_table_lookup(keys, user);

    if (!lines) {
        lines = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(keys, g_strdup(user), lines);
    }
    return lines;
}

/* Begins with those that the author of the guest has given to accounts. */
static GHashTable *keys_of(struct guest *guest)
{
    g_auto(script_t) script = {0};

    if (guest->inside->keys)
        return guest->inside->keys;
    guest->inside->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, lines_free);
    script_open(guest->live->doc, &script);
    for (script_each(key, script_part(&script, "agent"), "key")) {
        g_autofree char *user = xml_attr(key, "user");
        char *line = xml_text(key);

        g_ptr_array_add(lines_of(guest->inside->keys, user),
                        line ? g_strstrip(line) : g_strdup(""));
    }
    return guest->inside->keys;
}

int test_domainAuthorizedSSHKeysGet(virDomainPtr domain, const char *user, char ***keys,
                                    unsigned int flags)
{
    GPtrArray *lines;

    if (flags_check(flags, 0, __func__) < 0 ||
        agent_ask(domain, "guest-ssh-get-authorized-keys", __func__) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    lines = g_hash_table_lookup(keys_of(guest), user);
    *keys = g_new0(char *, lines ? lines->len + 1 : 1);
    for (guint i = 0; lines && i < lines->len; i++)
        (*keys)[i] = g_strdup(lines->pdata[i]);
    return lines ? lines->len : 0;
}

static gboolean same_line(gconstpointer line, gconstpointer other)
{
    return !strcmp(line, other);
}

static void add_line(GPtrArray *lines, const char *line)
{
    if (!g_ptr_array_find_with_equal_func(lines, line, same_line, NULL))
        g_ptr_array_add(lines, g_strdup(line));
}

static void remove_line(GPtrArray *lines, const char *line)
{
    guint at;

    while (g_ptr_array_find_with_equal_func(lines, line, same_line, &at))
        g_ptr_array_remove_index(lines, at);
}

#define SET_FLAGS                                                                                  \
    (VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND | VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE)

static int check_set(const char **keys, unsigned int nkeys, unsigned int flags)
{
    if (flags == SET_FLAGS) {
        error_set_argument(VIR_FROM_DOMAIN, "flags", "virDomainAuthorizedSSHKeysSet",
                           "Flags 'VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND' and "
                           "'VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE' are mutually exclusive");
        return -1;
    }
    if (flags && (!keys || !nkeys)) {
        error_set_argument(VIR_FROM_DOMAIN, "keys", "virDomainAuthorizedSSHKeysSet",
                           "keys in virDomainAuthorizedSSHKeysSet must not be empty when some are "
                           "to be added or removed");
        return -1;
    }
    return 0;
}

int test_domainAuthorizedSSHKeysSet(virDomainPtr domain, const char *user, const char **keys,
                                    unsigned int nkeys, unsigned int flags)
{
    GPtrArray *lines;

    if (flags_check(flags, SET_FLAGS, __func__) < 0 || check_set(keys, nkeys, flags) < 0 ||
        agent_ask(domain,
                  flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE
                      ? "guest-ssh-remove-authorized-keys"
                      : "guest-ssh-add-authorized-keys",
                  __func__) < 0)
        return -1;
    WITH_RUNNING_GUEST(domain, -1);
    lines = lines_of(keys_of(guest), user);
    if (!flags)
        g_ptr_array_set_size(lines, 0);
    for (unsigned int i = 0; i < nkeys; i++) {
        if (flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE)
            remove_line(lines, keys[i]);
        else
            add_line(lines, keys[i]);
    }
    return 0;
}
