/* Streams over a thin volume of 4 GiB, made for each test. */
#pragma once

#include "unit/drivers/test/fixture.h"

#include "core/drivers/test/stream.h"

#define ABOUT_ERROR VIR_ERR_OPERATION_INVALID

static virStoragePoolPtr pool;
static virStorageVolPtr vol; /* thin, 4 GiB */

static int open_vol(void **state)
{
    if (open_default(state) < 0)
        return -1;
    pool = virStoragePoolLookupByName(conn, "default-pool");
    vol = virStorageVolCreateXML(pool,
                                 "<volume><name>v</name><capacity unit='GiB'>4</capacity>"
                                 "<allocation>0</allocation></volume>",
                                 0);
    return vol ? 0 : -1;
}

static int close_vol(void **state)
{
    virStorageVolFree(vol);
    virStoragePoolFree(pool);
    return close_default(state);
}

static G_GNUC_UNUSED virStreamPtr upload(unsigned int flags)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolUpload(vol, stream, 0, 0, flags));
    return stream;
}

static G_GNUC_UNUSED virStreamPtr download(unsigned long long length, unsigned int flags)
{
    virStreamPtr stream = virStreamNew(conn, 0);

    assert_ok(virStorageVolDownload(vol, stream, 0, length, flags));
    return stream;
}

static G_GNUC_UNUSED void finish(virStreamPtr stream)
{
    assert_ok(virStreamFinish(stream));
    virStreamFree(stream);
}

static G_GNUC_UNUSED void drop(virStreamPtr stream)
{
    assert_ok(virStreamAbort(stream));
    virStreamFree(stream);
}

/* A sink: into a GString. */
static G_GNUC_UNUSED int collect(virStreamPtr stream, const char *data, size_t n, void *opaque)
{
    g_string_append_len(opaque, data, n);
    return n;
}
