/* Documents: tables that say how XML and C structs correspond, and the one engine that reads them.
 * The tables and the structs are generated from api/documents; see the reference page of a kind. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/export.h"

struct _xmlNode;

/* Words are one byte: a guest has hundreds of places for them. */
enum tristate {
    TRISTATE_ABSENT,
    TRISTATE_YES,
    TRISTATE_NO,
    TRISTATE_ON = 1,
    TRISTATE_OFF = 2
} __attribute__((packed));

/* What callers pass to reading and printing. */
enum doc_flags {
    DOC_INACTIVE = 1 << 0,   /* a definition: nothing that only a running object has */
    DOC_SECURE = 1 << 1,     /* print passwords */
    DOC_MIGRATABLE = 1 << 2, /* print what an older peer understands */
    DOC_STATUS = 1 << 3,     /* the daemon's own state files */
    DOC_VALIDATE = 1 << 4,   /* check against the grammar first */
    DOC_ABI_UPDATE = 1 << 5, /* hooks may raise versions that the guest sees */
    DOC_PRINTED = 1 << 6,    /* read what is only printed, too: the text is somebody's answer */
};

/* ---- hooks ---- */

struct doc_call;

/* Reads or corrects `part`, the C struct that the description's hook= stands on. */
typedef int doc_hook(void *part, const struct doc_call *call);

/* The place of `item` among `n` kept `items`. */
typedef size_t doc_insert_hook(const void *items, size_t n, const void *item);

/* What a driver brings along; NULL stands for one without anything. */
struct doc_context {
    const char *driver;   /* whose namespaces are read: "qemu", "lxc"; "*" for everyone's */
    const char *grammars; /* folder of the generated *.rng, for DOC_VALIDATE */
    int (*random)(void *opaque, void *bytes,
                  size_t length); /* for uuid and mac; NULL: the kernel's */
    doc_hook *post_parse_early, *post_parse, *validate;
    void *opaque;
};

struct doc_call {
    const struct doc_context *ctx; /* never NULL */
    unsigned flags;
    struct _xmlNode *node; /* the element, or the nearest one around an element left out */
};

/* ---- C side: how structs are laid out (copy, equal, diff, free) ---- */

enum doc_shape {
    DOC_BYTES,   /* number, word or flag */
    DOC_CHARS,   /* char * */
    DOC_INNER,   /* embedded struct */
    DOC_POINTER, /* struct of its own */
    DOC_ITEMS,   /* array of structs and its count */
    DOC_TEXTS,   /* array of char * and its count */
};

struct doc_layout {
    size_t size;
    const struct doc_member *members;
    unsigned n_members;
    bool owned; /* holds memory */
};

struct doc_member {
    const char *label; /* the step in a path; "" for none */
    union {
        const struct doc_layout *layout;
        const struct doc_words *words; /* of DOC_BYTES; NULL: a plain number */
    };
    uint16_t offset, other; /* `other`: of the count or of has_x; 0 for none */
    uint8_t shape, size;
    uint16_t abi; /* in doc_keys: what the guest sees, as refusals call it; 0: it does not */
};

/* ---- XML side: what is read and printed ---- */

enum doc_place {
    DOC_ATTRIBUTE,
    DOC_TEXT,
    DOC_ELEMENT,
    DOC_LIST,
    DOC_ANY,
    DOC_WHEN,
    DOC_HOOK,
    DOC_NAMESPACE,
};

enum doc_type {
    DOC_STRUCT,
    DOC_FLAG,
    DOC_WORD, /* enum and tristate */
    DOC_SIGNED,
    DOC_UNSIGNED,
    DOC_HEX,
    DOC_OCTAL,
    DOC_ID,
    DOC_SIZE,
    DOC_STRING, /* from here on: char * */
    DOC_PATH,
    DOC_CPUSET,
    DOC_UUID,
    DOC_MAC,
    DOC_IP,
    DOC_XML,
    DOC_DECIMAL,
    DOC_NUMBER,
    DOC_PREFIX,
    DOC_TRUTH,
};

enum doc_field_flags {
    DOC_REQUIRED = 1 << 0,
    DOC_HAS_DEFAULT = 1 << 1,
    DOC_HAS_ABSENT = 1 << 2,
    DOC_BY_POINTER = 1 << 3,
    DOC_KEEP = 1 << 4,
    DOC_KEEP_OPEN = 1 << 5,
    DOC_ALWAYS = 1 << 6,
    DOC_ONLY_INPUT = 1 << 7,
    DOC_ONLY_OUTPUT = 1 << 8,
    DOC_ONLY_LIVE = 1 << 9,
    DOC_ONLY_SECURE = 1 << 10,
    DOC_ONLY_STATUS = 1 << 11,
    DOC_GENERATE = 1 << 12,
    DOC_EMPTY_ABSENT = 1 << 13,
    DOC_VARIABLE = 1 << 14,
    DOC_UPPER = 1 << 15,
    DOC_ROUND_DOWN = 1 << 16,
    DOC_PRETTY = 1 << 17,
    DOC_BOUNDED_BELOW = 1 << 18,
    DOC_BOUNDED_ABOVE = 1 << 19,
    DOC_UNIQUE = 1 << 20,
    DOC_WHERE = 1 << 21,
    DOC_WHERE_ABSENT = 1 << 22,
    DOC_WHERE_DEFAULT = 1 << 23,
    DOC_WRONG_ABSENT = 1 << 24,
    DOC_TWICE_MERGED = 1 << 25,
    DOC_TWICE_LAST = 1 << 26,
    DOC_SIGN_READ = 1 << 27,
    DOC_SIGN_PRINTED = 1 << 28,
};

struct doc_alias {
    const char *name;
    unsigned value;
};

/* names[0] is NULL: no word. */
struct doc_words {
    const char *const *names;
    const struct doc_alias *aliases; /* ends with a NULL name */
    unsigned n_names;
};

struct doc_pattern {
    const char *text;
    GRegex *compiled;
};

/* What few fields need. */
struct doc_rule {
    int64_t default_value, absent_value, min;
    uint64_t max, words; /* words: allowed ones as bits, 0 for all */
    const char *default_text, *absent_text, *absent_word;
    const char *where, *where_value;
    const char *unit, *unit_attribute;
    uint64_t scale, assume;
    struct doc_pattern *pattern;
    const struct doc_alias *names; /* words beside numbers */
    doc_insert_hook *const *insert;
    const struct doc_kind *kind;  /* of a document inside another */
    const struct doc_field *sort; /* in the item's struct */
    unsigned count;
    int error, missing; /* virErrorNumber for what is wrong, and for what is not there; 0: usual */
    uint8_t base, digits;
};

struct doc_field {
    const char *name;
    uint8_t place, type, size;
    uint32_t flags;
    uint16_t offset, other; /* in the element's C struct; `other`: of the count or of has_x */
    uint16_t key;           /* in doc_keys: what scripts call it; 0 for nothing */
    const void *detail;     /* doc_struct, doc_words, doc_when, doc_any, doc_namespace, hook slot */
    const struct doc_rule *rule;
};

struct doc_struct {
    const struct doc_layout *layout;
    const struct doc_field *fields;
    unsigned n_fields;
    doc_hook *const *hook;
};

struct doc_when {
    uint8_t up;               /* elements upwards to the struct that holds the member */
    uint16_t offset;          /* there */
    uint64_t values;          /* bits; bit 0 is absence */
    const char *const *texts; /* instead of values, for a string */
    bool negate;              /* of texts */
    const struct doc_field *fields;
    unsigned n_fields;
};

/* Elements of several names in one list: an item holds one pointer. */
struct doc_any {
    const struct doc_layout *layout;
    const struct doc_field *fields;
    unsigned n_fields;
    const char *negate;
    uint16_t negate_offset;
};

struct doc_namespace {
    const char *prefix, *uri, *driver;
    const struct doc_field *fields;
    unsigned n_fields;
    size_t offset, size; /* of the content's struct in the root's */
};

struct doc_kind {
    const char *name;    /* "storagepool" */
    const char *element; /* "pool" */
    const char *label;   /* in messages: "storage_pool_definition" */
    uint32_t flags;      /* of the root element */
    const struct doc_struct *root;
    doc_hook *const *post_parse, *const *validate, *const *migratable;
};

CORRAL_PRIVATE extern const struct doc_words doc_yesno_words;
CORRAL_PRIVATE extern const struct doc_words doc_onoff_words;
/* No words: numbers that are written with a sign, or in hexadecimal. */
CORRAL_PRIVATE extern const struct doc_words doc_signed;
CORRAL_PRIVATE extern const struct doc_words doc_hexadecimal;

/* Every kind there is, with a NULL behind the last; and the names that doc_field.key leads to. */
extern const struct doc_kind *const doc_kinds[];
extern const char doc_keys[];

/* ---- the engine ---- */

/* Out-parameters are written on success only and then belong to the caller; failure sets the
 * thread's error. `ctx` may be NULL. */
CORRAL_PRIVATE int doc_parse(const struct doc_kind *kind, const char *xml,
                             const struct doc_context *ctx, unsigned flags, void **ret_def);

/* One child of `parent`, a device for instance: the field says which one it is. */
CORRAL_PRIVATE int doc_parse_part(const struct doc_struct *parent, const char *xml,
                                  const struct doc_context *ctx, unsigned flags,
                                  const struct doc_field **ret_field, void **ret_part);

CORRAL_PRIVATE char *doc_format(const struct doc_kind *kind, const void *def, unsigned flags);
CORRAL_PRIVATE int doc_format_part(GString *out, const struct doc_field *field, const void *part,
                                   unsigned flags);

/* The layout of what doc_parse_part returned. */
CORRAL_PRIVATE const struct doc_layout *doc_part_layout(const struct doc_field *field);

CORRAL_PRIVATE void *doc_copy(const struct doc_layout *layout, const void *def);
CORRAL_PRIVATE bool doc_equal(const struct doc_layout *layout, const void *a, const void *b);

/* Clears the members and leaves zeroes. */
CORRAL_PRIVATE void doc_clear(const struct doc_layout *layout, void *def);
/* Clears and frees; NULL is fine. */
CORRAL_PRIVATE void doc_free(const struct doc_layout *layout, void *def);

/* Calls `each` with the path of every difference ("devices/disks[2]/driver/@cache"); stops when
 * it returns nonzero, and returns that. */
typedef int (*doc_diff_fn)(const char *path, void *opaque);
CORRAL_PRIVATE int doc_diff(const struct doc_layout *layout, const void *a, const void *b,
                            doc_diff_fn each, void *opaque);

/* Whether `target` can take the place of `source` under the guest that runs with it: everything
 * that the description gives an abi= must be equal. -1 with VIR_ERR_CONFIG_UNSUPPORTED, which
 * names the path and both values. */
CORRAL_PRIVATE int doc_check_abi(const struct doc_layout *layout, const void *source,
                                 const void *target);
/* The same of one part, `where` in its document ("devices/disks[0]"). */
CORRAL_PRIVATE int doc_check_abi_part(const struct doc_layout *layout, const void *source,
                                      const void *target, const char *where);
/* The error of rules that no table can say; `subject` as abi= has it, NULL stands for no value. */
CORRAL_PRIVATE int doc_refuse_abi(const char *subject, const char *source, const char *target,
                                  const char *path);

/* ---- words, sets and errors for drivers and hooks ---- */

CORRAL_PRIVATE const char *doc_word(const struct doc_words *words, unsigned value);
/* 0 for an unknown word. */
CORRAL_PRIVATE unsigned doc_word_value(const struct doc_words *words, const char *text);

/* "0-3,^2" to a map of `length` bytes, bit 0 first; -1 without an error if malformed. */
CORRAL_PRIVATE int doc_cpuset_parse(const char *text, unsigned char *map, size_t length);
CORRAL_PRIVATE char *doc_cpuset_format(const unsigned char *map, size_t length);

/* Fills with random bytes from the context's source. */
CORRAL_PRIVATE int doc_random(const struct doc_context *ctx, void *bytes, size_t length);
CORRAL_PRIVATE char *doc_uuid_generate(const struct doc_context *ctx);
CORRAL_PRIVATE char *doc_mac_generate(const struct doc_context *ctx);

/* An error of a hook, with the element's path and line behind the text. */
CORRAL_PRIVATE void doc_error(const struct doc_call *call, int code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
