/* Processors of guests. */
#pragma once

#include "core/drivers/test/domain.h"

/* No guest of this driver can have more. */
#define VCPUS_MAX 32

static inline unsigned int vcpus_current(const struct domain *doc)
{
    return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.text;
}
unsigned long long guest_cpu_time(void);
