/* A binary heap of timers, the one due first on top. Intrusive: the heap owns no timer. */
#pragma once

#include <glib.h>

struct heap_item {
    gint64 due; /* microseconds, as g_get_monotonic_time() counts */
    int id;     /* decides between two that are due together: the older one is first */
    int index;  /* its place in the heap, -1 outside; belongs to heap.c */
};

struct heap {
    struct heap_item **items;
    int n;
    int max;
};

void heap_clear(struct heap *heap);
static inline struct heap_item *heap_top(const struct heap *heap)
{
    return heap->n ? heap->items[0] : NULL;
}

/* Puts the item where `due` belongs, whether it is in the heap already or not. */
void heap_put(struct heap *heap, struct heap_item *item, gint64 due);
/* Nothing happens when it is not in the heap. */
void heap_remove(struct heap *heap, struct heap_item *item);
