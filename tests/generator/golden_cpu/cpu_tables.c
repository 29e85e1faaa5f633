#include "core/conf/cpu/tables.h"

static const struct cpu_maker cpu_x86_makers[] = {
    {"Acme", "AcmeAcmeAcme", 0x0},
};

static const struct cpu_feature cpu_x86_features[] = {
    {.name = "fpu", .leaf = 0x1, .subleaf = 0x0, .where = CPU_IN_EDX, .bit = 0},
    {.name = "mmx", .leaf = 0x1, .subleaf = 0x0, .where = CPU_IN_EDX, .bit = 23},
    {.name = "sse", .leaf = 0x1, .subleaf = 0x0, .where = CPU_IN_EDX, .bit = 25, .qemu = "sse1"},
    {.name = "fsgsbase", .leaf = 0x7, .subleaf = 0x0, .where = CPU_IN_EBX, .bit = 0, .linux_name = "fsgs"},
    {.name = "high", .leaf = 0x10a, .subleaf = 0x0, .where = CPU_IN_MSR, .bit = 33, .stays = true},
};

static const struct cpu_stamp cpu_x86_second_stamps[] = {
    {6, 1, 3, 5},
    {6, 2, 3, 5},
};

static const struct cpu_version cpu_x86_third_versions[] = {
    {0x10000, 0xffff0000},
};

static const struct cpu_known cpu_x86_models[] = {
    {
        .name = "first",
        .for_host = true,
        .for_guest = true,
        .features = {{0x3}}},
    {
        .name = "second",
        .maker = &cpu_x86_makers[0],
        .for_host = true,
        .stamps = cpu_x86_second_stamps,
        .n_stamps = 2,
        .features = {{0x5}},
        .had = {{0x2}}},
    {
        .name = "third",
        .versions = cpu_x86_third_versions,
        .n_versions = 1},
};

static const uint16_t cpu_x86_feature_slots[] = {
    0,
    0,
    3,
    0,
    0,
    2,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    4,
    5,
    0,
};

static const uint16_t cpu_x86_model_slots[] = {
    0,
    1,
    0,
    0,
    0,
    2,
    3,
    0,
};

const struct cpu_table cpu_x86_table = {
    .arches = 1ULL << CPU_ARCH_I686 | 1ULL << CPU_ARCH_X86_64,
    .makers = cpu_x86_makers,
    .n_makers = 1,
    .features = cpu_x86_features,
    .n_features = 5,
    .models = cpu_x86_models,
    .n_models = 3,
    .feature_slots = cpu_x86_feature_slots,
    .feature_mask = 15,
    .model_slots = cpu_x86_model_slots,
    .model_mask = 7,
};

