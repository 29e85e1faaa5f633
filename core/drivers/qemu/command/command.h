/* From a guest's document to the command line that makes it, and to the same devices as JSON for a
 * guest that runs. Nothing here asks the host: what the start knows stands in `struct launch`. */
#pragma once

#include <jansson.h>

#include "conf/domain_doc.h"

struct qemu_caps;

/* Descriptors of one interface, opened before QEMU starts and passed on to it. */
struct launch_net {
    const int *taps, *vhosts; /* of tap devices and their vhost-net */
    size_t n_taps, n_vhosts;
    int vdpa; /* -1: none */
};

/* The value of a secret in base64, by its UUID or its usage; NULL with an error. */
typedef char *launch_secret_fn(const char *uuid, const char *usage, unsigned usage_type,
                               void *opaque);
/* Puts a text that no process list may show into a file for QEMU's eyes, named after `id`, and
 * returns its path; NULL with an error. */
typedef char *launch_hide_fn(const char *id, const char *text, void *opaque);

/* What the start knows and the document does not say. */
struct launch {
    const struct qemu_caps *caps;
    const char *folder;             /* the guest's own: sockets, copies of firmware variables */
    const char *monitor_path;       /* the monitor's socket; NULL: in the folder */
    int monitor_fd;                 /* that socket, listening; -1: QEMU is to open the path */
    int incoming_fd;                /* an image to resume from; -1: none */
    const char *incoming;           /* "defer", an address; NULL: none */
    const struct launch_net *nets;  /* as many as interfaces, NULL: none is open yet */
    const char *const *tpm_sockets; /* of the emulators, one a TPM */
    const char *const *filesystem_sockets; /* of virtiofsd, one a filesystem */
    const int *vsock_fd;                   /* NULL: none is open yet */
    launch_secret_fn *secret;              /* NULL: there are none */
    launch_hide_fn *hide;                  /* NULL with for_show only */
    void *opaque;
    gboolean for_show; /* a command line to look at: placeholders stand for what is not there */
    gboolean no_sandbox;
};

struct command_fd {
    int fd;
    const char *name; /* "monitor", "tap" */
};

struct command {
    GPtrArray *args; /* of char *: the binary, then its arguments */
    GPtrArray *env;  /* of char *: NAME=VALUE, on top of nothing */
    GArray *fds;     /* of struct command_fd: what QEMU inherits; stays the caller's */
};

/* The document is a running guest's: with addresses and aliases. -1 with an error, and nothing in
 * `ret`. */
int command_build(const struct domain *doc, const struct launch *launch, struct command *ret);
void command_clear(struct command *command);
/* As a shell would take it. */
char *command_format(const struct command *command);

/* ---- single devices, as `device_add` and its like take them; NULL with an error. What a device
 * stands on (a block graph, a back end, a character device) comes first. */

/* Nodes of a disk's images, the deepest first: each for `blockdev-add`. */
json_t *blockdev_chain(const struct domain_disk *disk, const struct launch *launch);
/* The name of the node that the device uses; NULL for an empty drive. */
char *blockdev_top(const struct domain_disk *disk);
/* Objects that the images need (secrets, throttle groups' are not among them), for `object-add`. */
json_t *blockdev_secrets(const struct domain_disk *disk, const struct launch *launch);

/* For `block_set_io_throttle` once the device is there; NULL, without an error, for no limits. */
json_t *throttle_props(const struct domain_disk *disk);

json_t *device_props_disk(const struct domain *doc, const struct domain_disk *disk,
                          const struct launch *launch);
json_t *device_props_controller(const struct domain *doc,
                                const struct domain_controller *controller,
                                const struct launch *launch);
/* For `netdev_add`, and the device. `place`: among the guest's interfaces, in launch->nets. */
json_t *netdev_props(const struct domain *doc, const struct domain_interface *interface,
                     const struct launch_net *net, const struct launch *launch);
json_t *device_props_interface(const struct domain *doc, const struct domain_interface *interface,
                               const struct launch_net *net, const struct launch *launch);
/* The node in front of a SCSI unit, for `blockdev-add`. */
json_t *blockdev_hostdev(const struct domain_hostdev *hostdev);
json_t *device_props_hostdev(const struct domain *doc, const struct domain_hostdev *hostdev,
                             const struct launch *launch);
json_t *device_props_input(const struct domain *doc, const struct domain_input *input,
                           const struct launch *launch);
json_t *device_props_watchdog(const struct domain *doc, const struct domain_watchdog *watchdog,
                              const struct launch *launch);
json_t *device_props_balloon(const struct domain *doc, const struct domain_memballoon *balloon,
                             const struct launch *launch);
/* An rng's source, for `object-add`, and the device. */
json_t *object_props_rng(const struct domain_rng *rng, const struct launch *launch);
json_t *device_props_rng(const struct domain *doc, const struct domain_rng *rng,
                         const struct launch *launch);
json_t *object_props_memory(const struct domain *doc, const struct domain_memory_device *memory,
                            const struct launch *launch);
json_t *device_props_memory(const struct domain *doc, const struct domain_memory_device *memory,
                            const struct launch *launch);
json_t *object_props_iothread(const struct domain_iothreadids_iothreads *thread);
json_t *device_props_vsock(const struct domain *doc, const struct domain_vsock *vsock,
                           const struct launch *launch);
json_t *device_props_redirdev(const struct domain *doc, const struct domain_redirdev *redirdev,
                              const struct launch *launch);
json_t *device_props_sound(const struct domain *doc, const struct domain_sound *sound,
                           const struct launch *launch);
json_t *device_props_video(const struct domain *doc, const struct domain_video *video,
                           const struct launch *launch);
json_t *device_props_serial(const struct domain *doc, const struct domain_serial *serial,
                            const struct launch *launch);
json_t *device_props_channel(const struct domain *doc, const struct domain_channel *channel,
                             const struct launch *launch);
json_t *device_props_console(const struct domain *doc, const struct domain_console *console,
                             const struct launch *launch);
/* A character device's back end: {"id": ..., "backend": {...}} for `chardev-add`. */
json_t *chardev_props(const char *alias, unsigned type, const struct domain_chardev *chardev,
                      const struct launch *launch);
