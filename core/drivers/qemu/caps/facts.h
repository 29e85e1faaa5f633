/* What probing has found, in the form in which it lies on disk: one JSON object of names and of
 * QEMU's own answers, and the schema beside it. */
#pragma once

#include <sys/types.h>

#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/qmp/json.h"

/* Raised when the object changes: what another form has left is asked for anew. */
#define FACTS_FORMAT 1

struct facts {
    json_t *told;   /* the object */
    json_t *schema; /* query-qmp-schema's answer, an array; or */
    char *file; /* where that lies: it is large, and most of what is asked is answered in `told` */
};
void facts_clear(struct facts *facts);

/* Starts the binary and asks. 0, or -1 with an error. */
int facts_probe(const char *binary, struct facts *ret);
/* The processors of an accelerator, when it works: {"models": […], "features": […]}. */
json_t *facts_probe_accelerator(const char *binary, const char *accel);

/* Which of a binary's states `told` speaks of. */
char *facts_identity(const char *binary);

/* NULL for facts that make no sense, without an error; takes the facts in any case. */
struct qemu_caps *caps_new(const char *binary, struct facts *facts);
/* What is known of KVM's processors from here on. */
void caps_set_kvm(struct qemu_caps *caps, json_t *told);

/* -1, without an error, when there are none that are of use. */
int facts_load(const char *folder, const char *binary, struct facts *ret);
/* NULL when there is none. */
json_t *facts_load_schema(const char *file);
/* Quiet when it fails: the binary is asked again next time. */
void facts_save(const char *folder, const char *binary, const struct facts *facts);
