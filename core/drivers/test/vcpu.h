/* Processors of guests. */
#pragma once

#include "core/drivers/test/domain.h"

/* No guest of this driver can have more. */
#define VCPUS_MAX 32
/* A map of all processors that a host may have. */
#define PIN_BYTES 512

static inline unsigned int vcpus_current(const struct domain *doc)
{
    return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.text;
}

/* Nanoseconds of processor time that a guest has used. */
unsigned long long guest_cpu_time(void);

/* Writes which host processors `cpuset` allows, of `cpus`; NULL: all of them. */
void pin_fill(const char *cpuset, unsigned int cpus, unsigned char *map, size_t length);
/* Where a processor of the guest may run; NULL: everywhere. */
const char *vcpu_cpuset(const struct domain *doc, unsigned int vcpu);
/* The text of a map, NULL for one without a bit. */
char *pin_text(const unsigned char *map, int length);
/* A list of processors such as "0-2", as bits; -1 with an error when it is none, or names some
 * beyond VCPUS_MAX. */
int vcpu_list(const char *text, unsigned int *bits);
