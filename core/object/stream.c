#include "core/object/stream.h"

#include "core/object/error.h"
#include "objects.h"

static void stream_dispose(struct object *object)
{
    virStreamPtr stream = (virStreamPtr)object;

    if (stream->release)
        stream->release(stream);
    object_unref(&stream->conn->base);
}

const struct object_class virStream_class = {
    "virStream",    sizeof(struct _virStream), VIR_ERR_INVALID_STREAM, VIR_FROM_STREAMS,
    stream_dispose,
};

/* Breaking nothing off always works; for the rest something has to be there first. */
static int abort_nothing(virStreamPtr stream)
{
    return 0;
}

static const struct stream_driver unattached = {
    .name = "none",
    .streamAbort = abort_nothing,
};

virStreamPtr stream_new(virConnectPtr conn, unsigned int flags)
{
    virStreamPtr stream = object_new(&virStream_class);

    stream->conn = object_ref(&conn->base);
    stream->flags = flags;
    stream->driver = &unattached;
    return stream;
}

int stream_attach(virStreamPtr stream, const struct stream_driver *driver, void *data,
                  void (*release)(virStreamPtr stream))
{
    if (stream->driver != &unattached) {
        error_set(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID, "the stream is in use already");
        return -1;
    }
    stream->driver = driver;
    stream->data = data;
    stream->release = release;
    return 0;
}

void stream_detach(virStreamPtr stream)
{
    stream->release(stream);
    stream->driver = &unattached;
    stream->data = NULL;
    stream->release = NULL;
}
