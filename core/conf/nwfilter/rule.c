/* A rule tests one protocol. Its attributes may be spread over several elements, some of them
 * negated; a rule is brought into one form: runs of attributes that are tested the same way. */
#include "core/conf/nwfilter/hooks.h"
#include "conf/nwfilter_doc.h"

#include <corral/corral.h>
#include <string.h>

#define MOST_TESTS 64

typedef struct nwfilter_entries_rule rule_def;
typedef struct nwfilter_entries_rule_matches match_def;

static const struct doc_layout *const match_layout = &nwfilter_entries_rule_matches_layout;

/* Which of the item's pointers is set: the protocol. */
static const struct doc_member *protocol_of(const match_def *match)
{
    for (unsigned i = 0; i < match_layout->n_members; i++) {
        const struct doc_member *member = &match_layout->members[i];

        if (member->shape == DOC_POINTER && *(void *const *)((const char *)match + member->offset))
            return member;
    }
    return NULL;
}

/* The texts of a protocol's struct in the order of the document, included ones in their place. */
static size_t list_texts(const struct doc_layout *layout, char *base, const char **names,
                         char ***slots, size_t n)
{
    for (unsigned i = 0; i < layout->n_members; i++) {
        const struct doc_member *member = &layout->members[i];

        if (member->shape == DOC_INNER) {
            n = list_texts(member->layout, base + member->offset, names, slots, n);
        } else if (member->shape == DOC_CHARS && n < MOST_TESTS) {
            names[n] = *member->label == '@' ? member->label + 1 : member->label;
            slots[n++] = (char **)(base + member->offset);
        }
    }
    return n;
}

/* What follows the negation of another attribute: the rest of one condition. */
static const char *leader(const char *name, char *buffer)
{
    static const struct {
        const char *suffix, *replacement;
    } pairs[] = {
        {"mask", "addr"},
        {"ipto", "ipfrom"},
        {"-hi", ""},
        {"ipsetflags", "ipset"},
    };

    if (g_str_has_prefix(name, "srcport") || g_str_has_prefix(name, "dstport"))
        return strcmp(name, "srcportstart") == 0 ? NULL : "srcportstart";
    if (strcmp(name, "root-address-mask") == 0)
        return "root-address";
    if (strcmp(name, "sender-address-mask") == 0)
        return "sender-address";
    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (!g_str_has_suffix(name, pairs[i].suffix))
            continue;
        g_snprintf(buffer, 32, "%.*s%s", (int)(strlen(name) - strlen(pairs[i].suffix)), name,
                   pairs[i].replacement);
        return buffer;
    }
    return NULL;
}

static void follow_leaders(struct nwfilter_test *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char buffer[32];
        const char *name = leader(tests[i].name, buffer);

        for (size_t j = 0; name && j < n; j++) {
            if (strcmp(tests[j].name, name) == 0)
                tests[i].negated = tests[j].value && tests[j].negated;
        }
    }
}

/* Takes the texts out of all elements of one protocol; what comes later overrules. */
static size_t collect(rule_def *rule, const struct doc_member *protocol,
                      struct nwfilter_test *tests)
{
    size_t n = 0;

    for (size_t i = 0; i < rule->n_matches; i++) {
        const char *names[MOST_TESTS];
        char **slots[MOST_TESTS];
        match_def *match = &rule->matches[i];

        if (protocol_of(match) != protocol)
            continue;
        n = list_texts(protocol->layout, *(char **)((char *)match + protocol->offset), names, slots,
                       0);
        for (size_t j = 0; j < n; j++) {
            tests[j].name = names[j];
            if (!*slots[j])
                continue;
            g_free(tests[j].value);
            tests[j].value = g_steal_pointer(slots[j]);
            tests[j].negated = match->match == TRISTATE_NO;
        }
    }
    return n;
}

static match_def *add_match(rule_def *rule, const struct doc_member *protocol, bool negated)
{
    match_def *match = &rule->matches[rule->n_matches++];

    *(void **)((char *)match + protocol->offset) = g_malloc0(protocol->layout->size);
    match->match = negated ? TRISTATE_NO : TRISTATE_ABSENT;
    return match;
}

static void write_back(rule_def *rule, const struct doc_member *protocol,
                       struct nwfilter_test *tests, size_t n)
{
    match_def *match = NULL;

    for (size_t i = 0; i < rule->n_matches; i++)
        doc_clear(match_layout, &rule->matches[i]);
    g_free(rule->matches);
    rule->matches = g_new0(match_def, n + 1);
    rule->n_matches = 0;
    for (size_t i = 0; i < n; i++) {
        const char *names[MOST_TESTS];
        char **slots[MOST_TESTS];

        if (!tests[i].value)
            continue;
        if (!match || (match->match == TRISTATE_NO) != tests[i].negated)
            match = add_match(rule, protocol, tests[i].negated);
        list_texts(protocol->layout, *(char **)((char *)match + protocol->offset), names, slots, 0);
        *slots[i] = g_steal_pointer(&tests[i].value);
    }
    if (!match)
        add_match(rule, protocol, false);
}

static int regroup(rule_def *rule, const struct doc_call *call)
{
    struct nwfilter_test tests[MOST_TESTS] = {0};
    const struct doc_member *protocol = protocol_of(&rule->matches[0]);
    size_t n;
    int rc;

    n = collect(rule, protocol, tests);
    follow_leaders(tests, n);
    rc = nwfilter_check_tests(protocol->label, tests, n, call);
    if (rc == 0)
        write_back(rule, protocol, tests, n);
    for (size_t i = 0; i < n; i++)
        g_free(tests[i].value);
    return rc;
}

int nwfilter_hook_rule(void *part, const struct doc_call *call)
{
    rule_def *rule = part;

    return rule->n_matches > 0 ? regroup(rule, call) : 0;
}
