/* Named objects with O(1) lookup by name, UUID and id, listed in the order in which they came.
 * Knows no locks: whoever owns the list guards it. */
#pragma once

#include <glib.h>

#include "core/base/uuid.h"
#include "core/base/export.h"

/* First member of what is kept in a list. Name and UUID stay while it is listed; see
 * objlist_rename(). */
struct objlist_item {
    const char *name;
    unsigned char uuid[UUID_BYTES];
    int id; /* -1 without one; see objlist_set_id() */
    GList link;
};

struct objlist {
    GHashTable *by_name;
    GHashTable *by_uuid; /* NULL for kinds without UUIDs */
    GHashTable *by_id;   /* NULL for kinds without ids */
    GQueue order;
};

enum objlist_keys {
    OBJLIST_NAME = 0,
    OBJLIST_UUID = 1 << 0,
    OBJLIST_ID = 1 << 1,
};

CORRAL_PRIVATE void objlist_init(struct objlist *list, enum objlist_keys keys);
/* The items are the caller's to free, before. */
CORRAL_PRIVATE void objlist_clear(struct objlist *list);

/* The caller has made sure that nobody has that name or UUID. */
CORRAL_PRIVATE void objlist_add(struct objlist *list, struct objlist_item *item);
CORRAL_PRIVATE void objlist_remove(struct objlist *list, struct objlist_item *item);
CORRAL_PRIVATE void objlist_set_id(struct objlist *list, struct objlist_item *item, int id);
/* `name` belongs to the item's owner, who frees the old one afterwards. */
CORRAL_PRIVATE void objlist_rename(struct objlist *list, struct objlist_item *item,
                                   const char *name);

/* NULL when there is none; no error is recorded. */
CORRAL_PRIVATE void *objlist_by_name(struct objlist *list, const char *name);
CORRAL_PRIVATE void *objlist_by_uuid(struct objlist *list, const unsigned char *uuid);
CORRAL_PRIVATE void *objlist_by_id(struct objlist *list, int id);

static inline guint objlist_count(struct objlist *list)
{
    return list->order.length;
}

/* for (objlist_each(list, struct guest, guest)) … ; the current item must stay listed meanwhile. */
#define objlist_each(list, type, name)                                                             \
    type *name = (list)->order.head ? (type *)(list)->order.head->data : NULL;                     \
    name;                                                                                          \
    name = ((struct objlist_item *)name)->link.next                                                \
               ? (type *)((struct objlist_item *)name)->link.next->data                            \
               : NULL
