/* Titles, descriptions, and applications' elements of networks. */
#include "core/drivers/test/network.h"

#include "core/base/xml.h"
#include "core/conf/guest/notes.h"
#include "core/object/error.h"
#include "objects.h"

#define FLAGS (VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG)

static int write_note(struct network *def, int type, const char *metadata, xmlDocPtr element,
                      const char *uri)
{
    if (type == VIR_NETWORK_METADATA_ELEMENT)
        return note_put(&def->metadata, element, uri);
    note_set_text(type == VIR_NETWORK_METADATA_TITLE ? &def->title : &def->description, metadata);
    return 0;
}

/* A copy of a definition with the note; NULL with an error. */
static struct network *noted(const struct network *def, int type, const char *metadata,
                             xmlDocPtr element, const char *uri)
{
    struct network *copy = network_copy(def);

    if (write_note(copy, type, metadata, element, uri) == 0)
        return copy;
    network_free(copy);
    return NULL;
}

int test_networkSetMetadata(virNetworkPtr network, int type, const char *metadata, const char *key,
                            const char *uri, unsigned int flags)
{
    const struct note note = {
        type, key, uri, "virNetworkSetMetadata", VIR_FROM_NETWORK, VIR_FROM_NETWORK};
    struct world *world = world_of(network->conn);
    g_autoptr(xmlDoc) element = NULL;
    struct network *copy;
    struct net *net;

    if (flags_check(flags, FLAGS, __func__) < 0 || note_check_set(&note, metadata) < 0)
        return -1;
    if (type == VIR_NETWORK_METADATA_ELEMENT && metadata && !(element = note_read(&note, metadata)))
        return -1;
    lock_guard(&world->lock);
    net = net_find_uuid(world, network->uuid);
    flags = net ? net_effective(net, flags) : 0;
    if (!flags)
        return -1;
    if (flags & VIR_NETWORK_UPDATE_AFFECT_LIVE) {
        if (!(copy = noted(net->def, type, metadata, element, uri)))
            return -1;
        net_set_live(net, copy);
    }
    if (flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG) {
        if (!(copy = noted(net_stored(net), type, metadata, element, uri)))
            return -1;
        net_set_stored(net, copy);
    }
    net_event_metadata(world, net, type, uri);
    return 0;
}

static char *read_note(const struct network *def, int type, const char *uri)
{
    if (type == VIR_NETWORK_METADATA_ELEMENT)
        return note_get(def->metadata, uri);
    return g_strdup(type == VIR_NETWORK_METADATA_TITLE ? def->title : def->description);
}

char *test_networkGetMetadata(virNetworkPtr network, int type, const char *uri, unsigned int flags)
{
    const struct note note = {
        type, NULL, uri, "virNetworkGetMetadata", VIR_FROM_NETWORK, VIR_FROM_NETWORK};
    struct world *world = world_of(network->conn);
    struct net *net;
    char *text;

    if (flags_check(flags, FLAGS, __func__) < 0 || note_check_get(&note) < 0)
        return NULL;
    lock_guard(&world->lock);
    net = net_find_uuid(world, network->uuid);
    flags = net ? net_effective(net, flags) : 0;
    if (!flags)
        return NULL;
    text =
        read_note(flags & VIR_NETWORK_UPDATE_AFFECT_CONFIG ? net_stored(net) : net->def, type, uri);
    if (!text && !error_code())
        error_set(VIR_FROM_NETWORK, VIR_ERR_NO_NETWORK_METADATA,
                  "Requested metadata element is not present");
    return text;
}
