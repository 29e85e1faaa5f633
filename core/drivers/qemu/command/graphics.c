/* Displays that people look at, and the keyboards they use. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

enum { VNC_BASE = 5900, VNC_WEBSOCKET_BASE = 5700 };

static const struct domain_graphics_listens *first_listen(const struct domain_graphics *graphics)
{
    static const struct domain_graphics_listens none;

    return graphics->n_listens ? graphics->listens : &none;
}

static const char *listen_address(const struct domain_graphics *graphics)
{
    const struct domain_graphics_listens *listen = first_listen(graphics);

    return listen->address ? listen->address : graphics->listen ? graphics->listen : "127.0.0.1";
}

static const char *listen_socket(const struct domain_graphics *graphics)
{
    const struct domain_graphics_listens *listen = first_listen(graphics);

    if (listen->type == DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET)
        return listen->socket ? listen->socket : graphics->socket;
    return listen->type ? NULL : graphics->socket;
}

static void append_audio(GString *text, const struct domain *doc,
                         const struct domain_graphics *graphics)
{
    if (graphics->audio.id)
        g_string_append_printf(text, ",audiodev=audio%u", graphics->audio.id);
    else if (doc->devices.n_audios)
        g_string_append_printf(text, ",audiodev=audio%u", doc->devices.audios[0].id);
}

/* Ports that nobody has chosen yet are the first, in command lines that are only looked at. */
static unsigned vnc_display(const struct domain_graphics *graphics)
{
    return graphics->port >= VNC_BASE ? (unsigned)graphics->port - VNC_BASE : 0;
}

static void append_vnc_place(GString *text, const struct domain_graphics *graphics)
{
    const char *address = listen_address(graphics), *socket = listen_socket(graphics);

    if (first_listen(graphics)->type == DOMAIN_GRAPHICS_LISTENS_TYPE_NONE) {
        g_string_append(text, "none");
    } else if (socket || first_listen(graphics)->type == DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET) {
        g_string_append(text, "vnc=unix:");
        append_value(text, socket ? socket : "");
    } else if (strchr(address, ':')) {
        g_string_append_printf(text, "[%s]:%u", address, vnc_display(graphics));
    } else {
        g_string_append_printf(text, "%s:%u", address, vnc_display(graphics));
    }
    if (graphics->websocket)
        g_string_append_printf(text, ",websocket=%d",
                               graphics->websocket > 0 ? graphics->websocket : VNC_WEBSOCKET_BASE);
}

static void build_vnc(struct builder *build, const struct domain_graphics *graphics)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_vnc_place(text, graphics);
    if (graphics->share_policy)
        g_string_append_printf(
            text, ",share=%s",
            doc_word(&domain_graphics_share_policy_words, graphics->share_policy));
    if (graphics->passwd)
        g_string_append(text, ",password=on");
    if (graphics->power_control)
        g_string_append_printf(text, ",power-control=%s",
                               graphics->power_control == TRISTATE_YES ? "on" : "off");
    append_audio(text, build->doc, graphics);
    add_option(build, "-vnc", text->str);
    if (graphics->keymap)
        add_option(build, "-k", graphics->keymap);
}

/* ---- SPICE */

static void append_spice_place(GString *text, const struct domain_graphics *graphics)
{
    const char *socket = listen_socket(graphics);
    unsigned listen = first_listen(graphics)->type;

    if (socket || listen == DOMAIN_GRAPHICS_LISTENS_TYPE_SOCKET) {
        g_string_append(text, "unix=on,addr=");
        append_value(text, socket ? socket : "");
    } else if (listen == DOMAIN_GRAPHICS_LISTENS_TYPE_NONE) {
        g_string_append(text, "port=0");
    } else {
        g_string_append_printf(text, "port=%d", MAX(graphics->port, 0));
        if (graphics->tls_port > 0)
            g_string_append_printf(text, ",tls-port=%d", graphics->tls_port);
        if (first_listen(graphics)->address || graphics->listen || graphics->port > 0)
            g_string_append_printf(text, ",addr=%s", listen_address(graphics));
    }
}

static void append_word(GString *text, const char *option, const struct doc_words *words,
                        unsigned value)
{
    if (value)
        g_string_append_printf(text, ",%s=%s", option, doc_word(words, value));
}

static void append_spice_codecs(GString *text, const struct domain_graphics *graphics)
{
    g_autoptr(GString) image = g_string_new(NULL);

    /* QEMU has underscores where documents do. */
    append_word(image, "image-compression", &domain_graphics_image_compression_words,
                graphics->image.compression);
    g_string_append(text, image->str);
    append_word(text, "jpeg-wan-compression", &domain_graphics_jpeg_compression_words,
                graphics->jpeg.compression);
    append_word(text, "zlib-glz-wan-compression", &domain_graphics_zlib_compression_words,
                graphics->zlib.compression);
    if (graphics->playback.compression)
        g_string_append_printf(text, ",playback-compression=%s",
                               graphics->playback.compression == TRISTATE_ON ? "on" : "off");
    append_word(text, "streaming-video", &domain_graphics_streaming_mode_words,
                graphics->streaming.mode);
    if (graphics->mouse.mode == DOMAIN_GRAPHICS_MOUSE_MODE_SERVER)
        g_string_append(text, ",agent-mouse=off");
    else if (graphics->mouse.mode == DOMAIN_GRAPHICS_MOUSE_MODE_CLIENT)
        g_string_append(text, ",agent-mouse=on");
    if (graphics->clipboard.copypaste == TRISTATE_NO)
        g_string_append(text, ",disable-copy-paste=on");
    if (graphics->filetransfer.enable == TRISTATE_NO)
        g_string_append(text, ",disable-agent-file-xfer=on");
}

static void build_spice(struct builder *build, const struct domain_graphics *graphics)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_spice_place(text, graphics);
    if (!graphics->passwd)
        g_string_append(text, ",disable-ticketing=on");
    append_spice_codecs(text, graphics);
    if (graphics->gl.enable) {
        g_string_append_printf(text, ",gl=%s", graphics->gl.enable == TRISTATE_YES ? "on" : "off");
        if (graphics->gl.rendernode) {
            g_string_append(text, ",rendernode=");
            append_value(text, graphics->gl.rendernode);
        }
    }
    g_string_append(text, ",seamless-migration=on");
    add_option(build, "-spice", text->str);
    if (graphics->keymap)
        add_option(build, "-k", graphics->keymap);
}

int build_graphics(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_graphics; i++) {
        const struct domain_graphics *graphics = &devices->graphics[i];

        if (graphics->type == DOMAIN_GRAPHICS_TYPE_VNC)
            build_vnc(build, graphics);
        else if (graphics->type == DOMAIN_GRAPHICS_TYPE_SPICE)
            build_spice(build, graphics);
        else if (graphics->type == DOMAIN_GRAPHICS_TYPE_RDP ||
                 graphics->type == DOMAIN_GRAPHICS_TYPE_DESKTOP)
            return refuse("graphics type '%s' is not supported by QEMU",
                          doc_word(&domain_graphics_type_words, graphics->type));
    }
    return 0;
}

/* ---- windows, and none */

static void build_sdl(struct builder *build, const struct domain_graphics *graphics)
{
    if (graphics->xauth)
        g_ptr_array_add(build->command->env, g_strdup_printf("XAUTHORITY=%s", graphics->xauth));
    if (graphics->display)
        g_ptr_array_add(build->command->env, g_strdup_printf("DISPLAY=%s", graphics->display));
    if (graphics->fullscreen == TRISTATE_YES)
        add_arg(build, "-full-screen");
    if (graphics->gl.enable)
        add_optionf(build, "-display", "sdl,gl=%s",
                    graphics->gl.enable == TRISTATE_YES ? "on" : "off");
    else
        add_option(build, "-display", "sdl");
}

static void append_rendernode(GString *text, const struct domain_graphics *graphics)
{
    if (!graphics->gl.rendernode)
        return;
    g_string_append(text, ",rendernode=");
    append_value(text, graphics->gl.rendernode);
}

static void build_dbus(struct builder *build, const struct domain_graphics *graphics)
{
    g_autoptr(GString) text = g_string_new("dbus");

    if (graphics->p2p == TRISTATE_YES)
        g_string_append(text, ",p2p=on");
    else if (graphics->address)
        g_string_append_printf(text, ",addr=%s", graphics->address);
    if (graphics->gl.enable)
        g_string_append_printf(text, ",gl=%s", graphics->gl.enable == TRISTATE_YES ? "on" : "off");
    append_rendernode(text, graphics);
    if (graphics->audio.id)
        g_string_append_printf(text, ",audiodev=audio%u", graphics->audio.id);
    add_option(build, "-display", text->str);
}

int build_display(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_graphics; i++) {
        const struct domain_graphics *graphics = &devices->graphics[i];
        g_autoptr(GString) headless = g_string_new("egl-headless");

        if (graphics->type == DOMAIN_GRAPHICS_TYPE_SDL) {
            build_sdl(build, graphics);
        } else if (graphics->type == DOMAIN_GRAPHICS_TYPE_DBUS) {
            build_dbus(build, graphics);
        } else if (graphics->type == DOMAIN_GRAPHICS_TYPE_EGL_HEADLESS) {
            append_rendernode(headless, graphics);
            add_option(build, "-display", headless->str);
        }
    }
    if (!devices->n_graphics)
        add_option(build, "-display", "none");
    return 0;
}
