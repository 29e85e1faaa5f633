/* Keyboards, mice, hubs, redirected devices, card readers. */
#include "core/drivers/qemu/command/chardev.h"

static const struct {
    unsigned type;
    const char *usb, *virtio;
} kinds[] = {
    {DOMAIN_INPUT_TYPE_MOUSE, "usb-mouse", "virtio-mouse"},
    {DOMAIN_INPUT_TYPE_TABLET, "usb-tablet", "virtio-tablet"},
    {DOMAIN_INPUT_TYPE_KEYBOARD, "usb-kbd", "virtio-keyboard"},
    {DOMAIN_INPUT_TYPE_PASSTHROUGH, NULL, "virtio-input-host"},
};

static json_t *virtio(const struct domain_input *input, const char *base)
{
    g_autofree char *driver = virtio_driver(base, input->model, &input->address);
    json_t *props = props_of("driver", driver);

    virtio_props(props, &input->driver.virtio_options);
    if (input->type == DOMAIN_INPUT_TYPE_PASSTHROUGH)
        prop_string(props, "evdev", input->source.evdev ? input->source.evdev : input->source.dev);
    return props;
}

json_t *device_props_input(const struct domain *doc, const struct domain_input *input,
                           const struct launch *launch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        json_t *props = NULL;

        if (kinds[i].type != input->type)
            continue;
        if (input->bus == DOMAIN_INPUT_BUS_VIRTIO)
            props = virtio(input, kinds[i].virtio);
        else if (input->bus == DOMAIN_INPUT_BUS_USB && kinds[i].usb)
            props = props_of("driver", kinds[i].usb);
        if (props)
            return device_finish(doc, launch, props, (const struct domain_info *)&input->alias,
                                 &input->address);
    }
    refuse("input device of type '%s' cannot be on bus '%s'",
           doc_word(&domain_input_type_words, input->type),
           doc_word(&domain_input_bus_words, input->bus));
    return NULL;
}

/* The host's own device, all of whose events go to the guest. */
static json_t *evdev(const struct domain_input *input)
{
    json_t *props = props_of("qom-type", "input-linux");

    prop_string(props, "id", input->alias.name);
    prop_string(props, "evdev", input->source.dev);
    prop_tristate(props, "repeat", input->source.repeat);
    if (input->source.grab == DOMAIN_INPUT_SOURCE_GRAB_ALL)
        prop_bool(props, "grab_all", true);
    if (input->source.grab_toggle)
        prop_string(props, "grab-toggle",
                    doc_word(&domain_input_source_grab_toggle_words, input->source.grab_toggle));
    return props;
}

/* Those on PS/2 are the board's. */
int build_inputs(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_inputs; i++) {
        const struct domain_input *input = &devices->inputs[i];

        if (input->type == DOMAIN_INPUT_TYPE_EVDEV) {
            add_json(build, "-object", evdev(input));
            continue;
        }
        if (input->bus == DOMAIN_INPUT_BUS_PS2)
            continue;
        if (add_device(build, device_props_input(build->doc, input, build->launch)) < 0)
            return -1;
    }
    return 0;
}

int build_hubs(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_hubs; i++) {
        const struct domain_devices_hubs *hub = &devices->hubs[i];

        if (add_device(build,
                       device_finish(build->doc, build->launch, props_of("driver", "usb-hub"),
                                     (const struct domain_info *)&hub->alias, &hub->address)) < 0)
            return -1;
    }
    return 0;
}

/* ---- redirected devices */

/* "CLASS:VENDOR:PRODUCT:VERSION:ALLOW", -1 for any, bars between. */
static void set_filter(json_t *props, const struct domain_redirfilter *filter)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < filter->n_usbdevs; i++) {
        const struct domain_redirfilter_usbdevs *rule = &filter->usbdevs[i];
        unsigned major = 0, minor = 0;

        g_string_append(text, i ? "|" : "");
        if (rule->has_device_class)
            g_string_append_printf(text, "0x%02X:", rule->device_class);
        else
            g_string_append(text, "-1:");
        if (rule->has_vendor)
            g_string_append_printf(text, "0x%04X:", rule->vendor);
        else
            g_string_append(text, "-1:");
        if (rule->has_product)
            g_string_append_printf(text, "0x%04X:", rule->product);
        else
            g_string_append(text, "-1:");
        if (rule->version && sscanf(rule->version, "%x.%x", &major, &minor) >= 1)
            g_string_append_printf(text, "0x%04X:", major << 8 | minor);
        else
            g_string_append(text, "-1:");
        g_string_append_printf(text, "%d", rule->allow == TRISTATE_YES);
    }
    if (text->len)
        prop_string(props, "filter", text->str);
}

json_t *device_props_redirdev(const struct domain *doc, const struct domain_redirdev *redirdev,
                              const struct launch *launch)
{
    json_t *props = props_of("driver", "usb-redir");

    prop_format(props, "chardev", "char%s", redirdev->alias.name);
    set_filter(props, &doc->devices.redirfilter);
    if (redirdev->boot.order)
        prop_uint(props, "bootindex", redirdev->boot.order);
    return device_finish(doc, launch, props, (const struct domain_info *)&redirdev->alias,
                         &redirdev->address);
}

int build_redirdevs(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_redirdevs; i++) {
        const struct domain_redirdev *redirdev = &devices->redirdevs[i];
        g_autofree char *name = NULL;

        if (add_chardev(build, redirdev->alias.name, redirdev->type, &redirdev->chardev) < 0 ||
            add_device(build, device_props_redirdev(build->doc, redirdev, build->launch)) < 0)
            return -1;
    }
    return 0;
}

/* ---- smart cards */

static json_t *card(const struct domain_smartcard *smartcard)
{
    json_t *props;

    if (smartcard->mode == DOMAIN_SMARTCARD_MODE_PASSTHROUGH) {
        props = props_of("driver", "ccid-card-passthru");
        prop_format(props, "chardev", "char%s", smartcard->alias.name);
        return props;
    }
    props = props_of("driver", "ccid-card-emulated");
    if (smartcard->mode == DOMAIN_SMARTCARD_MODE_HOST) {
        prop_string(props, "backend", "nss-emulated");
        return props;
    }
    prop_string(props, "backend", "certificates");
    for (size_t i = 0; i < smartcard->n_certificates; i++) {
        g_autofree char *key = g_strdup_printf("cert%zu", i + 1);

        prop_string(props, key, smartcard->certificates[i]);
    }
    prop_string(props, "db", smartcard->database ? smartcard->database : "/etc/pki/nssdb");
    return props;
}

int build_smartcards(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_smartcards; i++) {
        const struct domain_smartcard *smartcard = &devices->smartcards[i];

        if (smartcard->mode == DOMAIN_SMARTCARD_MODE_PASSTHROUGH &&
            add_chardev(build, smartcard->alias.name, smartcard->type, &smartcard->chardev) < 0)
            return -1;
        if (add_device(build, device_finish(build->doc, build->launch, card(smartcard),
                                            (const struct domain_info *)&smartcard->alias,
                                            &smartcard->address)) < 0)
            return -1;
    }
    return 0;
}
