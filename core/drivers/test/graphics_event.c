/* Clients of a guest's screen that come, prove who they are, and leave, as tests say. */
#include "core/drivers/test/graphics_event.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/drivers/test/domain.h"

/* Of virDomainEventGraphicsSubject. */
#define MAX_PROOFS 20

/* Takes the pieces out of "1.2.3.4:5900", "[::1]:5900" or "/path"; FALSE for what is neither. */
static gboolean read_address(char *text, virDomainEventGraphicsAddress *address)
{
    char *port = strrchr(text, ':');
    char *node = text;
    int family = AF_INET;
    unsigned char bytes[sizeof(struct in6_addr)];

    if (*text == '/') {
        *address = (virDomainEventGraphicsAddress){
            .family = VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX, .node = text, .service = (char *)""};
        return TRUE;
    }
    if (!port || !g_ascii_string_to_unsigned(port + 1, 10, 0, G_MAXUINT16, NULL, NULL))
        return FALSE;
    *port = '\0';
    if (*node == '[' && port[-1] == ']') {
        family = AF_INET6;
        port[-1] = '\0';
        node++;
    }
    *address = (virDomainEventGraphicsAddress){
        .family = family == AF_INET ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4
                                    : VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6,
        .node = node,
        .service = port + 1,
    };
    return inet_pton(family, node, bytes) == 1;
}

static gboolean is_address(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    virDomainEventGraphicsAddress address;

    return read_address(copy, &address);
}

/* "TYPE=NAME;TYPE=NAME…", in place; -1 for what is something else. */
static int read_proofs(char **words, virDomainEventGraphicsSubjectIdentity *proofs)
{
    int n = 0;

    for (; words[n]; n++) {
        char *name = strchr(words[n], '=');

        if (n == MAX_PROOFS || !name || name == words[n] || !name[1])
            return -1;
        *name = '\0';
        proofs[n] = (virDomainEventGraphicsSubjectIdentity){.type = words[n], .name = name + 1};
    }
    return n;
}

static char **split_proofs(const char *text)
{
    return text ? g_strsplit(text, ";", -1) : g_new0(char *, 1);
}

int graphics_client_check(const char *local, const char *remote, const char *who)
{
    g_auto(GStrv) words = split_proofs(who);
    virDomainEventGraphicsSubjectIdentity proofs[MAX_PROOFS];
    const char *bad = is_address(local) ? remote : local;

    if (!is_address(bad)) {
        test_error(INVALID_ARG,
                   "invalid address '%s' of event 'graphics': 1.2.3.4:5900, [::1]:5900 or the "
                   "path of a socket is wanted",
                   bad);
        return -1;
    }
    if (read_proofs(words, proofs) >= 0)
        return 0;
    test_error(INVALID_ARG,
               "invalid who '%s' of event 'graphics': up to %d times TYPE=NAME is wanted, with ';' "
               "between them",
               who, MAX_PROOFS);
    return -1;
}

void graphics_client_call(virConnectPtr conn, virDomainPtr dom, char *const texts[5], int phase,
                          virConnectDomainEventGraphicsCallback callback, void *opaque)
{
    g_autofree char *near = g_strdup(texts[1]);
    g_autofree char *far = g_strdup(texts[2]);
    g_auto(GStrv) words = split_proofs(texts[4]);
    virDomainEventGraphicsAddress local, remote;
    virDomainEventGraphicsSubjectIdentity proofs[MAX_PROOFS];
    virDomainEventGraphicsSubject subject = {.identities = proofs};

    read_address(near, &local);
    read_address(far, &remote);
    subject.nidentity = read_proofs(words, proofs);
    callback(conn, dom, phase, &local, &remote, texts[3] ? texts[3] : "none", &subject, opaque);
}
