#include "draw.h"

#include <string.h>

static void start(struct values *v)
{
    v->at = 0;
    v->blocks = g_ptr_array_new_with_free_func(g_free);
    v->limits = g_array_new(FALSE, FALSE, sizeof(struct limit));
}

void values_begin(struct values *v, enum draw_mode mode, guint64 seed)
{
    *v = (struct values){.mode = mode, .seed = seed, .state = seed, .target = G_MAXUINT};
    start(v);
}

void values_again(struct values *v)
{
    v->state = v->seed;
    v->at = 0;
    g_array_set_size(v->limits, 0);
}

void values_end(struct values *v)
{
    g_ptr_array_unref(v->blocks);
    g_array_unref(v->limits);
}

static guint64 mix(struct values *v)
{
    guint64 z = v->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

guint64 draw_u64(struct values *v)
{
    if (v->mode == DRAW_RANDOM)
        return mix(v);
    return v->mode == DRAW_ONES ? G_MAXUINT64 : 0;
}

guint32 draw_u32(struct values *v)
{
    return (guint32)draw_u64(v);
}

double draw_double(struct values *v)
{
    return (double)(gint32)draw_u32(v) / 1024;
}

gboolean draw_present(struct values *v)
{
    return v->mode == DRAW_LIMIT || v->mode == DRAW_ONES || (v->mode == DRAW_RANDOM && mix(v) % 3);
}

int draw_type(struct values *v)
{
    return v->mode == DRAW_RANDOM ? (int)(1 + mix(v) % 7) : 7;
}

static guint32 count(struct values *v, guint32 max, guint32 least, gboolean theirs)
{
    struct limit limit = {max, theirs};
    guint at = v->at++;
    g_array_append_val(v->limits, limit);
    switch (v->mode) {
    case DRAW_RANDOM:
        return (guint32)(mix(v) % (MIN(max, 9u) + 1));
    case DRAW_ZERO:
        return 0;
    case DRAW_ONES:
        return MIN(max, 3u);
    default:
        return at == v->target ? v->size : least;
    }
}

guint32 draw_count(struct values *v, guint32 max, guint32 least)
{
    return count(v, max, least, TRUE);
}

void *draw_zeroed(struct values *v, size_t size)
{
    void *block = g_malloc0(size);
    g_ptr_array_add(v->blocks, block);
    return block;
}

static void text(struct values *v, char *to, size_t n)
{
    memset(to, 'x', n);
    for (size_t i = 0; v->mode == DRAW_RANDOM && i < n; i++)
        to[i] = (char)(1 + mix(v) % 255);
}

char *draw_string(struct values *v, guint32 max)
{
    guint32 n = count(v, max, 0, TRUE);
    char *string = draw_zeroed(v, (size_t)n + 1);
    text(v, string, n);
    return string;
}

char *draw_short_string(struct values *v, guint32 max)
{
    guint32 n = count(v, max, 0, FALSE);
    char *string = draw_zeroed(v, (size_t)n + 1);
    text(v, string, n);
    return string;
}

void draw_bytes(struct values *v, void *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((guint8 *)to)[i] = v->mode == DRAW_LIMIT ? 7 : (guint8)draw_u32(v);
}

/* A char array that is a string in C: the last is its end. */
void draw_chars(struct values *v, char *to, size_t n)
{
    draw_bytes(v, to, n - 1);
    to[n - 1] = '\0';
}
