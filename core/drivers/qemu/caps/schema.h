/* Walks through what query-qmp-schema says. */
#pragma once

#include <stdbool.h>

#include "core/drivers/qemu/qmp/json.h"

struct schema;

/* Takes the array; NULL is one that knows nothing. */
struct schema *schema_new(json_t *entities);
void schema_free(struct schema *schema);

/* As caps_schema_has(). */
bool schema_has(const struct schema *schema, const char *path);
