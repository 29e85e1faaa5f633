#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"
#include "conf/nwfilter_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char guest[] =
    "<domain type='test'><name>x</name><uuid>00000000-0000-4000-8000-000000000001</uuid>"
    "<memory>1</memory>"
    "<os><type>exe</type><init>/init</init><initarg>a</initarg><initarg>b</initarg></os>"
    "<devices><disk type='file'><driver cache='none'/><source file='/a'/><target dev='vda'/>"
    "<backingStore type='file'><format type='raw'/><source file='/b'/></backingStore></disk>"
    "<disk type='network'><source protocol='nbd'><host name='h' port='1'/></source>"
    "<target dev='vdb'/></disk></devices></domain>";

struct pair {
    struct domain *a, *b;
};

static int setup(void **state)
{
    struct pair *pair = g_new0(struct pair, 1);

    pair->a = domain_parse(guest, NULL, 0);
    pair->b = domain_copy(pair->a);
    *state = pair;
    return !pair->a;
}

static int teardown(void **state)
{
    struct pair *pair = *state;

    domain_free(pair->a);
    domain_free(pair->b);
    g_free(pair);
    return 0;
}

static void a_copy_is_equal_and_its_own(void **state)
{
    struct pair *pair = *state;
    g_autofree char *before = domain_format(pair->a, 0);
    g_autofree char *after = NULL;

    assert_true(domain_equal(pair->a, pair->b));
    assert_ptr_not_equal(pair->a->name, pair->b->name);
    assert_ptr_not_equal(pair->a->devices.disks, pair->b->devices.disks);
    domain_free(pair->a);
    pair->a = NULL;
    after = domain_format(pair->b, 0);
    assert_string_equal(before, after);
}

static int collect(const char *path, void *opaque)
{
    g_ptr_array_add(opaque, g_strdup(path));
    return 0;
}

static void assert_difference(struct pair *pair, const char *path)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    assert_int_equal(doc_diff(&domain_layout, pair->a, pair->b, collect, paths), 0);
    assert_int_equal(paths->len, 1);
    assert_string_equal(g_ptr_array_index(paths, 0), path);
    assert_false(domain_equal(pair->a, pair->b));
}

static void a_changed_word_has_a_path(void **state)
{
    struct pair *pair = *state;

    pair->b->devices.disks[0].driver.cache = DOMAIN_DISK_DRIVER_CACHE_UNSAFE;
    assert_difference(pair, "devices/disks[0]/driver/@cache");
}

static void a_number_differs_from_none(void **state)
{
    struct pair *pair = *state;

    pair->b->has_id = true;
    assert_difference(pair, "@id");
}

static void changed_text_has_a_path(void **state)
{
    struct pair *pair = *state;

    g_free(pair->b->devices.disks[1].source.hosts[0].name);
    pair->b->devices.disks[1].source.hosts[0].name = g_strdup("other");
    assert_difference(pair, "devices/disks[1]/source/hosts[0]/@name");
}

static void changed_items_of_text_have_a_path(void **state)
{
    struct pair *pair = *state;

    g_free(pair->b->os.initargs[1]);
    pair->b->os.initargs[1] = g_strdup("c");
    assert_difference(pair, "os/initargs[1]");
}

static void a_missing_layer_has_a_path(void **state)
{
    struct pair *pair = *state;

    doc_free(&domain_backing_store_layout, pair->b->devices.disks[0].backing_store);
    pair->b->devices.disks[0].backing_store = NULL;
    assert_difference(pair, "devices/disks[0]/backingStore");
}

static void a_missing_item_has_a_path(void **state)
{
    struct pair *pair = *state;

    doc_clear(&domain_disk_layout, &pair->b->devices.disks[1]);
    pair->b->devices.n_disks = 1;
    assert_difference(pair, "devices/disks[1]");
}

static int stop_at_once(const char *path, void *opaque)
{
    ++*(int *)opaque;
    return 42;
}

static void differences_stop_when_asked_to(void **state)
{
    struct pair *pair = *state;
    int calls = 0;

    pair->b->has_id = true;
    pair->b->vcpu.text = 9;
    assert_int_equal(doc_diff(&domain_layout, pair->a, pair->b, stop_at_once, &calls), 42);
    assert_int_equal(calls, 1);
}

static void mixed_lists_are_copied(void **state)
{
    struct nwfilter *a =
        nwfilter_parse("<filter name='f'><filterref filter='x'><parameter name='P' value='1'/>"
                       "</filterref><rule action='drop' direction='in'><all/></rule></filter>",
                       NULL, 0);
    struct nwfilter *b = nwfilter_copy(a);

    assert_true(nwfilter_equal(a, b));
    nwfilter_free(a);
    assert_string_equal(b->entries[0].filterref->parameters[0].value, "1");
    nwfilter_free(b);
}

static void nothing_is_freed_quietly(void **state)
{
    domain_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_equal_and_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_changed_word_has_a_path, setup, teardown),
        cmocka_unit_test_setup_teardown(a_number_differs_from_none, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_text_has_a_path, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_items_of_text_have_a_path, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_layer_has_a_path, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_item_has_a_path, setup, teardown),
        cmocka_unit_test_setup_teardown(differences_stop_when_asked_to, setup, teardown),
        cmocka_unit_test(mixed_lists_are_copied),
        cmocka_unit_test(nothing_is_freed_quietly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
