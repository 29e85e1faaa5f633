#include "core/drivers/test/login.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/xml.h"
#include "core/object/error.h"

/* Passwords by user; "" for those who need none. */
struct logins {
    GHashTable *users;
};

int logins_parse(xmlNodePtr node, struct logins **ret_logins)
{
    xmlNodePtr auth = xml_child(node, "auth");
    GHashTable *users;

    if (!auth)
        return 0;
    users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (xmlNodePtr user = xml_child(auth, "user"); user; user = xml_next(user)) {
        g_autofree char *name = xml_text(user);
        char *password = xml_attr(user, "password");

        if (!name || !*name) {
            g_free(password);
            g_hash_table_destroy(users);
            error_set(VIR_FROM_TEST, VIR_ERR_XML_ERROR,
                      "missing username in a user of the node's auth");
            return -1;
        }
        g_hash_table_replace(users, g_steal_pointer(&name), password ? password : g_strdup(""));
    }
    *ret_logins = g_new0(struct logins, 1);
    (*ret_logins)->users = users;
    return 0;
}

void logins_free(struct logins *logins)
{
    if (!logins)
        return;
    g_hash_table_destroy(logins->users);
    g_free(logins);
}

static bool can_ask(virConnectAuthPtr auth, int type)
{
    for (unsigned int i = 0; i < auth->ncredtype; i++)
        if (auth->credtype[i] == type)
            return true;
    return false;
}

/* The answer, or NULL with an error. */
static char *ask(virConnectAuthPtr auth, int type, const char *type_name, const char *prompt)
{
    virConnectCredential credential = {.type = type, .prompt = prompt, .challenge = "localhost"};

    if (!can_ask(auth, type)) {
        error_set(VIR_FROM_AUTH, VIR_ERR_AUTH_FAILED, "Missing %s credential type", type_name);
        return NULL;
    }
    if (auth->cb(&credential, 1, auth->cbdata) < 0) {
        g_free(credential.result);
        error_set(VIR_FROM_AUTH, VIR_ERR_AUTH_FAILED, "Failed to collect the credential %s",
                  type_name);
        return NULL;
    }
    return credential.result ? credential.result : g_strdup("");
}

int logins_ask(const struct logins *logins, virConnectAuthPtr auth)
{
    g_autofree char *user = NULL;
    g_autofree char *given = NULL;
    g_autofree char *prompt = NULL;
    const char *password;

    if (!logins)
        return 0;
    if (!auth || !auth->cb) {
        error_set(VIR_FROM_AUTH, VIR_ERR_INVALID_ARG, "Missing authentication credentials");
        return -1;
    }
    user = ask(auth, VIR_CRED_AUTHNAME, "VIR_CRED_AUTHNAME", "Enter username for localhost");
    if (!user)
        return -1;
    password = g_hash_table_lookup(logins->users, user);
    if (password && !*password)
        return 0;
    prompt = g_strdup_printf("Enter %s's password for localhost", user);
    given = ask(auth, VIR_CRED_PASSPHRASE, "VIR_CRED_PASSPHRASE", prompt);
    if (!given)
        return -1;
    if (password && !strcmp(password, given))
        return 0;
    error_set(VIR_FROM_TEST, VIR_ERR_AUTH_FAILED,
              "authentication failed, see test XML for the correct username/password");
    return -1;
}
