/* Hooks of the nwfilter documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int nwfilter_hook_filter(void *part, const struct doc_call *call);
int nwfilter_hook_filterref(void *part, const struct doc_call *call);
int nwfilter_hook_rule(void *part, const struct doc_call *call);

/* One attribute of a protocol's test, whatever the protocol. */
struct nwfilter_test {
    const char *name;
    char *value; /* owned */
    bool negated;
};

/* Refuses what the protocol forbids, and brings lists of words into one form. */
int nwfilter_check_tests(const char *protocol, struct nwfilter_test *tests, size_t n,
                         const struct doc_call *call);

/* Whether a filter's rules can use them: $NAME, and what it may stand for. */
bool nwfilter_is_parameter(const char *name, const char *value);
