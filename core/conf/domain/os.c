#include "core/conf/domain/boot.h"
#include "core/conf/domain/devices.h"
#include "core/conf/domain/machine.h"

#include <libxml/tree.h>
#include <string.h>

#define TIMEOUT_MAX 65535

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

static bool known_architecture(const char *name)
{
    static const char *const all[] = {
        "alpha",        "armv6l", "armv7l",    "armv7b",   "aarch64",  "cris",
        "i686",         "ia64",   "lm32",      "m68k",     "mips",     "microblaze",
        "microblazeel", "mipsel", "mips64",    "mips64el", "openrisc", "parisc",
        "parisc64",     "ppc",    "ppc64",     "ppcemb",   "ppc64le",  "riscv32",
        "riscv64",      "s390",   "s390x",     "sh4",      "sh4eb",    "sparc",
        "sparc64",      "x86_64", "unicore32", "xtensa",   "xtensaeb", NULL,
    };

    return g_strv_contains(all, name);
}

int domain_hook_acpi_tables(void *part, const struct doc_call *call)
{
    (void)part;
    if (domain_count_children(call, "table") > 1)
        return refuse(call, VIR_ERR_XML_ERROR, "Only one acpi table is supported");
    for (const xmlNode *node = call->node->children; node; node = node->next) {
        g_autofree char *type = NULL;
        xmlChar *value;

        if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "table") != 0)
            continue;
        value = xmlGetNoNsProp(node, BAD_CAST "type");
        type = g_strdup((const char *)value);
        xmlFree(value);
        if (!type)
            return refuse(call, VIR_ERR_XML_ERROR, "Missing acpi table type");
        if (strcmp(type, "slic") != 0) {
            doc_error(call, VIR_ERR_XML_ERROR, "Unknown acpi table type: %s", type);
            return -1;
        }
    }
    return 0;
}

int domain_hook_nvram(void *part, const struct doc_call *call)
{
    struct domain_os_nvram *nvram = part;

    if (nvram->type && !domain_has_child(call, "source"))
        return refuse(call, VIR_ERR_INTERNAL_ERROR, "nvram with a type needs a <source>");
    if (nvram->type && nvram->source)
        return domain_check_source(&nvram->source->source_content, nvram->type, call);
    doc_free(&domain_os_nvram_source_layout, nvram->source);
    nvram->source = NULL;
    return 0;
}

/* ---- what each kind of system starts with */

#define MOVE(to, from, member)                                                                     \
    ((to).member = (from)->member, memset(&(from)->member, 0, sizeof((from)->member)))

static void keep_init(struct domain_os *kept, struct domain_os *os)
{
    MOVE(*kept, os, init);
    MOVE(*kept, os, initargs);
    MOVE(*kept, os, n_initargs);
    MOVE(*kept, os, initenvs);
    MOVE(*kept, os, n_initenvs);
    MOVE(*kept, os, initdir);
    MOVE(*kept, os, inituser);
    MOVE(*kept, os, initgroup);
    MOVE(*kept, os, cmdline);
}

static int check_init(const struct domain_os *os, const struct doc_call *call)
{
    if (!os->init)
        return refuse(call, VIR_ERR_XML_ERROR, "init binary must be specified");
    for (size_t i = 0; i < os->n_initargs; i++) {
        if (!*os->initargs[i])
            return refuse(call, VIR_ERR_XML_ERROR, "No data supplied for <initarg> element");
    }
    for (size_t i = 0; i < os->n_initenvs; i++) {
        if (!os->initenvs[i].text || !*os->initenvs[i].text) {
            doc_error(call, VIR_ERR_XML_ERROR, "No value supplied for <initenv name='%s'> element",
                      os->initenvs[i].name);
            return -1;
        }
    }
    return 0;
}

static void keep_kernel(struct domain_os *kept, struct domain_os *os)
{
    MOVE(*kept, os, loader);
    MOVE(*kept, os, nvram);
    MOVE(*kept, os, kernel);
    MOVE(*kept, os, initrd);
    MOVE(*kept, os, cmdline);
    MOVE(*kept, os, dtb);
    MOVE(*kept, os, root);
}

static void keep_machine(struct domain_os *kept, struct domain_os *os)
{
    keep_kernel(kept, os);
    MOVE(*kept, os, firmware);
    if (kept->firmware)
        MOVE(*kept, os, firmware_features);
    MOVE(*kept, os, acpi);
}

static void keep_boot_order(struct domain_os *kept, struct domain_os *os)
{
    MOVE(*kept, os, boots);
    MOVE(*kept, os, n_boots);
    MOVE(*kept, os, bootmenu);
    MOVE(*kept, os, bios);
}

/* A container starts a program, a paravirtual guest a kernel, a machine its firmware; a boot loader
 * on the host decides itself what comes first. */
static void keep_what_starts(struct domain *def)
{
    struct domain_os kept = {0};

    MOVE(kept, &def->os, type);
    MOVE(kept, &def->os, smbios);
    switch (kept.type.text) {
    case DOMAIN_OS_TYPE_TEXT_HVM:
        keep_machine(&kept, &def->os);
        if (!def->bootloader)
            keep_boot_order(&kept, &def->os);
        break;
    case DOMAIN_OS_TYPE_TEXT_EXE:
        keep_init(&kept, &def->os);
        break;
    case DOMAIN_OS_TYPE_TEXT_LINUX:
        if (def->type == DOMAIN_TYPE_XEN)
            keep_kernel(&kept, &def->os);
        break;
    default:
        keep_kernel(&kept, &def->os);
    }
    doc_clear(domain_layout_of(domain_doc_kind.root->layout, "os"), &def->os);
    def->os = kept;
}

/* ---- firmware */

static void set_feature(struct domain_os_firmware_features *all, unsigned name,
                        enum tristate enabled)
{
    struct domain_os_firmware_features_features *feature;
    size_t i = 0;

    while (i < all->n_features && all->features[i].name != name)
        i++;
    feature = i < all->n_features ? &all->features[i] : LIST_APPEND(all->features, all->n_features);
    feature->name = name;
    feature->enabled = enabled;
}

/* Each feature once, in the order of their names; the last word on it counts. */
static int complete_features(struct domain_os *os, const struct doc_call *call)
{
    const unsigned keys = DOMAIN_OS_FIRMWARE_FEATURES_FEATURES_NAME_ENROLLED_KEYS;
    const unsigned boot = DOMAIN_OS_FIRMWARE_FEATURES_FEATURES_NAME_SECURE_BOOT;
    struct domain_os_firmware_features *all = &os->firmware_features;
    enum tristate said[3] = {0};

    for (size_t i = 0; i < all->n_features; i++)
        said[all->features[i].name] = all->features[i].enabled;
    if (os->firmware == DOMAIN_OS_FIRMWARE_EFI && said[keys] == TRISTATE_YES) {
        if (said[boot] == TRISTATE_NO)
            return refuse(call, VIR_ERR_XML_DETAIL,
                          "firmware feature 'enrolled-keys' cannot be enabled when firmware "
                          "feature 'secure-boot' is disabled");
        said[boot] = TRISTATE_YES;
    }
    g_clear_pointer(&all->features, g_free);
    all->n_features = 0;
    for (unsigned name = keys; name <= boot; name++) {
        if (said[name])
            set_feature(all, name, said[name]);
    }
    return 0;
}

static bool has_nvram(const struct domain_os *os)
{
    return os->nvram.text || os->nvram.template || os->nvram.type;
}

static int check_chosen(const struct domain_os *os, const struct doc_call *call)
{
    const char *wrong = NULL;

    if (os->loader.readonly)
        wrong = "readonly";
    else if (os->loader.type || os->loader.text)
        wrong = "type";
    else if (os->loader.secure == TRISTATE_NO)
        wrong = "secure";
    if (wrong) {
        doc_error(call, VIR_ERR_XML_DETAIL,
                  "loader attribute '%s' cannot be specified when firmware autoselection is "
                  "enabled",
                  wrong);
        return -1;
    }
    if (os->nvram.template)
        return refuse(call, VIR_ERR_XML_DETAIL,
                      "nvram attribute 'template' cannot be specified when firmware "
                      "autoselection is enabled");
    if (os->firmware != DOMAIN_OS_FIRMWARE_BIOS)
        return 0;
    if (os->loader.stateless == TRISTATE_NO)
        return refuse(call, VIR_ERR_XML_DETAIL, "Only EFI firmware permits NVRAM");
    if (has_nvram(os))
        return refuse(call, VIR_ERR_XML_DETAIL, "firmware type 'bios' does not support nvram");
    return 0;
}

static int check_given(struct domain_os *os, bool mentioned, const struct doc_call *call)
{
    if (!mentioned)
        return 0;
    if (!os->loader.text)
        return refuse(call, VIR_ERR_XML_DETAIL,
                      "no loader path specified and firmware auto selection disabled");
    if (!os->loader.type)
        os->loader.type = DOMAIN_OS_LOADER_TYPE_ROM;
    if (os->loader.type == DOMAIN_OS_LOADER_TYPE_ROM && os->loader.stateless == TRISTATE_NO)
        return refuse(call, VIR_ERR_XML_DETAIL, "Only pflash loader type permits NVRAM");
    return 0;
}

int domain_check_firmware(struct domain *def, const struct doc_call *call)
{
    struct domain_os *os = &def->os;
    bool mentioned =
        domain_has_grandchild(call, "os", "loader") || domain_has_grandchild(call, "os", "nvram");
    bool starts =
        os->type.text == DOMAIN_OS_TYPE_TEXT_HVM || os->type.text == DOMAIN_OS_TYPE_TEXT_XEN ||
        os->type.text == DOMAIN_OS_TYPE_TEXT_UML || os->type.text == DOMAIN_OS_TYPE_TEXT_XENPVH ||
        (os->type.text == DOMAIN_OS_TYPE_TEXT_LINUX && def->type == DOMAIN_TYPE_XEN);

    if (os->firmware ? check_chosen(os, call) < 0 : check_given(os, starts && mentioned, call) < 0)
        return -1;
    if (os->loader.stateless == TRISTATE_YES && has_nvram(os))
        return refuse(call, VIR_ERR_XML_DETAIL, "NVRAM is not permitted when loader is stateless");
    return 0;
}

/* ---- the whole element */

static int check_bounds(const struct domain_os *os, const struct doc_call *call)
{
    if (os->bootmenu.enable != TRISTATE_YES)
        return 0;
    if (os->bootmenu.timeout > TIMEOUT_MAX)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "invalid value for boot menu timeout, must be in range [0,65535]");
    return 0;
}

static int check_reboot_timeout(const struct domain_os_bios *bios, const struct doc_call *call)
{
    if (bios->has_reboot_timeout &&
        (bios->reboot_timeout < -1 || bios->reboot_timeout > TIMEOUT_MAX))
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "invalid value for rebootTimeout, must be in range [-1,65535]");
    return 0;
}

/* What decides how all else is understood is judged before anything else is read. */
int domain_hook_names_read(void *part, const struct doc_call *call)
{
    const struct domain *def = part;
    g_autofree char *arch = domain_grandchild_attribute(call, "os", "type", "arch");

    if (!def->type)
        return refuse(call, VIR_ERR_INTERNAL_ERROR, "missing domain type attribute");
    if (!domain_has_grandchild(call, "os", "type") && !domain_has_child(call, "bootloader"))
        return refuse(call, VIR_ERR_XML_ERROR, "an os <type> must be specified");
    if (!arch || !*arch || known_architecture(arch))
        return 0;
    doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "Unknown architecture %s", arch);
    return -1;
}

int domain_complete_os(struct domain *def, const struct doc_call *call)
{
    struct domain_os_type *type = &def->os.type;

    if (!type->text && def->bootloader)
        type->text = DOMAIN_OS_TYPE_TEXT_XEN;
    /* What Xen runs beside whole machines has an older name there. */
    if (type->text == DOMAIN_OS_TYPE_TEXT_XEN && def->type == DOMAIN_TYPE_XEN)
        type->text = DOMAIN_OS_TYPE_TEXT_LINUX;
    if (!type->text)
        return refuse(call, VIR_ERR_XML_ERROR, "an os <type> must be specified");
    keep_what_starts(def);
    if (type->text == DOMAIN_OS_TYPE_TEXT_EXE && check_init(&def->os, call) < 0)
        return -1;
    if (type->text == DOMAIN_OS_TYPE_TEXT_EXE)
        g_clear_pointer(&def->bootloader, g_free);
    if (!def->bootloader)
        g_clear_pointer(&def->bootloader_args, g_free);
    if (check_bounds(&def->os, call) < 0 || check_reboot_timeout(&def->os.bios, call) < 0)
        return -1;
    domain_set_boot(def);
    return complete_features(&def->os, call);
}
