/* Moments of a guest: what snapshots and checkpoints have in common. Each kind is a tree, and one
 * of them is current: the parent of the next. All with the world's lock held. */
#pragma once

#include "conf/domaincheckpoint_doc.h"
#include "core/drivers/test/domain.h"

/* What the two kinds differ in. */
struct moment_kind {
    const char *name; /* "snapshot" */
    int missing;      /* error number when there is none of that name */
    size_t parent;    /* where in its document the parent's name stands */
    const struct doc_layout *layout;
};

struct moment {
    struct objlist_item item; /* its name is the document's */
    GNode *node;              /* its place in the tree; the node's data is the moment */
    void *doc;
};

struct moments {
    const struct moment_kind *kind;
    struct objlist list;
    GNode *root; /* stands for no moment */
    struct moment *current;
};

struct moments *moments_new(const struct moment_kind *kind);
void moments_free(struct moments *moments); /* NULL is fine */
/* NULL has none. */
static inline guint moments_count(struct moments *moments)
{
    return moments ? objlist_count(&moments->list) : 0;
}

/* NULL, and an error, when there is none; `moments` may be NULL. */
struct moment *moment_find(struct moments *moments, const struct moment_kind *kind,
                           const char *name);
/* The same for the parent of one. */
struct moment *moment_parent(struct moments *moments, const struct moment *moment);
/* -1 with an error when the name is taken. */
int moment_check_new(struct moments *moments, const char *name);
/* -1 with an error when the parent that the document names is unknown, or comes after the moment
 * itself. */
int moment_check_parent(struct moments *moments, const void *doc, const char *name);
/* Takes `doc` over; its parent, which exists, is the one that it names. The one of that name is
 * replaced. */
struct moment *moment_put(struct moments *moments, const char *name, void *doc);
/* A new one, child of the current one, and then current itself. */
struct moment *moment_add(struct moments *moments, const char *name, void *doc);

/* With the flags for deleting snapshots, which those for checkpoints equal: without any, its
 * children become its parent's. When the current one goes, the nearest that is left before it
 * becomes current. */
void moment_delete(struct moments *moments, struct moment *moment, unsigned int flags);

/* A new checkpoint of the guest, as virDomainCheckpointCreateXML() makes them; takes `doc` over.
 * NULL with an error. checkpoint.c */
struct moment *checkpoint_take(struct guest *guest, struct domaincheckpoint *doc);


enum moment_filter {
    MOMENT_DEEP = 1 << 0, /* all below, not only the next */
    MOMENT_LEAVES = 1 << 1,
    MOMENT_NO_LEAVES = 1 << 2, /* with the other one: none at all */
};
/* Those below one, or below none, that match; a parent always comes before its children. */
typedef bool moment_matches(const struct moment *moment, unsigned int flags);
GPtrArray *moments_select(struct moments *moments, const struct moment *below, unsigned int filter,
                          moment_matches *matches, unsigned int flags);
