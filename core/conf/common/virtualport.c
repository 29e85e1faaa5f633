#include "core/conf/common/hooks.h"
#include "conf/common_doc.h"

#include <corral/corral.h>

#define TYPE(name) (1u << COMMON_VIRTUALPORT_TYPE_##name)

/* All others are allowed there, and without a meaning. */
static void keep_interface(struct common_virtualport_parameters *given)
{
    char *interfaceid = g_steal_pointer(&given->interfaceid);

    doc_clear(&common_virtualport_parameters_layout, given);
    given->interfaceid = interfaceid;
}

/* Each kind of switch has its own parameters; without a type all are kept for later. */
int common_hook_virtualport(void *part, const struct doc_call *call)
{
    struct common_virtualport *port = part;
    struct common_virtualport_parameters *given = &port->parameters;
    const struct {
        const char *name;
        bool given;
        unsigned types;
    } rules[] = {
        {"managerid", given->has_managerid, TYPE(802_1QBG)},
        {"typeid", given->has_typeid, TYPE(802_1QBG)},
        {"typeidversion", given->has_typeidversion, TYPE(802_1QBG)},
        {"instanceid", given->instanceid, TYPE(802_1QBG)},
        {"interfaceid", given->interfaceid, TYPE(OPENVSWITCH)},
        {"profileid", given->profileid, TYPE(802_1QBH) | TYPE(OPENVSWITCH)},
    };

    if (port->type == COMMON_VIRTUALPORT_TYPE_MIDONET) {
        keep_interface(given);
        return 0;
    }
    for (unsigned i = 0; port->type && i < G_N_ELEMENTS(rules); i++) {
        if (!rules[i].given || rules[i].types >> port->type & 1)
            continue;
        doc_error(call, VIR_ERR_XML_ERROR, "extra %s unsupported in <virtualport type='%s'>",
                  rules[i].name, doc_word(&common_virtualport_type_words, port->type));
        return -1;
    }
    return 0;
}
