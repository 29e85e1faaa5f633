#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/lock.h"
#include "core/drivers/qemu/caps/facts.h"
#include "core/drivers/qemu/caps/kvm.h"
#include "core/drivers/qemu/error.h"

/* One binary. */
struct entry {
    bool asking; /* somebody does, and the others wait */
    char *identity;
    struct qemu_caps *caps;
    enum kvm_answer kvm;
};

struct caps_cache {
    lock_t lock;
    cond_t changed;
    char *folder;
    GHashTable *entries; /* path → struct entry; they stay */
};

static void entry_free(void *data)
{
    struct entry *entry = data;

    caps_unref(entry->caps);
    g_free(entry->identity);
    g_free(entry);
}

struct caps_cache *caps_cache_new(const char *folder)
{
    struct caps_cache *cache = g_new0(struct caps_cache, 1);

    lock_init(&cache->lock);
    cond_init(&cache->changed);
    cache->folder = g_strdup(folder);
    cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return cache;
}

void caps_cache_free(struct caps_cache *cache)
{
    if (!cache)
        return;
    g_hash_table_unref(cache->entries);
    cond_clear(&cache->changed);
    lock_clear(&cache->lock);
    g_free(cache->folder);
    g_free(cache);
}

static int check_binary(const char *binary)
{
    struct stat info;

    if (!g_path_is_absolute(binary)) {
        qemu_error(INVALID_ARG, "QEMU binary '%s' is no absolute path", binary);
        return -1;
    }
    if (stat(binary, &info) < 0) {
        error_set_system(VIR_FROM_QEMU, errno, "Cannot check QEMU binary '%s'", binary);
        return -1;
    }
    if (!S_ISREG(info.st_mode) || access(binary, X_OK) < 0) {
        qemu_error(OPERATION_FAILED, "QEMU binary '%s' is not executable", binary);
        return -1;
    }
    return 0;
}

/* From disk or from the binary itself; slow, so without a lock. */
static struct qemu_caps *find_out(const char *folder, const char *binary)
{
    struct facts facts;
    struct qemu_caps *caps;

    if (folder && facts_load(folder, binary, &facts) == 0) {
        caps = caps_new(binary, &facts);
        if (caps)
            return caps;
    }
    if (facts_probe(binary, &facts) < 0)
        return NULL;
    if (folder)
        facts_save(folder, binary, &facts);
    caps = caps_new(binary, &facts);
    if (!caps)
        qemu_error(INTERNAL_ERROR, "Failed to probe QEMU binary '%s': it names no machines",
                   binary);
    return caps;
}

/* With the lock. */
static struct entry *entry_of(struct caps_cache *cache, const char *binary)
{
    struct entry *entry = g_hash_table_lookup(cache->entries, binary);

    if (!entry) {
        entry = g_new0(struct entry, 1);
        g_hash_table_insert(cache->entries, g_strdup(binary), entry);
    }
    while (entry->asking)
        cond_wait(&cache->changed, &cache->lock);
    return entry;
}

/* One at a time for each binary: with the lock, which is dropped in between. */
static void begin_asking(struct caps_cache *cache, struct entry *entry)
{
    entry->asking = true;
    lock_drop(&cache->lock);
}

static void end_asking(struct caps_cache *cache, struct entry *entry)
{
    lock_take(&cache->lock);
    entry->asking = false;
    cond_broadcast(&cache->changed);
}

struct qemu_caps *caps_lookup(struct caps_cache *cache, const char *binary)
{
    g_autofree char *identity = NULL;
    struct qemu_caps *caps;
    struct entry *entry;

    if (check_binary(binary) < 0)
        return NULL;
    identity = facts_identity(binary);
    lock_guard(&cache->lock);
    entry = entry_of(cache, binary);
    if (entry->caps && strcmp(entry->identity, identity) == 0)
        return caps_ref(entry->caps);
    begin_asking(cache, entry);
    caps = find_out(cache->folder, binary);
    end_asking(cache, entry);
    if (!caps)
        return NULL;
    caps_unref(entry->caps);
    entry->caps = caps_ref(caps);
    g_free(entry->identity);
    entry->identity = g_steal_pointer(&identity);
    entry->kvm = KVM_UNKNOWN;
    return caps;
}

bool caps_kvm_works(struct caps_cache *cache, struct qemu_caps *caps)
{
    const char *binary = caps_binary(caps);
    enum kvm_answer answer;
    struct entry *entry;

    if (!caps_has(caps, CAPS_KVM))
        return false;
    lock_guard(&cache->lock);
    entry = entry_of(cache, binary);
    if (entry->kvm == KVM_UNKNOWN) {
        begin_asking(cache, entry);
        answer = kvm_find_out(cache->folder, caps);
        end_asking(cache, entry);
        entry->kvm = answer;
    }
    return entry->kvm == KVM_WORKS;
}
