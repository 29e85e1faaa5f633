/* A guest's document. Nobody changes one that others can see: definition_edit() makes a copy then,
 * so whoever holds a reference reads without a lock. */
#pragma once

#include "conf/domain_doc.h"
#include "core/base/export.h"

struct definition {
    gint refs;
    struct domain *doc;
};

CORRAL_PRIVATE struct definition *definition_new(struct domain *doc); /* takes `doc` over */
CORRAL_PRIVATE struct definition *definition_ref(struct definition *definition);
CORRAL_PRIVATE void definition_unref(struct definition *definition); /* NULL is fine */
typedef struct definition definition;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(definition, definition_unref)
/* The document, to be changed; with the lock held that references are added under. */
CORRAL_PRIVATE struct domain *definition_edit(struct definition **definition);

/* The flags that choose between what runs and what the next start uses. */
#define AFFECT_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

/* A guest's two documents. */
struct definitions {
    struct definition **config, **live; /* of NULL: there is none */
};
/* What the flags mean: neither of them is what runs, else what would. -1 with
 * VIR_ERR_OPERATION_INVALID when there is no such document. */
CORRAL_PRIVATE int definitions_check(const struct definitions *pair, unsigned int flags);
/* The one that is read. */
CORRAL_PRIVATE struct definition *definitions_get(const struct definitions *pair,
                                                  unsigned int flags);
/* The one or two to be changed, how many; -1 as above. */
CORRAL_PRIVATE int definitions_edit(const struct definitions *pair, unsigned int flags,
                                    struct domain *docs[2]);
/* -1 with VIR_ERR_INVALID_ARG when both flags are given. */
CORRAL_PRIVATE int affects_one(unsigned int flags);
