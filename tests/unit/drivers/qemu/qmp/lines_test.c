#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/drivers/qemu/qmp/lines.h"

static void add(struct lines *lines, const char *text, size_t length)
{
    while (length > 0) {
        size_t some = MIN(length, LINES_READ);

        memcpy(lines_room(lines), text, some);
        lines_added(lines, some);
        text += some;
        length -= some;
    }
}

static void add_text(struct lines *lines, const char *text)
{
    add(lines, text, strlen(text));
}

static void expect_line(struct lines *lines, const char *text)
{
    char *line;
    size_t length;

    assert_int_equal(lines_next(lines, &line, &length), 1);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(line, text, length);
}

static void expect_none(struct lines *lines)
{
    char *line;
    size_t length;

    assert_int_equal(lines_next(lines, &line, &length), 0);
}

static void lines_come_whole_however_they_are_cut(void **state)
{
    static const char text[] = "{\"a\": 1}\r\n\r\n{\"b\": 2}\r\n";

    for (size_t cut = 0; cut < strlen(text); cut++) {
        struct lines lines;
        char *line;
        size_t length;
        unsigned n = 0;

        lines_init(&lines, 100);
        add(&lines, text, cut);
        while (lines_next(&lines, &line, &length) == 1)
            n++;
        add_text(&lines, text + cut);
        while (lines_next(&lines, &line, &length) == 1)
            n++;
        assert_int_equal(n, 2);
        assert_int_equal(lines.start, lines.end);
        lines_clear(&lines);
    }
}

static void one_byte_at_a_time(void **state)
{
    struct lines lines;

    lines_init(&lines, 100);
    for (const char *c = "first line"; *c; c++) {
        add(&lines, c, 1);
        expect_none(&lines);
    }
    add_text(&lines, "\n");
    expect_line(&lines, "first line");
    expect_none(&lines);
    lines_clear(&lines);
}

static void a_line_that_is_too_long_is_told_once_and_passed_over(void **state)
{
    struct lines lines;
    char *line;
    size_t length;

    lines_init(&lines, 10);
    add_text(&lines, "0123456789ab");
    assert_int_equal(lines_next(&lines, &line, &length), -1);
    add_text(&lines, "cdef");
    expect_none(&lines);
    add_text(&lines, "g\nshort\n");
    expect_line(&lines, "short");
    add_text(&lines, "0123456789ab\n0123456789\n");
    assert_int_equal(lines_next(&lines, &line, &length), -1);
    expect_line(&lines, "0123456789");
    expect_none(&lines);
    lines_clear(&lines);
}

static void a_line_without_end_takes_no_more_memory_than_the_longest(void **state)
{
    g_autofree char *bytes = g_malloc(LINES_READ);
    struct lines lines;
    unsigned refused = 0;

    memset(bytes, 'x', LINES_READ);
    lines_init(&lines, 4 * LINES_READ);
    for (unsigned i = 0; i < 1000; i++) {
        char *line;
        size_t length;

        add(&lines, bytes, LINES_READ);
        refused += lines_next(&lines, &line, &length) < 0;
        assert_true(lines.size <= 16 * LINES_READ);
    }
    assert_int_equal(refused, 1);
    lines_clear(&lines);
}

static void the_memory_of_a_long_line_is_given_back(void **state)
{
    g_autofree char *bytes = g_malloc(LINES_READ);
    struct lines lines;
    char *line;
    size_t length;

    memset(bytes, 'x', LINES_READ);
    lines_init(&lines, 100 * LINES_READ);
    for (unsigned i = 0; i < 50; i++)
        add(&lines, bytes, LINES_READ);
    add_text(&lines, "\n");
    assert_int_equal(lines_next(&lines, &line, &length), 1);
    assert_int_equal(length, 50 * LINES_READ);
    add_text(&lines, "next\n");
    assert_true(lines.size <= 2 * LINES_READ);
    expect_line(&lines, "next");
    lines_clear(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_whole_however_they_are_cut),
        cmocka_unit_test(one_byte_at_a_time),
        cmocka_unit_test(a_line_that_is_too_long_is_told_once_and_passed_over),
        cmocka_unit_test(a_line_without_end_takes_no_more_memory_than_the_longest),
        cmocka_unit_test(the_memory_of_a_long_line_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
