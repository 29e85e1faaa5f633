/* Copies of disks. */
#include "core/drivers/test/blockjob.h"

#include "core/drivers/test/chain.h"
#include "core/conf/guest/device.h"
#include "core/object/params_give.h"
#include "params_tables.h"

int blockjob_copy(virDomainPtr dom, const char *name, struct domain_disk *to, bool keep_layers,
                  unsigned long long limit, const char *function)
{
    struct blockjob *job = g_new0(struct blockjob, 1);
    struct domain_disk *disk = NULL;

    job->type = VIR_DOMAIN_BLOCK_JOB_TYPE_COPY;
    job->copy = to;
    job->keep_layers = keep_layers;
    {
        WITH_ACTIVE_GUEST(dom, (blockjob_free(job), -1));
        if (guest_check_free(guest) == 0)
            disk = blockjob_free_disk(guest, name);
        if (disk) {
            if (!to->driver.type)
                to->driver.type = disk->driver.type;
            blockjob_begin(world, guest, disk, job, limit, function);
            return 0;
        }
    }
    blockjob_free(job);
    return -1;
}

/* The document of a copy names no target; as a disk's, it would have to. */
static char *with_target(const char *xml)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, "disk_definition");
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlChar *text = NULL;
    char *copy;

    if (!root)
        return NULL;
    if (strcmp((const char *)root->name, "disk") != 0) {
        test_error(XML_ERROR, "expecting root element of 'disk', not '%s'",
                   (const char *)root->name);
        return NULL;
    }
    if (!xml_child(root, "target"))
        xmlNewProp(xmlNewChild(root, NULL, BAD_CAST "target", NULL), BAD_CAST "dev",
                   BAD_CAST "vda");
    xmlDocDumpMemory(doc, &text, NULL);
    copy = g_strdup((const char *)text);
    xmlFree(text);
    return copy;
}

/* NULL with an error. */
static struct domain_disk *read_copy(const char *xml)
{
    g_autofree char *text = with_target(xml);
    struct device device = {0};
    struct domain_disk *disk = NULL;

    if (!text || device_read(text, NULL, &device) < 0)
        return NULL;
    disk = doc_copy(&domain_disk_layout, device.part);
    device_clear(&device);
    if (chain_image(disk, 0))
        return disk;
    test_error(INVALID_ARG, "missing source element in the document of a copy's destination");
    doc_free(&domain_disk_layout, disk);
    return NULL;
}

static int check_settings(virTypedParameterPtr params, int n, unsigned long long *ret_limit)
{
    unsigned int granularity = 0;

    if (params_validate(params, n, virDomainBlockCopyFields_rules,
                        G_N_ELEMENTS(virDomainBlockCopyFields_rules), 0) < 0)
        return -1;
    params_get_uint(params, n, VIR_DOMAIN_BLOCK_COPY_GRANULARITY, &granularity);
    if (granularity & (granularity - 1)) {
        test_error(INVALID_ARG, "granularity must be power of 2, not %u", granularity);
        return -1;
    }
    *ret_limit = 0;
    params_get_ullong(params, n, VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, ret_limit);
    return blockjob_limit(*ret_limit, true, ret_limit);
}

#define COPY(flag) VIR_DOMAIN_BLOCK_COPY_##flag

/* Files are neither made nor read, so one that exists is as good as a new one. */
int test_domainBlockCopy(virDomainPtr dom, const char *disk, const char *destxml,
                         virTypedParameterPtr params, int nparams, unsigned int flags)
{
    unsigned long long limit;
    struct domain_disk *to;

    if (flags_check(
            flags, COPY(SHALLOW) | COPY(REUSE_EXT) | COPY(TRANSIENT_JOB) | COPY(SYNCHRONOUS_WRITES),
            __func__) < 0 ||
        check_settings(params, nparams, &limit) < 0)
        return -1;
    to = read_copy(destxml);
    if (!to)
        return -1;
    return blockjob_copy(dom, disk, to, flags & COPY(SHALLOW), limit, "virDomainBlockCopy");
}
