/* What the files of the engine share. */
#pragma once

#include "core/conf/doc/doc.h"

#include <libxml/tree.h>

#define DOC_MAX_TEXT (16u << 20)

/* An element being read or printed: its C struct, and the elements around it for `when`. */
struct frame {
    char *base;
    xmlNode *node; /* reading; NULL for an element left out */
    xmlNode *near; /* the nearest element that is there */
    const struct frame *up;
};

struct reader {
    struct doc_call call;
    const char *uri; /* of the foreign namespace being read, or NULL */
};

static inline bool name_equal(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

bool doc_when_applies(const struct doc_when *when, const struct frame *frame);

/* scalar.c: `text` is what the document says; the value goes to frame->base. */
int doc_scalar_read(struct reader *reader, const struct doc_field *field, const struct frame *frame,
                    const char *text, char *item, xmlNode *owner);
void doc_scalar_default(const struct doc_field *field, char *base);
int doc_scalar_generate(struct reader *reader, const struct doc_field *field, char *base);

/* scalar_text.c hands a scalar's text to the writer; NULL: nothing to print. `buffer` has 32 bytes. */
const char *doc_scalar_text(const struct doc_field *field, const char *base, const char *item,
                            char *buffer, const char **ret_unit);

/* node_text.c: to be freed by the caller. */
bool doc_has_elements(const xmlNode *node);
char *doc_text_around(const xmlNode *node);
char *doc_raw_xml(xmlNode *node);

/* place.c: moves the item behind `n` others to its place among them. */
int doc_place_item(struct reader *reader, const struct doc_field *field, const struct frame *frame,
                   char *items, size_t n, size_t size);

/* set.c */
char *doc_cpuset_canonical(const char *text);

/* document.c: NULL and -1 come with an error; `label` says in it what the text was to be. */
int doc_check_grammar(const struct doc_kind *kind, const char *folder, xmlDoc *doc);

/* The generated grammars, line by line, for those who name no folder. */
struct doc_grammar {
    const char *kind;
    const char *const *lines;
};
extern const struct doc_grammar doc_grammars[]; /* ends with a NULL kind */

/* error.c: `code` is overruled by the field's own. */
int doc_fail(const struct reader *reader, const struct frame *frame, const struct doc_field *field,
             int code, const char *format, ...) G_GNUC_PRINTF(5, 6);
int doc_fail_node(xmlNode *node, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
char *doc_node_path(xmlNode *node);
