/* A document's way through the driver: completed before and after what holds for all drivers, then
 * checked. */
#include "core/drivers/qemu/document/complete.h"

/* clang-format off */
/* In this order: what a step adds, later ones see. */
static completion_fn *const steps[] = {
    check_memory,
    complete_os,
    complete_labels,
    complete_memories,
    complete_cpu,
    complete_controllers,
    complete_disks,
    complete_interfaces,
    complete_chardevs,
    complete_videos,
    complete_audios,
    complete_inputs,
    complete_small_devices,
    complete_hostdevs,
    complete_virtio_serial,
    check_controllers,
    complete_pci,
    complete_usb,
    complete_dimms,
    NULL,
};

static completion_fn *const checks[] = {
    check_machine,
    check_cpu,
    check_tunes,
    check_kinds,
    check_disks,
    check_interfaces,
    check_spice,
    check_graphics,
    check_chardevs,
    check_threads,
    check_shared_memory,
    check_small_devices,
    NULL,
};
/* clang-format on */

static int run(completion_fn *const *list, const struct completion *to)
{
    for (; *list; list++)
        if ((*list)(to) < 0)
            return -1;
    return 0;
}

static int with_caps(struct domain *doc, const struct doc_call *call,
                     int (*then)(const struct completion *to))
{
    const struct document_facts *facts = call->ctx->opaque;
    g_autoptr(qemu_caps) caps = caps_lookup(facts->caps, doc->devices.emulator);
    struct completion to = {.facts = facts, .caps = caps, .call = call, .doc = doc};

    if (!caps)
        return -1;
    to.machine = caps_machine(caps, doc->os.type.machine);
    return then(&to);
}

/* What only the text tells. Features are for choosing a firmware; what is not chosen has none. */
static int check_choice(const struct completion *to)
{
    if (to->call->node && domain_has_child(to->call, "seclabel") &&
        !domain_child_has_attribute(to->call, "seclabel", "type") &&
        !domain_child_has_attribute(to->call, "seclabel", "model"))
        return refuse_xml(to, "missing security model in domain seclabel");
    if (to->doc->os.firmware || !to->call->node ||
        !domain_has_grandchild(to->call, "os", "firmware"))
        return 0;
    doc_error(to->call, VIR_ERR_XML_DETAIL,
              "cannot use feature-based firmware autoselection when firmware autoselection is "
              "disabled");
    return -1;
}

/* What the steps of all drivers are to see already. */
static int complete_early(const struct completion *to)
{
    if (to->doc->bootloader)
        return refuse_config(to, "bootloader is not supported by QEMU");
    if (check_choice(to) < 0 || complete_machine(to) < 0)
        return -1;
    return add_default_controllers(to);
}

static int early(void *part, const struct doc_call *call)
{
    struct completion to = {.facts = call->ctx->opaque, .call = call, .doc = part};

    if (complete_machine(&to) < 0)
        return -1;
    return with_caps(part, call, complete_early);
}

static int complete_all(const struct completion *to)
{
    return run(steps, to);
}

static int complete(void *part, const struct doc_call *call)
{
    return with_caps(part, call, complete_all);
}

static int check_all(const struct completion *to)
{
    return run(checks, to);
}

static int check(void *part, const struct doc_call *call)
{
    return with_caps(part, call, check_all);
}

struct doc_context document_context(const struct document_facts *facts)
{
    return (struct doc_context){
        .driver = "qemu",
        .grammars = facts->grammars,
        .post_parse_early = early,
        .post_parse = complete,
        .validate = check,
        .opaque = (void *)facts,
    };
}

int qemu_document_parse(const struct document_facts *facts, const char *xml, unsigned doc_flags,
                        struct domain **ret)
{
    struct doc_context context = document_context(facts);
    struct domain *doc = domain_parse(xml, &context, doc_flags);

    if (!doc)
        return -1;
    *ret = doc;
    return 0;
}

int document_complete(const struct document_facts *facts, struct domain *doc)
{
    struct doc_context context = document_context(facts);
    struct doc_call call = {.ctx = &context};

    if (domain_hooks.post_parse(doc, &call) < 0 || complete(doc, &call) < 0 ||
        domain_hooks.validate(doc, &call) < 0)
        return -1;
    return check(doc, &call);
}
