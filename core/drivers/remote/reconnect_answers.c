/* The application is asked for credentials while it opens the connection, and not later: what it
 * has said is said again. */
#include <stdlib.h>
#include <string.h>

#include "core/drivers/remote/reconnect_private.h"

struct answer {
    int type;
    char *prompt;
    char *result;
};

struct answers {
    virConnectAuthPtr asked; /* the application's; NULL once it has returned */
    virConnectAuth own;
    GArray *given;
};

static void clear_answer(gpointer data)
{
    struct answer *answer = data;

    g_free(answer->prompt);
    if (answer->result)
        explicit_bzero(answer->result, strlen(answer->result));
    g_free(answer->result);
}

static void remember(struct answers *answers, const virConnectCredential *cred)
{
    struct answer answer = {cred->type, g_strdup(cred->prompt), NULL};

    if (!cred->result)
        answer.result = g_strdup(cred->defresult);
    else
        answer.result = g_strdup(cred->result);
    g_array_append_val(answers->given, answer);
}

static int ask(virConnectCredentialPtr cred, unsigned int ncred, void *data)
{
    struct answers *answers = data;
    int status = answers->asked->cb(cred, ncred, answers->asked->cbdata);

    for (unsigned int i = 0; status >= 0 && i < ncred; i++)
        remember(answers, &cred[i]);
    return status;
}

/* The last answer to that question: before it there may have been wrong ones. */
static const char *find(const struct answers *answers, const virConnectCredential *cred)
{
    for (guint i = answers->given->len; i > 0; i--) {
        const struct answer *answer = &g_array_index(answers->given, struct answer, i - 1);

        if (answer->type == cred->type && g_strcmp0(answer->prompt, cred->prompt) == 0)
            return answer->result;
    }
    return NULL;
}

static int answer_again(virConnectCredentialPtr cred, unsigned int ncred, void *data)
{
    for (unsigned int i = 0; i < ncred; i++) {
        const char *result = find(data, &cred[i]);

        cred[i].result = result ? strdup(result) : NULL;
        cred[i].resultlen = result ? strlen(result) : 0;
    }
    return 0;
}

struct answers *answers_new(virConnectAuthPtr auth)
{
    struct answers *answers = g_new0(struct answers, 1);

    answers->given = g_array_new(FALSE, FALSE, sizeof(struct answer));
    g_array_set_clear_func(answers->given, clear_answer);
    if (!auth)
        return answers;
    answers->asked = auth;
    answers->own.credtype = g_memdup2(auth->credtype, auth->ncredtype * sizeof(*auth->credtype));
    answers->own.ncredtype = auth->ncredtype;
    answers->own.cb = auth->cb ? ask : NULL;
    answers->own.cbdata = answers;
    return answers;
}

virConnectAuthPtr answers_first(struct answers *answers)
{
    return answers->asked ? &answers->own : NULL;
}

virConnectAuthPtr answers_again(struct answers *answers)
{
    answers->asked = NULL;
    answers->own.cb = answer_again;
    return answers->given->len ? &answers->own : NULL;
}

void answers_free(struct answers *answers)
{
    g_array_free(answers->given, TRUE);
    g_free(answers->own.credtype);
    g_free(answers);
}
