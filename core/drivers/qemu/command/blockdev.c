/* Chains of images as nodes of QEMU's block graph. */
#include "core/drivers/qemu/command/blockdev.h"

char *block_node(const struct block_image *image, const char *part)
{
    if (image->name)
        return g_strdup_printf("libvirt-%s-%s", image->name, part);
    return g_strdup_printf("libvirt-%u-%s", image->index, part);
}

unsigned block_cache(const struct domain_disk *disk)
{
    if (!disk->driver.cache && disk->shareable && !disk->readonly)
        return DOMAIN_DISK_DRIVER_CACHE_NONE;
    return disk->driver.cache;
}

static const struct {
    unsigned mode;
    bool direct, no_flush;
} caches[] = {
    {DOMAIN_DISK_DRIVER_CACHE_NONE, true, false},
    {DOMAIN_DISK_DRIVER_CACHE_WRITETHROUGH, false, false},
    {DOMAIN_DISK_DRIVER_CACHE_WRITEBACK, false, false},
    {DOMAIN_DISK_DRIVER_CACHE_DIRECTSYNC, true, false},
    {DOMAIN_DISK_DRIVER_CACHE_UNSAFE, false, true},
};

static void set_cache(json_t *node, const struct block_image *image)
{
    if (!image->disk || !block_cache(image->disk))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(caches); i++) {
        if (caches[i].mode != block_cache(image->disk))
            continue;
        json_object_set_new(
            node, "cache",
            json_pack("{s:b,s:b}", "direct", caches[i].direct, "no-flush", caches[i].no_flush));
    }
}

static void set_discard(json_t *node, const struct block_image *image)
{
    const struct domain_disk_driver *driver;
    const char *zeroes;

    if (!image->disk)
        return;
    driver = &image->disk->driver;
    if (driver->discard)
        prop_string(node, "discard", doc_word(&domain_disk_driver_discard_words, driver->discard));
    if (!driver->detect_zeroes || !image->top)
        return;
    /* What is not to be discarded can still be written as zeroes. */
    zeroes = doc_word(&domain_disk_driver_detect_zeroes_words, driver->detect_zeroes);
    if (driver->detect_zeroes == DOMAIN_DISK_DRIVER_DETECT_ZEROES_UNMAP &&
        driver->discard != DOMAIN_DISK_DRIVER_DISCARD_UNMAP)
        zeroes = "on";
    prop_string(node, "detect-zeroes", zeroes);
}

static const char *format_driver(const struct block_image *image)
{
    switch (image->format) {
    case 0:
    case COMMON_IMAGE_FORMAT_RAW:
    case COMMON_IMAGE_FORMAT_DIR:
    case COMMON_IMAGE_FORMAT_ISO:
    case COMMON_IMAGE_FORMAT_FAT:
        if (image->encryption && image->encryption->format == COMMON_ENCRYPTION_FORMAT_LUKS &&
            image->encryption->engine != COMMON_ENCRYPTION_ENGINE_LIBRBD)
            return "luks";
        return "raw";
    case COMMON_IMAGE_FORMAT_PLOOP:
        return "parallels";
    default:
        return doc_word(&common_image_format_words, image->format);
    }
}

static void set_encryption(json_t *node, const struct block_image *image)
{
    g_autofree char *secret = block_node(image, "format-encryption-secret0");
    const char *driver = json_string_value(json_object_get(node, "driver"));

    if (!image->encryption || !image->encryption->n_secrets)
        return;
    if (!g_strcmp0(driver, "luks"))
        prop_string(node, "key-secret", secret);
    else if (!g_strcmp0(driver, "qcow2") || !g_strcmp0(driver, "qcow"))
        json_object_set_new(
            node, "encrypt",
            json_pack("{s:s,s:s}", "format",
                      image->encryption->format == COMMON_ENCRYPTION_FORMAT_LUKS ? "luks" : "aes",
                      "key-secret", secret));
}

/* An element without type ends the chain; none at all leaves it to what the image says. */
static void set_backing(json_t *node, const struct block_image *image)
{
    if (!image->backing)
        return;
    if (!image->backing->type) {
        if (image->format == COMMON_IMAGE_FORMAT_QCOW2 ||
            image->format == COMMON_IMAGE_FORMAT_QCOW || image->format == COMMON_IMAGE_FORMAT_QED ||
            image->format == COMMON_IMAGE_FORMAT_VMDK)
            json_object_set_new(node, "backing", json_null());
        return;
    }
    prop_format(node, "backing", "libvirt-%u-format", image->backing->index);
}

static json_t *format_node(const struct block_image *image, const char *storage)
{
    g_autofree char *name = block_node(image, "format");
    json_t *node = props_of("node-name", name);

    prop_bool(node, "read-only", image->readonly);
    set_cache(node, image);
    set_discard(node, image);
    prop_string(node, "driver", format_driver(image));
    set_encryption(node, image);
    if (image->metadata_cache)
        prop_uint(node, "cache-size", image->metadata_cache);
    prop_string(node, "file", storage);
    set_backing(node, image);
    return node;
}

static json_t *storage_node(const struct block_image *image)
{
    g_autofree char *name = block_node(image, "storage");
    json_t *node = block_protocol(image);

    if (!node)
        return NULL;
    prop_string(node, "node-name", name);
    set_cache(node, image);
    prop_bool(node, "auto-read-only", true);
    prop_string(node, "discard", "unmap");
    return node;
}

static json_t *slice_node(const struct block_image *image, const char *storage)
{
    const struct domain_source_content_slices_slice *slice = &image->source->slices.slice;
    g_autofree char *name = block_node(image, "slice-sto");
    json_t *node = props_of("driver", "raw");

    prop_string(node, "node-name", name);
    prop_uint(node, "offset", slice->offset);
    prop_uint(node, "size", slice->size);
    prop_string(node, "file", storage);
    prop_bool(node, "auto-read-only", true);
    prop_string(node, "discard", "unmap");
    return node;
}

int block_image_nodes(json_t *nodes, const struct block_image *image)
{
    g_autofree char *storage = block_node(image, "storage");
    json_t *node = storage_node(image);

    if (!node)
        return -1;
    json_array_append_new(nodes, node);
    if (image->source->slices.slice.has_size) {
        json_array_append_new(nodes, slice_node(image, storage));
        g_free(storage);
        storage = block_node(image, "slice-sto");
    }
    json_array_append_new(nodes, format_node(image, storage));
    return 0;
}

struct block_image block_image_of_disk(const struct domain_disk *disk)
{
    const struct domain_disk_source *source = &disk->source;

    return (struct block_image){
        .disk = disk,
        .source = &source->source_content,
        .encryption = source->encryption ? source->encryption : disk->encryption,
        .auth = source->auth.username ? &source->auth : &disk->auth,
        .type = disk->type,
        .format = disk->driver.type,
        .index = source->index,
        .readonly = disk->readonly,
        .top = true,
        .metadata_cache = disk->driver.metadata_cache.max_size,
        .backing = disk->backing_store,
    };
}

/* The image that another one stands on; false at the end of the chain. */
static bool next_image(struct block_image *image)
{
    const struct domain_backing_store *store = image->backing;

    if (!store || !store->type || !store->source)
        return false;
    *image = (struct block_image){
        .disk = image->disk,
        .source = &store->source->source_content,
        .encryption = store->source->encryption,
        .auth = &store->source->auth,
        .type = store->type,
        .format = store->format.type,
        .index = store->index,
        .readonly = true,
        .metadata_cache = store->format.metadata_cache.max_size,
        .backing = store->backing_store,
    };
    return true;
}

static bool is_empty(const struct domain_disk *disk)
{
    const struct domain_disk_source *source = &disk->source;

    switch (disk->type) {
    case DOMAIN_DISK_TYPE_FILE:
        return !source->file;
    case DOMAIN_DISK_TYPE_BLOCK:
        return !source->dev;
    case DOMAIN_DISK_TYPE_DIR:
        return !source->dir;
    case DOMAIN_DISK_TYPE_NETWORK:
        return !source->protocol;
    default:
        return false;
    }
}

/* Deepest first, so that every node finds what it stands on. */
static int chain(json_t *nodes, struct block_image image)
{
    struct block_image below = image;

    if (next_image(&below) && chain(nodes, below) < 0)
        return -1;
    return block_image_nodes(nodes, &image);
}

char *blockdev_top(const struct domain_disk *disk)
{
    struct block_image image = block_image_of_disk(disk);

    if (is_empty(disk) || disk->type == DOMAIN_DISK_TYPE_VHOSTUSER)
        return NULL;
    if (disk->driver.copy_on_read == TRISTATE_ON)
        return g_strdup_printf("libvirt-CoR-%s", disk->target.dev);
    return block_node(&image, "format");
}

static json_t *copy_on_read(const struct domain_disk *disk)
{
    struct block_image image = block_image_of_disk(disk);
    g_autofree char *file = block_node(&image, "format");
    json_t *node = props_of("driver", "copy-on-read");

    prop_format(node, "node-name", "libvirt-CoR-%s", disk->target.dev);
    prop_string(node, "file", file);
    prop_string(node, "discard", "unmap");
    return node;
}

json_t *blockdev_chain(const struct domain_disk *disk, const struct launch *launch G_GNUC_UNUSED)
{
    json_t *nodes = json_array();

    if (is_empty(disk) || disk->type == DOMAIN_DISK_TYPE_VHOSTUSER)
        return nodes;
    if (chain(nodes, block_image_of_disk(disk)) < 0) {
        json_decref(nodes);
        return NULL;
    }
    if (disk->driver.copy_on_read == TRISTATE_ON)
        json_array_append_new(nodes, copy_on_read(disk));
    return nodes;
}

/* ---- secrets: a file each, which only QEMU reads */

static int add_secret(json_t *objects, const char *id, const char *text, const char *format,
                      const struct launch *launch)
{
    g_autofree char *path =
        launch->hide ? launch->hide(id, text, launch->opaque)
                     : g_strdup_printf("%s/%s", launch->folder ? launch->folder : "", id);
    json_t *object;

    if (!path)
        return -1;
    object = props_of("qom-type", "secret");
    prop_string(object, "id", id);
    prop_string(object, "format", format);
    prop_string(object, "file", path);
    json_array_append_new(objects, object);
    return 0;
}

static int add_looked_up(json_t *objects, const char *id, const char *uuid, const char *usage,
                         unsigned type, const struct launch *launch)
{
    g_autofree char *value = NULL;

    if (launch->secret) {
        value = launch->secret(uuid, usage, type, launch->opaque);
        if (!value)
            return -1;
    } else if (!launch->for_show) {
        return refuse("secret '%s' cannot be looked up: this connection has no secrets",
                      uuid ? uuid : usage);
    }
    return add_secret(objects, id, value ? value : "", "base64", launch);
}

static int add_cookies(json_t *objects, const struct block_image *image,
                       const struct launch *launch)
{
    const struct domain_source_content_cookies *cookies = &image->source->cookies;
    g_autofree char *id = block_node(image, "storage-httpcookie-secret0");
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < cookies->n_cookies; i++)
        g_string_append_printf(text, "%s%s=%s", i ? "; " : "", cookies->cookies[i].name,
                               cookies->cookies[i].text ? cookies->cookies[i].text : "");
    return text->len ? add_secret(objects, id, text->str, "raw", launch) : 0;
}

static int add_image_secrets(json_t *objects, const struct block_image *image,
                             const struct launch *launch)
{
    const struct common_encryption *encryption = image->encryption;
    const struct common_auth *auth = image->auth;

    if (auth && auth->username) {
        g_autofree char *id = block_node(image, "storage-auth-secret0");

        if (add_looked_up(objects, id, auth->secret.uuid, auth->secret.usage, auth->type, launch) <
            0)
            return -1;
    }
    for (size_t i = 0; encryption && i < encryption->n_secrets; i++) {
        g_autofree char *part = g_strdup_printf("format-encryption-secret%zu", i);
        g_autofree char *id = block_node(image, part);

        if (add_looked_up(objects, id, encryption->secrets[i].uuid, encryption->secrets[i].usage, 0,
                          launch) < 0)
            return -1;
    }
    return add_cookies(objects, image, launch);
}

json_t *blockdev_secrets(const struct domain_disk *disk, const struct launch *launch)
{
    struct block_image image = block_image_of_disk(disk);
    json_t *objects = json_array();
    bool more = !is_empty(disk) && disk->type != DOMAIN_DISK_TYPE_VHOSTUSER;

    for (; more; more = next_image(&image)) {
        if (add_image_secrets(objects, &image, launch) < 0) {
            json_decref(objects);
            return NULL;
        }
    }
    return objects;
}
