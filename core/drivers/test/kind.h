/* The one kind of guest that there is here. */
#pragma once

/* Callers may name what there is, or leave it open with NULL; -1 with an error otherwise. */
int kind_check(const char *emulator, const char *arch, const char *machine, const char *virttype);
