/* Secrets of the test driver's world. What is not said about them here is as the daemon for QEMU
 * has it. */
#pragma once

#include "conf/secret_doc.h"
#include "core/drivers/test/state.h"

struct secret_item {
    struct objlist_item item; /* named by the UUID as text */
    char *name;
    struct secret *def;
    unsigned char *value; /* NULL: none was ever set */
    size_t size;
};

extern const struct secret_driver test_secret_driver;

/* For the world that is made or freed: nobody else sees it. */
void secrets_free(struct world *world);

/* The rest is shared by the files of secrets; with the world's lock held. */
struct secret_item *secret_find(struct world *world, const unsigned char *uuid);
virSecretPtr secret_handle(virConnectPtr conn, const struct secret_item *secret);
/* What the secret opens; NULL for nothing in particular. */
const char *secret_usage_id(const struct secret *def);
void secret_clear_value(struct secret_item *secret);

void secret_event_lifecycle(struct world *world, const struct secret_item *secret, int lifecycle);
void secret_event_value(struct world *world, const struct secret_item *secret);

/* Slots that live in files of their own. */
unsigned char *test_secretGetValue(virSecretPtr handle, size_t *size, unsigned int flags);
int test_secretSetValue(virSecretPtr handle, const unsigned char *value, size_t size,
                        unsigned int flags);
int test_connectListAllSecrets(virConnectPtr conn, virSecretPtr **secrets, unsigned int flags);
int test_connectListSecrets(virConnectPtr conn, char **uuids, int max);
int test_connectNumOfSecrets(virConnectPtr conn);
int test_connectSecretEventRegisterAny(virConnectPtr conn, virSecretPtr secret, int event_id,
                                       virConnectSecretEventGenericCallback cb, void *opaque,
                                       virFreeCallback freecb);
int test_connectSecretEventDeregisterAny(virConnectPtr conn, int callback_id);
