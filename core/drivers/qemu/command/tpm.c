/* TPMs: the host's own, or a program's that emulates one. */
#include "core/drivers/qemu/command/chardev.h"

static const char *const tpm_models[] = {
    [DOMAIN_TPM_MODEL_TPM_TIS] = "tpm-tis",
    [DOMAIN_TPM_MODEL_TPM_CRB] = "tpm-crb",
    [DOMAIN_TPM_MODEL_TPM_SPAPR] = "tpm-spapr",
    [DOMAIN_TPM_MODEL_SPAPR_TPM_PROXY] = "spapr-tpm-proxy",
};

static int build_emulator(struct builder *build, const struct domain_tpm *tpm, size_t place)
{
    const char *const *sockets = build->launch->tpm_sockets;
    g_autofree char *shown =
        g_strdup_printf("%s/swtpm.sock", build->launch->folder ? build->launch->folder : "");
    const char *path = sockets ? sockets[place] : shown;

    if (tpm->backend.type == DOMAIN_TPM_BACKEND_TYPE_EXTERNAL)
        path = tpm->backend.source.path;
    else if (!sockets && !build->launch->for_show)
        return refuse("the emulator of TPM '%s' has not been started", tpm->alias.name);
    add_socket_chardev(build, "chrtpm", path, NULL, false);
    add_optionf(build, "-tpmdev", "emulator,id=tpm-%s,chardev=chrtpm", tpm->alias.name);
    return 0;
}

static void build_passthrough_tpm(struct builder *build, const struct domain_tpm *tpm)
{
    const char *path = tpm->backend.device.path ? tpm->backend.device.path : "/dev/tpm0";
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "passthrough,id=tpm-%s,path=", tpm->alias.name);
    append_value(text, path);
    add_option(build, "-tpmdev", text->str);
}

int build_tpms(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_tpms; i++) {
        const struct domain_tpm *tpm = &devices->tpms[i];
        json_t *props;

        if (tpm->backend.type == DOMAIN_TPM_BACKEND_TYPE_PASSTHROUGH)
            build_passthrough_tpm(build, tpm);
        else if (build_emulator(build, tpm, i) < 0)
            return -1;
        props = props_of("driver", tpm_models[tpm->model]);
        prop_format(props, "tpmdev", "tpm-%s", tpm->alias.name);
        if (add_device(build, device_finish(build->doc, build->launch, props,
                                            (const struct domain_info *)&tpm->alias, NULL)) < 0)
            return -1;
    }
    return 0;
}
