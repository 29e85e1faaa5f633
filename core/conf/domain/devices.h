/* Devices of a guest: what several of their hooks need. */
#pragma once

#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"

#include <corral/corral.h>

#include "core/base/export.h"

/* An enum's word, for messages; "none" for absence. */
#define WORD(words, value) domain_word(&(words), value)
CORRAL_PRIVATE const char *domain_word(const struct doc_words *words, unsigned value);

/* Is there a child called `name` in the element that is being read? */
CORRAL_PRIVATE bool domain_has_child(const struct doc_call *call, const char *name);
CORRAL_PRIVATE size_t domain_count_children(const struct doc_call *call, const char *name);
/* An attribute with text. */
CORRAL_PRIVATE bool domain_has_value(const struct doc_call *call, const char *name);
CORRAL_PRIVATE bool domain_has_attribute(const struct doc_call *call, const char *name);
CORRAL_PRIVATE bool domain_attribute_is(const struct doc_call *call, const char *name,
                                        const char *value);
CORRAL_PRIVATE bool domain_child_has_attribute(const struct doc_call *call, const char *child,
                                               const char *name);
/* The first value of a child's attribute that is none of `words`; NULL if there is none. */
CORRAL_PRIVATE char *domain_other_value(const struct doc_call *call, const char *child,
                                        const char *name, const char *const *words);
CORRAL_PRIVATE bool domain_has_grandchild(const struct doc_call *call, const char *child,
                                          const char *name);
/* NULL without it. */
CORRAL_PRIVATE char *domain_grandchild_attribute(const struct doc_call *call, const char *child,
                                                 const char *name, const char *attribute);

/* Makes room for one more item at `place` of a list; the item is zero. */
#define LIST_INSERT(items, n, place)                                                               \
    ((__typeof__(items))domain_list_insert((void **)&(items), &(n), sizeof(*(items)), place))
#define LIST_APPEND(items, n) LIST_INSERT(items, n, n)
CORRAL_PRIVATE void *domain_list_insert(void **items, size_t *n, size_t size, size_t place);

/* Is it a full machine, with firmware of its own? */
CORRAL_PRIVATE bool domain_is_hvm(const struct domain *def);

/* ---- addresses */

CORRAL_PRIVATE bool domain_pci_address_given(const struct common_pci_address *address);
CORRAL_PRIVATE bool domain_drive_equal(const struct domain_address_drive *a,
                                       const struct domain_address_drive *b);
/* Calls `each` for what every device has in common. */
struct domain_device_ref {
    const char *kind; /* "disk" */
    struct domain_info *info;
    struct domain_placement *placement;
    struct domain_boot *boot; /* NULL: the device cannot be booted from */
    void *device;
};
typedef int domain_device_fn(const struct domain_device_ref *device, void *opaque);
CORRAL_PRIVATE int domain_each_device(struct domain *def, domain_device_fn *each, void *opaque);

/* ---- disks */

/* "sdc" and "vdc1" are 2; -1 for a name that no disk has. */
CORRAL_PRIVATE int domain_disk_name_index(const char *name);
CORRAL_PRIVATE int domain_check_source(struct domain_source_content *source, unsigned type,
                                       const struct doc_call *call);
CORRAL_PRIVATE bool domain_source_is_empty(const struct domain_source_content *source,
                                           unsigned type);
CORRAL_PRIVATE int domain_check_auth(const struct common_auth *auth, unsigned protocol,
                                     const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_disks(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE void domain_complete_iscsi_name(char **name);
/* Who has a drive address: a SCSI disk, a host's SCSI device. */
CORRAL_PRIVATE bool domain_disk_at_drive(const struct domain *def, unsigned bus,
                                         const struct domain_address_drive *drive);
CORRAL_PRIVATE bool domain_hostdev_at_drive(const struct domain *def,
                                            const struct domain_address_drive *drive);
CORRAL_PRIVATE bool domain_hostdev_is_scsi(const struct domain_hostdev *hostdev);

/* ---- controllers */

CORRAL_PRIVATE int domain_number_controllers(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE struct domain_controller *domain_find_controller(const struct domain *def,
                                                                unsigned type, unsigned index);
CORRAL_PRIVATE void domain_add_hostdev_controllers(struct domain *def);
CORRAL_PRIVATE void domain_add_controllers(struct domain *def);
CORRAL_PRIVATE void domain_add_controller(struct domain *def, unsigned type, unsigned index,
                                          unsigned model);
CORRAL_PRIVATE int domain_check_usb(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE unsigned domain_count_controllers(const struct domain *def, unsigned type);

/* ---- other devices */

CORRAL_PRIVATE int domain_number_ports(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_pair_console(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_videos(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_hostdevs(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_small_devices(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_inputs(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_read_virtualport(struct domain_interface *interface,
                                           const struct doc_call *call);

CORRAL_PRIVATE int domain_check_chardevs(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_chardev(const struct domain_chardev *chardev, unsigned type,
                                        bool path_optional, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_interfaces(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_videos(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_audios(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_each_disk(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_disks_together(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_each_hostdev(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_hostdevs_together(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_each_controller(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_controllers_together(struct domain *def,
                                                     const struct doc_call *call);
CORRAL_PRIVATE int domain_check_filesystems(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_panics(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_boot_orders(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_small_devices(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_rom(const struct domain_rom_rom *rom, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_addresses(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_virtio_options(const struct domain_virtio_options *options,
                                               const struct doc_call *call);

/* ---- all of them */

CORRAL_PRIVATE int domain_post_parse_devices(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_validate_devices(struct domain *def, const struct doc_call *call);
