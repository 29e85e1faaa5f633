/* Memory of guests. */
#include "core/drivers/qemu/define.h"
#include "core/drivers/qemu/run.h"

#define MEMORY_FLAGS (AFFECT_FLAGS | VIR_DOMAIN_MEM_MAXIMUM)

static int change_max(struct job *job, unsigned long memory)
{
    struct domain *doc;

    if (!job->guest->config) {
        qemu_error(OPERATION_INVALID, "transient domains do not have any persistent config");
        return -1;
    }
    doc = domain_copy(job->guest->config->doc);
    doc->memory.text = memory;
    doc->memory.has_text = true;
    doc->current_memory = MIN(doc->current_memory, memory);
    return definition_replace(job, doc);
}

/* The guest gives back what it can, in its own time; what it has then it tells (BALLOON_CHANGE). */
static int change_live(struct job *job, unsigned long memory)
{
    struct domain *doc;

    if (job_call(job, "balloon", json_pack("{s:I}", "value", (json_int_t)memory * 1024), NULL) < 0)
        return -1;
    doc = definition_edit(&job->guest->live);
    doc->current_memory = memory;
    doc->has_current_memory = true;
    return run_note(job);
}

static int change_config(struct job *job, unsigned long memory)
{
    struct domain *doc = domain_copy(job->guest->config->doc);

    doc->current_memory = memory;
    doc->has_current_memory = true;
    return definition_replace(job, doc);
}

static int check_max(const struct definitions *pair, unsigned long memory, unsigned int flags)
{
    const struct definition *definition = definitions_get(pair, flags);

    if (!definition)
        return -1;
    if (memory <= definition->doc->memory.text)
        return 0;
    qemu_error(INVALID_ARG, "cannot set memory higher than max memory: %lu KiB, %llu are possible",
               memory, definition->doc->memory.text);
    return -1;
}

int qemu_domainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags)
{
    struct definitions pair;

    if (qemu_flags(flags, MEMORY_FLAGS) < 0)
        return -1;
    WITH_JOB(domain, -1);
    pair = guest_definitions(guest);
    if (definitions_check(&pair, flags) < 0)
        return -1;
    if (!(flags & AFFECT_FLAGS))
        flags |= guest->live ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
    if (flags & VIR_DOMAIN_MEM_MAXIMUM && flags & VIR_DOMAIN_AFFECT_LIVE) {
        qemu_error(OPERATION_INVALID, "cannot resize the maximum memory on an active domain");
        return -1;
    }
    if (flags & VIR_DOMAIN_MEM_MAXIMUM)
        return change_max(&job, memory);
    if (check_max(&pair, memory, flags) < 0)
        return -1;
    if (flags & VIR_DOMAIN_AFFECT_LIVE && change_live(&job, memory) < 0)
        return -1;
    return flags & VIR_DOMAIN_AFFECT_CONFIG ? change_config(&job, memory) : 0;
}

int qemu_domainSetMemory(virDomainPtr domain, unsigned long memory)
{
    return qemu_domainSetMemoryFlags(domain, memory, VIR_DOMAIN_AFFECT_LIVE);
}

int qemu_domainSetMaxMemory(virDomainPtr domain, unsigned long memory)
{
    return qemu_domainSetMemoryFlags(domain, memory, VIR_DOMAIN_MEM_MAXIMUM);
}
