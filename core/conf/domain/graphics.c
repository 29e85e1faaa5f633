/* A screen on the network: ports, and where it listens. Older spellings (listen= and socket= of the
 * element itself) and the first <listen> say the same. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define TYPE(name) DOMAIN_GRAPHICS_TYPE_##name
#define LISTEN(name) DOMAIN_GRAPHICS_LISTENS_TYPE_##name

static bool has_listens(const struct domain_graphics *graphics)
{
    return graphics->type == TYPE(VNC) || graphics->type == TYPE(RDP) ||
           graphics->type == TYPE(SPICE);
}

static bool uses_port(const struct domain_graphics *graphics)
{
    unsigned type = graphics->n_listens ? graphics->listens[0].type : 0;

    return type == LISTEN(ADDRESS) || type == LISTEN(NETWORK);
}

/* ---- listens */

static int check_listen(const struct domain_graphics *graphics,
                        const struct domain_graphics_listens *listen, const struct doc_call *call)
{
    if (graphics->type == TYPE(RDP) &&
        (listen->type == LISTEN(SOCKET) || listen->type == LISTEN(NONE))) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "listen type '%s' is not available for graphics type 'rdp': 'address' and "
                  "'network' are",
                  WORD(domain_graphics_listens_type_words, listen->type));
        return -1;
    }
    return 0;
}

/* Attributes of one kind of listening mean nothing to the others, and are mistakes there. */
int domain_hook_listen(void *part, const struct doc_call *call)
{
    const struct domain_graphics_listens *listen = part;
    const char *wrong = NULL;

    if (listen->type != LISTEN(SOCKET) && domain_has_value(call, "socket"))
        wrong = "socket";
    else if (listen->type != LISTEN(NETWORK) && domain_has_value(call, "network"))
        wrong = "network";
    if (wrong) {
        doc_error(call, VIR_ERR_XML_ERROR, "'%s' attribute is valid only for listen type '%s'",
                  wrong, wrong);
        return -1;
    }
    if (listen->type == LISTEN(NETWORK) && !listen->network) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "'network' attribute is required for listen type 'network'");
        return -1;
    }
    return 0;
}

static void set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static int first_listen_address(struct domain_graphics *graphics,
                                struct domain_graphics_listens *first, const struct doc_call *call)
{
    const char *listen = graphics->listen;

    if (listen && first->address && strcmp(listen, first->address) != 0) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "graphics 'listen' attribute '%s' must match 'address' attribute of first listen "
                  "element (found '%s')",
                  listen, first->address);
        return -1;
    }
    if (listen && *listen && !first->address)
        first->address = g_strdup(listen);
    return 0;
}

static int first_listen_socket(struct domain_graphics *graphics,
                               struct domain_graphics_listens *first, const struct doc_call *call)
{
    if (graphics->socket && first->socket && strcmp(graphics->socket, first->socket) != 0) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "graphics 'socket' attribute '%s' must match 'socket' attribute of first listen "
                  "element (found '%s')",
                  graphics->socket, first->socket);
        return -1;
    }
    if (graphics->socket && !first->socket)
        first->socket = g_strdup(graphics->socket);
    return 0;
}

/* A socket named in the element itself wins over an address without text. */
static int read_listens(struct domain_graphics *graphics, const struct doc_call *call)
{
    struct domain_graphics_listens *first;

    for (size_t i = 0; i < graphics->n_listens; i++) {
        if (check_listen(graphics, &graphics->listens[i], call) < 0)
            return -1;
    }
    if (graphics->n_listens == 0)
        LIST_APPEND(graphics->listens, graphics->n_listens)->type = LISTEN(ADDRESS);
    first = &graphics->listens[0];
    if (graphics->socket && first->type == LISTEN(ADDRESS)) {
        doc_clear(&domain_graphics_listens_layout, first);
        first->type = LISTEN(SOCKET);
    }
    if (first->type == LISTEN(ADDRESS))
        return first_listen_address(graphics, first, call);
    if (first->type == LISTEN(SOCKET))
        return first_listen_socket(graphics, first, call);
    return 0;
}

/* The older spellings follow the first <listen>. */
static void set_older_spellings(struct domain_graphics *graphics)
{
    const struct domain_graphics_listens *first = &graphics->listens[0];

    set_text(&graphics->listen, first->type == LISTEN(ADDRESS) ? first->address : NULL);
    set_text(&graphics->socket,
             graphics->type == TYPE(VNC) && first->type == LISTEN(SOCKET) ? first->socket : NULL);
}

/* ---- ports */

static void read_vnc_ports(struct domain_graphics *graphics)
{
    if (!graphics->autoport)
        graphics->autoport =
            !graphics->has_port || graphics->port == -1 ? TRISTATE_YES : TRISTATE_NO;
    if (graphics->autoport == TRISTATE_YES) {
        graphics->has_port = true;
        graphics->port = -1;
    } else if (!graphics->port || graphics->port == -1) {
        graphics->has_port = false;
    }
}

static void read_rdp_ports(struct domain_graphics *graphics)
{
    if (!graphics->has_port || graphics->port == -1)
        graphics->autoport = TRISTATE_YES;
    if (graphics->autoport == TRISTATE_YES) {
        graphics->has_port = true;
        graphics->port = 0;
    } else if (!graphics->port) {
        graphics->has_port = false;
    }
}

static void read_spice_ports(struct domain_graphics *graphics)
{
    if (graphics->port == -1 && graphics->tls_port == -1)
        graphics->autoport = TRISTATE_YES;
    if (graphics->autoport == TRISTATE_YES)
        graphics->port = graphics->tls_port = 0;
    else
        graphics->autoport = TRISTATE_NO;
}

/* No port at all, and none chosen later: this screen is for its own process only. */
static void read_spice_listen(struct domain_graphics *graphics)
{
    struct domain_graphics_listens *first = &graphics->listens[0];

    if (graphics->autoport == TRISTATE_YES || graphics->port || graphics->tls_port ||
        first->type != LISTEN(ADDRESS))
        return;
    doc_clear(&domain_graphics_listens_layout, first);
    first->type = LISTEN(NONE);
}

static void forget_ports(struct domain_graphics *graphics)
{
    graphics->has_port = false;
    graphics->port = graphics->tls_port = graphics->websocket = 0;
    graphics->autoport = TRISTATE_ABSENT;
}

static void read_ports(struct domain_graphics *graphics)
{
    if (graphics->type == TYPE(VNC))
        read_vnc_ports(graphics);
    else if (graphics->type == TYPE(RDP))
        read_rdp_ports(graphics);
    else
        read_spice_ports(graphics);
    if (graphics->type == TYPE(SPICE))
        read_spice_listen(graphics);
    if (!uses_port(graphics))
        forget_ports(graphics);
}

/* ---- passwords */

static bool valid_time(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";

    for (size_t i = 0; form[i]; i++) {
        if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
            return false;
    }
    return !text[sizeof(form) - 1];
}

static int read_password(struct domain_graphics *graphics, const struct doc_call *call)
{
    if (!graphics->passwd) {
        g_clear_pointer(&graphics->passwd_valid_to, g_free);
        graphics->connected = 0;
        return 0;
    }
    if (graphics->passwd_valid_to && !valid_time(graphics->passwd_valid_to)) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR,
                  "cannot parse password validity time '%s', expect YYYY-MM-DDTHH:MM:SS",
                  graphics->passwd_valid_to);
        return -1;
    }
    if (graphics->type == TYPE(VNC) && graphics->connected &&
        graphics->connected != DOMAIN_GRAPHICS_CONNECTED_KEEP) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "VNC supports connected='keep' only");
        return -1;
    }
    return 0;
}

/* Of several words about one channel the last counts, and "any" goes without saying. The list is
 * sorted by name. */
static void read_channels(struct domain_graphics *graphics)
{
    size_t kept = 0;

    for (size_t i = 0; i < graphics->n_channels; i++) {
        bool last = i + 1 == graphics->n_channels ||
                    graphics->channels[i].name != graphics->channels[i + 1].name;

        if (last && graphics->channels[i].mode != DOMAIN_GRAPHICS_CHANNELS_MODE_ANY)
            graphics->channels[kept++] = graphics->channels[i];
    }
    graphics->n_channels = kept;
}

static int check_dbus(const struct domain_graphics *graphics, const struct doc_call *call)
{
    if (graphics->p2p != TRISTATE_YES || !graphics->address)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "D-Bus p2p with an address is not supported");
    return -1;
}

int domain_hook_graphics(void *part, const struct doc_call *call)
{
    struct domain_graphics *graphics = part;

    if (!has_listens(graphics)) {
        for (size_t i = 0; i < graphics->n_listens; i++)
            doc_clear(&domain_graphics_listens_layout, &graphics->listens[i]);
        g_clear_pointer(&graphics->listens, g_free);
        graphics->n_listens = 0;
        return check_dbus(graphics, call);
    }
    read_channels(graphics);
    if (read_listens(graphics, call) < 0)
        return -1;
    read_ports(graphics);
    set_older_spellings(graphics);
    return read_password(graphics, call);
}
