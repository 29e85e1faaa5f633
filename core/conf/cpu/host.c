#include "core/conf/cpu/host.h"

#include "core/object/error.h"

#include <corral/corral.h>

const struct doc_context cpu_host_context = {.driver = NULL};

int cpu_require_host(const struct cpu *cpu)
{
    if (!cpu->arch) {
        error_set(VIR_FROM_CPU, VIR_ERR_XML_ERROR, "Missing CPU architecture");
        return -1;
    }
    if (!cpu->model.text) {
        error_set(VIR_FROM_CPU, VIR_ERR_XML_ERROR, "Missing CPU model name");
        return -1;
    }
    return 0;
}
