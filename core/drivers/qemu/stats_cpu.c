/* Time that guests' processors take. */
#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/qmp/json.h"
#include "core/drivers/qemu/sample.h"
#include "core/object/params_give.h"

struct times {
    unsigned long long user, system; /* ns */
    int cpu;                         /* where it ran last; -1: not known */
    char state;                      /* 'R', 'S', … */
};

/* Of a process, or of one thread of it. */
static bool read_times(pid_t pid, gint64 thread, struct times *ret)
{
    g_autofree char *path = thread ? g_strdup_printf("/proc/%d/task/%d/stat", (int)pid, (int)thread)
                                   : g_strdup_printf("/proc/%d/stat", (int)pid);
    unsigned long long user, system, tick = 1000000000ULL / sysconf(_SC_CLK_TCK);
    g_autofree char *text = NULL;
    const char *end;
    int cpu = -1;
    char state;

    if (!pid || !g_file_get_contents(path, &text, NULL, NULL) || !(end = strrchr(text, ')')) ||
        sscanf(end,
               ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d "
               "%*u %*u %*d %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d",
               &state, &user, &system, &cpu) < 3)
        return false;
    *ret = (struct times){user * tick, system * tick, cpu, state};
    return true;
}

/* How long it wanted to run and could not, of a thread; 0 where the kernel does not count. */
static unsigned long long read_delay(pid_t pid, gint64 thread)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/schedstat", (int)pid, (int)thread);
    g_autofree char *text = NULL;
    unsigned long long delay = 0;

    if (g_file_get_contents(path, &text, NULL, NULL))
        sscanf(text, "%*u %llu", &delay);
    return delay;
}

static unsigned count_vcpus(const struct domain *doc)
{
    return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.text;
}

void cpu_stats(struct sample *sample, struct params *list)
{
    struct times times;

    if (!read_times(sample->pid, 0, &times))
        return;
    params_add_ullong(list, times.user + times.system, "cpu.time");
    params_add_ullong(list, times.user, "cpu.user");
    params_add_ullong(list, times.system, "cpu.system");
}

void vcpu_stats(struct sample *sample, struct params *list)
{
    const struct domain *doc = sample_doc(sample);
    g_autoptr(json_t) cpus = sample->run ? sample_ask(sample, SAMPLE_CPUS) : NULL;
    json_t *cpu;
    size_t i;

    params_add_uint(list, count_vcpus(doc), "vcpu.current");
    params_add_uint(list, doc->vcpu.text, "vcpu.maximum");
    json_array_foreach(cpus, i, cpu)
    {
        gint64 thread = json_number_of(cpu, "thread-id", 0);
        unsigned n = CLAMP(json_number_of(cpu, "cpu-index", i), 0, G_MAXINT);
        struct times times;

        if (thread <= 0 || !read_times(sample->pid, thread, &times))
            continue;
        params_add_int(list, VIR_VCPU_RUNNING, "vcpu.%u.state", n);
        params_add_ullong(list, times.user + times.system, "vcpu.%u.time", n);
        params_add_ullong(list, 0, "vcpu.%u.wait", n);
        params_add_ullong(list, read_delay(sample->pid, thread), "vcpu.%u.delay", n);
    }
}

/* ---- one guest ---- */

static void mark_cpus(pid_t pid, gint64 thread, unsigned char *map, int maplen)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    if (sched_getaffinity(thread, sizeof(set), &set) < 0)
        return;
    for (int i = 0; i < CPU_SETSIZE && i < maplen * 8; i++)
        if (CPU_ISSET(i, &set))
            map[i / 8] |= 1 << i % 8;
}

int qemu_domainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo,
                        unsigned char *cpumaps, int maplen)
{
    g_auto(sample_auto_t) sample = {0};
    g_autoptr(json_t) cpus = NULL;
    json_t *cpu;
    size_t i;
    int n = 0;

    if (sample_find(&sample, domain, true) < 0)
        return -1;
    cpus = sample_ask(&sample, SAMPLE_CPUS);
    if (cpumaps)
        memset(cpumaps, 0, (size_t)maxinfo * maplen);
    json_array_foreach(cpus, i, cpu)
    {
        gint64 thread = json_number_of(cpu, "thread-id", 0);
        struct times times = {.cpu = -1};

        if (n >= maxinfo)
            break;
        read_times(sample.pid, thread, &times);
        if (info)
            info[n] = (virVcpuInfo){.number = n,
                                    .state = VIR_VCPU_RUNNING,
                                    .cpuTime = times.user + times.system,
                                    .cpu = times.cpu};
        if (cpumaps && thread > 0)
            mark_cpus(sample.pid, thread, cpumaps + (size_t)n * maplen, maplen);
        n++;
    }
    return n;
}

int qemu_domainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams,
                           int start_cpu, unsigned int ncpus, unsigned int flags)
{
    g_auto(sample_auto_t) sample = {0};
    g_auto(params_auto_t) list = {0};
    struct times times;
    int n = nparams;

    if (qemu_flags(flags, VIR_TYPED_PARAM_STRING_OKAY) < 0 ||
        sample_find(&sample, domain, true) < 0)
        return -1;
    /* what each of the host's processors gave is only known to a control group */
    if (start_cpu != -1) {
        qemu_error(OPERATION_INVALID, "cgroup CPUACCT controller is not mounted");
        return -1;
    }
    if (!read_times(sample.pid, 0, &times)) {
        qemu_error(OPERATION_FAILED, "domain is no longer running");
        return -1;
    }
    params_add_ullong(&list, times.user + times.system, VIR_DOMAIN_CPU_STATS_CPUTIME);
    params_add_ullong(&list, times.user, VIR_DOMAIN_CPU_STATS_USERTIME);
    params_add_ullong(&list, times.system, VIR_DOMAIN_CPU_STATS_SYSTEMTIME);
    return params_give(&list, params, &n) < 0 ? -1 : n;
}
