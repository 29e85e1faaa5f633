/* Which firmware a guest starts with, when it only says of what kind; and its own variables. */
#include "core/drivers/qemu/document/document.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/drivers/qemu/error.h"
#include "core/drivers/qemu/host_firmware.h"

struct choice {
    struct domain *doc;
    bool found;
};

static enum tristate wanted(const struct domain_os *os, unsigned name)
{
    for (size_t i = 0; i < os->firmware_features.n_features; i++)
        if (os->firmware_features.features[i].name == name)
            return os->firmware_features.features[i].enabled;
    return TRISTATE_ABSENT;
}

static bool agrees(enum tristate want, bool has)
{
    return want == TRISTATE_ABSENT || (want == TRISTATE_YES) == has;
}

static bool suits(const struct domain *doc, const struct firmware *firmware)
{
    const struct domain_os *os = &doc->os;

    if (firmware->needs_smm && doc->features.smm.state == TRISTATE_OFF)
        return false;
    return agrees(os->loader.secure, firmware->secure_boot) &&
           agrees(wanted(os, DOMAIN_OS_FIRMWARE_FEATURES_FEATURES_NAME_SECURE_BOOT),
                  firmware->secure_boot) &&
           agrees(wanted(os, DOMAIN_OS_FIRMWARE_FEATURES_FEATURES_NAME_ENROLLED_KEYS),
                  firmware->enrolled_keys);
}

static bool take(const struct firmware *firmware, void *opaque)
{
    struct choice *choice = opaque;
    struct domain *doc = choice->doc;

    if (!suits(doc, firmware))
        return false;
    doc->os.loader.text = g_strdup(firmware->executable);
    doc->os.loader.type = DOMAIN_OS_LOADER_TYPE_PFLASH;
    doc->os.loader.readonly = TRISTATE_YES;
    if (firmware->needs_smm) {
        doc->features.smm.state = TRISTATE_ON;
        doc->os.loader.secure = TRISTATE_YES;
    }
    if (!doc->os.nvram.template && doc->os.loader.stateless != TRISTATE_YES)
        doc->os.nvram.template = g_strdup(firmware->variables);
    choice->found = true;
    return true;
}

/* A file that is named has the template that comes with it. */
static bool find_template(const struct firmware *firmware, void *opaque)
{
    struct domain_os *os = opaque;

    if (strcmp(firmware->executable, os->loader.text))
        return false;
    os->nvram.template = g_strdup(firmware->variables);
    return true;
}

static void name_variables(const struct document_facts *facts, struct domain *doc)
{
    struct domain_os *os = &doc->os;

    if (os->loader.type != DOMAIN_OS_LOADER_TYPE_PFLASH || os->loader.stateless == TRISTATE_YES ||
        !os->loader.text)
        return;
    if (!os->nvram.template)
        host_firmware_each(os->type.arch, os->type.machine, find_template, os);
    if (os->nvram.template && !os->nvram.text && !os->nvram.source)
        os->nvram.text = g_strdup_printf("%s/%s_VARS.fd",
                                         facts->nvram_folder ? facts->nvram_folder : "", doc->name);
}

int document_choose_firmware(const struct document_facts *facts, struct domain *doc)
{
    struct choice choice = {doc, false};

    if (doc->os.firmware == DOMAIN_OS_FIRMWARE_EFI && !doc->os.loader.text) {
        host_firmware_each(doc->os.type.arch, doc->os.type.machine, take, &choice);
        if (!choice.found) {
            qemu_error(OPERATION_FAILED,
                       "Unable to find 'efi' firmware that is compatible with the current "
                       "configuration of '%s': none described in /usr/share/qemu/firmware or "
                       "/etc/qemu/firmware is for machine '%s' with the features asked for",
                       doc->name, doc->os.type.machine);
            return -1;
        }
    }
    name_variables(facts, doc);
    return 0;
}

int document_make_variables(const struct domain *doc)
{
    const struct domain_os_nvram *nvram = &doc->os.nvram;
    g_autofree char *contents = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    if (!nvram->text || !nvram->template || g_file_test(nvram->text, G_FILE_TEST_EXISTS))
        return 0;
    if (g_file_get_contents(nvram->template, &contents, &length, &error) &&
        g_file_set_contents_full(nvram->text, contents, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        return 0;
    qemu_error(OPERATION_FAILED, "cannot make the firmware's variables '%s' from '%s': %s",
               nvram->text, nvram->template, error->message);
    return -1;
}
