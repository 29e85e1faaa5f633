/* Images: nodes of QEMU's block graph. */
#pragma once

#include "core/drivers/qemu/command/props.h"

/* One image of a chain, a disk's own or one that it stands on. */
struct block_image {
    const struct domain_disk *disk; /* NULL: firmware's */
    const struct domain_source_content *source;
    const struct common_encryption *encryption;
    const struct common_auth *auth;
    unsigned type;    /* enum domain_disk_type */
    unsigned format;  /* enum common_image_format */
    unsigned index;   /* the N of libvirt-N-format */
    const char *name; /* instead of N: "pflash0"; NULL */
    bool readonly, top;
    unsigned long long metadata_cache;
    const struct domain_backing_store *backing; /* NULL: not known */
};

/* The node of the protocol, without its name; NULL with an error. */
json_t *block_protocol(const struct block_image *image);
/* Nodes of one image, storage first, into an array. */
int block_image_nodes(json_t *nodes, const struct block_image *image);
char *block_node(const struct block_image *image, const char *part);

/* What several guests write to, none of them may cache. */
unsigned block_cache(const struct domain_disk *disk);
struct block_image block_image_of_disk(const struct domain_disk *disk);
