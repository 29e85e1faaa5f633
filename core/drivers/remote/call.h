/* Calls to the daemon, as the generated slots make them. */
#pragma once

#include "core/object/stream.h"
#include "core/rpc/client.h"
#include "wire.h"

/* One call: types of arguments and answer follow from the procedure. `args` and `ret` may be NULL
 * for those without. -1 with the daemon's error or our own, and nothing in `ret` to clear. */
int remote_call(virConnectPtr conn, const char *function, guint32 program, int procedure,
                const void *args, void *ret);
/* One that gives `stream` something to carry. */
int remote_call_stream(virConnectPtr conn, const char *function, virStreamPtr stream,
                       guint32 program, int procedure, const void *args, void *ret);

/* The same with descriptors. Those of the answer are the caller's: at most `*n_out_fds` are
 * expected, and as many as came are left there. */
struct remote_fds {
    const int *in;
    int n_in;
    int *out;
    int n_out;
};
int remote_call_fds(virConnectPtr conn, const char *function, struct remote_fds *fds,
                    guint32 program, int procedure, const void *args, void *ret);

/* A copy that lives as long as the connection. NULL for NULL, and with an error when
 * the daemon has ever new ones. */
const char *remote_word(virConnectPtr conn, const char *function, const char *word);

/* -1 with an error when an answer has more than the caller has room for. */
int remote_check_room(const char *function, size_t count, size_t room);

/* The strings of an answer, with a NULL behind them. */
char **remote_take_strings(char ***strings, unsigned int *count);

/* Pointers to structs become an array of structs, as some calls have it. */
#define REMOTE_TAKE_VALUES(to, from, count)                                                        \
    do {                                                                                           \
        *(to) = g_malloc0_n(MAX(count, 1), sizeof(**(to)));                                        \
        for (unsigned int i = 0; i < (count); i++)                                                 \
            (*(to))[i] = *(from)[i];                                                               \
    } while (0)
