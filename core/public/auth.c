/* The ready-made answer to requests for credentials: ask on the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/public/entry.h"

/* One line without its newline, freed by the caller with free(); NULL at the end of input. */
static char *read_line(gboolean echo)
{
    struct termios before, silent;
    gboolean silenced = FALSE;
    size_t size = 0;
    char *line = NULL;
    ssize_t n;

    if (!echo && tcgetattr(STDIN_FILENO, &before) == 0) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        silenced = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    n = getline(&line, &size, stdin);
    if (silenced) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stdout);
    }
    if (n < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static int ask(virConnectCredentialPtr credential)
{
    gboolean echo =
        credential->type != VIR_CRED_PASSPHRASE && credential->type != VIR_CRED_NOECHOPROMPT;

    if (credential->type == VIR_CRED_EXTERNAL)
        return -1;
    printf("%s: ", credential->prompt ? credential->prompt : "");
    fflush(stdout);
    credential->result = read_line(echo);
    if (credential->result && !*credential->result && credential->defresult) {
        free(credential->result);
        credential->result = strdup(credential->defresult);
    }
    if (!credential->result)
        return -1;
    credential->resultlen = strlen(credential->result);
    return 0;
}

static int ask_all(virConnectCredentialPtr credentials, unsigned int n, void *data)
{
    for (unsigned int i = 0; i < n; i++)
        if (ask(&credentials[i]) < 0)
            return -1;
    return 0;
}

static int asked_for[] = {
    VIR_CRED_AUTHNAME,   VIR_CRED_ECHOPROMPT,   VIR_CRED_REALM,
    VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT, VIR_CRED_EXTERNAL,
};

static virConnectAuth terminal = {asked_for, G_N_ELEMENTS(asked_for), ask_all, NULL};

virConnectAuthPtr virConnectAuthPtrDefault = &terminal;
