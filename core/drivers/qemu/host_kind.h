/* A kind of guest, as some calls name it: binary, architecture, machine and accelerator, each of
 * them or none. */
#pragma once

#include "conf/cpu_doc.h"
#include "core/drivers/qemu/caps/caps.h"
#include "core/drivers/qemu/host.h"

struct host_kind {
    struct qemu_caps *caps;
    const struct qemu_machine *machine;
    bool kvm;
};

/* -1 with an error that names what does not go together. */
int host_kind_find(struct qemu_host *host, const char *emulator, const char *arch,
                   const char *machine, const char *virttype, struct host_kind *ret);
void host_kind_clear(struct host_kind *kind);
typedef struct host_kind host_kind_t;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(host_kind_t, host_kind_clear)

static inline const char *host_kind_accel(const struct host_kind *kind)
{
    return kind->kvm ? "kvm" : "tcg";
}

/* The richest processor that such guests can have, as a host's document. */
struct cpu *host_kind_processor(const struct host_kind *kind);
