#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/event/heap.h"

#define ITEMS 500

static void assert_sound(const struct heap *heap)
{
    for (int i = 0; i < heap->n; i++) {
        const struct heap_item *parent = heap->items[(i - 1) / 2], *item = heap->items[i];

        assert_int_equal(item->index, i);
        if (i > 0)
            assert_true(parent->due < item->due ||
                        (parent->due == item->due && parent->id <= item->id));
    }
}

/* Puts, moves and removes at random, always the same way. */
static void stays_in_order_through_any_change(void **state)
{
    struct heap_item items[ITEMS];
    struct heap heap = {0};
    GRand *random = g_rand_new_with_seed(7);
    gint64 last = -1;

    (void)state;
    for (int i = 0; i < ITEMS; i++)
        items[i] = (struct heap_item){.id = i, .index = -1};
    for (int i = 0; i < 20 * ITEMS; i++) {
        struct heap_item *item = &items[g_rand_int_range(random, 0, ITEMS)];

        if (g_rand_int_range(random, 0, 4))
            heap_put(&heap, item, g_rand_int_range(random, 0, 100));
        else
            heap_remove(&heap, item);
        assert_sound(&heap);
    }
    while (heap_top(&heap)) {
        struct heap_item *top = heap_top(&heap);

        assert_true(top->due >= last);
        last = top->due;
        heap_remove(&heap, top);
        assert_int_equal(top->index, -1);
    }
    g_rand_free(random);
    heap_clear(&heap);
}

static void the_older_of_two_is_first(void **state)
{
    struct heap_item a = {.id = 1, .index = -1}, b = {.id = 2, .index = -1};
    struct heap heap = {0};

    (void)state;
    heap_remove(&heap, &a);
    heap_put(&heap, &b, 5);
    heap_put(&heap, &a, 5);
    assert_ptr_equal(heap_top(&heap), &a);
    heap_put(&heap, &a, 6);
    assert_ptr_equal(heap_top(&heap), &b);
    heap_clear(&heap);
    assert_null(heap_top(&heap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_in_order_through_any_change),
        cmocka_unit_test(the_older_of_two_is_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
