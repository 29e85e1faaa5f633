/* Documents of single devices, and the devices of guests that they speak of. */
#pragma once

#include "core/base/xml.h"
#include "core/conf/guest/definition.h"

struct device {
    const struct doc_field *field; /* which of a guest's devices it is one of */
    void *part;                    /* complete, as the tables read it */
    xmlDocPtr given;               /* what the caller wrote: what is left out there fits all */
};

/* `ctx`: what the driver brings along; -1 with an error. */
CORRAL_PRIVATE int device_read(const char *xml, const struct doc_context *ctx,
                               struct device *device);
CORRAL_PRIVATE void device_clear(struct device *device);

CORRAL_PRIVATE size_t device_count(const struct domain *doc, const struct doc_field *field);
/* -1 with an error when there can be only one and it is there. The part is copied. */
CORRAL_PRIVATE int device_insert(struct domain *doc, const struct device *device);
CORRAL_PRIVATE void device_remove(struct domain *doc, const struct doc_field *field, size_t place);
CORRAL_PRIVATE void device_replace(struct domain *doc, const struct device *device, size_t place);

/* The place of the one device that the document means; -1 with an error. */
CORRAL_PRIVATE ssize_t device_find(const struct domain *doc, const struct device *device);
/* The place of the device with what says who it is (a disk's target): -1, and no error, when none
 * has, -2 when devices of this kind have nothing of the sort. */
CORRAL_PRIVATE ssize_t device_find_key(const struct domain *doc, const struct device *device);
/* That, as text: "vda". NULL without it. */
CORRAL_PRIVATE char *device_key(const struct device *device);
/* A device's alias: the one it has, else its element and its place ("disk0"). */
CORRAL_PRIVATE char *device_alias(const struct domain *doc, const struct doc_field *field,
                                  size_t place);
/* -1 with an error. */
CORRAL_PRIVATE int device_find_alias(const struct domain *doc, const char *alias,
                                     const struct doc_field **ret_field, size_t *ret_place);
