/* Layers below a disk's image, and pieces of a source that have hooks of their own. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

/* An element without a type ends the chain: what else it holds means nothing. */
static void end_chain(struct domain_backing_store *layer)
{
    doc_clear(&domain_backing_store_layout, layer);
}

int domain_hook_backing_chain(void *part, const struct doc_call *call)
{
    struct domain_backing_store *layer = part;

    if (!layer->type) {
        end_chain(layer);
        return 0;
    }
    if (!layer->format.type) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing disk backing store format");
        return -1;
    }
    if (!layer->source) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing disk backing store source");
        return -1;
    }
    if (domain_check_source(&layer->source->source_content, layer->type, call) < 0)
        return -1;
    /* An element that says nothing is not printed. */
    if (domain_source_is_empty(&layer->source->source_content, layer->type) &&
        layer->source->n_seclabels == 0) {
        doc_free(&domain_backing_store_source_layout, layer->source);
        layer->source = NULL;
    }
    return 0;
}

/* Without a label, relabelling is the rule and goes without saying. */
int domain_hook_source_label(void *part, const struct doc_call *call)
{
    struct domain_source_label *label = part;

    if (label->label && label->relabel == TRISTATE_NO) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "Cannot specify a label if relabelling is turned off. model=%s",
                  label->model ? label->model : "");
        return -1;
    }
    if (!label->label && label->relabel == TRISTATE_YES) {
        g_clear_pointer(&label->model, g_free);
        label->relabel = TRISTATE_ABSENT;
    }
    return 0;
}

static int check_reservation_source(const struct domain_source_content_reservations *reservations,
                                    const struct doc_call *call)
{
    const char *type = reservations->source.type, *mode = reservations->source.mode;
    const char *missing = !type                        ? "connection type"
                          : !reservations->source.path ? "path"
                          : !mode                      ? "connection mode"
                                                       : NULL;

    if (missing) {
        doc_error(call, VIR_ERR_XML_ERROR, "missing %s for <reservations/>", missing);
        return -1;
    }
    if (strcmp(type, "unix") != 0) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "unsupported connection type for <reservations/>: %s ('unix' is expected)", type);
        return -1;
    }
    if (strcmp(mode, "client") != 0) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "unsupported connection mode for <reservations/>: %s ('client' is expected)",
                  mode);
        return -1;
    }
    return 0;
}

int domain_hook_reservations(void *part, const struct doc_call *call)
{
    struct domain_source_content_reservations *reservations = part;

    if (!reservations->managed) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "Missing required attribute 'managed' in element 'reservations'");
        return -1;
    }
    /* The older spelling; managed= alone says as much. */
    reservations->enabled = TRISTATE_ABSENT;
    return reservations->managed == TRISTATE_NO ? check_reservation_source(reservations, call) : 0;
}
