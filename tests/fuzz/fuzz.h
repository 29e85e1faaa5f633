/* What the fuzz targets share. A target is one LLVMFuzzerTestOneInput(), run by libFuzzer or, over
 * a folder of inputs, by replay.c. */
#pragma once

#include "core/conf/doc/doc.h"

#include <libxml/tree.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
/* libFuzzer's own, on bytes; replay.c has a plain one. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Ends the program, so that libFuzzer keeps the input. */
void fuzz_fail(const char *format, ...) G_GNUC_PRINTF(1, 2) G_GNUC_NORETURN;

/* How much is asked of a document that is accepted. */
enum fuzz_depth {
    FUZZ_COPY,   /* a copy is equal, the difference to it is empty, and it prints the same */
    FUZZ_STABLE, /* and what is printed is accepted and printed the same again */
    FUZZ_EQUAL,  /* and it reads as an equal document: nothing that was read is left out */
};

/* Whether `xml` is accepted with a look at the grammar first. */
bool fuzz_grammatical(const struct doc_kind *kind, const char *xml);

/* Reads `xml`, and checks what has to hold for it; whether it was accepted. */
bool fuzz_document(const struct doc_kind *kind, const char *xml, enum fuzz_depth depth);

/* A source of decisions: bytes of an input, and nothing but 0 behind its end. */
struct choices {
    const uint8_t *next;
    size_t left;
};

unsigned fuzz_choose(struct choices *choices, unsigned n);

/* A document along the kind's tables; every decision comes from `choices`. */
char *fuzz_generate(const struct doc_kind *kind, struct choices *choices);
/* Changes one place of `doc`: adds, repeats, moves or drops what the tables know there. */
void fuzz_mutate(const struct doc_kind *kind, xmlDoc *doc, struct choices *choices);
/* The document with one more attribute or element that the tables know in some place of it. */
char *fuzz_grow(const struct doc_kind *kind, const char *text, struct choices *choices);
/* Mutates the document in `data`; 0 when there is none. */
size_t fuzz_mutate_text(const struct doc_kind *kind, uint8_t *data, size_t size, size_t max,
                        unsigned seed);
