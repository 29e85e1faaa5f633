/* SCSI adapters: one of the host by name or by PCI device, or a port that is made on a fabric. */
#include "core/conf/storagepool/hooks.h"
#include "conf/storagepool_doc.h"

#include <corral/corral.h>

static int refuse(const struct doc_call *call, const char *text)
{
    doc_error(call, VIR_ERR_XML_ERROR, "%s", text);
    return -1;
}

/* An adapter without a type is the host's, and then nothing else may be in it. */
static int set_type(struct storagepool_source_adapter *adapter, const struct doc_call *call)
{
    if (adapter->type)
        return 0;
    if (adapter->wwnn || adapter->wwpn || adapter->parent)
        return refuse(call, "Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the "
                            "adapter 'type'");
    if (adapter->parentaddr.unique_id || adapter->parentaddr.address.has_bus)
        return refuse(call, "Use of 'parentaddr' element requires use of the adapter 'type'");
    if (!adapter->name)
        return refuse(call, "missing storage pool source adapter");
    adapter->type = STORAGEPOOL_SOURCE_ADAPTER_TYPE_SCSI_HOST;
    return 0;
}

static int check_host(const struct storagepool_source_adapter *adapter, const struct doc_call *call)
{
    bool has_parent = adapter->parentaddr.address.has_bus;

    if (adapter->name && has_parent)
        return refuse(call, "Both 'name' and 'parent' cannot be specified for the 'scsi_host' "
                            "adapter");
    if (!adapter->name && !has_parent)
        return refuse(call, "Either 'name' or 'parent' must be specified for the 'scsi_host' "
                            "adapter");
    return 0;
}

static int check_fabric(const struct storagepool_source_adapter *adapter,
                        const struct doc_call *call)
{
    if (!adapter->wwnn || !adapter->wwpn)
        return refuse(call, "'wwnn' and 'wwpn' must be specified for adapter type 'fchost'");
    if (adapter->parent_wwnn && !adapter->parent_wwpn)
        return refuse(call, "when providing parent_wwnn, the parent_wwpn must also be provided");
    if (adapter->parent_wwpn && !adapter->parent_wwnn)
        return refuse(call, "when providing parent_wwpn, the parent_wwnn must also be provided");
    return 0;
}

int storagepool_hook_adapter(void *part, const struct doc_call *call)
{
    struct storagepool_source_adapter *adapter = part;

    if (set_type(adapter, call) < 0)
        return -1;
    return adapter->type == STORAGEPOOL_SOURCE_ADAPTER_TYPE_FC_HOST ? check_fabric(adapter, call)
                                                                    : check_host(adapter, call);
}
