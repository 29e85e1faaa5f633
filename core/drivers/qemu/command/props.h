/* What the builders share: JSON of devices from tables, places of devices, options of the command
 * line. */
#pragma once

#include "core/drivers/qemu/command/command.h"

#include <corral/corral.h>

/* ---- members of documents as properties */

enum prop_kind {
    PROP_STRING, /* left out when absent */
    PROP_UINT,   /* left out when 0 */
    PROP_BOOL,   /* a tristate: true, false or left out */
    PROP_SWITCH, /* a tristate where QEMU wants "on", "off" */
    PROP_WORD,   /* an enum's word */
};

struct prop {
    const char *name;
    const struct doc_words *words;
    uint16_t offset;
    uint8_t kind, size;
};

#define PROP(name, kind, type, member)                                                             \
    {                                                                                              \
        name, NULL, offsetof(type, member), kind, sizeof(((type *)NULL)->member)                   \
    }
#define PROP_OF(name, type, member, words)                                                         \
    {                                                                                              \
        name, &(words), offsetof(type, member), PROP_WORD, sizeof(((type *)NULL)->member)          \
    }

void props_add(json_t *props, const void *part, const struct prop *table, size_t n);
#define PROPS_ADD(props, part, table) props_add(props, part, table, G_N_ELEMENTS(table))

/* Names in `key` of one property; absent values leave it out. */
void prop_string(json_t *props, const char *key, const char *value);
void prop_uint(json_t *props, const char *key, unsigned long long value);
void prop_bool(json_t *props, const char *key, bool value);
void prop_tristate(json_t *props, const char *key, enum tristate value);
void prop_format(json_t *props, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* {"driver": driver} and the like. */
json_t *props_of(const char *key, const char *value);

/* ---- devices */

/* `model`, or what a virtio device of that model is called behind `base` ("virtio-blk"). */
char *virtio_driver(const char *base, unsigned model, const struct domain_address *address);
void virtio_props(json_t *props, const struct domain_virtio_options *options);

/* Firmware of a card's own. */
void rom_props(json_t *props, const struct domain_rom_rom *rom);

/* Puts name, place and the user's overrides into the device; checks that the binary has all of it.
 * Takes `props`; NULL with an error. */
json_t *device_finish(const struct domain *doc, const struct launch *launch, json_t *props,
                      const struct domain_info *info, const struct domain_address *address);

/* The name of a controller, or what it would be. */
const char *controller_alias(const struct domain *doc, unsigned type, unsigned index);
const struct domain_controller *controller_find(const struct domain *doc, unsigned type,
                                                unsigned index);
/* The buses that a machine has by itself. */
bool machine_is_q35(const struct domain *doc);
bool machine_is_pc(const struct domain *doc);
bool machine_is_microvm(const struct domain *doc);
bool doc_is_x86(const struct domain *doc);

/* The place in the order to boot from, 0 for none. */
unsigned boot_index_disk(const struct domain *doc, const struct domain_disk *disk);
unsigned boot_index_interface(const struct domain *doc, const struct domain_interface *interface);
unsigned boot_index_hostdev(const struct domain *doc, const struct domain_hostdev *hostdev);

/* ---- the command line */

struct builder {
    const struct domain *doc;
    const struct launch *launch;
    struct command *command;
};

typedef int builder_fn(struct builder *build);

void add_arg(struct builder *build, const char *arg);
void add_option(struct builder *build, const char *option, const char *value);
void add_optionf(struct builder *build, const char *option, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Takes the value; -1 when it is NULL. */
int add_json(struct builder *build, const char *option, json_t *value);
/* Every item of an array. */
int add_jsons(struct builder *build, const char *option, json_t *values);
int add_device(struct builder *build, json_t *device);
/* Passes a descriptor on; returns it. */
int add_fd(struct builder *build, int fd, const char *name);
/* A value in which commas are doubled. */
void append_value(GString *option, const char *value);

/* What the binary cannot do: -1. */
int refuse(const char *format, ...) G_GNUC_PRINTF(1, 2);

builder_fn build_machine, build_accel, build_cpu, build_memory, build_smp, build_numa,
    build_identity, build_smbios, build_firmware, build_monitor, build_clock, build_power,
    build_boot, build_readers, build_iothreads, build_controllers, build_disks, build_filesystems,
    build_interfaces, build_smartcards, build_serials, build_parallels, build_channels,
    build_consoles, build_tpms, build_inputs, build_audios, build_graphics, build_videos,
    build_sounds, build_watchdog, build_redirdevs, build_hostdevs, build_balloon, build_rngs,
    build_panics, build_shmems, build_memories, build_vsock, build_hubs, build_iommu, build_objects,
    build_passthrough, build_sandbox, build_vmcoreinfo, build_kernel, build_incoming, build_display,
    build_launch_security;
