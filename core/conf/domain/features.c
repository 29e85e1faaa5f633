#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <libxml/tree.h>
#include <string.h>

#define VENDOR_ID_MAX 12

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* ---- names that the description does not have: a guest must not silently miss a feature */

static const struct doc_field *find_field(const struct doc_field *fields, unsigned n,
                                          const char *name)
{
    for (unsigned i = 0; i < n; i++) {
        const struct doc_when *when = fields[i].detail;
        const struct doc_field *inner;

        if (fields[i].place == DOC_ELEMENT && !strcmp(fields[i].name, name))
            return &fields[i];
        if (fields[i].place == DOC_WHEN && (inner = find_field(when->fields, when->n_fields, name)))
            return inner;
    }
    return NULL;
}

static int check_names(const struct doc_struct *type, const xmlNode *node, const char *what,
                       const struct doc_call *call)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE ||
            find_field(type->fields, type->n_fields, (const char *)child->name))
            continue;
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "%s '%s'", what, (const char *)child->name);
        return -1;
    }
    return 0;
}

static const struct {
    const char *name, *what;
} groups[] = {
    {"hyperv", "unsupported HyperV Enlightenment feature:"},
    {"kvm", "unsupported KVM feature:"},
    {"xen", "unsupported Xen feature:"},
    {"capabilities", "unexpected capability feature"},
};

static int check_groups(const struct doc_struct *features, const struct doc_call *call)
{
    for (const xmlNode *child = call->node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
            if (strcmp((const char *)child->name, groups[i].name) != 0)
                continue;
            if (check_names(
                    find_field(features->fields, features->n_fields, groups[i].name)->detail, child,
                    groups[i].what, call) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- values */

static int check_hyperv(const struct domain_features_hyperv *hyperv, const struct doc_call *call)
{
    const char *id = hyperv ? hyperv->vendor_id.value : NULL;

    if (!id)
        return 0;
    if (strlen(id) > VENDOR_ID_MAX)
        return refuse(call, VIR_ERR_XML_ERROR,
                      "HyperV vendor_id value must not be more than 12 characters.");
    if (strchr(id, ','))
        return refuse(call, VIR_ERR_XML_ERROR, "HyperV vendor_id value is invalid");
    return 0;
}

static int check_kvm(const struct domain_features_kvm *kvm, const struct doc_call *call)
{
    unsigned size = kvm ? kvm->dirty_ring.size : 0;

    if (size & (size - 1))
        return refuse(call, VIR_ERR_XML_ERROR,
                      "dirty ring must be power of 2 and ranges [1024, 65536]");
    return 0;
}

int domain_hook_features(void *part, const struct doc_call *call)
{
    const struct domain_features *features = part;
    const struct doc_struct *root = domain_doc_kind.root;
    const struct doc_struct *type = find_field(root->fields, root->n_fields, "features")->detail;

    if (check_names(type, call->node, "unexpected feature", call) < 0 ||
        check_groups(type, call) < 0 || check_hyperv(features->hyperv, call) < 0)
        return -1;
    return check_kvm(features->kvm, call);
}

int domain_hook_stimer(void *part, const struct doc_call *call)
{
    struct domain_features_hyperv_stimer *stimer = part;

    for (const xmlNode *child = call->node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, "direct") != 0) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "unsupported Hyper-V stimer feature: %s",
                      (const char *)child->name);
            return -1;
        }
    }
    if (stimer->direct.state == TRISTATE_OFF)
        stimer->direct.state = 0;
    return 0;
}

/* The usual policy needs no words, unless something is said beside it. */
int domain_hook_process_capabilities(void *part, const struct doc_call *call)
{
    struct domain_features_capabilities *capabilities = part;

    for (const xmlNode *child = call->node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            return 0;
    }
    if (capabilities->policy == DOMAIN_FEATURES_CAPABILITIES_POLICY_DEFAULT)
        capabilities->policy = 0;
    return 0;
}
