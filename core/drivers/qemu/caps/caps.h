/* What a QEMU binary can: asked over QMP once, kept on disk, and what every decision looks at. A
 * version number decides nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- where they come from ---- */

struct caps_cache;
struct qemu_caps; /* never changes; any thread */

/* `folder` is made when something is to be kept in it; NULL keeps in memory only. */
struct caps_cache *caps_cache_new(const char *folder);
void caps_cache_free(struct caps_cache *cache); /* NULL is fine; what was looked up lives on */

/* A new reference; NULL with an error. The first look at a binary starts it once, in bounded time,
 * however many threads ask; one that has changed on disk is asked again. */
struct qemu_caps *caps_lookup(struct caps_cache *cache, const char *binary);
struct qemu_caps *caps_ref(struct qemu_caps *caps);
void caps_unref(struct qemu_caps *caps); /* NULL is fine */

/* Path of the binary for guests of this architecture ("x86_64", "i686"), to be freed; NULL, without
 * an error, when none is installed. */
char *caps_emulator(const char *arch);

/* Whether guests of this binary really run on KVM here. The first question may take some seconds
 * (a guest that hangs has to be given time); the answer is remembered until the next boot. */
bool caps_kvm_works(struct caps_cache *cache, struct qemu_caps *caps);

/* ---- what they say ---- */

const char *caps_binary(const struct qemu_caps *caps);
const char *caps_arch(const struct qemu_caps *caps);    /* "x86_64", "i686", "aarch64" */
unsigned caps_version(const struct qemu_caps *caps);    /* 7002015 for 7.2.15: to be shown */
const char *caps_package(const struct qemu_caps *caps); /* what the packager calls it */

/* Guests may have such a device (-device, device_add). */
bool caps_has_device(const struct qemu_caps *caps, const char *device);
/* Such an object can be made (-object, object-add): "memory-backend-memfd", "rng-builtin". */
bool caps_has_object(const struct qemu_caps *caps, const char *type);
/* Of a device, an object, or a machine ("pc-q35-7.2-machine"). Abstract devices have theirs in
 * each that can be made. */
bool caps_device_has_property(const struct qemu_caps *caps, const char *type, const char *property);
bool caps_has_command(const struct qemu_caps *caps, const char *command);
bool caps_has_event(const struct qemu_caps *caps, const char *event);
/* Of the command line: caps_has_option(caps, "sandbox", "elevateprivileges"), NULL for the option
 * itself. */
bool caps_has_option(const struct qemu_caps *caps, const char *option, const char *parameter);

/* A walk through query-qmp-schema: "COMMAND-or-EVENT/arg-type/…" or "COMMAND/ret-type/…", then one
 * step a name: `name` a member, `*name` one that may be left out, `+name` what a union has under
 * that tag, `^name` a value of the enumeration, `$name` a feature of what stands before it. A step
 * enters lists by itself. "blockdev-add/arg-type/+qcow2/discard/^unmap". */
bool caps_schema_has(const struct qemu_caps *caps, const char *path);

enum caps_flag {
    CAPS_DEVICE_JSON, /* -device takes JSON */
    CAPS_NETDEV_JSON, /* -netdev takes JSON */
    CAPS_MEMFD,       /* memory-backend-memfd */
    CAPS_SPICE,       /* built with SPICE */
    CAPS_VNC,         /* built with VNC */
    CAPS_SECCOMP,     /* -sandbox */
    CAPS_KVM,         /* built with KVM; see caps_kvm_works() */
    CAPS_TCG,
    CAPS_FLAGS,
};
bool caps_has(const struct qemu_caps *caps, enum caps_flag flag);

struct qemu_machine {
    const char *name;        /* canonical: "pc-i440fx-7.2" */
    const char *alias;       /* "pc"; NULL without one */
    const char *default_cpu; /* QOM type: "qemu64-x86_64-cpu"; NULL */
    const char *default_ram; /* id of its memory: "pc.ram"; NULL */
    unsigned max_cpus;
    bool hotplug_cpus, numa_memory, deprecated, acpi, is_default;
};
/* By name or alias; NULL stands for the machine that guests get who name none. NULL, without an
 * error, when it is unknown. */
const struct qemu_machine *caps_machine(const struct qemu_caps *caps, const char *name);
/* In the order in which QEMU lists them. */
const struct qemu_machine *caps_machines(const struct qemu_caps *caps, size_t *ret_n);

struct qemu_cpu_model {
    const char *name;
    const char *type;            /* QOM type: "Nehalem-x86_64-cpu" */
    const char *const *blockers; /* features that it lacks here, ended by NULL; NULL: not known */
    bool usable;                 /* only of worth with `blockers` */
    bool deprecated;
};
/* Those of software emulation; of KVM where that works. `accel` is "tcg" or "kvm". */
const struct qemu_cpu_model *caps_cpu_models(const struct qemu_caps *caps, const char *accel,
                                             size_t *ret_n);
const struct qemu_cpu_model *caps_cpu_model(const struct qemu_caps *caps, const char *accel,
                                            const char *name);

/* What the accelerator's richest processor has: names of features that are on, in QEMU's words,
 * ended by NULL; NULL where the binary does not tell. */
const char *const *caps_cpu_features(const struct qemu_caps *caps, const char *accel);

/* g_autoptr(qemu_caps) */
typedef struct qemu_caps qemu_caps;
typedef struct caps_cache caps_cache;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(qemu_caps, caps_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(caps_cache, caps_cache_free)
