/* Where in its list an item belongs that was just read. */
#include "core/conf/doc/engine.h"

#include "core/object/error.h"

static uint64_t key_value(const struct doc_field *key, const char *item)
{
    const char *at = item + key->offset;

    if (key->size == 8)
        return *(const uint64_t *)at;
    return key->size == 1 ? *(const uint8_t *)at : *(const uint32_t *)at;
}

static int compare_keys(const struct doc_field *key, const char *a, const char *b)
{
    uint64_t x, y;

    if (key->type >= DOC_STRING)
        return g_strcmp0(*(char *const *)(a + key->offset), *(char *const *)(b + key->offset));
    x = key_value(key, a);
    y = key_value(key, b);
    return (x > y) - (x < y);
}

/* Where the item that was just read at the end belongs. */
static size_t item_place(const struct doc_field *field, const char *items, size_t n, size_t size)
{
    const struct doc_rule *rule = field->rule;
    const char *item = items + n * size;

    if (rule && rule->insert && *rule->insert)
        return MIN((*rule->insert)(items, n, item), n);
    if (rule && rule->sort) {
        while (n > 0 && compare_keys(rule->sort, items + (n - 1) * size, item) > 0)
            n--;
    }
    return n;
}

static void move_item(char *items, size_t from, size_t to, size_t size)
{
    g_autofree char *item = NULL;

    if (to == from)
        return;
    item = g_memdup2(items + from * size, size);
    memmove(items + (to + 1) * size, items + to * size, (from - to) * size);
    memcpy(items + to * size, item, size);
}

int doc_place_item(struct reader *reader, const struct doc_field *field, const struct frame *frame,
                   char *items, size_t n, size_t size)
{
    size_t place = item_place(field, items, n, size);

    if (field->flags & DOC_UNIQUE && place > 0 &&
        compare_keys(field->rule->sort, items + (place - 1) * size, items + n * size) == 0)
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                        "duplicate %s for the element '%s'", field->rule->sort->name, field->name);
    move_item(items, n, place, size);
    return 0;
}
