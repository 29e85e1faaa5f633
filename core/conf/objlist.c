#include "core/conf/objlist.h"

#include <string.h>

/* Half of a random UUID is hash enough; made-up ones (all alike but the last byte) need all of it.
 */
static guint uuid_hash(gconstpointer key)
{
    guint64 halves[2];

    memcpy(halves, key, sizeof(halves));
    halves[0] ^= halves[1] * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)(halves[0] ^ (halves[0] >> 32));
}

static gboolean uuid_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, UUID_BYTES) == 0;
}

void objlist_init(struct objlist *list, enum objlist_keys keys)
{
    list->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    list->by_uuid = keys & OBJLIST_UUID ? g_hash_table_new(uuid_hash, uuid_equal) : NULL;
    list->by_id = keys & OBJLIST_ID ? g_hash_table_new(g_direct_hash, g_direct_equal) : NULL;
    g_queue_init(&list->order);
}

void objlist_clear(struct objlist *list)
{
    g_clear_pointer(&list->by_name, g_hash_table_destroy);
    g_clear_pointer(&list->by_uuid, g_hash_table_destroy);
    g_clear_pointer(&list->by_id, g_hash_table_destroy);
    g_queue_init(&list->order);
}

void objlist_add(struct objlist *list, struct objlist_item *item)
{
    g_hash_table_insert(list->by_name, (gpointer)item->name, item);
    if (list->by_uuid)
        g_hash_table_insert(list->by_uuid, item->uuid, item);
    if (list->by_id && item->id >= 0)
        g_hash_table_insert(list->by_id, GINT_TO_POINTER(item->id), item);
    item->link = (GList){.data = item};
    g_queue_push_tail_link(&list->order, &item->link);
}

void objlist_remove(struct objlist *list, struct objlist_item *item)
{
    g_hash_table_remove(list->by_name, item->name);
    if (list->by_uuid)
        g_hash_table_remove(list->by_uuid, item->uuid);
    if (list->by_id && item->id >= 0)
        g_hash_table_remove(list->by_id, GINT_TO_POINTER(item->id));
    g_queue_unlink(&list->order, &item->link);
}

void objlist_set_id(struct objlist *list, struct objlist_item *item, int id)
{
    if (list->by_id && item->id >= 0)
        g_hash_table_remove(list->by_id, GINT_TO_POINTER(item->id));
    item->id = id;
    if (list->by_id && id >= 0)
        g_hash_table_insert(list->by_id, GINT_TO_POINTER(id), item);
}

void objlist_rename(struct objlist *list, struct objlist_item *item, const char *name)
{
    g_hash_table_remove(list->by_name, item->name);
    item->name = name;
    g_hash_table_insert(list->by_name, (gpointer)name, item);
}

void *objlist_by_name(struct objlist *list, const char *name)
{
    return g_hash_table_lookup(list->by_name, name);
}

void *objlist_by_uuid(struct objlist *list, const unsigned char *uuid)
{
    return g_hash_table_lookup(list->by_uuid, uuid);
}

void *objlist_by_id(struct objlist *list, int id)
{
    return g_hash_table_lookup(list->by_id, GINT_TO_POINTER(id));
}
