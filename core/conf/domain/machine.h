/* What is not a device of a guest: processors, memory, firmware, clock, labels. */
#pragma once

#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"

#include <corral/corral.h>

#include "core/base/export.h"

/* ---- sets of processors and nodes */

#define CPU_SET_SIZE 16384

struct cpu_set {
    unsigned char map[CPU_SET_SIZE / 8];
};

/* -1 without an error when the text is no set. */
CORRAL_PRIVATE int cpu_set_parse(struct cpu_set *set, const char *text);
CORRAL_PRIVATE char *cpu_set_format(const struct cpu_set *set);
CORRAL_PRIVATE bool cpu_set_has(const struct cpu_set *set, unsigned cpu);
CORRAL_PRIVATE bool cpu_set_empty(const struct cpu_set *set);
CORRAL_PRIVATE bool cpu_set_equal(const struct cpu_set *a, const struct cpu_set *b);
CORRAL_PRIVATE bool cpu_set_overlap(const struct cpu_set *a, const struct cpu_set *b);
/* Is everything in `inner` in `outer` too? */
CORRAL_PRIVATE bool cpu_set_within(const struct cpu_set *inner, const struct cpu_set *outer);
CORRAL_PRIVATE void cpu_set_add(struct cpu_set *set, const struct cpu_set *other);
/* Takes `end` and what lies above out. */
CORRAL_PRIVATE void cpu_set_cut(struct cpu_set *set, unsigned end);

/* The layout of a member's struct, or of its items; the member is there. */
CORRAL_PRIVATE const struct doc_layout *domain_layout_of(const struct doc_layout *in,
                                                         const char *label);

/* ---- elements, as they are read */

int domain_hook_cpu(void *part, const struct doc_call *call);
int domain_hook_numa(void *part, const struct doc_call *call);
int domain_hook_distances(void *part, const struct doc_call *call);
int domain_hook_blkio_device(void *part, const struct doc_call *call);
int domain_hook_memtune(void *part, const struct doc_call *call);
int domain_hook_vcpu(void *part, const struct doc_call *call);
int domain_hook_vcpus(void *part, const struct doc_call *call);
int domain_hook_cputune(void *part, const struct doc_call *call);
int domain_hook_numatune(void *part, const struct doc_call *call);
int domain_hook_acpi_tables(void *part, const struct doc_call *call);
int domain_hook_nvram(void *part, const struct doc_call *call);
int domain_hook_sysinfo(void *part, const struct doc_call *call);
int domain_hook_features(void *part, const struct doc_call *call);
int domain_hook_stimer(void *part, const struct doc_call *call);
int domain_hook_process_capabilities(void *part, const struct doc_call *call);
int domain_hook_clock(void *part, const struct doc_call *call);
int domain_hook_timer(void *part, const struct doc_call *call);
int domain_hook_seclabel(void *part, const struct doc_call *call);
int domain_hook_idmap(void *part, const struct doc_call *call);
int domain_hook_genid(void *part, const struct doc_call *call);
int domain_hook_metadata(void *part, const struct doc_call *call);
int domain_hook_resource(void *part, const struct doc_call *call);
int domain_hook_machine_read(void *part, const struct doc_call *call);
int domain_hook_migratable(void *part, const struct doc_call *call);

/* ---- the whole guest */

CORRAL_PRIVATE int domain_complete_vcpus(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_os(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_memory(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_iothreads(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_cputune(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_resctrl(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_numatune(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_blkio(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_seclabels(struct domain *def, const struct doc_call *call);

CORRAL_PRIVATE int domain_check_names(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_page_sizes(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_hugepages(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_numa(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_numatune(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_iothreads(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_firmware(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_complete_identity(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_sysinfos(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_check_lifecycle(struct domain *def, const struct doc_call *call);

CORRAL_PRIVATE int domain_post_parse_machine(struct domain *def, const struct doc_call *call);
CORRAL_PRIVATE int domain_validate_machine(struct domain *def, const struct doc_call *call);
