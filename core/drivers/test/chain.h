/* The layers of a disk: 0 is the image in use, 1 the one below it, and so on. */
#pragma once

#include "core/drivers/test/domain.h"

/* How many there are below the one in use. */
unsigned int chain_length(const struct domain_disk *disk);
/* From 1. */
struct domain_backing_store *chain_layer(const struct domain_disk *disk, unsigned int number);
/* By its image, or as "vda[2]" by its index, which is its number unless the document says another
 * one. -1, and no error, when there is none. */
int chain_find(const struct domain_disk *disk, const char *name);
/* NULL for what has no path. */
const char *chain_image(const struct domain_disk *disk, unsigned int number);

/* Layers go, from 1 on; what is below the last of them follows on what is above the first. */
void chain_drop(struct domain_disk *disk, unsigned int first, unsigned int last);
/* A lower layer becomes the one in use; those above it go. */
void chain_descend(struct domain_disk *disk, unsigned int number);
/* The disk uses another image from now on. Without `keep_layers` nothing is below it. */
void chain_replace(struct domain_disk *disk, const struct domain_disk *by, bool keep_layers);
/* The one disk's images are those of the other. */
void chain_copy(struct domain_disk *disk, const struct domain_disk *from);

/* What is seen of a job that writes the same to another image. */
void chain_mirror_to(struct domain_disk *disk, const struct domain_disk *to);
void chain_mirror_down(struct domain_disk *disk, unsigned int number);
void chain_mirror_ready(struct domain_disk *disk);
void chain_unmirror(struct domain_disk *disk);
