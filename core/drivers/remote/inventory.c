#include "core/drivers/remote/inventory.h"

#include <string.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/page.h"
#include "core/drivers/remote/reconnect.h"
#include "core/object/error.h"
#include "core/rpc/codec.h"

/* Whose errors they are. */
#define FUNCTION "corralOpenReconnecting"
#define OBJECTS (CORRAL_GAP_SECRET + 1)

struct inventory {
    GHashTable *items[OBJECTS]; /* by UUID or name; NULL for kinds that nobody tells of */
};

/* --- items ---------------------------------------------------------------------------------------
 */

static void item_free(gpointer data)
{
    struct inventory_item *item = data;

    g_free(item->name);
    g_free(item);
}

static guint hash_item(gconstpointer data)
{
    const struct inventory_item *item = data;
    guint32 word;

    if (!item->has_uuid)
        return g_str_hash(item->name);
    memcpy(&word, item->uuid, sizeof(word));
    return word;
}

static gboolean same_item(gconstpointer a, gconstpointer b)
{
    const struct inventory_item *one = a, *other = b;

    if (one->has_uuid)
        return memcmp(one->uuid, other->uuid, UUID_BYTES) == 0;
    return strcmp(one->name, other->name) == 0;
}

/* For looking up only: the name is borrowed. */
static struct inventory_item item_for(const struct inventory_key *key)
{
    struct inventory_item item = {.object = key->object, .name = (char *)key->name};

    item.has_uuid = key->uuid != NULL;
    if (key->uuid)
        memcpy(item.uuid, key->uuid, UUID_BYTES);
    return item;
}

static struct inventory_item *find(const struct inventory *inventory,
                                   const struct inventory_key *key)
{
    struct inventory_item item = item_for(key);

    return g_hash_table_lookup(inventory->items[key->object], &item);
}

/* Devices are there or not. */
static int at_rest(int object)
{
    return object == CORRAL_GAP_DOMAIN ? VIR_DOMAIN_SHUTOFF : object == CORRAL_GAP_NODE_DEVICE;
}

/* As it is, or a new one that is not active and not kept. */
static struct inventory_item *need(struct inventory *inventory, const struct inventory_key *key)
{
    struct inventory_item *item = find(inventory, key);

    if (!item) {
        item = g_new(struct inventory_item, 1);
        *item = item_for(key);
        item->name = g_strdup(key->name);
        item->state = at_rest(key->object);
        g_hash_table_add(inventory->items[key->object], item);
    } else if (item->has_uuid && g_strcmp0(item->name, key->name) != 0) {
        g_free(item->name);
        item->name = g_strdup(key->name);
    }
    return item;
}

void inventory_free(struct inventory *inventory)
{
    for (int i = 0; inventory && i < OBJECTS; i++)
        if (inventory->items[i])
            g_hash_table_unref(inventory->items[i]);
    g_free(inventory);
}

/* --- asking --------------------------------------------------------------------------------------
 */

/* One of the field's lists of all objects of a kind: arguments and answers are alike. */
struct list {
    int object;
    int procedure;
    unsigned int type; /* of the answer */
    size_t array, count;
    size_t size, name, uuid; /* of and in the elements */
    unsigned int active, persistent;
};

#define NO_UUID G_MAXSIZE
#define LIST(kind, KIND, plural, PLURAL, member)                                                   \
    CORRAL_GAP_##KIND, WIRE_PROC_CONNECT_LIST_ALL_##PLURAL, WIRE_CONNECT_LIST_ALL_##PLURAL##_RET,  \
        G_STRUCT_OFFSET(wire_connect_list_all_##plural##_ret, member),                             \
        G_STRUCT_OFFSET(wire_connect_list_all_##plural##_ret, member##_count), sizeof(wire_##kind)

static const struct list lists[] = {
    {LIST(network, NETWORK, networks, NETWORKS, nets), G_STRUCT_OFFSET(wire_network, name),
     G_STRUCT_OFFSET(wire_network, uuid), VIR_CONNECT_LIST_NETWORKS_ACTIVE,
     VIR_CONNECT_LIST_NETWORKS_PERSISTENT},
    {LIST(storage_pool, STORAGE_POOL, storage_pools, STORAGE_POOLS, pools),
     G_STRUCT_OFFSET(wire_storage_pool, name), G_STRUCT_OFFSET(wire_storage_pool, uuid),
     VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE, VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT},
    {LIST(node_device, NODE_DEVICE, node_devices, NODE_DEVICES, devices),
     G_STRUCT_OFFSET(wire_node_device, name), NO_UUID, 0, 0},
    {LIST(secret, SECRET, secrets, SECRETS, secrets), G_STRUCT_OFFSET(wire_secret, usageID),
     G_STRUCT_OFFSET(wire_secret, uuid), 0, 0},
};

union answer {
    wire_connect_list_all_networks_ret networks;
    wire_connect_list_all_storage_pools_ret pools;
    wire_connect_list_all_node_devices_ret devices;
    wire_connect_list_all_secrets_ret secrets;
};

static struct inventory_key key_in(const struct list *list, const guint8 *element)
{
    struct inventory_key key = {.object = list->object};

    key.name = G_STRUCT_MEMBER(const char *, element, list->name);
    if (list->uuid != NO_UUID)
        key.uuid = G_STRUCT_MEMBER(const unsigned char *, element, list->uuid);
    return key;
}

/* Calls `note` for each that the flags choose; -1 with an error. */
static int ask_list(struct inventory *inventory, virConnectPtr conn, const struct list *list,
                    unsigned int flags,
                    void (*note)(struct inventory *, const struct inventory_key *))
{
    wire_connect_list_all_networks_args args = {.need_results = TRUE, .flags = flags};
    union answer answer;
    const guint8 *elements;
    guint count;

    if (remote_call(conn, FUNCTION, WIRE_PROGRAM_REMOTE, list->procedure, &args, &answer) < 0)
        return -1;
    elements = G_STRUCT_MEMBER(const guint8 *, &answer, list->array);
    count = G_STRUCT_MEMBER(unsigned int, &answer, list->count);
    for (guint i = 0; i < count; i++) {
        struct inventory_key key = key_in(list, elements + i * list->size);

        note(inventory, &key);
    }
    wire_clear(list->type, &answer);
    return 0;
}

static void note_there(struct inventory *inventory, const struct inventory_key *key)
{
    need(inventory, key);
}

/* What has gone since the first look is left to its event. */
static void note_active(struct inventory *inventory, const struct inventory_key *key)
{
    struct inventory_item *item = find(inventory, key);

    if (item)
        item->state = 1;
}

static void note_persistent(struct inventory *inventory, const struct inventory_key *key)
{
    struct inventory_item *item = find(inventory, key);

    if (item)
        item->persistent = TRUE;
}

static int ask_all(struct inventory *inventory, virConnectPtr conn, const struct list *list)
{
    if (ask_list(inventory, conn, list, 0, note_there) < 0)
        return -1;
    if (!list->active)
        return 0;
    if (ask_list(inventory, conn, list, list->active, note_active) < 0)
        return -1;
    return ask_list(inventory, conn, list, list->persistent, note_persistent);
}

static void note_record(struct inventory *inventory, const wire_stats_record *record)
{
    struct inventory_key key = {CORRAL_GAP_DOMAIN, record->dom.name, record->dom.uuid};
    struct inventory_item *item = need(inventory, &key);

    virTypedParamsGetInt(record->params, record->params_count, "state.state", &item->state);
}

static void note_kept(struct inventory *inventory, const wire_stats_record *record)
{
    struct inventory_key key = {CORRAL_GAP_DOMAIN, record->dom.name, record->dom.uuid};

    note_persistent(inventory, &key);
}

typedef void (*note_stats)(struct inventory *inventory, const wire_stats_record *record);

static void note_all(struct inventory *inventory, const wire_connect_get_all_domain_stats_ret *ret,
                     note_stats note)
{
    for (guint i = 0; i < ret->retStats_count; i++)
        note(inventory, &ret->retStats[i]);
}

/* Statistics tell all states in one answer, or in pieces where that would be too long. */
static int ask_domains(struct inventory *inventory, virConnectPtr conn, unsigned int flags,
                       note_stats note)
{
    wire_connect_get_all_domain_stats_args args = {.stats = VIR_DOMAIN_STATS_STATE, .flags = flags};
    struct page page = {.function = FUNCTION, .stats = args.stats, .flags = flags};
    wire_connect_get_all_domain_stats_ret ret;
    int more;

    if (remote_call(conn, FUNCTION, WIRE_PROGRAM_REMOTE, WIRE_PROC_CONNECT_GET_ALL_DOMAIN_STATS,
                    &args, &ret) == 0) {
        note_all(inventory, &ret, note);
        wire_clear(WIRE_CONNECT_GET_ALL_DOMAIN_STATS_RET, &ret);
        return 0;
    }
    if (!page_helps())
        return -1;
    while ((more = page_next(conn, &page)) > 0)
        note_all(inventory, &page.answer, note);
    return more;
}

static int ask_all_domains(struct inventory *inventory, virConnectPtr conn)
{
    if (ask_domains(inventory, conn, 0, note_record) < 0)
        return -1;
    return ask_domains(inventory, conn, VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT, note_kept);
}

/* A kind that the daemon does not show is none of the inventory's; -1 without a daemon. */
static int settle(struct inventory *inventory, virConnectPtr conn, int object, int status)
{
    if (status == 0)
        return 0;
    g_clear_pointer(&inventory->items[object], g_hash_table_unref);
    return reconnect_hopeless(conn) ? -1 : 0;
}

static int ask_everything(struct inventory *inventory, virConnectPtr conn)
{
    if (settle(inventory, conn, CORRAL_GAP_DOMAIN, ask_all_domains(inventory, conn)) < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (settle(inventory, conn, lists[i].object, ask_all(inventory, conn, &lists[i])) < 0)
            return -1;
    return 0;
}

struct inventory *inventory_ask(virConnectPtr conn)
{
    struct inventory *inventory = g_new0(struct inventory, 1);

    for (int i = 0; i < OBJECTS; i++)
        inventory->items[i] = g_hash_table_new_full(hash_item, same_item, item_free, NULL);
    if (ask_everything(inventory, conn) == 0)
        return inventory;
    inventory_free(inventory);
    return NULL;
}

/* --- events --------------------------------------------------------------------------------------
 */

/* What an event of each kind's lifecycle means: a state that it is in from then on, or one of
 * these. */
enum {
    IS_DEFINED = -1,
    IS_UNDEFINED = -2,
    HAS_STOPPED = -3,
    STAYS = -4,
};

static int meaning(int object, int event)
{
    static const gint8 meanings[OBJECTS][VIR_DOMAIN_EVENT_CRASHED + 1] = {
        [CORRAL_GAP_DOMAIN] = {IS_DEFINED, IS_UNDEFINED, VIR_DOMAIN_RUNNING, VIR_DOMAIN_PAUSED,
                               VIR_DOMAIN_RUNNING, HAS_STOPPED, VIR_DOMAIN_SHUTDOWN,
                               VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_CRASHED},
        [CORRAL_GAP_NETWORK] = {IS_DEFINED, IS_UNDEFINED, 1, HAS_STOPPED, STAYS, STAYS, STAYS,
                                STAYS, STAYS},
        [CORRAL_GAP_STORAGE_POOL] = {IS_DEFINED, IS_UNDEFINED, 1, HAS_STOPPED, STAYS, STAYS, STAYS,
                                     STAYS, STAYS},
        [CORRAL_GAP_NODE_DEVICE] = {1, HAS_STOPPED, STAYS, STAYS, STAYS, STAYS, STAYS, STAYS,
                                    STAYS},
        [CORRAL_GAP_SECRET] = {IS_DEFINED, IS_UNDEFINED, STAYS, STAYS, STAYS, STAYS, STAYS, STAYS,
                               STAYS},
    };

    return event >= 0 && event <= VIR_DOMAIN_EVENT_CRASHED ? meanings[object][event] : STAYS;
}

static void has_gone(struct inventory *inventory, struct inventory_item *item)
{
    g_hash_table_remove(inventory->items[item->object], item);
}

void inventory_event(struct inventory *inventory, const struct inventory_key *key, int event)
{
    int means = meaning(key->object, event);
    struct inventory_item *item;

    if (!inventory->items[key->object] || means == STAYS)
        return;
    item =
        means == IS_UNDEFINED || means == HAS_STOPPED ? find(inventory, key) : need(inventory, key);
    if (means >= 0) {
        item->state = means;
    } else if (means == IS_DEFINED) {
        item->persistent = TRUE;
    } else if (!item) {
        return;
    } else if (means == IS_UNDEFINED) {
        item->persistent = FALSE;
        if (item->state == at_rest(key->object))
            has_gone(inventory, item);
    } else {
        item->state = at_rest(key->object);
        if (!item->persistent)
            has_gone(inventory, item);
    }
}

/* --- comparing -----------------------------------------------------------------------------------
 */

static void add_change(GArray *changes, GStringChunk *texts, const struct inventory_item *before,
                       const struct inventory_item *after)
{
    const struct inventory_item *last = after ? after : before;
    corralGapChange change = {
        .object = last->object,
        .type = !before  ? CORRAL_GAP_APPEARED
                : !after ? CORRAL_GAP_VANISHED
                         : CORRAL_GAP_CHANGED,
        .name = last->name,
        .before = before ? before->state : -1,
        .after = after ? after->state : -1,
    };
    char text[UUID_TEXT];

    if (last->has_uuid)
        change.uuid = g_string_chunk_insert(texts, uuid_format(last->uuid, text));
    g_array_append_val(changes, change);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const corralGapChange *one = a, *other = b;

    if (one->object != other->object)
        return one->object - other->object;
    return g_strcmp0(one->name, other->name);
}

/* A kind that one of them does not know has not changed. */
static void compare_kind(GHashTable *before, GHashTable *after, GArray *changes,
                         GStringChunk *texts)
{
    const struct inventory_item *item, *other;
    GHashTableIter iter;

    if (!before || !after)
        return;
    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, (gpointer *)&item, NULL)) {
        other = g_hash_table_lookup(after, item);
        if (!other || other->state != item->state || g_strcmp0(other->name, item->name) != 0)
            add_change(changes, texts, item, other);
    }
    g_hash_table_iter_init(&iter, after);
    while (g_hash_table_iter_next(&iter, (gpointer *)&item, NULL))
        if (!g_hash_table_contains(before, item))
            add_change(changes, texts, NULL, item);
}

GArray *inventory_compare(const struct inventory *before, const struct inventory *after,
                          unsigned int kinds, GStringChunk *texts)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(corralGapChange));

    for (int i = 0; i < OBJECTS; i++)
        if (kinds & 1u << i)
            compare_kind(before->items[i], after->items[i], changes, texts);
    g_array_sort(changes, by_name);
    return changes;
}
