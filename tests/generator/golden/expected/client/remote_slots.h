/* The remote driver's tables, and the calls in them that are written by hand. */
#pragma once

#include "core/object/stream.h"


extern const struct driver_tables remote_tables;
extern const struct stream_driver remote_stream_driver;
