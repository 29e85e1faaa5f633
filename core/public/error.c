/* The public side of errors. These calls neither check nor reset the thread's error: they are about
 * it. */
#include <stdio.h>
#include <string.h>

#include "core/object/connect.h"
#include "core/object/error.h"
#include "objects.h"

/* A handler and its data belong together. Whoever reads a pair may still use it when it has been
 * replaced, so pairs stay; one that was set before is used again. */
struct handler {
    virErrorFunc function;
    void *data;
    struct handler *next;
};

static lock_t handlers_lock = LOCK_INITIALIZER;
static struct handler *handlers;       /* all there have been; under the lock */
static struct handler *global_handler; /* the one that counts */

virErrorPtr virGetLastError(void)
{
    return error_last();
}

int virGetLastErrorCode(void)
{
    return error_code();
}

int virGetLastErrorDomain(void)
{
    virErrorPtr error = error_last();

    return error ? error->domain : VIR_FROM_NONE;
}

const char *virGetLastErrorMessage(void)
{
    virErrorPtr error = error_last();

    if (!error)
        return "no error";
    return error->message ? error->message : "unknown error";
}

virErrorPtr virSaveLastError(void)
{
    virErrorPtr copy = g_new0(virError, 1);

    if (error_last())
        error_copy(copy, error_last());
    return copy;
}

int virCopyLastError(virErrorPtr to)
{
    if (!to)
        return -1;
    if (!error_last()) {
        memset(to, 0, sizeof(*to));
        return 0;
    }
    error_copy(to, error_last());
    return to->code;
}

void virResetLastError(void)
{
    error_reset();
}

void virResetError(virErrorPtr err)
{
    /* the thread's own is not made of strings that could be freed */
    if (err && err == error_last())
        error_reset();
    else if (err)
        error_clear(err);
}

void virFreeError(virErrorPtr err)
{
    if (!err)
        return;
    error_clear(err);
    g_free(err);
}

/* Another thread may replace the connection's error while the caller still reads, so each thread
 * gets a copy of its own, which stays until it asks again or the connection ends. */
virErrorPtr virConnGetLastError(virConnectPtr conn)
{
    virErrorPtr copy;

    if (!is_virConnect(conn))
        return NULL;
    lock_guard(&conn->lock);
    if (!conn->error)
        return NULL;
    copy = connect_error_copy(conn);
    error_clear(copy);
    error_copy(copy, error_of_record(conn->error));
    return copy;
}

int virConnCopyLastError(virConnectPtr conn, virErrorPtr to)
{
    if (!is_virConnect(conn) || !to)
        return -1;
    lock_guard(&conn->lock);
    if (conn->error)
        error_copy(to, error_of_record(conn->error));
    else
        memset(to, 0, sizeof(*to));
    return to->code;
}

void virConnResetLastError(virConnectPtr conn)
{
    if (!is_virConnect(conn))
        return;
    lock_guard(&conn->lock);
    g_clear_pointer(&conn->error, error_record_unref);
}

void virSetErrorFunc(void *userData, virErrorFunc handler)
{
    struct handler *pair;

    lock_guard(&handlers_lock);
    for (pair = handlers; pair; pair = pair->next)
        if (pair->function == handler && pair->data == userData)
            break;
    if (!pair) {
        pair = g_new(struct handler, 1);
        *pair = (struct handler){handler, userData, handlers};
        handlers = pair;
    }
    __atomic_store_n(&global_handler, pair, __ATOMIC_RELEASE);
}

void virConnSetErrorFunc(virConnectPtr conn, void *userData, virErrorFunc handler)
{
    if (!is_virConnect(conn))
        return;
    lock_guard(&conn->lock);
    conn->error_handler = handler;
    conn->error_data = userData;
}

static const char *level_name(virErrorLevel level)
{
    switch (level) {
    case VIR_ERR_WARNING:
        return "warning";
    case VIR_ERR_ERROR:
        return "error";
    default:
        return "";
    }
}

void virDefaultErrorFunc(virErrorPtr err)
{
    const char *domain, *message;

    if (!err || err->code == VIR_ERR_OK)
        return;
    domain = err->domain == VIR_FROM_NONE ? "" : error_domain_name(err->domain);
    message = err->message ? err->message : "";
    fprintf(stderr, "libvirt: %s %s : %s%s", domain ? domain : "Unknown", level_name(err->level),
            message, g_str_has_suffix(message, "\n") ? "" : "\n");
}

static virErrorFunc find_handler(virConnectPtr conn, void **data)
{
    virErrorFunc handler = NULL;

    if (conn) {
        lock_guard(&conn->lock);
        error_record_unref(conn->error);
        conn->error = error_record_hold();
        handler = conn->error_handler;
        *data = conn->error_data;
    }
    if (!handler) {
        const struct handler *pair = __atomic_load_n(&global_handler, __ATOMIC_ACQUIRE);

        handler = pair ? pair->function : NULL;
        *data = pair ? pair->data : NULL;
    }
    return handler;
}

void error_dispatch(virConnectPtr conn)
{
    virErrorFunc handler;
    void *data = NULL;

    /* a driver's fault, but a failure without an error would be worse */
    if (!error_last())
        error_set(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                  "the call failed, and its driver does not say why");
    handler = find_handler(conn, &data);
    if (handler)
        handler(data, error_last()); /* without a lock: it may ask for the connection's error */
    else
        virDefaultErrorFunc(error_last());
}
