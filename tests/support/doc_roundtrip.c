/* doc_roundtrip KIND [-f FLAGS] [-d DRIVER] < document: reads it and prints it again.
 * Exit 1 with "CODE MESSAGE" on standard error when it is refused. */
#include "core/object/error.h"
#include "core/conf/doc/doc.h"
#include "conf/capabilities_doc.h"
#include "conf/cpu_doc.h"
#include "conf/domain_doc.h"
#include "conf/domainbackup_doc.h"
#include "conf/domaincapabilities_doc.h"
#include "conf/domaincheckpoint_doc.h"
#include "conf/domainsnapshot_doc.h"
#include "conf/interface_doc.h"
#include "conf/network_doc.h"
#include "conf/networkport_doc.h"
#include "conf/node_doc.h"
#include "conf/nodedev_doc.h"
#include "conf/nwfilter_doc.h"
#include "conf/nwfilterbinding_doc.h"
#include "conf/secret_doc.h"
#include "conf/storagepool_doc.h"
#include "conf/storagevol_doc.h"
#include "conf/sysinfo_doc.h"

#include "printed_keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct doc_kind *const kinds[] = {
    &capabilities_doc_kind,
    &cpu_doc_kind,
    &domain_doc_kind,
    &domainbackup_doc_kind,
    &domaincapabilities_doc_kind,
    &domaincheckpoint_doc_kind,
    &domainsnapshot_doc_kind,
    &interface_doc_kind,
    &network_doc_kind,
    &networkport_doc_kind,
    &node_doc_kind,
    &nodedev_doc_kind,
    &nwfilter_doc_kind,
    &nwfilterbinding_doc_kind,
    &secret_doc_kind,
    &storagepool_doc_kind,
    &storagevol_doc_kind,
    &sysinfo_doc_kind,
};

/* Expected texts hold what "random" bytes give. */
static int counting_random(void *opaque, void *bytes, size_t length)
{
    static unsigned char next = 1;
    unsigned char *out = bytes;

    (void)opaque;
    for (size_t i = 0; i < length; i++)
        out[i] = next++;
    return 0;
}

static char *read_all(FILE *in)
{
    GString *text = g_string_new(NULL);
    char buffer[65536];
    size_t n;

    while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    return g_string_free(text, FALSE);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds a document, on standard error. */
static void measure(const struct doc_kind *kind, const char *xml, const struct doc_context *ctx,
                    unsigned flags, unsigned n)
{
    double parse = 0, format = 0, clear = 0;

    for (unsigned i = 0; i < n; i++) {
        void *def = NULL;
        double start = now(), parsed, formatted;
        char *text;

        if (doc_parse(kind, xml, ctx, flags, &def) < 0)
            return;
        parsed = now();
        text = doc_format(kind, def, flags);
        formatted = now();
        doc_free(kind->root->layout, def);
        clear += now() - formatted;
        parse += parsed - start;
        format += formatted - parsed;
        g_free(text);
    }
    fprintf(stderr, "parse %.1f format %.1f free %.1f us\n", parse / n, format / n, clear / n);
}

static int roundtrip(const struct doc_kind *kind, const char *xml, const struct doc_context *ctx,
                     unsigned flags)
{
    void *def = NULL, *copy;
    char *text, *again;
    bool same;

    if (doc_parse(kind, xml, ctx, flags, &def) < 0) {
        virErrorPtr error = virGetLastError();

        fprintf(stderr, "%d %s\n", error_code(), error ? error->message : "");
        return 1;
    }
    /* Every document checks copy, equal and free on its way. */
    copy = doc_copy(kind->root->layout, def);
    same = doc_equal(kind->root->layout, def, copy);
    text = doc_format(kind, def, flags);
    doc_free(kind->root->layout, def);
    again = doc_format(kind, copy, flags);
    doc_free(kind->root->layout, copy);
    if (text)
        fputs(text, stdout);
    printed_keep(kind->name, text);
    if (!same || g_strcmp0(text, again) != 0)
        fprintf(stderr, "the copy differs\n%s", again);
    g_free(text);
    g_free(again);
    return same ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct doc_context ctx = {.random = counting_random, .grammars = getenv("DOC_GRAMMARS")};
    unsigned flags = DOC_INACTIVE | DOC_SECURE, repeat = 0;
    const struct doc_kind *kind = NULL;
    g_autofree char *xml = NULL;
    int option;

    while ((option = getopt(argc, argv, "f:d:r:")) != -1) {
        if (option == 'f')
            flags = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 'd')
            ctx.driver = optarg;
        else if (option == 'r')
            repeat = (unsigned)strtoul(optarg, NULL, 10);
        else
            return 2;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (optind < argc && !strcmp(kinds[i]->name, argv[optind]))
            kind = kinds[i];
    }
    if (!kind) {
        fprintf(stderr, "usage: doc_roundtrip [-f FLAGS] [-d DRIVER] [-r TIMES] KIND < document\n");
        return 2;
    }
    xml = read_all(stdin);
    if (repeat)
        measure(kind, xml, &ctx, flags, repeat);
    return roundtrip(kind, xml, &ctx, flags);
}
