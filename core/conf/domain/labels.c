/* Who the guest is for the host: security labels, mapped users, resource groups. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <string.h>

#define APPID_MAX 128

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

/* ---- security labels */

static int complete_relabel(struct domain_seclabel *label, const struct doc_call *call)
{
    switch (label->type) {
    case DOMAIN_SECLABEL_TYPE_STATIC:
        if (!label->relabel)
            label->relabel = TRISTATE_NO;
        return 0;
    case DOMAIN_SECLABEL_TYPE_DYNAMIC:
        if (label->relabel == TRISTATE_NO)
            return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "dynamic label type must use resource relabeling");
        label->relabel = TRISTATE_YES;
        return 0;
    case DOMAIN_SECLABEL_TYPE_NONE:
        if (label->relabel == TRISTATE_YES)
            return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "resource relabeling is not compatible with 'none' label type");
        label->relabel = 0;
        return 0;
    }
    return 0;
}

int domain_hook_seclabel(void *part, const struct doc_call *call)
{
    struct domain_seclabel *label = part;

    if (complete_relabel(label, call) < 0)
        return -1;
    if (label->type == DOMAIN_SECLABEL_TYPE_STATIC && !label->label)
        return refuse(call, VIR_ERR_XML_ERROR, "security label is missing");
    if (!g_strcmp0(label->model, "none")) {
        label->type = DOMAIN_SECLABEL_TYPE_NONE;
        label->relabel = 0;
    }
    if (label->type != DOMAIN_SECLABEL_TYPE_STATIC && call->flags & DOC_INACTIVE)
        g_clear_pointer(&label->label, g_free);
    if (label->type != DOMAIN_SECLABEL_TYPE_DYNAMIC)
        g_clear_pointer(&label->baselabel, g_free);
    return 0;
}

static int check_models(const struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->n_seclabels; i++) {
        for (size_t k = 0; k < i; k++) {
            if (g_strcmp0(def->seclabels[i].model, def->seclabels[k].model) != 0)
                continue;
            doc_error(call, VIR_ERR_XML_DETAIL, "seclabel for model %s is already provided",
                      def->seclabels[i].model ? def->seclabels[i].model : "(none)");
            return -1;
        }
    }
    for (size_t i = 0; i < def->n_seclabels && def->n_seclabels > 1; i++) {
        if (!def->seclabels[i].model)
            return refuse(call, VIR_ERR_XML_ERROR,
                          "missing security model when using multiple labels");
    }
    return 0;
}

/* A label without a type says nothing. */
int domain_complete_seclabels(struct domain *def, const struct doc_call *call)
{
    size_t kept = 0;

    if (check_models(def, call) < 0)
        return -1;
    for (size_t i = 0; i < def->n_seclabels; i++) {
        struct domain_seclabel *label = &def->seclabels[i];

        if (label->type) {
            def->seclabels[kept++] = *label;
            continue;
        }
        g_free(label->model);
        g_free(label->label);
        g_free(label->imagelabel);
        g_free(label->baselabel);
    }
    def->n_seclabels = kept;
    return 0;
}

/* ---- mapped users */

/* Both lists are sorted by their start. */
int domain_hook_idmap(void *part, const struct doc_call *call)
{
    const struct domain_idmap *map = part;

    if (!map->n_uids != !map->n_gids)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED, "uid and gid should be mapped both");
    if (map->n_uids && (map->uids[0].start || map->gids[0].start))
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED, "You must map the root user of container");
    return 0;
}

/* ---- resource groups */

static bool printable(const char *text)
{
    while (*text && (g_ascii_isprint(*text) || *text == '\t'))
        text++;
    return !*text;
}

int domain_hook_resource(void *part, const struct doc_call *call)
{
    struct domain_resource *resource = part;
    const char *appid = resource->fibrechannel.appid;

    if (!resource->partition && !(appid && *appid))
        return refuse(call, VIR_ERR_INTERNAL_ERROR,
                      "<resource> needs a <partition> or a <fibrechannel> with an appid");
    if (appid && strlen(appid) > APPID_MAX)
        return refuse(call, VIR_ERR_INVALID_ARG,
                      "Fibre Channel 'appid' string length must be between [1, 128]");
    if (appid && !printable(appid))
        return refuse(call, VIR_ERR_XML_ERROR, "Fibre Channel 'appid' is not a printable string");
    return 0;
}
