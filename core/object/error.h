/* The calling thread's last error: the one place where errors are made. */
#pragma once

#include <corral/corral.h>
#include <glib.h>

#include "core/base/export.h"

/* Records an error as the thread's last one. The message is the opening that the field knows for
 * `code` (see virErrorNumber in the description) followed by the formatted text, which names the
 * object, the value refused and what would be accepted. */
CORRAL_PRIVATE void error_set(int domain, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
CORRAL_PRIVATE void error_set_valist(int domain, int code, const char *format, va_list args)
    G_GNUC_PRINTF(3, 0);

/* The same for a failed system call: `errnum` is spelled out behind the text. */
CORRAL_PRIVATE void error_set_system(int domain, int errnum, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* VIR_ERR_INVALID_ARG for an argument that a call refuses before it does anything. The text is the
 * whole message: the field's wording has no opening here, and keeps function and argument in str1
 * and str2. */
CORRAL_PRIVATE void error_set_argument(int domain, const char *argument, const char *function,
                                       const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The last error's code, VIR_ERR_OK without one. */
CORRAL_PRIVATE int error_code(void);

/* Forgets the last error; entry points begin with it. Costs one load when there is none. */
CORRAL_PRIVATE void error_reset(void);

/* Puts text in front of the last error's detail: "TEXT: detail". */
CORRAL_PRIVATE void error_prefix(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Moves the last error out of the thread and back: for cleanup that may itself fail. */
CORRAL_PRIVATE virErrorPtr error_steal(void);
CORRAL_PRIVATE void error_restore(virErrorPtr error);

/* The thread's last error itself, NULL without one; stays the thread's. */
CORRAL_PRIVATE virErrorPtr error_last(void);
CORRAL_PRIVATE void error_copy(virErrorPtr to, const virError *from);
/* Frees what the fields point to, and zeroes them. */
CORRAL_PRIVATE void error_clear(virErrorPtr error);

/* The last error itself, kept beyond the thread's next one; NULL without one. */
struct error_record;
CORRAL_PRIVATE struct error_record *error_record_hold(void);
CORRAL_PRIVATE void error_record_unref(struct error_record *record); /* NULL is fine */
CORRAL_PRIVATE const virError *error_of_record(const struct error_record *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virError, virFreeError)

/* What a failed public call does last: keeps the error with the connection and tells the handler.
 */
CORRAL_PRIVATE void error_dispatch(virConnectPtr conn);

/* The same at the end of calls without a connection: hands the result on. */
static inline int error_report(int result)
{
    if (result < 0)
        error_dispatch(NULL);
    return result;
}

/* How the domain is called where errors are printed; NULL for none. */
CORRAL_PRIVATE const char *error_domain_name(int domain);
