/* Properties of devices as JSON. */
#include "core/drivers/qemu/command/props.h"

#include <string.h>

void prop_string(json_t *props, const char *key, const char *value)
{
    if (value)
        json_object_set_new(props, key, json_string(value));
}

void prop_uint(json_t *props, const char *key, unsigned long long value)
{
    json_object_set_new(props, key, json_integer((json_int_t)value));
}

void prop_bool(json_t *props, const char *key, bool value)
{
    json_object_set_new(props, key, json_boolean(value));
}

void prop_tristate(json_t *props, const char *key, enum tristate value)
{
    if (value != TRISTATE_ABSENT)
        prop_bool(props, key, value == TRISTATE_YES);
}

void prop_format(json_t *props, const char *key, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    prop_string(props, key, text);
}

json_t *props_of(const char *key, const char *value)
{
    json_t *props = json_object();

    prop_string(props, key, value);
    return props;
}

static unsigned long long number_of(const void *member, unsigned size)
{
    switch (size) {
    case 1:
        return *(const uint8_t *)member;
    case 4:
        return *(const uint32_t *)member;
    default:
        return *(const uint64_t *)member;
    }
}

static void add_one(json_t *props, const void *part, const struct prop *prop)
{
    const void *member = (const char *)part + prop->offset;
    unsigned long long value;

    if (prop->kind == PROP_STRING) {
        prop_string(props, prop->name, *(char *const *)member);
        return;
    }
    value = number_of(member, prop->size);
    if (!value)
        return;
    if (prop->kind == PROP_UINT)
        prop_uint(props, prop->name, value);
    else if (prop->kind == PROP_BOOL)
        prop_bool(props, prop->name, value == TRISTATE_YES);
    else if (prop->kind == PROP_SWITCH)
        prop_string(props, prop->name, value == TRISTATE_YES ? "on" : "off");
    else
        prop_string(props, prop->name, doc_word(prop->words, (unsigned)value));
}

void props_add(json_t *props, const void *part, const struct prop *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_one(props, part, &table[i]);
}

/* A device on virtio's own bus has no transitional forms. */
char *virtio_driver(const char *base, unsigned model, const struct domain_address *address)
{
    const char *form = "";

    if (address->type == DOMAIN_ADDRESS_TYPE_CCW)
        return g_strdup_printf("%s-ccw", base);
    if (address->type == DOMAIN_ADDRESS_TYPE_VIRTIO_MMIO)
        return g_strdup_printf("%s-device", base);
    if (model == DOMAIN_VIRTIO_MODEL_VIRTIO_TRANSITIONAL)
        form = "-transitional";
    else if (model == DOMAIN_VIRTIO_MODEL_VIRTIO_NON_TRANSITIONAL)
        form = "-non-transitional";
    return g_strdup_printf("%s-pci%s", base, form);
}

void virtio_props(json_t *props, const struct domain_virtio_options *options)
{
    static const struct prop table[] = {
        PROP("iommu_platform", PROP_BOOL, struct domain_virtio_options, iommu),
        PROP("ats", PROP_BOOL, struct domain_virtio_options, ats),
        PROP("packed", PROP_BOOL, struct domain_virtio_options, packed),
        PROP("page-per-vq", PROP_BOOL, struct domain_virtio_options, page_per_vq),
    };

    PROPS_ADD(props, options, table);
}

void rom_props(json_t *props, const struct domain_rom_rom *rom)
{
    if (rom->enabled == TRISTATE_NO) {
        prop_uint(props, "rombar", 0);
        prop_string(props, "romfile", "");
        return;
    }
    if (rom->bar)
        prop_uint(props, "rombar", rom->bar == TRISTATE_ON);
    prop_string(props, "romfile", rom->file);
}
