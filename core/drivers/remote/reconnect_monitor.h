/* Callbacks of daemons' monitors, which each daemon numbers as it likes. */
#pragma once

#include "core/drivers/remote/reconnect.h"
#include "wire.h"

/* Keeps what was asked for, and returns the number that stands for it here. */
int reconnect_add_monitor(struct reconnect *reconnect,
                          const wire_connect_domain_qemu_monitor_event_register_args *args,
                          int remote_id);
/* Forgets it; returns the present daemon's number, -1 where that one has none. */
int reconnect_take_monitor(struct reconnect *reconnect, int id);
