#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"
#include "conf/nwfilter_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void sets_are_read(void **state)
{
    unsigned char map[2];

    assert_int_equal(doc_cpuset_parse(" 0-3, ^2,8", map, sizeof(map)), 0);
    assert_int_equal(map[0], 0x0b);
    assert_int_equal(map[1], 0x01);
}

static void sets_are_printed(void **state)
{
    const unsigned char map[] = {0x0b, 0x00, 0xff, 0x01};
    g_autofree char *text = doc_cpuset_format(map, sizeof(map));
    g_autofree char *none = doc_cpuset_format(map, 0);

    assert_string_equal(text, "0-1,3,16-24");
    assert_string_equal(none, "");
}

static void what_is_no_set_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "1-",
                                        "-1",
                                        "3-1",
                                        "1,,2",
                                        "1,",
                                        "^-",
                                        "16",
                                        "0-16",
                                        "1;2",
                                        "^1-2",
                                        "99999999999999999999"};
    unsigned char map[2];

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (doc_cpuset_parse(texts[i], map, sizeof(map)) != -1)
            fail_msg("'%s' was taken for a set", texts[i]);
    }
}

static void words_have_values(void **state)
{
    assert_string_equal(doc_word(&domain_disk_device_words, DOMAIN_DISK_DEVICE_CDROM), "cdrom");
    assert_null(doc_word(&domain_disk_device_words, 0));
    assert_null(doc_word(&domain_disk_device_words, 99));
    assert_int_equal(doc_word_value(&domain_disk_device_words, "lun"), DOMAIN_DISK_DEVICE_LUN);
    assert_int_equal(doc_word_value(&domain_disk_device_words, "tape"), 0);
    assert_int_equal(doc_word_value(&nwfilter_state_match_words, "1"), NWFILTER_STATE_MATCH_TRUE);
}

static void random_names_have_their_form(void **state)
{
    g_autofree char *uuid = doc_uuid_generate(NULL), *other = doc_uuid_generate(NULL);
    g_autofree char *mac = doc_mac_generate(NULL);

    assert_true(g_regex_match_simple("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                     "[0-9a-f]{12}$",
                                     uuid, 0, 0));
    assert_string_not_equal(uuid, other);
    assert_true(g_regex_match_simple("^52:54:00(:[0-9a-f]{2}){3}$", mac, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_read),
        cmocka_unit_test(sets_are_printed),
        cmocka_unit_test(what_is_no_set_is_refused),
        cmocka_unit_test(words_have_values),
        cmocka_unit_test(random_names_have_their_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
