/* What kinds of pool there are: all of them, as none needs anything of the host here. */
#include "core/drivers/test/storage.h"

#define FILE_FORMATS                                                                               \
    "none raw dir bochs cloop dmg iso vpc vdi fat vhd ploop cow qcow qcow2 qed vmdk"

/* Options that a pool, or a volume in it, has: the format that is assumed, and all. */
struct options {
    const char *normal; /* NULL: there is no choice */
    const char *formats;
};

static const struct {
    const char *type;
    struct options pool, volume;
} kinds[] = {
    {"dir", {0}, {"raw", FILE_FORMATS}},
    {"fs",
     {"auto", "auto ext2 ext3 ext4 ufs iso9660 udf gfs gfs2 vfat hfs+ xfs ocfs2 vmfs"},
     {"raw", FILE_FORMATS}},
    {"netfs", {"auto", "auto nfs glusterfs cifs"}, {"raw", FILE_FORMATS}},
    {"logical", {"lvm2", "unknown lvm2"}, {0}},
    {"disk",
     {"unknown", "unknown dos dvh gpt mac bsd pc98 sun lvm2"},
     {"none", "none linux fat16 fat32 linux-swap linux-lvm linux-raid extended"}},
    {"iscsi", {0}, {0}},
    {"iscsi-direct", {0}, {0}},
    {"scsi", {0}, {0}},
    {"mpath", {0}, {0}},
    {"rbd", {0}, {"raw", ""}},
    {"sheepdog", {0}, {0}},
    {"gluster", {0}, {"raw", FILE_FORMATS}},
    {"zfs", {0}, {0}},
    {"vstorage", {0}, {"raw", FILE_FORMATS}},
};

static void put_options(GString *out, const char *element, const char *list,
                        const struct options *options)
{
    g_auto(GStrv) formats = NULL;

    if (!options->normal)
        return;
    formats = g_strsplit(options->formats, " ", -1);
    g_string_append_printf(out,
                           "    <%s>\n"
                           "      <defaultFormat type='%s'/>\n"
                           "      <enum name='%s'>\n",
                           element, options->normal, list);
    for (char **format = formats; *format; format++)
        g_string_append_printf(out, "        <value>%s</value>\n", *format);
    g_string_append_printf(out, "      </enum>\n    </%s>\n", element);
}

char *test_connectGetStoragePoolCapabilities(virConnectPtr conn, unsigned int flags)
{
    GString *out;

    if (flags_check(flags, 0, __func__) < 0)
        return NULL;
    out = g_string_new("<storagepoolCapabilities>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_string_append_printf(out, "  <pool type='%s' supported='yes'>\n", kinds[i].type);
        put_options(out, "poolOptions", "sourceFormatType", &kinds[i].pool);
        put_options(out, "volOptions", "targetFormatType", &kinds[i].volume);
        g_string_append(out, "  </pool>\n");
    }
    g_string_append(out, "</storagepoolCapabilities>\n");
    return g_string_free(out, FALSE);
}
