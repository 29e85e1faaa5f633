/* A QEMU that is started to be asked, and ended. */
#pragma once

#include "core/base/process.h"
#include "core/drivers/qemu/qmp/monitor.h"

struct probe {
    const char *binary;
    struct process process;
    struct qemu_monitor *monitor;
    GMainContext *context;
    pthread_t thread;
    gint stop;
    int errors; /* what it says, a file in memory */
    gint64 deadline;
};

/* Time that all questions to one binary may take. */
#define PROBE_TIMEOUT_MS 120000

/* No machine, no devices, this accelerator. -1 with an error that has the binary's own words. */
int probe_start(struct probe *probe, const char *binary, const char *accel);
void probe_stop(struct probe *probe);
/* NULL with an error. */
json_t *probe_ask(struct probe *probe, const char *command, json_t *arguments);
/* Whether it still answers. */
bool probe_lives(struct probe *probe);
