/* What could become a pool: the same made-up answers for everybody. */
#include "core/drivers/test/storage.h"

#include "core/base/xml.h"
#include "core/object/error.h"

static const char volume_groups[] = "<sources>\n"
                                    "  <source>\n"
                                    "    <device path='/dev/sda20'/>\n"
                                    "    <name>testvg1</name>\n"
                                    "    <format type='lvm2'/>\n"
                                    "  </source>\n"
                                    "  <source>\n"
                                    "    <device path='/dev/sda21'/>\n"
                                    "    <name>testvg2</name>\n"
                                    "    <format type='lvm2'/>\n"
                                    "  </source>\n"
                                    "</sources>\n";

static char *fail_unsupported(const char *type)
{
    error_set(VIR_FROM_TEST, VIR_ERR_NO_SUPPORT,
              "pool type '%.64s' does not support source discovery", type);
    return NULL;
}

static char *shares(const char *spec)
{
    g_autoptr(xmlDoc) doc = spec ? xml_parse(spec, "storage_source_specification") : NULL;
    xmlNodePtr host = doc ? xml_child(xmlDocGetRootElement(doc), "host") : NULL;
    g_autofree char *name = host ? xml_attr(host, "name") : NULL;

    if (spec && !doc)
        return NULL;
    if (!name) {
        error_set(VIR_FROM_TEST, VIR_ERR_INVALID_ARG,
                  "hostname must be specified for netfs sources");
        return NULL;
    }
    return g_markup_printf_escaped("<sources>\n"
                                   "  <source>\n"
                                   "    <host name='%s'/>\n"
                                   "    <dir path='/testshare'/>\n"
                                   "    <format type='nfs'/>\n"
                                   "  </source>\n"
                                   "</sources>\n",
                                   name);
}

char *test_connectFindStoragePoolSources(virConnectPtr conn, const char *type, const char *spec,
                                         unsigned int flags)
{
    (void)conn;
    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    switch (doc_word_value(&storagepool_type_words, type)) {
    case STORAGEPOOL_TYPE_LOGICAL:
        return g_strdup(volume_groups);
    case STORAGEPOOL_TYPE_NETFS:
        return shares(spec);
    case STORAGEPOOL_TYPE_DIR:
        error_set(VIR_FROM_TEST, VIR_ERR_INTERNAL_ERROR, "unknown storage pool type dir");
        return NULL;
    default:
        return fail_unsupported(type);
    }
}
