/* How a network card's port registers with its switch. */
#include "core/conf/domain/devices.h"

#define PORT(name) COMMON_VIRTUALPORT_TYPE_##name

struct need {
    unsigned type;
    bool missing;
    const char *name;
};

static int check_complete(const struct common_virtualport *port, const struct doc_call *call)
{
    const struct common_virtualport_parameters *has = &port->parameters;
    const struct need needs[] = {
        {PORT(802_1QBG), !has->has_managerid, "managerid"},
        {PORT(802_1QBG), !has->has_typeid, "typeid"},
        {PORT(802_1QBG), !has->has_typeidversion, "typeidversion"},
        {PORT(802_1QBH), !has->profileid, "profileid"},
        {PORT(MIDONET), !has->interfaceid, "interfaceid"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(needs); i++) {
        if (port->type != needs[i].type || !needs[i].missing)
            continue;
        doc_error(call, VIR_ERR_XML_ERROR, "missing %s in <virtualport type='%s'>", needs[i].name,
                  WORD(common_virtualport_type_words, port->type));
        return -1;
    }
    return 0;
}

static int generate(char **uuid, const struct doc_call *call)
{
    if (!*uuid)
        *uuid = doc_uuid_generate(call->ctx);
    return *uuid ? 0 : -1;
}

/* Identifiers that a switch needs and nobody chose. */
static int complete(struct common_virtualport *port, const struct doc_call *call)
{
    struct common_virtualport_parameters *has = &port->parameters;

    if ((!port->type || port->type == PORT(802_1QBG)) && generate(&has->instanceid, call) < 0)
        return -1;
    if ((!port->type || port->type == PORT(OPENVSWITCH)) && generate(&has->interfaceid, call) < 0)
        return -1;
    return 0;
}

int domain_read_virtualport(struct domain_interface *interface, const struct doc_call *call)
{
    struct common_virtualport *port = interface->virtualport;

    if (!port)
        return 0;
    switch (interface->type) {
    case DOMAIN_INTERFACE_TYPE_NETWORK:
        return complete(port, call);
    case DOMAIN_INTERFACE_TYPE_BRIDGE:
    case DOMAIN_INTERFACE_TYPE_DIRECT:
    case DOMAIN_INTERFACE_TYPE_HOSTDEV:
        if (!port->type) {
            doc_error(call, VIR_ERR_XML_ERROR, "missing required virtualport type");
            return -1;
        }
        return check_complete(port, call) < 0 ? -1 : complete(port, call);
    default:
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "<virtualport> element unsupported for <interface type='%s'>",
                  WORD(domain_interface_type_words, interface->type));
        return -1;
    }
}
