/* The user's own daemon, started by whoever needs it first. */
#pragma once

/* A connection to the daemon that listens at `path` in the end: -1 with a remark for the error that
 * the caller makes. */
int session_start(const char *path, char **ret_remark);
