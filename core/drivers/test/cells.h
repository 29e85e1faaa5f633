/* NUMA cells of the host: the first has 2 GiB, the next twice that, and so on. */
#pragma once

#define CELL_KIB (2 * 1024 * 1024ULL)

static inline unsigned long long cell_memory(unsigned int cell)
{
    return (cell + 1) * CELL_KIB;
}

/* Sizes of which pages can be kept in reserve, in KiB. */
#define HUGE_PAGES 2
static const unsigned int huge_page_sizes[HUGE_PAGES] = {2048, 1048576};

struct world;
/* How many there are in a cell; with the world's lock held. */
unsigned long long huge_pages(const struct world *world, unsigned int cell, int kind);

/* The host's processors can encrypt the memory of guests. */
#define SEV_CBITPOS 47
#define SEV_REDUCED_PHYS_BITS 1
#define SEV_MAX_GUESTS 15
#define SEV_MAX_ES_GUESTS 15
