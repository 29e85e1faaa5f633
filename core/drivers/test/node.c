#include "core/drivers/test/node.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/xml.h"
#include "core/drivers/test/domain.h"
#include "core/drivers/test/fault.h"
#include "core/drivers/test/hostif.h"
#include "core/drivers/test/login.h"
#include "core/drivers/test/network.h"
#include "core/drivers/test/nodedev.h"
#include "core/drivers/test/storage.h"

/* The objects that scripts expect in test:///default. */
static const char default_node[] =
    "<node>"
    "<domain type='test'><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>"
    "<memory>8388608</memory><currentMemory>2097152</currentMemory><vcpu>2</vcpu>"
    "<os><type>hvm</type></os><devices>"
    "<disk type='file' device='disk'><source file='/guest/diskimage1'/><target dev='vda' "
    "bus='virtio'/>"
    "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></disk>"
    "<interface type='network'><mac address='aa:bb:cc:dd:ee:ff'/><source network='default'/>"
    "<target dev='testnet0'/><address type='pci' domain='0x0000' bus='0x00' slot='0x01' "
    "function='0x0'/>"
    "</interface><memballoon model='virtio'>"
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/></memballoon>"
    "</devices></domain>"
    "<network><name>default</name><uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid><forward "
    "mode='nat'/>"
    "<bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp>"
    "<range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>"
    "<pool type='dir'><name>default-pool</name><uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>"
    "<target><path>/default-pool</path></target></pool>"
    "<interface type='ethernet' name='eth1'><start mode='onboot'/><mac "
    "address='aa:bb:cc:dd:ee:ff'/>"
    "<mtu size='1492'/><protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/>"
    "<route gateway='192.168.0.1'/></protocol></interface>"
    "<device><name>computer</name><capability type='system'><hardware><vendor>Libvirt</vendor>"
    "<version>Test "
    "driver</version><serial>123456</serial><uuid>11111111-2222-3333-4444-555555555555</uuid>"
    "</hardware><firmware><vendor>Libvirt</vendor><version>Test Driver</version>"
    "<release_date>01/22/2007</release_date></firmware></capability></device>"
    "<device><name>scsi_host1</name><parent>computer</parent><capability "
    "type='scsi_host'><host>1</host>"
    "<unique_id>0</unique_id><capability type='fc_host'><wwnn>2000000012341234</wwnn>"
    "<wwpn>1000000012341234</wwpn><fabric_wwn>2000000043214321</fabric_wwn></capability>"
    "<capability type='vport_ops'/></capability></device>"
    "<device><name>scsi_host2</name><parent>computer</parent><capability "
    "type='scsi_host'><host>2</host>"
    "<unique_id>1</unique_id><capability type='fc_host'><wwnn>2000000056785678</wwnn>"
    "<wwpn>1000000056785678</wwpn><fabric_wwn>2000000087658765</fabric_wwn></capability>"
    "<capability type='vport_ops'/></capability></device>"
    "<device><name>scsi_host11</name><parent>scsi_host1</parent><capability "
    "type='scsi_host'><host>11</host>"
    "<unique_id>10</unique_id><capability type='fc_host'><wwnn>2000000034563456</wwnn>"
    "<wwpn>1000000034563456</wwpn><fabric_wwn>2000000043214321</fabric_wwn></capability></"
    "capability></device>"
    "</node>";

static const virNodeInfo default_host = {
    .model = "i686",
    .memory = 3 * 1024 * 1024,
    .cpus = 16,
    .mhz = 1400,
    .nodes = 2,
    .sockets = 2,
    .cores = 2,
    .threads = 2,
};

/* Of a host; what lists them grows with it. */
#define CPUS_MAX 4096

/* Where a description stands, for the files it names. */
struct source {
    const char *name;   /* in errors */
    const char *folder; /* NULL when it may name none */
};

/* At most XML_SIZE_MAX bytes of a regular file. */
static char *read_document(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    struct stat info;

    if (stat(path, &info) < 0) {
        test_error(XML_ERROR, "failed to parse xml document '%s': %s", path, g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(info.st_mode) || info.st_size > XML_SIZE_MAX) {
        test_error(XML_ERROR,
                   "failed to parse xml document '%s': a file of up to %d bytes is wanted", path,
                   XML_SIZE_MAX);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        test_error(XML_ERROR, "failed to parse xml document '%s': %s", path, error->message);
        return NULL;
    }
    return g_steal_pointer(&text);
}

/* The element as a document of its own, with the namespaces that it has from around it. */
static char *element_text(xmlNodePtr node)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr copy = xmlDocCopyNode(node, doc, 1);
    xmlChar *text = NULL;
    char *result;

    xmlDocSetRootElement(doc, copy);
    xmlReconciliateNs(doc, copy);
    xmlDocDumpMemory(doc, &text, NULL);
    result = g_strdup((const char *)text);
    xmlFree(text);
    return result;
}

/* An object stands in the description, or in a file that its element names. */
static char *object_text(xmlNodePtr node, const struct source *source)
{
    g_autofree char *file = xml_attr(node, "file");
    g_autofree char *path = NULL;

    if (!file)
        return element_text(node);
    if (g_path_is_absolute(file) || !source->folder)
        path = g_strdup(file);
    else
        path = g_build_filename(source->folder, file, NULL);
    return read_document(path);
}

static int load_guest(struct world *world, const char *xml, const char *what)
{
    return guest_load(world, xml);
}

static int load_objects(struct world *world, xmlNodePtr node, const struct source *source,
                        const char *name,
                        int (*load)(struct world *world, const char *xml, const char *what))
{
    g_autofree char *what = g_strdup_printf("<%s> in %s", name, source->name);

    for (xmlNodePtr child = xml_child(node, name); child; child = xml_next(child)) {
        g_autofree char *xml = object_text(child, source);

        if (!xml || load(world, xml, what) < 0)
            return -1;
    }
    return 0;
}

/* Leaves `value` when the element is not there. */
static int read_number(xmlNodePtr node, const char *name, const char *what, unsigned int *value)
{
    xmlNodePtr child = node ? xml_child(node, name) : NULL;
    g_autofree char *text = child ? xml_text(child) : NULL;
    guint64 number;

    if (!child)
        return 0;
    if (text && g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXUINT, &number, NULL)) {
        *value = number;
        return 0;
    }
    test_error(XML_ERROR, "invalid node %s value '%s': a number is wanted", what, text ? text : "");
    return -1;
}

static int read_host(xmlNodePtr node, virNodeInfo *info)
{
    xmlNodePtr cpu = xml_child(node, "cpu");
    xmlNodePtr model = cpu ? xml_child(cpu, "model") : NULL;
    unsigned int memory = info->memory, active = G_MAXUINT;
    g_autofree char *text = model ? xml_text(model) : NULL;
    unsigned long long all;

    if (read_number(cpu, "nodes", "cpu numa nodes", &info->nodes) < 0 ||
        read_number(cpu, "sockets", "cpu sockets", &info->sockets) < 0 ||
        read_number(cpu, "cores", "cpu cores", &info->cores) < 0 ||
        read_number(cpu, "threads", "cpu threads", &info->threads) < 0 ||
        read_number(cpu, "active", "cpu active", &active) < 0 ||
        read_number(cpu, "mhz", "cpu mhz", &info->mhz) < 0 ||
        read_number(node, "memory", "memory", &memory) < 0)
        return -1;
    all = (unsigned long long)info->nodes * info->sockets;
    if (info->nodes > CPUS_MAX || info->sockets > CPUS_MAX || info->cores > CPUS_MAX ||
        info->threads > CPUS_MAX || (all *= info->cores) > CPUS_MAX ||
        (all *= info->threads) > CPUS_MAX) {
        test_error(XML_ERROR, "invalid node cpu: more than %d processors", CPUS_MAX);
        return -1;
    }
    info->cpus = MIN(all, active);
    info->memory = memory;
    if (text)
        g_strlcpy(info->model, g_strstrip(text), sizeof(info->model));
    return 0;
}

static int load(struct world *world, const char *xml, const struct source *source)
{
    g_autoptr(xmlDoc) doc = xml_parse(xml, source->name);
    xmlNodePtr node = doc ? xmlDocGetRootElement(doc) : NULL;

    if (!node)
        return -1;
    if (strcmp((const char *)node->name, "node") != 0) {
        test_error(XML_ERROR, "expecting root element of 'node', not '%s'",
                   (const char *)node->name);
        return -1;
    }
    world->node = default_host;
    if (read_host(node, &world->node) < 0 || faults_parse(node, &world->faults) < 0 ||
        logins_parse(node, &world->logins) < 0)
        return -1;
    if (load_objects(world, node, source, "domain", load_guest) < 0 ||
        load_objects(world, node, source, "network", network_load) < 0 ||
        load_objects(world, node, source, "pool", pool_load) < 0 ||
        load_objects(world, node, source, "interface", hostif_load) < 0 ||
        load_objects(world, node, source, "device", host_device_load) < 0)
        return -1;
    return 0;
}

int node_load_default(struct world *world)
{
    static const struct source source = {.name = "test:///default"};

    if (load(world, default_node, &source) < 0)
        return -1;
    world->cells = world->node.nodes;
    return 0;
}

int node_load_file(struct world *world, const char *path)
{
    g_autofree char *text = read_document(path);
    g_autofree char *folder = g_path_get_dirname(path);
    struct source source = {.name = path, .folder = folder};

    return text ? load(world, text, &source) : -1;
}
