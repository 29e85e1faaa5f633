/* Files with the memory of guests: a header, the definition, and what QEMU writes. */
#pragma once

#include <stdbool.h>

#include "conf/domain_doc.h"

struct save_image {
    char *xml;    /* the definition, as it ran */
    bool running; /* it goes on when it comes back */
};
void save_image_clear(struct save_image *image);
typedef struct save_image save_image_auto_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(save_image_auto_t, save_image_clear)

/* Opens a new one beside PATH, ready for the memory; -1 with an error. */
int save_image_create(const char *path, const struct save_image *image);
/* It is complete: it takes PATH's place, for good. Closes `fd` in either case. */
int save_image_commit(const char *path, int fd);
void save_image_discard(const char *path, int fd);

/* Opens one, behind the header; -1 with an error. */
int save_image_open(const char *path, struct save_image *ret);
/* Puts another definition or state into it, of which only what fits is taken. */
int save_image_change(const char *path, const struct save_image *image);
