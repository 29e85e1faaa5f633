/* Scalars: from a C member to the text of a document. */
#include "core/conf/doc/engine.h"

static uint64_t load(const char *at, unsigned size)
{
    if (size == 1)
        return *(const uint8_t *)at;
    return size == 8 ? *(const uint64_t *)at : *(const uint32_t *)at;
}

static int64_t load_signed(const char *at, unsigned size)
{
    return size == 8 ? *(const int64_t *)at : *(const int32_t *)at;
}

static char *put_unsigned(char *end, uint64_t value)
{
    *--end = '\0';
    do {
        *--end = '0' + value % 10;
        value /= 10;
    } while (value);
    return end;
}

static char *put_signed(char *end, int64_t value)
{
    char *text = put_unsigned(end, value < 0 ? -(uint64_t)value : (uint64_t)value);

    if (value < 0)
        *--text = '-';
    return text;
}

/* Whether zero stands for "not there" in a member without has_x. */
static bool zero_hides(const struct doc_field *field)
{
    if (field->flags & DOC_HAS_DEFAULT)
        return false;
    if (field->flags & DOC_BOUNDED_BELOW && field->rule->min >= 1)
        return true;
    return !(field->flags & DOC_REQUIRED);
}

static bool hidden(const struct doc_field *field, const char *base)
{
    const char *at = base + field->offset;
    int64_t value =
        field->type == DOC_SIGNED ? load_signed(at, field->size) : (int64_t)load(at, field->size);

    if (field->other && !*(const bool *)(base + field->other))
        return true;
    if (field->flags & DOC_HAS_ABSENT && value == field->rule->absent_value)
        return true;
    return value == 0 && !field->other && zero_hides(field);
}

static const char *pretty_size(uint64_t value, char *end, const char **ret_unit)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;

    while (value && value % 1024 == 0 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1024;
        unit++;
    }
    *ret_unit = units[unit];
    return put_unsigned(end, value);
}

static const char *number_text(const struct doc_field *field, const char *base, char *buffer,
                               const char **ret_unit)
{
    const char *at = base + field->offset;
    uint64_t value = load(at, field->size);
    unsigned digits = field->rule ? field->rule->digits : 0;

    switch (field->type) {
    case DOC_SIGNED:
    case DOC_ID:
        return put_signed(buffer + 32, load_signed(at, field->size));
    case DOC_HEX:
        g_snprintf(buffer, 32,
                   field->flags & DOC_UPPER ? "0x%0*" G_GINT64_MODIFIER "X"
                                            : "0x%0*" G_GINT64_MODIFIER "x",
                   (int)MAX(digits, 1), value);
        return buffer;
    case DOC_OCTAL:
        g_snprintf(buffer, 32, digits ? "%0*" G_GINT64_MODIFIER "o" : "0%0*" G_GINT64_MODIFIER "o",
                   (int)MAX(digits, 1), value);
        return buffer;
    case DOC_SIZE:
        *ret_unit = field->rule->unit;
        if (field->flags & DOC_PRETTY)
            return pretty_size(value, buffer + 32, ret_unit);
        return put_unsigned(buffer + 32, value);
    default:
        return field->flags & DOC_SIGN_PRINTED
                   ? put_signed(buffer + 32, field->size == 8 ? (int64_t)value : (int32_t)value)
                   : put_unsigned(buffer + 32, value);
    }
}

const char *doc_scalar_text(const struct doc_field *field, const char *base, const char *item,
                            char *buffer, const char **ret_unit)
{
    *ret_unit = NULL;
    if (field->type >= DOC_STRING)
        return *(char *const *)(item ? item : base + field->offset);
    if (field->type == DOC_WORD) {
        unsigned value = *(const uint8_t *)(base + field->offset);

        if (!value ||
            (field->flags & DOC_HAS_ABSENT && value == (uint64_t)field->rule->absent_value))
            return NULL;
        return doc_word(field->detail, value);
    }
    return hidden(field, base) ? NULL : number_text(field, base, buffer, ret_unit);
}
