/* A folder of the host in the guest. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_FILESYSTEM_TYPE_##name

static const char *source_text(const struct domain_filesystem *filesystem)
{
    const struct domain_filesystem_source *source = &filesystem->source;

    switch (filesystem->type) {
    case TYPE(BLOCK):
        return source->dev;
    case TYPE(FILE):
        return source->file;
    case TYPE(TEMPLATE):
        return source->name;
    case TYPE(RAM):
        return source->has_usage ? "ram" : NULL;
    case TYPE(VOLUME):
        return source->pool;
    default:
        return source->dir ? source->dir : source->socket;
    }
}

int domain_hook_filesystem(void *part, const struct doc_call *call)
{
    struct domain_filesystem *filesystem = part;
    bool virtiofs = filesystem->driver.type == DOMAIN_FILESYSTEM_DRIVER_TYPE_VIRTIOFS;

    if (filesystem->type == TYPE(VOLUME) &&
        !filesystem->source.pool != !filesystem->source.volume) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'pool' and 'volume' must be specified together for 'pool' type source");
        return -1;
    }
    if (filesystem->type == TYPE(RAM) && !filesystem->source.has_usage) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing 'usage' attribute for RAM filesystem");
        return -1;
    }
    /* A socket's server knows the folder. */
    if (filesystem->source.socket)
        g_clear_pointer(&filesystem->source.dir, g_free);
    if (filesystem->boot.order && !virtiofs) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "boot order is only supported for virtiofs");
        return -1;
    }
    if (!filesystem->accessmode && !filesystem->source.socket)
        filesystem->accessmode = DOMAIN_FILESYSTEM_ACCESSMODE_PASSTHROUGH;
    if (!filesystem->driver.type) {
        filesystem->driver.format = 0;
        filesystem->driver.wrpolicy = 0;
    }
    if (filesystem->binary.thread_pool.size < 0)
        filesystem->binary.thread_pool.has_size = false;
    return 0;
}

static int check_places(const struct domain_filesystem *filesystem, const struct doc_call *call)
{
    const char *text = source_text(filesystem), *target = filesystem->target.dir;

    if (!text) {
        doc_error(call, VIR_ERR_NO_SOURCE, "%s", target ? target : "");
        return -1;
    }
    if (!target) {
        doc_error(call, VIR_ERR_NO_TARGET, "%s", text);
        return -1;
    }
    return 0;
}

int domain_check_filesystems(struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_filesystems; i++) {
        if (check_places(&def->devices.filesystems[i], call) < 0)
            return -1;
    }
    return 0;
}
