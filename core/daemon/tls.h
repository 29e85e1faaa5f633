/* The daemon's end of TLS: its certificates, and whom it lets in. */
#pragma once

#include "core/daemon/client.h"
#include "core/daemon/config.h"

struct tls_credentials;

/* Reads the certificates that the configuration names; NULL with an error. */
struct tls_credentials *daemon_tls_load(const struct daemon_config *config);
void daemon_tls_unload(struct tls_credentials *credentials); /* NULL is fine */

/* A client has come to a socket that begins with TLS: -1 to turn it away. It is trusted when its
 * certificate is good, where that is all that is asked for. */
int daemon_tls_begin(struct daemon_client *client);
/* Bits that protect what the client sends; 0 for a client without TLS. */
int daemon_tls_strength(struct daemon_client *client);
