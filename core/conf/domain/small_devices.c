/* Devices that need little: random numbers, sockets, smart cards, shared memory, TPM and others. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

#define LABEL_MIN 128 /* KiB */
#define USB_CLASS_MAX 0xff

/* ---- defaults */

static void complete_memballoon(struct domain_memballoon *balloon)
{
    if (balloon->stats.period < 0)
        balloon->stats.period = 0;
}

static void complete_rngs(struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_rngs; i++) {
        struct domain_rng_backend *backend = &devices->rngs[i].backend;

        if (!devices->rngs[i].rate.bytes)
            devices->rngs[i].rate.period = 0;
        if (backend->model == DOMAIN_RNG_BACKEND_MODEL_RANDOM && !backend->text)
            backend->text = g_strdup("/dev/random");
    }
}

/* Without an address, one is chosen at start. */
static void complete_vsock(struct domain_vsock *vsock)
{
    if (vsock && !vsock->cid.automatic)
        vsock->cid.automatic = vsock->cid.address ? TRISTATE_NO : TRISTATE_YES;
}

static bool slot_taken(const struct domain_devices *devices, unsigned slot)
{
    for (size_t i = 0; i < devices->n_smartcards; i++) {
        const struct domain_address *address = &devices->smartcards[i].address;

        if (address->type == DOMAIN_ADDRESS_TYPE_CCID && address->ccid.controller == 0 &&
            address->ccid.slot == slot)
            return true;
    }
    return false;
}

/* Cards without an address get the lowest free slot of the first reader that lies behind the
 * slots of the cards before them. */
static void complete_smartcards(struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_smartcards; i++) {
        struct domain_address *address = &devices->smartcards[i].address;
        unsigned slot = 0;

        if (address->type)
            continue;
        for (size_t k = 0; k < devices->n_smartcards; k++) {
            const struct domain_address *other = &devices->smartcards[k].address;

            if (other->type == DOMAIN_ADDRESS_TYPE_CCID && other->ccid.controller == 0)
                slot = MAX(slot, other->ccid.slot + 1);
        }
        while (slot_taken(devices, slot))
            slot++;
        address->type = DOMAIN_ADDRESS_TYPE_CCID;
        address->ccid.slot = slot;
    }
}

/* Only the HDA cards have codecs. */
static void complete_sounds(struct domain_devices *devices)
{
    for (size_t i = 0; i < devices->n_sounds; i++) {
        struct domain_sound *sound = &devices->sounds[i];

        if (sound->model == DOMAIN_SOUND_MODEL_ICH6 || sound->model == DOMAIN_SOUND_MODEL_ICH9)
            continue;
        g_clear_pointer(&sound->codecs, g_free);
        sound->n_codecs = 0;
    }
}

int domain_complete_small_devices(struct domain *def, const struct doc_call *call)
{
    (void)call;
    complete_rngs(&def->devices);
    complete_memballoon(&def->devices.memballoon);
    complete_vsock(def->devices.vsock);
    complete_smartcards(&def->devices);
    complete_sounds(&def->devices);
    return 0;
}

/* ---- reading one */

/* "MAJOR.MINOR", two digits each; "2.5" means 2.50. */
static char *usb_version(const char *text)
{
    char *end;
    unsigned long major = strtoul(text, &end, 10);
    size_t digits;

    if (end == text || major > 99 || *end != '.')
        return NULL;
    digits = strspn(end + 1, "0123456789");
    if (digits == 0 || digits > 2 || end[1 + digits])
        return NULL;
    return g_strdup_printf("%lu.%s%s", major, end + 1, digits == 1 ? "0" : "");
}

int domain_hook_usbdev(void *part, const struct doc_call *call)
{
    struct domain_redirfilter_usbdevs *rule = part;
    char *version;

    if (rule->device_class > USB_CLASS_MAX) {
        doc_error(call, VIR_ERR_INTERNAL_ERROR, "Invalid USB Class code 0x%x: at most 0x%x",
                  rule->device_class, USB_CLASS_MAX);
        return -1;
    }
    if (!rule->version)
        return 0;
    if (!strcmp(rule->version, "-1")) {
        g_clear_pointer(&rule->version, g_free);
        return 0;
    }
    version = usb_version(rule->version);
    if (!version) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "Cannot parse USB device version %s: MAJOR.MINOR is expected", rule->version);
        return -1;
    }
    g_free(rule->version);
    rule->version = version;
    return 0;
}

/* Three keys of the host's card, and where they are kept. */
int domain_hook_smartcard(void *part, const struct doc_call *call)
{
    const struct domain_smartcard *card = part;

    if (card->mode != DOMAIN_SMARTCARD_MODE_HOST_CERTIFICATES)
        return 0;
    if (card->n_certificates != 3) {
        doc_error(call, VIR_ERR_XML_ERROR,
                  "host-certificates mode needs exactly three certificates, not %zu",
                  card->n_certificates);
        return -1;
    }
    if (card->database && card->database[0] != '/') {
        doc_error(call, VIR_ERR_XML_ERROR, "expecting absolute path: %s", card->database);
        return -1;
    }
    return 0;
}

/* ---- checks */

static int refuse(const struct doc_call *call, int code, const char *text)
{
    doc_error(call, code, "%s", text);
    return -1;
}

static int check_shmems(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_shmems; i++) {
        if (strchr(devices->shmems[i].name, '/'))
            return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "shmem name cannot include '/' character");
        if (devices->shmems[i].msi && !devices->shmems[i].server)
            return refuse(call, VIR_ERR_XML_ERROR, "msi option is only supported with a server");
    }
    return 0;
}

/* Somebody else's program, at the end of a socket. */
static int check_external(const struct domain_tpm_backend *backend, const struct doc_call *call)
{
    if (backend->type != DOMAIN_TPM_BACKEND_TYPE_EXTERNAL)
        return 0;
    if (!backend->source.type)
        return refuse(call, VIR_ERR_XML_ERROR, "missing external TPM backend type");
    if (!backend->source.path)
        return refuse(call, VIR_ERR_XML_ERROR, "missing socket path for external TPM device");
    return 0;
}

static int check_tpms(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_tpms; i++) {
        const struct domain_tpm_backend *backend = &devices->tpms[i].backend;
        const struct domain_tpm_backend_active_pcr_banks *banks = &backend->active_pcr_banks;

        if (check_external(backend, call) < 0)
            return -1;
        if ((banks->sha1 || banks->sha256 || banks->sha384 || banks->sha512) &&
            backend->version != DOMAIN_TPM_BACKEND_VERSION_2_0)
            return refuse(call, VIR_ERR_XML_ERROR,
                          "<active_pcr_banks/> requires TPM version '2.0'");
    }
    return 0;
}

int domain_check_panics(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_panics; i++) {
        for (size_t k = 0; k < i; k++) {
            if (devices->panics[i].model == devices->panics[k].model) {
                doc_error(call, VIR_ERR_XML_ERROR, "Multiple panic devices with model '%s'",
                          WORD(domain_devices_panics_model_words, devices->panics[i].model));
                return -1;
            }
        }
    }
    return 0;
}

static int check_iommu(const struct domain *def, const struct doc_call *call)
{
    const struct domain_iommu *iommu = &def->devices.iommu;
    const struct domain_iommu_driver *driver = &iommu->driver;
    bool options =
        driver->intremap || driver->caching_mode || driver->eim || driver->iotlb || driver->aw_bits;

    if (!iommu->model)
        return 0;
    if (iommu->model != DOMAIN_IOMMU_MODEL_INTEL && options) {
        doc_error(call, VIR_ERR_XML_ERROR, "iommu model '%s' doesn't support additional attributes",
                  WORD(domain_iommu_model_words, iommu->model));
        return -1;
    }
    if (iommu->model != DOMAIN_IOMMU_MODEL_VIRTIO && iommu->address.type) {
        doc_error(call, VIR_ERR_XML_ERROR, "iommu model '%s' can't have address",
                  WORD(domain_iommu_model_words, iommu->model));
        return -1;
    }
    if (driver->intremap == TRISTATE_ON &&
        def->features.ioapic.driver != DOMAIN_FEATURES_IOAPIC_DRIVER_QEMU)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "IOMMU interrupt remapping requires split I/O APIC (ioapic driver='qemu')");
    if (driver->eim == TRISTATE_ON && driver->intremap != TRISTATE_ON)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "IOMMU eim requires interrupt remapping to be enabled");
    return 0;
}

/* A label is a piece of the device at its end. */
static int check_label(const struct domain_memory_device *memory, const struct doc_call *call)
{
    unsigned long long size = memory->target.label.size;

    if (memory->model != DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM || !size)
        return 0;
    if (size < LABEL_MIN)
        return refuse(call, VIR_ERR_XML_ERROR, "nvdimm label must be at least 128KiB");
    if (size >= memory->target.size)
        return refuse(call, VIR_ERR_XML_ERROR, "label size must be smaller than NVDIMM size");
    return 0;
}

static int check_memories(const struct domain *def, const struct doc_call *call)
{
    for (size_t i = 0; i < def->devices.n_memories; i++) {
        const struct domain_memory_device *memory = &def->devices.memories[i];

        if (check_label(memory, call) < 0)
            return -1;
        if (memory->target.has_node && def->cpu.numa.n_cells == 0)
            return refuse(call, VIR_ERR_XML_DETAIL,
                          "can't add memory backend as guest has no NUMA nodes configured");
        if (memory->target.has_node && memory->target.node >= def->cpu.numa.n_cells) {
            doc_error(call, VIR_ERR_XML_DETAIL,
                      "can't add memory backend for guest node '%u' as the guest has only '%zu' "
                      "NUMA nodes configured",
                      memory->target.node, def->cpu.numa.n_cells);
            return -1;
        }
        if ((memory->model == DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM ||
             memory->model == DOMAIN_MEMORY_DEVICE_MODEL_VIRTIO_PMEM) &&
            !memory->source.path) {
            doc_error(call, VIR_ERR_XML_DETAIL, "path is required for model '%s'",
                      WORD(domain_memory_device_model_words, memory->model));
            return -1;
        }
        if (memory->uuid && memory->model == DOMAIN_MEMORY_DEVICE_MODEL_NVDIMM &&
            g_strcmp0(def->os.type.arch, "ppc64") != 0 &&
            g_strcmp0(def->os.type.arch, "ppc64le") != 0)
            return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED,
                          "UUID is not supported for NVDIMM device");
    }
    return 0;
}

static int check_inputs(const struct domain_devices *devices, const struct doc_call *call)
{
    for (size_t i = 0; i < devices->n_inputs; i++) {
        const struct domain_input *input = &devices->inputs[i];

        if (input->model && input->bus != DOMAIN_INPUT_BUS_VIRTIO) {
            doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                      "only bus 'virtio' is supported for input model '%s'",
                      WORD(domain_virtio_model_words, input->model));
            return -1;
        }
        if (input->bus == DOMAIN_INPUT_BUS_USB && input->address.type &&
            input->address.type != DOMAIN_ADDRESS_TYPE_USB)
            return refuse(call, VIR_ERR_XML_ERROR, "Invalid address for a USB device");
    }
    for (size_t i = 0; i < devices->n_redirdevs; i++) {
        if (devices->redirdevs[i].address.type &&
            devices->redirdevs[i].address.type != DOMAIN_ADDRESS_TYPE_USB)
            return refuse(call, VIR_ERR_XML_ERROR, "Invalid address for a USB device");
    }
    return 0;
}

int domain_check_small_devices(struct domain *def, const struct doc_call *call)
{
    const struct domain_vsock *vsock = def->devices.vsock;

    if (check_memories(def, call) < 0)
        return -1;
    if (vsock && vsock->cid.address && vsock->cid.address < 3)
        return refuse(call, VIR_ERR_CONFIG_UNSUPPORTED, "guest CIDs must be >= 3");
    if (vsock && !vsock->model &&
        domain_check_virtio_options(&vsock->driver.virtio_options, call) < 0)
        return -1;
    if (check_shmems(&def->devices, call) < 0 || check_tpms(&def->devices, call) < 0 ||
        check_iommu(def, call) < 0)
        return -1;
    return check_inputs(&def->devices, call);
}
