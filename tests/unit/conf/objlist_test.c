#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/conf/objlist.h"

struct thing {
    struct objlist_item item;
    int number;
};

static struct thing thing(const char *name, unsigned char uuid, int id)
{
    struct thing it = {.item = {.name = name, .id = id}};

    it.item.uuid[UUID_BYTES - 1] = uuid;
    return it;
}

static char *names(struct objlist *list)
{
    GString *text = g_string_new("");

    for (objlist_each(list, struct thing, it))
        g_string_append_printf(text, "%s ", it->item.name);
    return g_string_free(text, FALSE);
}

static void assert_names(struct objlist *list, const char *expected)
{
    g_autofree char *text = names(list);

    assert_string_equal(text, expected);
}

static void an_empty_list_has_nothing(void **state)
{
    static const unsigned char uuid[UUID_BYTES];
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_UUID | OBJLIST_ID);
    assert_int_equal(objlist_count(&list), 0);
    assert_null(objlist_by_name(&list, "one"));
    assert_null(objlist_by_uuid(&list, uuid));
    assert_null(objlist_by_id(&list, 0));
    assert_names(&list, "");
    objlist_clear(&list);
    objlist_clear(&list); /* twice is fine */
}

static void what_is_added_is_found_and_listed_in_order(void **state)
{
    struct thing one = thing("one", 1, -1), two = thing("two", 2, 0), three = thing("three", 3, 7);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_UUID | OBJLIST_ID);
    objlist_add(&list, &two.item);
    objlist_add(&list, &one.item);
    objlist_add(&list, &three.item);
    assert_int_equal(objlist_count(&list), 3);
    assert_names(&list, "two one three ");
    assert_ptr_equal(objlist_by_name(&list, "one"), &one);
    assert_ptr_equal(objlist_by_uuid(&list, three.item.uuid), &three);
    assert_ptr_equal(objlist_by_id(&list, 0), &two);
    assert_ptr_equal(objlist_by_id(&list, 7), &three);
    assert_null(objlist_by_id(&list, -1)); /* which is no id */
    objlist_clear(&list);
}

static void what_is_removed_is_gone_everywhere(void **state)
{
    struct thing one = thing("one", 1, 1), two = thing("two", 2, 2), three = thing("three", 3, 3);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_UUID | OBJLIST_ID);
    objlist_add(&list, &one.item);
    objlist_add(&list, &two.item);
    objlist_add(&list, &three.item);
    objlist_remove(&list, &two.item);
    assert_names(&list, "one three ");
    assert_null(objlist_by_name(&list, "two"));
    assert_null(objlist_by_uuid(&list, two.item.uuid));
    assert_null(objlist_by_id(&list, 2));
    objlist_add(&list, &two.item); /* to the end */
    assert_names(&list, "one three two ");
    objlist_remove(&list, &one.item);
    objlist_remove(&list, &two.item);
    objlist_remove(&list, &three.item);
    assert_int_equal(objlist_count(&list), 0);
    objlist_clear(&list);
}

static void ids_come_and_go(void **state)
{
    struct thing one = thing("one", 1, -1);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_ID);
    objlist_add(&list, &one.item);
    objlist_set_id(&list, &one.item, 4);
    assert_ptr_equal(objlist_by_id(&list, 4), &one);
    objlist_set_id(&list, &one.item, 5);
    assert_null(objlist_by_id(&list, 4));
    assert_ptr_equal(objlist_by_id(&list, 5), &one);
    objlist_set_id(&list, &one.item, -1);
    assert_null(objlist_by_id(&list, 5));
    assert_int_equal(one.item.id, -1);
    objlist_remove(&list, &one.item);
    objlist_clear(&list);
}

static void without_an_index_an_id_is_just_kept(void **state)
{
    struct thing one = thing("one", 1, 3);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_NAME);
    objlist_add(&list, &one.item);
    objlist_set_id(&list, &one.item, 4);
    assert_int_equal(one.item.id, 4);
    assert_ptr_equal(objlist_by_name(&list, "one"), &one);
    objlist_remove(&list, &one.item);
    objlist_clear(&list);
}

static void a_renamed_item_keeps_its_place(void **state)
{
    char *before = g_strdup("one"), *after = g_strdup("eins"), *again = g_strdup("eins");
    struct thing one = thing(before, 1, 1), two = thing("two", 2, 2);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_UUID | OBJLIST_ID);
    objlist_add(&list, &one.item);
    objlist_add(&list, &two.item);
    objlist_rename(&list, &one.item, after);
    g_free(before); /* nothing looks at it any more */
    assert_null(objlist_by_name(&list, "one"));
    assert_ptr_equal(objlist_by_name(&list, "eins"), &one);
    objlist_rename(&list, &one.item, again); /* the same text elsewhere */
    g_free(after);
    assert_ptr_equal(objlist_by_name(&list, "eins"), &one);
    assert_names(&list, "eins two ");
    objlist_remove(&list, &one.item);
    objlist_clear(&list);
    g_free(again);
}

static void many_are_found(void **state)
{
    enum { N = 5000 };
    g_autofree struct thing *things = g_new0(struct thing, N);
    struct objlist list;

    (void)state;
    objlist_init(&list, OBJLIST_UUID | OBJLIST_ID);
    for (int i = 0; i < N; i++) {
        things[i] = thing(g_strdup_printf("thing-%d", i), 0, i);
        things[i].item.uuid[14] = i >> 8;
        things[i].item.uuid[15] = i;
        objlist_add(&list, &things[i].item);
    }
    for (int i = 0; i < N; i++) {
        assert_ptr_equal(objlist_by_name(&list, things[i].item.name), &things[i]);
        assert_ptr_equal(objlist_by_uuid(&list, things[i].item.uuid), &things[i]);
        assert_ptr_equal(objlist_by_id(&list, i), &things[i]);
    }
    objlist_clear(&list);
    for (int i = 0; i < N; i++)
        g_free((char *)things[i].item.name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_has_nothing),
        cmocka_unit_test(what_is_added_is_found_and_listed_in_order),
        cmocka_unit_test(what_is_removed_is_gone_everywhere),
        cmocka_unit_test(ids_come_and_go),
        cmocka_unit_test(without_an_index_an_id_is_just_kept),
        cmocka_unit_test(a_renamed_item_keeps_its_place),
        cmocka_unit_test(many_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
