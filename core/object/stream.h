/* A stream: bytes to or from something that a driver opened. */
#pragma once

#include "core/object/connect.h"
#include "core/base/export.h"

extern const struct object_class virStream_class;

struct _virStream {
    struct object base;
    virConnectPtr conn;
    const struct stream_driver *driver; /* without much until a call gives it something to carry */
    void *data;
    unsigned int flags;
    void (*release)(virStreamPtr stream); /* frees `data` with the stream */
};

CORRAL_PRIVATE virStreamPtr stream_new(virConnectPtr conn, unsigned int flags);

/* Connects the stream to something; refused when it is in use already. */
CORRAL_PRIVATE int stream_attach(virStreamPtr stream, const struct stream_driver *driver,
                                 void *data, void (*release)(virStreamPtr stream));

/* What stream_attach() was called for has failed: the stream carries nothing, as before. */
CORRAL_PRIVATE void stream_detach(virStreamPtr stream);
