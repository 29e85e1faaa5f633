/* Sound: back ends on the host, cards in the guest. */
#include "core/drivers/qemu/command/props.h"

static const char *const drivers[] = {
    [DOMAIN_AUDIO_TYPE_NONE] = "none",
    [DOMAIN_AUDIO_TYPE_ALSA] = "alsa",
    [DOMAIN_AUDIO_TYPE_COREAUDIO] = "coreaudio",
    [DOMAIN_AUDIO_TYPE_JACK] = "jack",
    [DOMAIN_AUDIO_TYPE_OSS] = "oss",
    [DOMAIN_AUDIO_TYPE_PULSEAUDIO] = "pa",
    [DOMAIN_AUDIO_TYPE_SDL] = "sdl",
    [DOMAIN_AUDIO_TYPE_SPICE] = "spice",
    [DOMAIN_AUDIO_TYPE_FILE] = "wav",
    [DOMAIN_AUDIO_TYPE_DBUS] = "dbus",
};

static const struct prop direction_table[] = {
    PROP("mixing-engine", PROP_BOOL, struct domain_audio_common, mixing_engine),
    PROP("fixed-settings", PROP_BOOL, struct domain_audio_common, fixed_settings),
    PROP("voices", PROP_UINT, struct domain_audio_common, voices),
    PROP("buffer-length", PROP_UINT, struct domain_audio_common, buffer_length),
    PROP("frequency", PROP_UINT, struct domain_audio_common, settings.frequency),
    PROP("channels", PROP_UINT, struct domain_audio_common, settings.channels),
    PROP_OF("format", struct domain_audio_common, settings.format,
            domain_audio_common_settings_format_words),
    PROP("dev", PROP_STRING, struct domain_audio_common, dev),
    PROP("buffer-count", PROP_UINT, struct domain_audio_common, buffer_count),
    PROP("try-poll", PROP_BOOL, struct domain_audio_common, try_poll),
    PROP("server-name", PROP_STRING, struct domain_audio_common, server_name),
    PROP("client-name", PROP_STRING, struct domain_audio_common, client_name),
    PROP("connect-ports", PROP_STRING, struct domain_audio_common, connect_ports),
    PROP("exact-name", PROP_BOOL, struct domain_audio_common, exact_name),
    PROP("name", PROP_STRING, struct domain_audio_common, name),
    PROP("stream-name", PROP_STRING, struct domain_audio_common, stream_name),
    PROP("latency", PROP_UINT, struct domain_audio_common, latency),
};

static const struct prop audio_table[] = {
    PROP("timer-period", PROP_UINT, struct domain_audio, timer_period),
    PROP("server", PROP_STRING, struct domain_audio, server_name),
    PROP("path", PROP_STRING, struct domain_audio, path),
    PROP("try-mmap", PROP_BOOL, struct domain_audio, try_mmap),
    PROP("exclusive", PROP_BOOL, struct domain_audio, exclusive),
};

static void add_direction(json_t *props, const char *key, const struct domain_audio_common *common)
{
    json_t *direction = json_object();

    PROPS_ADD(direction, common, direction_table);
    if (json_object_size(direction))
        json_object_set(props, key, direction);
    json_decref(direction);
}

/* What is said nothing of is as the host has it. */
static json_t *audio(const struct domain_audio *audio)
{
    json_t *props = json_object();

    prop_format(props, "id", "audio%u", audio->id);
    prop_string(props, "driver", drivers[audio->type]);
    PROPS_ADD(props, audio, audio_table);
    if (audio->has_dsp_policy)
        prop_uint(props, "dsp-policy", (unsigned)audio->dsp_policy);
    add_direction(props, "in", (const struct domain_audio_common *)&audio->input);
    add_direction(props, "out", (const struct domain_audio_common *)&audio->output);
    return props;
}

int build_audios(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_audios; i++) {
        const struct domain_audio *one = &devices->audios[i];

        if (one->type == DOMAIN_AUDIO_TYPE_SDL && one->driver)
            g_ptr_array_add(build->command->env,
                            g_strdup_printf("SDL_AUDIODRIVER=%s",
                                            doc_word(&domain_audio_driver_words, one->driver)));
        add_json(build, "-audiodev", audio(one));
    }
    return 0;
}

/* ---- cards */

static const char *card_driver(const struct domain_sound *sound)
{
    switch (sound->model) {
    case DOMAIN_SOUND_MODEL_ES1370:
        return "ES1370";
    case DOMAIN_SOUND_MODEL_AC97:
        return "AC97";
    case DOMAIN_SOUND_MODEL_ICH6:
        return "intel-hda";
    case DOMAIN_SOUND_MODEL_ICH9:
        return "ich9-intel-hda";
    case DOMAIN_SOUND_MODEL_USB:
        return "usb-audio";
    case DOMAIN_SOUND_MODEL_SB16:
        return "sb16";
    default:
        return NULL;
    }
}

static bool has_codecs(const struct domain_sound *sound)
{
    return sound->model == DOMAIN_SOUND_MODEL_ICH6 || sound->model == DOMAIN_SOUND_MODEL_ICH9;
}

static void set_backend(json_t *props, const struct domain *doc, const struct domain_sound *sound)
{
    if (sound->audio.id)
        prop_format(props, "audiodev", "audio%u", sound->audio.id);
    else if (doc->devices.n_audios)
        prop_format(props, "audiodev", "audio%u", doc->devices.audios[0].id);
}

json_t *device_props_sound(const struct domain *doc, const struct domain_sound *sound,
                           const struct launch *launch)
{
    const char *driver = card_driver(sound);
    json_t *props;

    if (!driver) {
        refuse("sound card model '%s' is not supported by QEMU",
               doc_word(&domain_sound_model_words, sound->model));
        return NULL;
    }
    props = props_of("driver", driver);
    if (!has_codecs(sound))
        set_backend(props, doc, sound);
    return device_finish(doc, launch, props, (const struct domain_info *)&sound->alias,
                         &sound->address);
}

static json_t *codec(const struct domain *doc, const struct domain_sound *sound, unsigned type,
                     size_t place)
{
    static const char *const names[] = {
        [DOMAIN_SOUND_CODECS_TYPE_DUPLEX] = "hda-duplex",
        [DOMAIN_SOUND_CODECS_TYPE_MICRO] = "hda-micro",
        [DOMAIN_SOUND_CODECS_TYPE_OUTPUT] = "hda-output",
    };
    json_t *props = props_of("driver", names[type]);

    prop_format(props, "id", "%s-codec%zu", sound->alias.name, place);
    prop_format(props, "bus", "%s.0", sound->alias.name);
    prop_uint(props, "cad", place);
    set_backend(props, doc, sound);
    return props;
}

/* A card without a codec would be mute. */
static void build_codecs(struct builder *build, const struct domain_sound *sound)
{
    for (size_t i = 0; i < sound->n_codecs; i++)
        add_device(build, codec(build->doc, sound, sound->codecs[i].type, i));
    if (!sound->n_codecs)
        add_device(build, codec(build->doc, sound, DOMAIN_SOUND_CODECS_TYPE_DUPLEX, 0));
}

int build_sounds(struct builder *build)
{
    const struct domain_devices *devices = &build->doc->devices;

    for (size_t i = 0; i < devices->n_sounds; i++) {
        const struct domain_sound *sound = &devices->sounds[i];

        /* The board's own; its back end is the machine's. */
        if (sound->model == DOMAIN_SOUND_MODEL_PCSPK)
            continue;
        if (add_device(build, device_props_sound(build->doc, sound, build->launch)) < 0)
            return -1;
        if (has_codecs(sound))
            build_codecs(build, sound);
    }
    return 0;
}
