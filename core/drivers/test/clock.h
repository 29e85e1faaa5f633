/* The time of guests stands still. */
#pragma once

#define CLOCK_START 627319920 /* seconds since 1970 */
