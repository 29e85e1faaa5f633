#include "core/conf/cpu/host.h"

#include "core/object/error.h"

#include <corral/corral.h>

int cpu_require_host(const struct cpu *cpu)
{
    if (cpu->mode) {
        error_set(VIR_FROM_CPU, VIR_ERR_CONFIG_UNSUPPORTED,
                  "Attribute mode is only allowed for guest CPU, not '%s'",
                  doc_word(&cpu_mode_words, cpu->mode));
        return -1;
    }
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
