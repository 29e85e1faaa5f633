/* Volumes of the test driver's pools. */
#pragma once

#include "conf/storagevol_doc.h"
#include "core/drivers/test/storage.h"
#include "core/drivers/test/volume_contents.h"

struct vol {
    struct objlist_item item;
    struct storagevol *def; /* its key is its path */
    struct contents *contents;
    /* While something reads the contents, or changes them, the volume cannot be changed otherwise.
     */
};

/* With the world's lock held. */
struct vol *vol_find(struct world *world, virStorageVolPtr handle, struct pool **ret_pool);
/* Errors name the call that a volume in use has to wait for. */
int vol_require_idle(const struct vol *vol);
int vol_require_unwritten(const struct vol *vol);
/* Whether a volume like that can be added: its name is free, and there is room. */
int vol_check(struct pool *pool, const struct storagevol *def);
/* Takes `def` and the reference to the contents over. */
struct vol *vol_add(struct pool *pool, struct storagevol *def, struct contents *contents);
void vol_remove(struct pool *pool, struct vol *vol);
virStorageVolPtr vol_handle(virConnectPtr conn, const struct pool *pool, const struct vol *vol);
/* Sets how much a volume takes of its pool. */
void vol_allocate(struct pool *pool, struct vol *vol, unsigned long long bytes);

/* A document that is complete; NULL with an error. */
struct storagevol *vol_parse(const char *xml, unsigned int doc_flags);
/* For a pool that is being made. */
int volume_load(struct pool *pool, const char *xml);

int test_storagePoolListAllVolumes(virStoragePoolPtr handle, virStorageVolPtr **vols,
                                   unsigned int flags);
int test_storagePoolListVolumes(virStoragePoolPtr handle, char **names, int max);
int test_storagePoolNumOfVolumes(virStoragePoolPtr handle);
virStorageVolPtr test_storageVolCreateXML(virStoragePoolPtr handle, const char *xml,
                                          unsigned int flags);
virStorageVolPtr test_storageVolCreateXMLFrom(virStoragePoolPtr handle, const char *xml,
                                              virStorageVolPtr clone, unsigned int flags);
int test_storageVolDelete(virStorageVolPtr handle, unsigned int flags);
int test_storageVolDownload(virStorageVolPtr handle, virStreamPtr stream, unsigned long long offset,
                            unsigned long long length, unsigned int flags);
int test_storageVolUpload(virStorageVolPtr handle, virStreamPtr stream, unsigned long long offset,
                          unsigned long long length, unsigned int flags);
int test_storageVolGetInfo(virStorageVolPtr handle, virStorageVolInfoPtr info);
int test_storageVolGetInfoFlags(virStorageVolPtr handle, virStorageVolInfoPtr info,
                                unsigned int flags);
char *test_storageVolGetPath(virStorageVolPtr handle);
char *test_storageVolGetXMLDesc(virStorageVolPtr handle, unsigned int flags);
virStorageVolPtr test_storageVolLookupByKey(virConnectPtr conn, const char *key);
virStorageVolPtr test_storageVolLookupByName(virStoragePoolPtr handle, const char *name);
virStorageVolPtr test_storageVolLookupByPath(virConnectPtr conn, const char *path);
int test_storageVolResize(virStorageVolPtr handle, unsigned long long capacity, unsigned int flags);
int test_storageVolWipe(virStorageVolPtr handle, unsigned int flags);
int test_storageVolWipePattern(virStorageVolPtr handle, unsigned int algorithm, unsigned int flags);
