/* Vital product data of PCI cards: fields with keywords. */
#include "core/conf/nodedev/hooks.h"
#include "conf/nodedev_doc.h"

#include <corral/corral.h>
#include <libxml/tree.h>

typedef struct nodedev_vpd_field vpd_field;

static bool is_keyword(const char *index)
{
    return index && (g_ascii_isdigit(*index) || g_ascii_isupper(*index)) && !index[1];
}

/* The field of the same keyword that is there already, or NULL. */
static vpd_field *find_field(vpd_field *fields, size_t n, const char *index)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].index, index) == 0)
            return &fields[i];
    }
    return NULL;
}

/* A card has one field of a keyword: the last one counts. */
static size_t keep_fields(vpd_field *fields, size_t n_fields)
{
    size_t n = 0;

    for (size_t i = 0; i < n_fields; i++) {
        vpd_field *field = &fields[i], *known;

        if (!is_keyword(field->index) || !field->text) {
            doc_clear(&nodedev_vpd_field_layout, field);
            continue;
        }
        known = find_field(fields, n, field->index);
        if (known)
            doc_clear(&nodedev_vpd_field_layout, known);
        else
            known = &fields[n++];
        if (known != field)
            *known = *field;
    }
    return n;
}

static int check_access(xmlNode *node, const struct doc_call *call)
{
    struct doc_call here = {call->ctx, call->flags, node};
    xmlChar *access = xmlGetNoNsProp(node, (const xmlChar *)"access");
    bool fine = !access || xmlStrEqual(access, (const xmlChar *)"readonly") ||
                xmlStrEqual(access, (const xmlChar *)"readwrite");

    if (!fine)
        doc_error(&here, VIR_ERR_XML_ERROR,
                  "Unsupported VPD field access type specified '%s'. Expected readonly, readwrite",
                  (const char *)access);
    xmlFree(access);
    return fine ? 0 : -1;
}

int nodedev_hook_vpd(void *part, const struct doc_call *call)
{
    struct nodedev_capabilities_pci_vpd *vpd = part;

    for (xmlNode *node = call->node->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, (const xmlChar *)"fields") &&
            check_access(node, call) < 0)
            return -1;
    }
    vpd->readonly.n_vendor_fields =
        keep_fields(vpd->readonly.vendor_fields, vpd->readonly.n_vendor_fields);
    vpd->writable.n_vendor_fields =
        keep_fields(vpd->writable.vendor_fields, vpd->writable.n_vendor_fields);
    vpd->writable.n_system_fields =
        keep_fields(vpd->writable.system_fields, vpd->writable.n_system_fields);
    return 0;
}
