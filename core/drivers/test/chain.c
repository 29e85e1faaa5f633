#include "core/drivers/test/chain.h"

#include <string.h>

#include "core/drivers/test/device.h"

G_STATIC_ASSERT((int)DOMAIN_DISK_TYPE_VHOSTUSER == (int)DOMAIN_BACKING_STORE_TYPE_VHOSTUSER);

/* Where the pointer to a layer stands; an element without a type ends the chain. */
static struct domain_backing_store **link_to(const struct domain_disk *disk, unsigned int number)
{
    struct domain_backing_store *const *link = &disk->backing_store;

    while (--number)
        link = &(*link)->backing_store;
    return (struct domain_backing_store **)link;
}

unsigned int chain_length(const struct domain_disk *disk)
{
    unsigned int n = 0;

    for (const struct domain_backing_store *it = disk->backing_store; it && it->type;
         it = it->backing_store)
        n++;
    return n;
}

struct domain_backing_store *chain_layer(const struct domain_disk *disk, unsigned int number)
{
    return *link_to(disk, number);
}

static const char *image_of(const struct domain_source_content *source)
{
    return source->file ? source->file : source->dev ? source->dev : source->name;
}

const char *chain_image(const struct domain_disk *disk, unsigned int number)
{
    const struct domain_backing_store *layer = number ? chain_layer(disk, number) : NULL;

    if (layer)
        return layer->source ? image_of(&layer->source->source_content) : NULL;
    return image_of(&disk->source.source_content);
}

/* The number in "vda[2]"; -1 when it is nothing of the kind. */
static gint64 index_in(const struct domain_disk *disk, const char *name)
{
    size_t length = strlen(disk->target.dev);
    char *end;
    guint64 index;

    if (strncmp(name, disk->target.dev, length) != 0 || name[length] != '[' ||
        !g_ascii_isdigit(name[length + 1]))
        return -1;
    index = g_ascii_strtoull(name + length + 1, &end, 10);
    return !strcmp(end, "]") && index <= G_MAXUINT ? (gint64)index : -1;
}

int chain_find(const struct domain_disk *disk, const char *name)
{
    unsigned int length = chain_length(disk);
    gint64 index = index_in(disk, name);

    for (unsigned int i = 0; i <= length; i++) {
        const struct domain_backing_store *layer = i ? chain_layer(disk, i) : NULL;
        unsigned int number = layer && layer->has_index ? layer->index : i;

        if (index >= 0 ? number == index : !g_strcmp0(chain_image(disk, i), name))
            return (int)i;
    }
    return -1;
}

static struct domain_backing_store *end_of_chain(void)
{
    return g_new0(struct domain_backing_store, 1);
}

void chain_drop(struct domain_disk *disk, unsigned int first, unsigned int last)
{
    struct domain_backing_store **link, *below;

    if (first > last)
        return;
    link = link_to(disk, first);
    below = g_steal_pointer(&chain_layer(disk, last)->backing_store);
    doc_free(&domain_backing_store_layout, *link);
    *link = below ? below : end_of_chain();
}

static void take_source(struct domain_source_content *to, const struct domain_source_content *from)
{
    struct domain_source_content *copy = doc_copy(&domain_source_content_layout, from);

    doc_clear(&domain_source_content_layout, to);
    *to = *copy;
    g_free(copy);
}

void chain_descend(struct domain_disk *disk, unsigned int number)
{
    const struct domain_backing_store *layer = chain_layer(disk, number);

    disk->type = (enum domain_disk_type)layer->type;
    disk->driver.type = layer->format.type;
    if (layer->source)
        take_source(&disk->source.source_content, &layer->source->source_content);
    chain_drop(disk, 1, number);
}

void chain_replace(struct domain_disk *disk, const struct domain_disk *by, bool keep_layers)
{
    disk->type = by->type;
    disk->driver.type = by->driver.type;
    take_source(&disk->source.source_content, &by->source.source_content);
    if (keep_layers)
        return;
    doc_free(&domain_backing_store_layout, disk->backing_store);
    disk->backing_store = end_of_chain();
}

void chain_copy(struct domain_disk *disk, const struct domain_disk *from)
{
    chain_replace(disk, from, false);
    doc_free(&domain_backing_store_layout, disk->backing_store);
    disk->backing_store =
        from->backing_store ? doc_copy(&domain_backing_store_layout, from->backing_store) : NULL;
}

/* The attributes of the element itself are for readers who know no more. */
static struct domain_disk_mirror *mirror(struct domain_disk *disk, unsigned int type,
                                         enum common_image_format format,
                                         const struct domain_source_content *source)
{
    struct domain_disk_mirror *mirror = g_new0(struct domain_disk_mirror, 1);

    mirror->type = (enum domain_disk_mirror_type)type;
    mirror->format_element.type = format;
    take_source(&mirror->source.source_content, source);
    disk->mirror = mirror;
    return mirror;
}

G_STATIC_ASSERT((int)DOMAIN_DISK_TYPE_BLOCK == (int)DOMAIN_DISK_MIRROR_TYPE_BLOCK);

static unsigned int mirror_type(unsigned int type)
{
    return type == DOMAIN_DISK_TYPE_NETWORK ? DOMAIN_DISK_MIRROR_TYPE_NETWORK
           : type == DOMAIN_DISK_TYPE_BLOCK ? DOMAIN_DISK_MIRROR_TYPE_BLOCK
                                            : DOMAIN_DISK_MIRROR_TYPE_FILE;
}

void chain_mirror_to(struct domain_disk *disk, const struct domain_disk *to)
{
    struct domain_disk_mirror *it =
        mirror(disk, mirror_type(to->type), to->driver.type, &to->source.source_content);

    it->job = DOMAIN_DISK_MIRROR_JOB_COPY;
    if (to->source.file) {
        it->file = g_strdup(to->source.file);
        it->format = to->driver.type;
    }
}

void chain_mirror_down(struct domain_disk *disk, unsigned int number)
{
    const struct domain_backing_store *layer = chain_layer(disk, number);
    static const struct domain_source_content nothing;

    mirror(disk, mirror_type(layer->type), layer->format.type,
           layer->source ? &layer->source->source_content : &nothing)
        ->job = DOMAIN_DISK_MIRROR_JOB_ACTIVE_COMMIT;
}

void chain_mirror_ready(struct domain_disk *disk)
{
    if (disk->mirror)
        disk->mirror->ready = DOMAIN_DISK_MIRROR_READY_YES;
}

void chain_unmirror(struct domain_disk *disk)
{
    doc_free(&domain_disk_mirror_layout, g_steal_pointer(&disk->mirror));
}
