/* Scalars: from a document's text to a C member. */
#include "core/conf/doc/engine.h"

#include "core/base/uuid.h"

#include <corral/corral.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

static void store(const struct doc_field *field, char *base, uint64_t value, bool present)
{
    char *at = base + field->offset;

    if (field->size == 1)
        *(uint8_t *)at = (uint8_t)value;
    else if (field->size == 8)
        *(uint64_t *)at = value;
    else
        *(uint32_t *)at = (uint32_t)value;
    if (field->other)
        *(bool *)(base + field->other) = present;
}

/* ---- errors */

static int invalid(struct reader *reader, const struct frame *frame, const struct doc_field *field,
                   const char *text, const char *expected)
{
    const xmlNode *node = frame->node ? frame->node : frame->near;

    if (field->place == DOC_ATTRIBUTE)
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                        "Invalid value for attribute '%s' in element '%s': '%s'. %s", field->name,
                        (const char *)node->name, text, expected);
    return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                    "Invalid value '%s' for element or attribute '%s'. %s", text,
                    field->name ? field->name : (const char *)node->name, expected);
}

static int bad_word(struct reader *reader, const struct frame *frame, const struct doc_field *field,
                    const char *text)
{
    const struct doc_words *words = field->detail;
    uint64_t allowed = field->rule ? field->rule->words : 0;
    GString *list = g_string_new("Expected ");
    int rc;

    for (unsigned i = 1, n = 0; i < words->n_names; i++) {
        if (!allowed || allowed >> i & 1)
            g_string_append_printf(list, "%s%s", n++ ? ", " : "", words->names[i]);
    }
    rc = invalid(reader, frame, field, text, list->str);
    g_string_free(list, TRUE);
    return rc;
}

/* ---- numbers */

static int number_base(const struct doc_field *field)
{
    unsigned base = field->rule ? field->rule->base : 0;

    if (field->type == DOC_OCTAL)
        return 8;
    if (field->type == DOC_HEX)
        return base == 16 ? 16 : 0;
    return base == 1 ? 0 : base ? (int)base : 10;
}

static bool read_signed(const char *text, int base, int64_t *ret_value)
{
    char *end;

    errno = 0;
    *ret_value = strtoll(text, &end, base);
    return errno == 0 && end != text && *end == '\0';
}

static bool has_minus(const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    return *text == '-';
}

/* strtoull takes "-1" for a large number. */
static bool read_unsigned(const char *text, int base, uint64_t *ret_value)
{
    char *end;

    if (has_minus(text))
        return false;
    errno = 0;
    *ret_value = strtoull(text, &end, base);
    return errno == 0 && end != text && *end == '\0';
}

/* -1 is the largest number, and so on. */
static bool read_wrapped(const struct doc_field *field, const char *text, uint64_t *ret_value)
{
    int64_t value;

    if (!read_signed(text, number_base(field), &value))
        return false;
    *ret_value =
        field->size == 4 && value >= -(int64_t)UINT32_MAX ? (uint32_t)value : (uint64_t)value;
    return true;
}

static bool in_bounds(const struct doc_field *field, bool is_signed, uint64_t value)
{
    const struct doc_rule *rule = field->rule;

    if (field->size == 4 && is_signed && (int64_t)value != (int32_t)value &&
        !(field->flags & DOC_SIGN_READ && value <= UINT32_MAX))
        return false;
    if (field->size == 4 && !is_signed && value > UINT32_MAX)
        return false;
    if (field->flags & DOC_BOUNDED_BELOW &&
        (is_signed ? (int64_t)value < rule->min : value < (uint64_t)rule->min))
        return false;
    if (field->flags & DOC_BOUNDED_ABOVE &&
        (is_signed ? (int64_t)value > (int64_t)rule->max : value > rule->max))
        return false;
    return true;
}

static bool means_absent(const struct doc_field *field, const char *text)
{
    int64_t value;

    /* The largest one, written as what it is in C or as the number that the others are. */
    if (field->type == DOC_ID && (name_equal(text, "-1") || name_equal(text, "4294967295")))
        return true;
    /* Not even 0 has a sign where no number has one. */
    if (field->flags & DOC_HAS_ABSENT && field->rule->absent_value >= 0 &&
        field->type != DOC_SIGNED && !(field->flags & DOC_SIGN_READ) && has_minus(text))
        return false;
    return field->flags & DOC_HAS_ABSENT && read_signed(text, number_base(field), &value) &&
           (value == field->rule->absent_value ||
            (field->flags & DOC_SIGN_READ && field->size == 4 &&
             (uint64_t)value == (uint32_t)field->rule->absent_value));
}

static int read_number(struct reader *reader, const struct doc_field *field,
                       const struct frame *frame, const char *text)
{
    bool is_signed = field->type == DOC_SIGNED;
    uint64_t value;
    bool fine;

    if (means_absent(field, text)) {
        /* Beside a default, it is a value of its own that is not printed. */
        bool kept = field->flags & DOC_HAS_DEFAULT && field->flags & DOC_HAS_ABSENT;

        store(field, frame->base, kept ? (uint64_t)field->rule->absent_value : 0, kept);
        return 0;
    }
    fine = is_signed ? read_signed(text, number_base(field), (int64_t *)&value)
           : field->flags & DOC_SIGN_READ && has_minus(text)
               ? read_wrapped(field, text, &value)
               : read_unsigned(text, number_base(field), &value);
    if (field->flags & DOC_WRONG_ABSENT && (!fine || !in_bounds(field, is_signed, value))) {
        doc_scalar_default(field, frame->base);
        return 0;
    }
    if (!fine)
        return invalid(reader, frame, field, text,
                       is_signed ? "Expected integer value"
                                 : "Expected non-negative integer value");
    if (!in_bounds(field, is_signed, value)) {
        if (value == 0 && field->place == DOC_ATTRIBUTE && !is_signed)
            return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                            "Invalid value for attribute '%s' in element '%s': "
                            "Zero is not permitted",
                            field->name, (const char *)frame->node->name);
        return invalid(reader, frame, field, text, "The number is out of bounds");
    }
    store(field, frame->base, value, true);
    return 0;
}

/* ---- sizes */

static uint64_t unit_bytes(const char *unit)
{
    static const char letters[] = "kmgtpe";
    const char *letter;
    uint64_t base, bytes = 1;

    if (!g_ascii_strcasecmp(unit, "b") || !g_ascii_strcasecmp(unit, "byte") ||
        !g_ascii_strcasecmp(unit, "bytes"))
        return 1;
    letter = *unit ? strchr(letters, g_ascii_tolower(*unit)) : NULL;
    if (!letter)
        return 0;
    if (!unit[1] || !g_ascii_strcasecmp(unit + 1, "ib"))
        base = 1024;
    else if (!g_ascii_strcasecmp(unit + 1, "b"))
        base = 1000;
    else
        return 0;
    for (const char *step = letters; step <= letter; step++)
        bytes *= base;
    return bytes;
}

static int read_size(struct reader *reader, const struct doc_field *field,
                     const struct frame *frame, const char *text, xmlNode *owner)
{
    const struct doc_rule *rule = field->rule;
    g_autofree char *unit = NULL;
    xmlChar *attribute = xmlGetNoNsProp(owner, (const xmlChar *)rule->unit_attribute);
    uint64_t value, scale = rule->assume, divisor = field->flags & DOC_PRETTY ? 1 : rule->scale;

    unit = g_strdup((const char *)attribute);
    xmlFree(attribute);
    if (!read_unsigned(text, 10, &value))
        return invalid(reader, frame, field, text, "Expected non-negative integer value");
    if (unit && *unit && (scale = unit_bytes(unit)) == 0)
        return doc_fail(reader, frame, field, VIR_ERR_INVALID_ARG, "unknown suffix '%s'", unit);
    if (value > (field->flags & DOC_BOUNDED_ABOVE ? rule->max : UINT64_MAX) / scale)
        return doc_fail(reader, frame, field, VIR_ERR_OVERFLOW, "value too large: %s%s", text,
                        unit ? unit : "");
    value *= scale;
    value = value / divisor + (!(field->flags & DOC_ROUND_DOWN) && value % divisor != 0);
    if (field->flags & DOC_HAS_ABSENT && (int64_t)value == rule->absent_value)
        return 0;
    store(field, frame->base, value, true);
    return 0;
}

/* ---- words */

static int read_word(struct reader *reader, const struct doc_field *field,
                     const struct frame *frame, const char *text)
{
    const struct doc_rule *rule = field->rule;
    unsigned value = doc_word_value(field->detail, text);

    if (!value && rule && rule->absent_word && name_equal(rule->absent_word, text)) {
        doc_scalar_default(field, frame->base);
        return 0;
    }
    if (rule && rule->words && !(rule->words >> value & 1))
        value = 0;
    if (!value && field->flags & DOC_WRONG_ABSENT) {
        doc_scalar_default(field, frame->base);
        return 0;
    }
    if (!value)
        return bad_word(reader, frame, field, text);
    if (field->flags & DOC_HAS_ABSENT && value == (uint64_t)rule->absent_value)
        value = 0;
    *(uint8_t *)(frame->base + field->offset) = (uint8_t)value;
    if (!value)
        doc_scalar_default(field, frame->base);
    return 0;
}

/* ---- text */

static char *canonical_uuid(const char *text)
{
    unsigned char uuid[UUID_BYTES];
    char out[UUID_TEXT];

    return uuid_parse(text, uuid) ? g_strdup(uuid_format(uuid, out)) : NULL;
}

/* Six numbers with colons between them; what follows behind a blank means nothing. */
static char *canonical_mac(const char *text)
{
    GString *mac = g_string_new(NULL);

    for (unsigned i = 0; i < 6; i++) {
        char *end = NULL;
        guint64 byte = g_ascii_isxdigit(*text) ? g_ascii_strtoull(text, &end, 16) : G_MAXUINT64;

        if (byte > 0xff || (i < 5 ? *end != ':' : *end && !g_ascii_isspace(*end))) {
            g_string_free(mac, TRUE);
            return NULL;
        }
        g_string_append_printf(mac, "%s%02x", i > 0 ? ":" : "", (unsigned)byte);
        text = end + 1;
    }
    return g_string_free(mac, FALSE);
}

/* Numbers as C writes addresses ("10.1", "0x7f000001") are addresses, too. */
static char *canonical_ip(const char *text)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char out[NI_MAXHOST];
    bool fine;

    if (!*text || getaddrinfo(text, NULL, &hints, &found) != 0)
        return NULL;
    fine = getnameinfo(found->ai_addr, found->ai_addrlen, out, sizeof(out), NULL, 0,
                       NI_NUMERICHOST) == 0;
    freeaddrinfo(found);
    return fine ? g_strdup(out) : NULL;
}

#define URI_SCHEME G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+-."

/* Doubled slashes and the last one go; exactly two in front have a meaning, and so have those of
 * a URI. */
static char *canonical_path(const char *text)
{
    char *out = g_malloc(strlen(text) + 1);
    size_t length = 0;

    if (g_str_has_prefix(text + strspn(text, URI_SCHEME), "://"))
        return strcpy(out, text);
    if (text[0] == '/' && text[1] == '/' && text[2] != '/')
        out[length++] = *text++;
    for (; *text; text++) {
        if (*text != '/' || text[1] != '/')
            out[length++] = *text;
    }
    if (length > 1 && out[length - 1] == '/')
        length--;
    out[length] = '\0';
    return out;
}

/* A number keeps its base; one that has a name is printed by it. */
static char *canonical_number(const struct doc_field *field, const char *text)
{
    static const struct doc_alias none = {NULL, 0};
    const struct doc_rule *rule = field->rule;
    const struct doc_alias *names = rule && rule->names ? rule->names : &none;
    bool hex = text[0] == '0' && g_ascii_tolower(text[1]) == 'x';
    uint64_t value;

    for (const struct doc_alias *name = names; name->name; name++) {
        if (!g_ascii_strcasecmp(name->name, text))
            return g_strdup(name->name);
    }
    if ((rule && rule->base == 10 && hex) || !read_unsigned(text, hex ? 16 : 10, &value) ||
        !in_bounds(field, false, value))
        return NULL;
    for (const struct doc_alias *name = names; name->name; name++) {
        if (name->value == value)
            return g_strdup(name->name);
    }
    return g_strdup_printf(hex ? "0x%" G_GINT64_MODIFIER "x" : "%" G_GUINT64_FORMAT, value);
}

/* An address mask: a number of bits, or an address whose bits are counted. */
static char *canonical_prefix(const char *text)
{
    unsigned char mask[sizeof(struct in6_addr)];
    unsigned bits = 0, size;
    uint64_t value;

    if (read_unsigned(text, 10, &value))
        return value <= 128 ? g_strdup_printf("%u", (unsigned)value) : NULL;
    size = strchr(text, ':') ? 16 : 4;
    if (inet_pton(size == 16 ? AF_INET6 : AF_INET, text, mask) != 1)
        return NULL;
    while (bits < size * 8 && mask[bits / 8] & 0x80 >> bits % 8)
        bits++;
    for (unsigned rest = bits; rest < size * 8; rest++) {
        if (mask[rest / 8] & 0x80 >> rest % 8)
            return NULL;
    }
    return g_strdup_printf("%u", bits);
}

static bool matches(struct doc_pattern *pattern, const char *text)
{
    if (g_once_init_enter(&pattern->compiled)) {
        GRegex *compiled = g_regex_new(pattern->text, G_REGEX_DOLLAR_ENDONLY, 0, NULL);

        g_once_init_leave(&pattern->compiled, compiled);
    }
    return g_regex_match(pattern->compiled, text, 0, NULL);
}

static char *canonical_truth(const char *text)
{
    static const char *const yes[] = {"true", "yes", "1", NULL};

    return g_strdup(g_strv_contains(yes, text) ? "true" : "false");
}

/* $NAME, $NAME[2] and $NAME[@1]; the first iterator is the one that is meant without it. */
static char *canonical_variable(const char *text)
{
    static struct doc_pattern pattern = {"^\\$[A-Za-z0-9_]*(?:\\[@?[0-9]+\\])?$", NULL};

    if (!matches(&pattern, text))
        return NULL;
    return g_str_has_suffix(text, "[@0]") ? g_strndup(text, strlen(text) - strlen("[@0]"))
                                          : g_strdup(text);
}

static char *canonical_decimal(const char *text)
{
    const char *at = text;

    while (g_ascii_isdigit(*at))
        at++;
    if (at > text && *at == '.' && g_ascii_isdigit(at[1])) {
        for (at++; g_ascii_isdigit(*at); at++)
            ;
    }
    return at > text && !*at ? g_strdup(text) : NULL;
}

static char *canonical_string(const struct doc_field *field, const char *text)
{
    g_autofree char *out = field->flags & DOC_UPPER ? g_ascii_strup(text, -1) : g_strdup(text);

    if (field->rule && field->rule->pattern && !matches(field->rule->pattern, out))
        return NULL;
    return g_steal_pointer(&out);
}

static char *canonical(const struct doc_field *field, const char *text)
{
    if (field->flags & DOC_VARIABLE && *text == '$')
        return canonical_variable(text);
    switch (field->type) {
    case DOC_PATH:
        return canonical_path(text);
    case DOC_CPUSET:
        return doc_cpuset_canonical(text);
    case DOC_UUID:
        return canonical_uuid(text);
    case DOC_MAC:
        return canonical_mac(text);
    case DOC_IP:
        return canonical_ip(text);
    case DOC_NUMBER:
        return canonical_number(field, text);
    case DOC_PREFIX:
        return canonical_prefix(text);
    case DOC_TRUTH:
        return canonical_truth(text);
    case DOC_DECIMAL:
        return canonical_decimal(text);
    default:
        return canonical_string(field, text);
    }
}

static const char *expected_text(const struct doc_field *field)
{
    switch (field->type) {
    case DOC_NUMBER:
        return "Expected a number that fits, or a $VARIABLE";
    case DOC_PREFIX:
        return "Expected a number of bits or an address mask";
    case DOC_DECIMAL:
        return "Expected a decimal number";
    default:
        return field->rule && field->rule->pattern ? field->rule->pattern->text
                                                   : "Expected the name of a $VARIABLE";
    }
}

static int bad_text(struct reader *reader, const struct doc_field *field, const struct frame *frame,
                    const char *text)
{
    switch (field->type) {
    case DOC_UUID:
        return doc_fail(reader, frame, field, VIR_ERR_INTERNAL_ERROR, "malformed uuid element '%s'",
                        text);
    case DOC_CPUSET:
        return doc_fail(reader, frame, field, VIR_ERR_INVALID_ARG, "Failed to parse bitmap '%s'",
                        text);
    case DOC_MAC:
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR, "unable to parse mac address '%s'",
                        text);
    case DOC_IP:
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR, "cannot parse IP address '%s'",
                        text);
    default:
        return invalid(reader, frame, field, text, expected_text(field));
    }
}

static int read_text(struct reader *reader, const struct doc_field *field,
                     const struct frame *frame, const char *text, char *item)
{
    char **slot = (char **)(item ? item : frame->base + field->offset);
    char *value;

    /* In a list, an empty one keeps its place. */
    if ((!*text && !(item && field->type == DOC_STRING) &&
         (field->place != DOC_ATTRIBUTE || field->flags & DOC_EMPTY_ABSENT)) ||
        (field->flags & DOC_HAS_ABSENT && name_equal(text, field->rule->absent_text)))
        return 0;
    value = canonical(field, text);
    if (!value)
        return bad_text(reader, field, frame, text);
    g_free(*slot);
    *slot = value;
    return 0;
}

int doc_scalar_read(struct reader *reader, const struct doc_field *field, const struct frame *frame,
                    const char *text, char *item, xmlNode *owner)
{
    if (field->type >= DOC_STRING)
        return read_text(reader, field, frame, text, item);
    if (!*text && (field->flags & DOC_EMPTY_ABSENT ||
                   (field->place != DOC_ATTRIBUTE && field->type != DOC_ID))) {
        doc_scalar_default(field, frame->base);
        return 0;
    }
    switch (field->type) {
    case DOC_WORD:
        return read_word(reader, field, frame, text);
    case DOC_SIZE:
        return read_size(reader, field, frame, text, owner);
    default:
        return read_number(reader, field, frame, text);
    }
}

void doc_scalar_default(const struct doc_field *field, char *base)
{
    if (!(field->flags & DOC_HAS_DEFAULT))
        return;
    if (field->type < DOC_STRING)
        store(field, base, (uint64_t)field->rule->default_value, true);
    else if (!*(char **)(base + field->offset))
        *(char **)(base + field->offset) = g_strdup(field->rule->default_text);
}

int doc_scalar_generate(struct reader *reader, const struct doc_field *field, char *base)
{
    char **slot = (char **)(base + field->offset);

    if (*slot)
        return 0;
    *slot = field->type == DOC_UUID ? doc_uuid_generate(reader->call.ctx)
                                    : doc_mac_generate(reader->call.ctx);
    return *slot ? 0 : -1;
}
