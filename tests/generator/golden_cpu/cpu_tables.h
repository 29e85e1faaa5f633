/* How many words a set of features has. */
#pragma once

#define CPU_FEATURE_WORDS 1
