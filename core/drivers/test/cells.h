/* NUMA cells of the host: the first has 2 GiB, the next twice that, and so on. */
#pragma once

#define CELL_KIB (2 * 1024 * 1024ULL)

static inline unsigned long long cell_memory(unsigned int cell)
{
    return (cell + 1) * CELL_KIB;
}
