#include "core/drivers/remote/event_table.h"

#include "wire_objects.h"

const struct remote_event_family *const remote_event_families[] = {
};

const size_t remote_n_event_families = G_N_ELEMENTS(remote_event_families);
