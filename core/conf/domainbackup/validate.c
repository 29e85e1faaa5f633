#include "core/conf/domainbackup/hooks.h"
#include "conf/domainbackup_doc.h"

#include <corral/corral.h>

static int check_server(const struct domainbackup_server *server, const struct doc_call *call)
{
    bool is_unix = server->transport == DOMAINBACKUP_SERVER_TRANSPORT_UNIX;

    if (is_unix && !server->socket) {
        doc_error(call, VIR_ERR_XML_ERROR, "server socket must be specified for transport 'unix'");
        return -1;
    }
    if (is_unix && *server->socket != '/') {
        doc_error(call, VIR_ERR_XML_ERROR, "backup socket path '%s' must be absolute",
                  server->socket);
        return -1;
    }
    if (!is_unix && server->socket) {
        doc_error(call, VIR_ERR_XML_ERROR, "server socket '%s' goes with transport 'unix'",
                  server->socket);
        return -1;
    }
    return 0;
}

int domainbackup_hook_validate(void *part, const struct doc_call *call)
{
    const struct domainbackup *def = part;

    for (size_t i = 1; i < def->disks.n_disks; i++) {
        for (size_t j = 0; j < i; j++) {
            if (g_strcmp0(def->disks.disks[i].name, def->disks.disks[j].name) != 0)
                continue;
            doc_error(call, VIR_ERR_XML_ERROR, "disk '%s' specified twice",
                      def->disks.disks[i].name);
            return -1;
        }
    }
    return def->server.transport ? check_server(&def->server, call) : 0;
}
