/* Sound: where it goes, and which card goes there. */
#include "core/conf/domain/devices.h"
#include "core/conf/domain/hooks.h"

static bool any_settings(const struct domain_audio_common_settings *settings)
{
    return settings->frequency || settings->channels || settings->format;
}

static int check_stream(const struct domain_audio_common *stream, const char *element,
                        const struct doc_call *call)
{
    bool fixed = stream->fixed_settings == TRISTATE_YES;

    if (fixed && stream->mixing_engine != TRISTATE_YES) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED, "fixed audio settings requires mixing engine");
        return -1;
    }
    if (!fixed &&
        (any_settings(&stream->settings) || domain_has_grandchild(call, element, "settings"))) {
        doc_error(call, VIR_ERR_CONFIG_UNSUPPORTED,
                  "audio settings specified without fixed settings flag");
        return -1;
    }
    return 0;
}

int domain_hook_audio(void *part, const struct doc_call *call)
{
    struct domain_audio *audio = part;

    if (check_stream(&audio->input.audio_common, "input", call) < 0)
        return -1;
    return check_stream(&audio->output.audio_common, "output", call);
}

static int check_audio_id(const struct domain_devices *devices, unsigned id,
                          const struct doc_call *call)
{
    for (size_t i = 0; id && i < devices->n_audios; i++) {
        if (devices->audios[i].id == id)
            return 0;
    }
    if (!id)
        return 0;
    doc_error(call, VIR_ERR_XML_ERROR, "no audio device with ID %u", id);
    return -1;
}

int domain_check_audios(struct domain *def, const struct doc_call *call)
{
    const struct domain_devices *devices = &def->devices;

    for (size_t i = 0; i < devices->n_audios; i++) {
        for (size_t k = 0; k < i; k++) {
            if (devices->audios[i].id == devices->audios[k].id) {
                doc_error(call, VIR_ERR_XML_ERROR, "audio ID %u is used multiple times",
                          devices->audios[i].id);
                return -1;
            }
        }
    }
    for (size_t i = 0; i < devices->n_sounds; i++) {
        if (check_audio_id(devices, devices->sounds[i].audio.id, call) < 0)
            return -1;
    }
    for (size_t i = 0; i < devices->n_graphics; i++) {
        if (devices->graphics[i].type == DOMAIN_GRAPHICS_TYPE_VNC &&
            check_audio_id(devices, devices->graphics[i].audio.id, call) < 0)
            return -1;
    }
    return 0;
}
