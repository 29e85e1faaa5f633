#include "core/event/heap.h"

void heap_clear(struct heap *heap)
{
    g_free(heap->items);
    heap->items = NULL;
    heap->n = heap->max = 0;
}

static gboolean before(const struct heap_item *a, const struct heap_item *b)
{
    return a->due != b->due ? a->due < b->due : a->id < b->id;
}

static void place(struct heap *heap, int index, struct heap_item *item)
{
    heap->items[index] = item;
    item->index = index;
}

static void sift_up(struct heap *heap, int index, struct heap_item *item)
{
    while (index > 0 && before(item, heap->items[(index - 1) / 2])) {
        place(heap, index, heap->items[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    place(heap, index, item);
}

static void sift_down(struct heap *heap, int index, struct heap_item *item)
{
    for (;;) {
        int child = 2 * index + 1;

        if (child >= heap->n)
            break;
        if (child + 1 < heap->n && before(heap->items[child + 1], heap->items[child]))
            child++;
        if (!before(heap->items[child], item))
            break;
        place(heap, index, heap->items[child]);
        index = child;
    }
    place(heap, index, item);
}

static void settle(struct heap *heap, int index, struct heap_item *item)
{
    if (index > 0 && before(item, heap->items[(index - 1) / 2]))
        sift_up(heap, index, item);
    else
        sift_down(heap, index, item);
}

void heap_put(struct heap *heap, struct heap_item *item, gint64 due)
{
    item->due = due;
    if (item->index < 0) {
        if (heap->n == heap->max) {
            heap->max = MAX(16, heap->max * 2);
            heap->items = g_renew(struct heap_item *, heap->items, heap->max);
        }
        item->index = heap->n++;
    }
    settle(heap, item->index, item);
}

void heap_remove(struct heap *heap, struct heap_item *item)
{
    struct heap_item *last;
    int index = item->index;

    if (index < 0)
        return;
    item->index = -1;
    last = heap->items[--heap->n];
    if (last != item)
        settle(heap, index, last);
}
