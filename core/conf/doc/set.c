/* Sets of processors and nodes ("0-3,^2,8"), uuids and MAC addresses: text that drivers need too.
 */
#include "core/conf/doc/engine.h"

#include "core/object/error.h"

#include <sys/random.h>

#define SET_BITS 16384

static bool read_number(const char **text, unsigned long *ret_number)
{
    char *end;

    if (!g_ascii_isdigit(**text))
        return false;
    *ret_number = strtoul(*text, &end, 10);
    *text = end;
    return true;
}

static void put_range(unsigned char *map, unsigned long first, unsigned long last, bool on)
{
    for (unsigned long bit = first; bit <= last; bit++) {
        if (on)
            map[bit / 8] |= 1u << bit % 8;
        else
            map[bit / 8] &= ~(1u << bit % 8);
    }
}

static const char *skip_spaces(const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    return text;
}

int doc_cpuset_parse(const char *text, unsigned char *map, size_t length)
{
    memset(map, 0, length);
    do {
        unsigned long first, last;
        bool without = *(text = skip_spaces(text)) == '^';

        text += without;
        if (!read_number(&text, &first))
            return -1;
        last = first;
        text = skip_spaces(text);
        if (*text == '-' && !without && (text = skip_spaces(text + 1)) &&
            !read_number(&text, &last))
            return -1;
        if (first > last || last >= length * 8)
            return -1;
        put_range(map, first, last, !without);
        text = skip_spaces(text);
    } while (*text == ',' && text++);
    return *text ? -1 : 0;
}

static bool has_bit(const unsigned char *map, size_t bits, size_t bit)
{
    return bit < bits && map[bit / 8] & 1u << bit % 8;
}

char *doc_cpuset_format(const unsigned char *map, size_t length)
{
    GString *out = g_string_new(NULL);
    size_t bits = length * 8;

    for (size_t bit = 0; bit < bits; bit++) {
        size_t first = bit;

        if (!map[bit / 8]) {
            bit |= 7;
            continue;
        }
        if (!has_bit(map, bits, bit))
            continue;
        while (has_bit(map, bits, bit + 1))
            bit++;
        g_string_append_printf(out, out->len ? ",%zu" : "%zu", first);
        if (bit > first)
            g_string_append_printf(out, "-%zu", bit);
    }
    return g_string_free(out, FALSE);
}

/* NULL for text that is no set, or an empty one. */
char *doc_cpuset_canonical(const char *text)
{
    unsigned char map[SET_BITS / 8];
    g_autofree char *out = NULL;

    if (doc_cpuset_parse(text, map, sizeof(map)) < 0)
        return NULL;
    out = doc_cpuset_format(map, sizeof(map));
    return *out ? g_steal_pointer(&out) : NULL;
}

int doc_random(const struct doc_context *ctx, void *bytes, size_t length)
{
    if (ctx && ctx->random)
        return ctx->random(ctx->opaque, bytes, length);
    if (getrandom(bytes, length, 0) != (ssize_t)length) {
        error_set_system(VIR_FROM_NONE, errno, "no random bytes");
        return -1;
    }
    return 0;
}

char *doc_uuid_generate(const struct doc_context *ctx)
{
    unsigned char b[16];

    if (doc_random(ctx, b, sizeof(b)) < 0)
        return NULL;
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    return g_strdup_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                           b[12], b[13], b[14], b[15]);
}

char *doc_mac_generate(const struct doc_context *ctx)
{
    unsigned char b[3];

    if (doc_random(ctx, b, sizeof(b)) < 0)
        return NULL;
    return g_strdup_printf("52:54:00:%02x:%02x:%02x", b[0], b[1], b[2]);
}

const char *doc_word(const struct doc_words *words, unsigned value)
{
    return value < words->n_names ? words->names[value] : NULL;
}

unsigned doc_word_value(const struct doc_words *words, const char *text)
{
    for (unsigned i = 1; i < words->n_names; i++) {
        if (name_equal(words->names[i], text))
            return i;
    }
    for (const struct doc_alias *alias = words->aliases; alias && alias->name; alias++) {
        if (name_equal(alias->name, text))
            return alias->value;
    }
    return 0;
}

static const char *const yesno[] = {NULL, "yes", "no"}, *const onoff[] = {NULL, "on", "off"};
const struct doc_words doc_yesno_words = {yesno, NULL, 3}, doc_onoff_words = {onoff, NULL, 3};
const struct doc_words doc_signed = {NULL, NULL, 0}, doc_hexadecimal = {NULL, NULL, 0};
