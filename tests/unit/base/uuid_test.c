#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/uuid.h"

static const char text[] = "6695eb01-f6a4-8304-79aa-97f2502e193f";

static void accepts_the_fields_spellings(void **state)
{
    static const char *const spellings[] = {
        text,
        "6695eb01f6a4830479aa97f2502e193f",
        " \t6695EB01F6A4830479AA97F2502E193F \n",
        "--6695eb01f6a4830479aa97f2502e193f",
        "66-95eb01f6a4 830479aa97f2502e193f",
        "66--- 95eb01f6a4830479aa97f2502e193f",
    };
    unsigned char uuid[UUID_BYTES];
    char again[UUID_TEXT];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
        assert_true(uuid_parse(spellings[i], uuid));
        assert_string_equal(uuid_format(uuid, again), text);
    }
}

static void refuses_other_text_and_changes_nothing(void **state)
{
    static const char *const bad[] = {
        NULL,
        "",
        "-",
        "6695eb01-f6a4-8304-79aa-97f2502e193",
        "6695eb01-f6a4-8304-79aa-97f2502e19",
        "6-695eb01f6a4830479aa97f2502e193f",
        "6695eb01f6a4830479aa97f2502e193f--",
        "6695eb01f6a4830479aa97f2502e193f00",
        "6695eb01-f6a4-8304-79aa-97f2502e193g",
        "6695eb01_f6a4_8304_79aa_97f2502e193f",
        "6695eb01\xc2\xa0"
        "f6a4830479aa97f2502e193f",
    };
    unsigned char uuid[UUID_BYTES], before[UUID_BYTES];

    (void)state;
    memset(before, 0x5a, sizeof(before));
    memcpy(uuid, before, sizeof(uuid));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(uuid_parse(bad[i], uuid));
        assert_memory_equal(uuid, before, sizeof(uuid));
    }
}

static void generates_random_ones_of_version_4(void **state)
{
    unsigned char a[UUID_BYTES], b[UUID_BYTES];
    char s[UUID_TEXT];

    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(uuid_generate(a), 0);
        assert_int_equal(uuid_generate(b), 0);
        assert_memory_not_equal(a, b, sizeof(a));
        assert_true(uuid_is_valid(a));
        uuid_format(a, s);
        assert_int_equal(strlen(s), 36);
        assert_int_equal(s[14], '4');
        assert_non_null(strchr("89ab", s[19]));
    }
}

static void equal_bytes_are_no_uuid(void **state)
{
    unsigned char uuid[UUID_BYTES];

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        memset(uuid, byte, sizeof(uuid));
        assert_false(uuid_is_valid(uuid));
        uuid[15] ^= 1;
        assert_true(uuid_is_valid(uuid));
        uuid[15] ^= 1;
        uuid[0] ^= 1;
        assert_true(uuid_is_valid(uuid));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_fields_spellings),
        cmocka_unit_test(refuses_other_text_and_changes_nothing),
        cmocka_unit_test(generates_random_ones_of_version_4),
        cmocka_unit_test(equal_bytes_are_no_uuid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
