/* JSON from peers that are not trusted. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* An object; NULL with the reason for anything else, and for what would take much more memory than
 * it has text. Without an error recorded. */
json_t *json_read(const char *text, size_t length, const char **ret_why);

/* Members, with what to take for those of another type. */
const char *json_text_of(const json_t *object, const char *key); /* NULL */
gint64 json_number_of(const json_t *object, const char *key, gint64 otherwise);
gboolean json_truth_of(const json_t *object, const char *key, gboolean otherwise);
/* A member of a member, and so on: "a.b.c"; NULL when something on the way is missing. */
json_t *json_path(const json_t *object, const char *path);
