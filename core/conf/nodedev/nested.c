/* Capabilities inside of capabilities: which types of them there are. */
#include "core/conf/nodedev/hooks.h"
#include "conf/nodedev_doc.h"

#include "core/base/xml.h"

#include <corral/corral.h>
#include <libxml/tree.h>

#define TYPE(name) NODEDEV_CAPABILITIES_TYPE_##name

/* Without words every type may stand there; code 0: it is no mistake. */
struct nested_rule {
    enum nodedev_capabilities_type around;
    const char *const *words;
    int missing, unknown;
    bool only_first;
};

static const char *const of_net[] = {"80203", "80211", NULL};
static const char *const of_host[] = {"fc_host", "vport_ops", NULL};
static const char *const of_target[] = {"fc_remote_port", NULL};
static const char *const of_storage[] = {"removable", "hotpluggable", NULL};

static const struct nested_rule rules[] = {
    {TYPE(PCI), NULL, VIR_ERR_XML_ERROR, 0, false},
    {TYPE(CSS), NULL, VIR_ERR_XML_ERROR, 0, false},
    {TYPE(AP_MATRIX), NULL, VIR_ERR_XML_ERROR, 0, false},
    {TYPE(NET), of_net, 0, VIR_ERR_CONFIG_UNSUPPORTED, true},
    {TYPE(SCSI_HOST), of_host, VIR_ERR_INTERNAL_ERROR, VIR_ERR_INTERNAL_ERROR, false},
    {TYPE(SCSI_TARGET), of_target, VIR_ERR_INTERNAL_ERROR, VIR_ERR_INTERNAL_ERROR, false},
    {TYPE(STORAGE), of_storage, VIR_ERR_INTERNAL_ERROR, VIR_ERR_INTERNAL_ERROR, false},
};

static xmlNode *next_capability(xmlNode *node)
{
    while (node && (node->type != XML_ELEMENT_NODE || node->ns ||
                    strcmp((const char *)node->name, "capability") != 0))
        node = node->next;
    return node;
}

static int check_one(const struct nested_rule *rule, const struct nodedev *def, xmlNode *node,
                     const struct doc_call *call)
{
    struct doc_call here = {call->ctx, call->flags, node};
    xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"type");
    const char *around = doc_word(&nodedev_capabilities_type_words, rule->around);
    int rc = 0;

    if (!type && rule->missing) {
        doc_error(&here, rule->missing, "Missing capability type inside of '%s' for '%s'", around,
                  def->name);
        rc = -1;
    } else if (type && rule->words && !g_strv_contains(rule->words, (const char *)type)) {
        doc_error(&here, rule->unknown, "unknown capability type '%s' inside of '%s' for '%s'",
                  (const char *)type, around, def->name);
        rc = -1;
    }
    xmlFree(type);
    return rc;
}

static int check_inside(enum nodedev_capabilities_type around, const struct nodedev *def,
                        xmlNode *node, const struct doc_call *call)
{
    const struct nested_rule *rule = rules;

    while (rule < rules + G_N_ELEMENTS(rules) && rule->around != around)
        rule++;
    if (rule == rules + G_N_ELEMENTS(rules))
        return 0;
    for (node = next_capability(node->children); node; node = next_capability(node->next)) {
        if (check_one(rule, def, node, call) < 0)
            return -1;
        if (rule->only_first)
            break;
    }
    return 0;
}

int nodedev_check_nested(const struct nodedev *def, const struct doc_call *call)
{
    xmlNode *node = next_capability(call->node->children);

    for (size_t i = 0; node && i < def->n_capabilities; i++) {
        if (check_inside(def->capabilities[i].type, def, node, call) < 0)
            return -1;
        node = next_capability(node->next);
    }
    return 0;
}
