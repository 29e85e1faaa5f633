/* The steps by which a document becomes complete; each file has its own. */
#pragma once

#include "core/drivers/qemu/document/document.h"

#include "core/conf/domain/devices.h"
#include "core/drivers/qemu/caps/caps.h"

#include <corral/corral.h>

struct completion {
    const struct document_facts *facts;
    const struct qemu_caps *caps;
    const struct qemu_machine *machine;
    const struct doc_call *call;
    struct domain *doc;
};

typedef int completion_fn(const struct completion *to);

bool is_x86(const struct domain *doc);
bool is_q35(const struct domain *doc);
bool is_i440fx(const struct domain *doc);
bool is_microvm(const struct domain *doc);
/* Its first bus is PCI Express. */
bool is_pcie(const struct domain *doc);
bool has_pci(const struct domain *doc);

/* "unsupported configuration: ..." of the element or the document; -1. */
#define refuse_config(to, ...) (doc_error((to)->call, VIR_ERR_CONFIG_UNSUPPORTED, __VA_ARGS__), -1)
#define refuse_xml(to, ...) (doc_error((to)->call, VIR_ERR_XML_ERROR, __VA_ARGS__), -1)
#define refuse_internal(to, ...) (doc_error((to)->call, VIR_ERR_INTERNAL_ERROR, __VA_ARGS__), -1)

completion_fn add_default_controllers;
void finish_pci_controllers(const struct completion *to);

completion_fn complete_machine, complete_os, complete_features, complete_cpu, complete_clock,
    complete_controllers, complete_disks, complete_interfaces, complete_chardevs, complete_graphics,
    complete_videos, complete_audios, complete_panics, complete_small_devices, complete_memories,
    complete_hostdevs, complete_inputs, complete_addresses, complete_pci, complete_usb,
    complete_usb_hubs, complete_virtio_serial, complete_drives, complete_ccid, complete_isa,
    complete_dimms, complete_labels;
completion_fn check_machine, check_cpu, check_disks, check_interfaces, check_controllers,
    check_graphics, check_spice, check_threads, check_shared_memory, check_small_devices,
    check_chardevs, check_memory, check_tunes;
completion_fn check_kinds;
