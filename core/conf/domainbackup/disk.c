#include "core/conf/domainbackup/hooks.h"
#include "conf/domainbackup_doc.h"

#include <corral/corral.h>

static int check_place(struct domainbackup_backup_place *place, bool is_block,
                       const struct doc_call *call)
{
    char **wanted = is_block ? &place->dev : &place->file;
    char **other = is_block ? &place->file : &place->dev;

    if (*other && !*wanted) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "Missing required attribute '%s' for a disk of type '%s'",
                  is_block ? "dev" : "file", is_block ? "block" : "file");
        return -1;
    }
    g_clear_pointer(other, g_free);
    return 0;
}

/* Only a disk that is copied has a place for the copy. */
int domainbackup_hook_backup_disk(void *part, const struct doc_call *call)
{
    struct domainbackup_disks_disks *disk = part;
    bool is_block = disk->type == DOMAINBACKUP_DISKS_DISKS_TYPE_BLOCK;

    if (disk->backup == TRISTATE_NO) {
        disk->type = 0;
        return 0;
    }
    if (!disk->type)
        disk->type = DOMAINBACKUP_DISKS_DISKS_TYPE_FILE;
    if (check_place(&disk->target, is_block, call) < 0)
        return -1;
    return check_place(&disk->scratch, is_block, call);
}
