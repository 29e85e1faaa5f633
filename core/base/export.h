/* Visibility: everything is hidden but what a public header declares, and what carries this mark.
 */
#pragma once

/* For our own bindings, daemon, shell and driver modules; without promise, in the CORRAL_PRIVATE
 * node. */
#define CORRAL_PRIVATE __attribute__((visibility("default")))
