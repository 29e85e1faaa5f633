/* Whether guests run on KVM here, which a device node alone does not tell. */
#pragma once

#include "core/drivers/qemu/caps/caps.h"

enum kvm_answer {
    KVM_UNKNOWN,
    KVM_WORKS,
    KVM_FAILS,
};

/* Time for a guest of one instruction. */
#define KVM_TIMEOUT_MS 3000

/* From the folder (NULL: from none), or from a guest. Its processors are known to `caps` then. */
enum kvm_answer kvm_find_out(const char *folder, struct qemu_caps *caps);
