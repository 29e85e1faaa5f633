/* The public side of errors. These calls neither check nor reset the thread's error: they are about it. */
#include <stdio.h>
#include <string.h>

#include "core/base/export.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "objects.h"

static virErrorFunc global_handler;
static void *global_data;

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
    if (err)
        error_clear(err);
}

void virFreeError(virErrorPtr err)
{
    if (!err)
        return;
    error_clear(err);
    g_free(err);
}

virErrorPtr virConnGetLastError(virConnectPtr conn)
{
    if (!is_virConnect(conn))
        return NULL;
    return conn->error.code ? &conn->error : NULL;
}

int virConnCopyLastError(virConnectPtr conn, virErrorPtr to)
{
    if (!is_virConnect(conn) || !to)
        return -1;
    lock_guard(&conn->lock);
    if (conn->error.code)
        error_copy(to, &conn->error);
    else
        memset(to, 0, sizeof(*to));
    return to->code;
}

void virConnResetLastError(virConnectPtr conn)
{
    if (!is_virConnect(conn))
        return;
    lock_guard(&conn->lock);
    error_clear(&conn->error);
}

void virSetErrorFunc(void *userData, virErrorFunc handler)
{
    __atomic_store_n(&global_data, userData, __ATOMIC_RELAXED);
    __atomic_store_n(&global_handler, handler, __ATOMIC_RELEASE);
}

void virConnSetErrorFunc(virConnectPtr conn, void *userData, virErrorFunc handler)
{
    if (!is_virConnect(conn))
        return;
    lock_guard(&conn->lock);
    conn->error_handler = handler;
    conn->error_data = userData;
}

void virDefaultErrorFunc(virErrorPtr err)
{
    const char *domain, *level;

    if (!err || err->code == VIR_ERR_OK)
        return;
    domain = error_domain_name(err->domain);
    level = err->level == VIR_ERR_WARNING ? "warning" : "error";
    fprintf(stderr, "libvirt: %s %s : %s\n", domain ? domain : "", level,
            err->message ? err->message : "");
}

void error_dispatch(virConnectPtr conn)
{
    virErrorPtr error = error_last();
    virErrorFunc handler = NULL;
    void *data = NULL;

    if (!error)
        return;
    if (conn) {
        lock_take(&conn->lock);
        error_clear(&conn->error);
        error_copy(&conn->error, error);
        handler = conn->error_handler;
        data = conn->error_data;
        lock_drop(&conn->lock);
    }
    if (!handler) {
        handler = __atomic_load_n(&global_handler, __ATOMIC_ACQUIRE);
        data = __atomic_load_n(&global_data, __ATOMIC_RELAXED);
    }
    if (handler)
        handler(data, error);
    else
        virDefaultErrorFunc(error);
}
