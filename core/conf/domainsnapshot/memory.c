#include "core/conf/domainsnapshot/hooks.h"
#include "conf/domainsnapshot_doc.h"

#include <corral/corral.h>

/* A file is what makes it external. */
int domainsnapshot_hook_snapshot_memory(void *part, const struct doc_call *call)
{
    struct domainsnapshot_memory *memory = part;

    if (!memory->snapshot && memory->file)
        memory->snapshot = DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL;
    if (memory->snapshot == DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL && !memory->file) {
        doc_error(call, VIR_ERR_XML_ERROR, "external memory snapshots require a filename");
        return -1;
    }
    if (memory->snapshot != DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL && memory->file) {
        doc_error(call, VIR_ERR_XML_ERROR, "memory filename '%s' requires external snapshot",
                  memory->file);
        return -1;
    }
    if (memory->file && *memory->file != '/') {
        doc_error(call, VIR_ERR_XML_ERROR, "memory snapshot file path (%s) must be absolute",
                  memory->file);
        return -1;
    }
    return 0;
}
