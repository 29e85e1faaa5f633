/* Values of secrets: overwritten before their memory is given back. */
#include "core/drivers/test/secret.h"

#include <string.h>

#include "core/object/error.h"
#include "objects.h"

void secret_clear_value(struct secret_item *secret)
{
    if (secret->value)
        explicit_bzero(secret->value, secret->size);
    g_clear_pointer(&secret->value, g_free);
    secret->size = 0;
}

unsigned char *test_secretGetValue(virSecretPtr handle, size_t *size, unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct secret_item *secret;
    unsigned char *copy;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    lock_guard(&world->lock);
    secret = secret_find(world, handle->uuid);
    if (!secret)
        return NULL;
    if (secret->def->private == TRISTATE_YES) {
        error_set(VIR_FROM_SECRET, VIR_ERR_INVALID_SECRET, "secret is private");
        return NULL;
    }
    if (!secret->value) {
        error_set(VIR_FROM_SECRET, VIR_ERR_NO_SECRET, "secret '%s' does not have a value",
                  secret->name);
        return NULL;
    }
    copy = g_malloc(secret->size + 1);
    memcpy(copy, secret->value, secret->size);
    *size = secret->size;
    return copy;
}

int test_secretSetValue(virSecretPtr handle, const unsigned char *value, size_t size,
                        unsigned int flags)
{
    struct world *world = world_of(handle->conn);
    struct secret_item *secret;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    lock_guard(&world->lock);
    secret = secret_find(world, handle->uuid);
    if (!secret)
        return -1;
    secret_clear_value(secret);
    /* An empty value is one too, and needs an address. */
    secret->value = g_malloc(size + 1);
    memcpy(secret->value, value, size);
    secret->size = size;
    secret_event_value(world, secret);
    return 0;
}
