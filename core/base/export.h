/* Visibility: everything is hidden but what says otherwise. */
#pragma once

/* Part of the API; versioned by the map that the description gives. */
#define CORRAL_PUBLIC __attribute__((visibility("default")))
/* For our own bindings, daemon, shell and driver modules; without promise, in the CORRAL_PRIVATE node. */
#define CORRAL_PRIVATE __attribute__((visibility("default")))
