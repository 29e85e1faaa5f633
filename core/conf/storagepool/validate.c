/* What a pool of each type cannot do without. */
#include "core/conf/storagepool/hooks.h"
#include "conf/storagepool_doc.h"

#include <corral/corral.h>

#define TYPE(name) (1u << STORAGEPOOL_TYPE_##name)
#define ON_HOSTS                                                                                   \
    (TYPE(NETFS) | TYPE(ISCSI) | TYPE(ISCSI_DIRECT) | TYPE(RBD) | TYPE(SHEEPDOG) | TYPE(GLUSTER))
#define ON_DEVICES (TYPE(FS) | TYPE(DISK))
#define WITHOUT_PATH (TYPE(ISCSI_DIRECT) | TYPE(RBD) | TYPE(SHEEPDOG) | TYPE(GLUSTER))

static bool is_one_of(const struct storagepool *def, unsigned types)
{
    return types >> def->type & 1;
}

/* The first thing that is missing, or NULL. */
static const char *missing(const struct storagepool *def)
{
    const struct storagepool_source *source = &def->source;

    if (is_one_of(def, TYPE(RBD)) && !source->name)
        return "element 'name' is mandatory for RBD pool";
    if (is_one_of(def, ON_HOSTS) && source->n_hosts == 0)
        return "missing storage pool source host name";
    if (is_one_of(def, TYPE(NETFS)) && !source->dir.path)
        return "missing storage pool source path";
    if (is_one_of(def, ON_DEVICES) && source->n_devices == 0)
        return "missing storage pool source device name";
    if (is_one_of(def, TYPE(SCSI)) && !source->adapter.type)
        return "missing storage pool source adapter";
    if (!is_one_of(def, WITHOUT_PATH) && !def->target.path)
        return "missing storage pool target path";
    return NULL;
}

int storagepool_hook_validate(void *part, const struct doc_call *call)
{
    const struct storagepool *def = part;
    const struct common_auth *auth = &def->source.auth;
    const char *text = missing(def);

    if (def->features.cow.state && !is_one_of(def, TYPE(DIR) | TYPE(FS))) {
        doc_error(call, VIR_ERR_NO_SUPPORT,
                  "cow feature may only be used for 'fs' and 'dir' pools");
        return -1;
    }
    if (text) {
        doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
        return -1;
    }
    if (is_one_of(def, TYPE(ISCSI_DIRECT)) && !def->source.initiator.iqn.name) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "missing initiator IQN");
        return -1;
    }
    if (auth->username && !auth->type) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "storage pool missing auth type");
        return -1;
    }
    return 0;
}
