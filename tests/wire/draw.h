/* Values for messages: drawn in the order of the wire, so that two fillers of different structures
 * draw the same. */
#pragma once

#include <glib.h>
#include <rpc/types.h>
#include <rpc/xdr.h>

enum draw_mode {
    DRAW_RANDOM,
    DRAW_ZERO,  /* zeroes, nothing optional, nothing in lists */
    DRAW_ONES,  /* every bit that fits */
    DRAW_LIMIT, /* as little as possible, but `size` where the limit number `target` is */
};

struct values {
    enum draw_mode mode;
    guint64 seed;
    guint64 state;
    guint at; /* how many limits there were so far */
    guint target;
    guint32 size;
    GArray *limits; /* struct limit, of all that were met */
    GPtrArray *blocks;
};

struct limit {
    guint32 max;
    gboolean theirs; /* it is the wire's, not only that of a char array in C */
};

void values_begin(struct values *v, enum draw_mode mode, guint64 seed);
/* Back to the first value. */
void values_again(struct values *v);
void values_end(struct values *v);

guint32 draw_u32(struct values *v);
guint64 draw_u64(struct values *v);
double draw_double(struct values *v);
gboolean draw_present(struct values *v);
int draw_type(struct values *v);
/* `least` is what a list has, if anything, where only another's limit is of interest. */
guint32 draw_count(struct values *v, guint32 max, guint32 least);
char *draw_string(struct values *v, guint32 max);
char *draw_short_string(struct values *v, guint32 max);
void draw_bytes(struct values *v, void *to, size_t n);
void draw_chars(struct values *v, char *to, size_t n);
/* Memory that lasts until values_end(). */
void *draw_zeroed(struct values *v, size_t size);

typedef void (*fill_function)(struct values *, void *);

struct their_message {
    guint32 program;
    gint32 procedure;
    int ret;
    const char *name;
    size_t size;
    xdrproc_t xdr;
    fill_function fill;
};

extern const struct their_message their_messages[];

/* Fills our structure by our tables. */
void fill_ours(struct values *v, unsigned int type, void *value);
