/* fuzz_properties KIND [-e] [-g TIMES] [-m TIMES] [-a TIMES] [FILE...]: what is accepted prints as
 * something that prints the same; with -e it also reads as equal. With -g, that many generated
 * documents, too; with -m, each file changed that many times; with -a, each file grown that many
 * times into a larger document that is still accepted. Prints how many documents were accepted. */
#include "fuzz.h"

#include "core/conf/doc/access.h"
#include "tests/support/printed_keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_STEPS 60

static enum fuzz_depth depth = FUZZ_STABLE;
static unsigned accepted;

static void check_file(const struct doc_kind *kind, const char *path)
{
    g_autofree char *xml = NULL;

    if (!g_file_get_contents(path, &xml, NULL, NULL))
        fuzz_fail("%s: cannot be read", path);
    accepted += fuzz_document(kind, xml, depth);
}

static void check_changed(const struct doc_kind *kind, const char *path, unsigned seed)
{
    g_autofree char *xml = NULL;
    char text[65536];
    size_t size;

    if (!g_file_get_contents(path, &xml, &size, NULL) || size >= sizeof(text))
        return;
    memcpy(text, xml, size);
    size = fuzz_mutate_text(kind, (uint8_t *)text, size, sizeof(text) - 1, seed);
    text[size] = '\0';
    accepted += fuzz_document(kind, text, depth);
}

static void fill(uint8_t *bytes, size_t n, GRand *random)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)g_rand_int_range(random, 0, 256);
}

/* What was printed says everything that was read of it, so it reads as the same document. */
static void check_printed(const struct doc_kind *kind, const char *xml)
{
    g_autofree char *text = NULL;
    void *def;

    if (doc_access_parse(kind, xml, DOC_INACTIVE, &def) < 0)
        return;
    text = doc_access_format(kind, def, DOC_INACTIVE | DOC_SECURE);
    doc_access_free(kind, def);
    printed_keep(kind->name, text);
    accepted += fuzz_document(kind, text, FUZZ_EQUAL);
}

/* Hardly a large document out of nowhere is accepted: this one grows, and what a step would spoil
 * is left out. Reading lets pass what no grammar allows and what then is printed as it came: nothing
 * of that, since the grammar has to allow what is printed in the end. */
static void check_grown(const struct doc_kind *kind, const char *path, unsigned seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    g_autofree char *xml = NULL;

    if (!g_file_get_contents(path, &xml, NULL, NULL))
        fuzz_fail("%s: cannot be read", path);
    for (unsigned step = 0; step < MOST_STEPS; step++) {
        uint8_t bytes[256];
        struct choices choices = {bytes, sizeof(bytes)};
        char *grown;

        fill(bytes, sizeof(bytes), random);
        grown = fuzz_grow(kind, xml, &choices);
        if (fuzz_grammatical(kind, grown) && fuzz_document(kind, grown, FUZZ_STABLE)) {
            char *smaller = xml;

            xml = grown;
            grown = smaller;
        }
        g_free(grown);
    }
    g_rand_free(random);
    check_printed(kind, xml);
}

static void check_generated(const struct doc_kind *kind, unsigned seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    uint8_t bytes[2048];
    struct choices choices = {bytes, sizeof(bytes) >> seed % 6};
    g_autofree char *xml = NULL;

    fill(bytes, sizeof(bytes), random);
    g_rand_free(random);
    xml = fuzz_generate(kind, &choices);
    accepted += fuzz_document(kind, xml, depth);
}

int main(int argc, char **argv)
{
    const struct doc_kind *kind = argc > 1 ? doc_kind_named(argv[1]) : NULL;
    unsigned generated = 0, changed = 0, grown = 0;
    int option;

    optind = 2;
    while ((option = getopt(argc, argv, "eg:m:a:")) > 0 && option != '?') {
        if (option == 'e')
            depth = FUZZ_EQUAL;
        else if (option == 'g')
            generated = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'a')
            grown = (unsigned)strtoul(optarg, NULL, 10);
        else
            changed = (unsigned)strtoul(optarg, NULL, 10);
    }
    if (!kind || option == '?') {
        fprintf(stderr, "usage: fuzz_properties KIND [-e] [-g TIMES] [-m TIMES] [-a TIMES] "
                        "[FILE...]\n");
        return 2;
    }
    for (int i = optind; i < argc; i++) {
        check_file(kind, argv[i]);
        for (unsigned seed = 1; seed <= changed; seed++)
            check_changed(kind, argv[i], seed);
        for (unsigned seed = 1; seed <= grown; seed++)
            check_grown(kind, argv[i], seed);
    }
    for (unsigned seed = 1; seed <= generated; seed++)
        check_generated(kind, seed);
    printf("%u\n", accepted);
    return 0;
}
