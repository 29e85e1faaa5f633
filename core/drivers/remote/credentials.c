#include "core/drivers/remote/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "core/object/error.h"

#define SERVICE "libvirt"
#define SYSTEM_FILE "/etc/libvirt/auth.conf"

/* --- the file ------------------------------------------------------------------------------------
 */

/* NULL without one: nobody has to have it, unless it was named. */
static int find_file(const struct remote_address *address, char **ret_path)
{
    const char *named = remote_option(address, "authfile");
    g_autofree char *own = g_build_filename(g_get_user_config_dir(), "libvirt", "auth.conf", NULL);

    *ret_path = NULL;
    if (!named)
        named = g_getenv("LIBVIRT_AUTH_FILE");
    if (named && !g_file_test(named, G_FILE_TEST_EXISTS)) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "there is no file '%s' with credentials",
                  named);
        return -1;
    }
    if (named)
        *ret_path = g_strdup(named);
    else if (g_file_test(own, G_FILE_TEST_EXISTS))
        *ret_path = g_steal_pointer(&own);
    else if (g_file_test(SYSTEM_FILE, G_FILE_TEST_EXISTS))
        *ret_path = g_strdup(SYSTEM_FILE);
    return 0;
}

/* 1 with the file read, 0 without one, -1 with an error. */
static int read_file(const struct remote_address *address, GKeyFile *file)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *path = NULL;

    if (find_file(address, &path) < 0)
        return -1;
    if (!path)
        return 0;
    if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &problem))
        return 1;
    error_set(VIR_FROM_REMOTE, VIR_ERR_CONF_SYNTAX, "%s: %s", path, problem->message);
    return -1;
}

/* The group of credentials for the host, or for hosts that none are for; NULL for neither. -1 with
 * an error for a name that stands for nothing. */
static int find_group(GKeyFile *file, const char *host, char **ret_group)
{
    g_autofree char *own = g_strdup_printf("auth-" SERVICE "-%s", host);
    const char *place = g_key_file_has_group(file, own) ? own : "auth-" SERVICE "-default";
    g_autofree char *name = NULL;

    *ret_group = NULL;
    if (!g_key_file_has_group(file, place))
        return 0;
    name = g_key_file_get_string(file, place, "credentials", NULL);
    if (!name) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_CONF_SYNTAX,
                  "Missing item 'credentials' in group '%s' of the file with credentials", place);
        return -1;
    }
    *ret_group = g_strdup_printf("credentials-%s", name);
    if (g_key_file_has_group(file, *ret_group))
        return 0;
    error_set(VIR_FROM_REMOTE, VIR_ERR_CONF_SYNTAX,
              "Missing group '%s' referenced from group '%s' of the file with credentials",
              *ret_group, place);
    g_clear_pointer(ret_group, g_free);
    return -1;
}

static const char *key_of(int type)
{
    switch (type) {
    case VIR_CRED_USERNAME:
        return "username";
    case VIR_CRED_AUTHNAME:
        return "authname";
    case VIR_CRED_REALM:
        return "realm";
    case VIR_CRED_PASSPHRASE:
    case VIR_CRED_NOECHOPROMPT:
        return "password";
    default:
        return NULL;
    }
}

static int answer_from_file(const struct remote_address *address, struct sasl_question *questions,
                            int n)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *group = NULL;
    int there = read_file(address, file);

    if (there <= 0)
        return there;
    if (find_group(file, address->host ? address->host : "localhost", &group) < 0)
        return -1;
    for (int i = 0; group && i < n; i++) {
        const char *key = key_of(questions[i].type);

        if (key)
            questions[i].answer = g_key_file_get_string(file, group, key, NULL);
    }
    return 0;
}

/* --- the user ------------------------------------------------------------------------------------
 */

static gboolean knows(virConnectAuthPtr auth, int type)
{
    for (unsigned int i = 0; auth && auth->cb && i < auth->ncredtype; i++)
        if (auth->credtype[i] == type)
            return TRUE;
    return FALSE;
}

static const char *spoken(int type)
{
    return type == VIR_CRED_AUTHNAME ? "a name" : "a password";
}

/* Whom to act for, and which realm, may be left open. */
static gboolean must_know(int type)
{
    return type != VIR_CRED_USERNAME && type != VIR_CRED_REALM;
}

static int ask(virConnectAuthPtr auth, virConnectCredential *asked, unsigned int n)
{
    if (!n || auth->cb(asked, n, auth->cbdata) >= 0)
        return 0;
    error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_CANCELLED,
              "Failed to collect auth credentials: the application has none");
    return -1;
}

static int answer_from_user(virConnectAuthPtr auth, struct sasl_question *questions, int n)
{
    g_autofree virConnectCredential *asked = g_new0(virConnectCredential, n);
    g_autofree int *which = g_new0(int, n);
    unsigned int n_asked = 0;
    int status;

    for (int i = 0; i < n; i++) {
        const struct sasl_question *question = &questions[i];

        if (question->answer)
            continue;
        if (knows(auth, question->type)) {
            asked[n_asked].type = question->type;
            asked[n_asked].prompt = question->prompt;
            asked[n_asked].challenge = question->challenge;
            asked[n_asked].defresult = question->fallback;
            which[n_asked++] = i;
        } else if (must_know(question->type)) {
            error_set(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED,
                      "the daemon wants %s: no file with credentials has it, and "
                      "virConnectOpenAuth() was given nobody to ask",
                      spoken(question->type));
            return -1;
        }
    }
    status = ask(auth, asked, n_asked);
    for (unsigned int i = 0; i < n_asked; i++) {
        const char *result = asked[i].result ? asked[i].result : asked[i].defresult;

        questions[which[i]].answer = g_strdup(result);
        free(asked[i].result);
    }
    return status;
}

int credentials_answer(const struct remote_address *address, virConnectAuthPtr auth,
                       struct sasl_question *questions, int n)
{
    if (answer_from_file(address, questions, n) < 0)
        return -1;
    for (int i = 0; i < n; i++) /* a name before the host is whose login it is */
        if (!questions[i].answer && questions[i].type == VIR_CRED_AUTHNAME && address->user)
            questions[i].answer = g_strdup(address->user);
    return answer_from_user(auth, questions, n);
}
