/* What a client sends, from frames to calls. */
#pragma once

#include "core/daemon/client.h"

gboolean daemon_frame(struct server_client *peer, guint8 *frame, size_t size, const int *fds,
                      int n_fds);
