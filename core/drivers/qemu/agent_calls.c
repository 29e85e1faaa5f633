/* What callers do inside of guests, by way of the agent. */
#include <string.h>
#include <time.h>

#include "core/drivers/qemu/agent_guest.h"

char *qemu_domainGetHostname(virDomainPtr domain, unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    const char *name;

    if (qemu_flags(flags, VIR_DOMAIN_GET_HOSTNAME_AGENT) < 0 ||
        ASK_AGENT(domain, "guest-get-host-name", NULL, &answer) < 0)
        return NULL;
    name = json_text_of(answer, "host-name");
    if (!name)
        qemu_error(INTERNAL_ERROR, "malformed reply of the guest agent: it names no host");
    return g_strdup(name);
}

/* ---- time ---- */

#define NS_PER_S 1000000000LL

int qemu_domainGetTime(virDomainPtr domain, long long *seconds, unsigned int *nseconds,
                       unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    gint64 now;

    if (qemu_flags(flags, 0) < 0 || ASK_AGENT(domain, "guest-get-time", NULL, &answer) < 0)
        return -1;
    if (!json_is_integer(answer)) {
        qemu_error(INTERNAL_ERROR, "malformed reply of the guest agent: no time");
        return -1;
    }
    now = json_integer_value(answer);
    if (seconds)
        *seconds = now / NS_PER_S;
    if (nseconds)
        *nseconds = now % NS_PER_S;
    return 0;
}

int qemu_domainSetTime(virDomainPtr domain, long long seconds, unsigned int nseconds,
                       unsigned int flags)
{
    json_t *arguments = NULL;

    if (qemu_flags(flags, VIR_DOMAIN_TIME_SYNC) < 0)
        return -1;
    if (!(flags & VIR_DOMAIN_TIME_SYNC)) {
        if (seconds > G_MAXINT64 / NS_PER_S - 1 || seconds < G_MININT64 / NS_PER_S + 1) {
            qemu_error(INVALID_ARG, "Time '%lld' is too big for guest agent", seconds);
            return -1;
        }
        arguments = json_pack("{s:I}", "time", (json_int_t)(seconds * NS_PER_S + nseconds));
    }
    return ASK_AGENT(domain, "guest-set-time", arguments, NULL);
}

/* ---- file systems ---- */

int qemu_domainFSTrim(virDomainPtr domain, const char *mountPoint, unsigned long long minimum,
                      unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (mountPoint) {
        qemu_error(ARGUMENT_UNSUPPORTED, "Specifying mount point is not supported for now");
        return -1;
    }
    return ASK_AGENT(domain, "guest-fstrim",
                     json_pack("{s:I}", "minimum", (json_int_t)MIN(minimum, G_MAXINT64)), NULL);
}

static json_t *names(const char **list, unsigned int n)
{
    json_t *result = json_array();

    for (unsigned int i = 0; i < n; i++)
        json_array_append_new(result, json_string(list[i]));
    return result;
}

/* How many were frozen or thawed. */
static int count_of(const json_t *answer)
{
    if (json_is_integer(answer))
        return CLAMP(json_integer_value(answer), 0, G_MAXINT);
    qemu_error(INTERNAL_ERROR, "malformed reply of the guest agent: no number");
    return -1;
}

int qemu_domainFSFreeze(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
                        unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    json_t *arguments = NULL;

    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (mountpoints && nmountpoints)
        arguments = json_pack("{s:o}", "mountpoints", names(mountpoints, nmountpoints));
    if (ASK_AGENT(domain, arguments ? "guest-fsfreeze-freeze-list" : "guest-fsfreeze-freeze",
                  arguments, &answer) < 0)
        return -1;
    return count_of(answer);
}

int qemu_domainFSThaw(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
                      unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;

    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (mountpoints && nmountpoints) {
        qemu_error(OPERATION_UNSUPPORTED, "specifying mountpoints is not supported");
        return -1;
    }
    if (ASK_AGENT(domain, "guest-fsfreeze-thaw", NULL, &answer) < 0)
        return -1;
    return count_of(answer);
}

/* ---- people ---- */

int qemu_domainSetUserPassword(virDomainPtr domain, const char *user, const char *password,
                               unsigned int flags)
{
    g_autofree char *coded = NULL;

    if (qemu_flags(flags, VIR_DOMAIN_PASSWORD_ENCRYPTED) < 0)
        return -1;
    coded = g_base64_encode((const guchar *)password, strlen(password));
    return ASK_AGENT(domain, "guest-set-user-password",
                     json_pack("{s:b, s:s, s:s}", "crypted",
                               (flags & VIR_DOMAIN_PASSWORD_ENCRYPTED) != 0, "username", user,
                               "password", coded),
                     NULL);
}

int qemu_domainAuthorizedSSHKeysGet(virDomainPtr domain, const char *user, char ***keys,
                                    unsigned int flags)
{
    g_autoptr(json_t) answer = NULL;
    json_t *list, *key;
    size_t i, n = 0;

    if (qemu_flags(flags, 0) < 0 || ASK_AGENT(domain, "guest-ssh-get-authorized-keys",
                                              json_pack("{s:s}", "username", user), &answer) < 0)
        return -1;
    list = json_object_get(answer, "keys");
    *keys = g_new0(char *, json_array_size(list) + 1);
    json_array_foreach(list, i, key)
    {
        if (json_is_string(key))
            (*keys)[n++] = g_strdup(json_string_value(key));
    }
    return n;
}

int qemu_domainAuthorizedSSHKeysSet(virDomainPtr domain, const char *user, const char **keys,
                                    unsigned int nkeys, unsigned int flags)
{
    bool append = flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND;
    bool remove = flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE;
    json_t *arguments;

    if (qemu_flags(flags, VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND |
                              VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE) < 0)
        return -1;
    arguments = json_pack("{s:s, s:o}", "username", user, "keys", names(keys, nkeys));
    if (remove)
        return ASK_AGENT(domain, "guest-ssh-remove-authorized-keys", arguments, NULL);
    if (!append)
        json_object_set_new(arguments, "reset", json_true());
    return ASK_AGENT(domain, "guest-ssh-add-authorized-keys", arguments, NULL);
}
