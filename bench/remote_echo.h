/* What the call that is compared takes: a header, and back a header with one 64-bit number. */
#pragma once

#define BENCH_ASK 28
#define BENCH_ANSWER 36
