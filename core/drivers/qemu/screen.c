/* What a guest shows, and what is typed into it. */
#include "core/drivers/qemu/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/object/stream_fd.h"

/* ---- screenshots */

static const char *video_alias(const struct domain *doc, unsigned screen)
{
    return screen < doc->devices.n_videos ? doc->devices.videos[screen].alias.name : NULL;
}

static json_t *dump_arguments(const char *path, const char *alias, bool png)
{
    json_t *arguments = json_pack("{s:s}", "filename", path);

    if (alias)
        json_object_set_new(arguments, "device", json_string(alias));
    if (png)
        json_object_set_new(arguments, "format", json_string("png"));
    return arguments;
}

/* QEMU writes a file, which is gone from the folder before anybody reads it. */
static int dump_screen(struct job *job, unsigned screen, bool png)
{
    g_autofree char *path = g_build_filename(job->guest->folder, "screen", NULL);
    g_autofree char *alias = g_strdup(video_alias(job->guest->live->doc, screen));
    int fd = -1;

    unlink(path);
    if (job_call(job, "screendump", dump_arguments(path, alias, png), NULL) < 0)
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        error_set_system(VIR_FROM_QEMU, errno, "cannot open the screenshot '%s'", path);
    unlink(path);
    return fd;
}

char *qemu_domainScreenshot(virDomainPtr dom, virStreamPtr stream, unsigned int screen,
                            unsigned int flags)
{
    bool png;
    int fd;

    if (qemu_flags(flags, 0) < 0)
        return NULL;
    WITH_ACTIVE_JOB(dom, NULL);
    if (screen >= guest->live->doc->devices.n_videos) {
        qemu_error(INVALID_ARG, "domain '%s' has no screen %u: it has %zu", guest->name, screen,
                   guest->live->doc->devices.n_videos);
        return NULL;
    }
    png = guest->caps && caps_schema_has(guest->caps, "screendump/arg-type/*format/^png");
    fd = dump_screen(&job, screen, png);
    if (fd < 0 || stream_open_fd(stream, fd, NULL, NULL) < 0)
        return NULL;
    return strdup(png ? "image/png" : "image/x-portable-pixmap");
}

/* ---- keys */

/* Those of Linux's keys whose numbers are not those of the PC's first keyboard. */
static const struct {
    unsigned char linux_code, number;
} moved[] = {
    {96, 0x9c},  {97, 0x9d},  {98, 0xb5},  {99, 0x54},  {100, 0xb8}, {102, 0xc7},
    {103, 0xc8}, {104, 0xc9}, {105, 0xcb}, {106, 0xcd}, {107, 0xcf}, {108, 0xd0},
    {109, 0xd1}, {110, 0xd2}, {111, 0xd3}, {113, 0xa0}, {114, 0xae}, {115, 0xb0},
    {116, 0xde}, {119, 0xc6}, {125, 0xdb}, {126, 0xdc}, {127, 0xdd},
};

static unsigned from_linux(unsigned code)
{
    if (code <= 88)
        return code;
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++)
        if (moved[i].linux_code == code)
            return moved[i].number;
    return 0;
}

static json_t *key_number(unsigned codeset, unsigned code)
{
    unsigned number = codeset == VIR_KEYCODE_SET_LINUX ? from_linux(code) : code;

    if (number && number <= 0xff)
        return json_pack("{s:s, s:i}", "type", "number", "data", (int)number);
    qemu_error(INVALID_ARG, "cannot translate keycode %u of codeset %u: no key has it", code,
               codeset);
    return NULL;
}

static json_t *key_numbers(unsigned codeset, const unsigned *codes, int n)
{
    g_autoptr(json_t) keys = json_array();

    for (int i = 0; i < n; i++) {
        json_t *key = key_number(codeset, codes[i]);

        if (!key)
            return NULL;
        json_array_append_new(keys, key);
    }
    return g_steal_pointer(&keys);
}

int qemu_domainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime,
                       unsigned int *keycodes, int nkeycodes, unsigned int flags)
{
    json_t *keys, *arguments;

    if (qemu_flags(flags, 0) < 0)
        return -1;
    if (codeset != VIR_KEYCODE_SET_LINUX && codeset != VIR_KEYCODE_SET_XT &&
        codeset != VIR_KEYCODE_SET_ATSET1 && codeset != VIR_KEYCODE_SET_QNUM) {
        qemu_error(NO_SUPPORT,
                   "keys of codeset %u: those of 'linux', 'xt', 'atset1' and 'qnum' are accepted",
                   codeset);
        return -1;
    }
    keys = key_numbers(codeset, keycodes, nkeycodes);
    if (!keys)
        return -1;
    arguments = json_pack("{s:o}", "keys", keys);
    if (holdtime)
        json_object_set_new(arguments, "hold-time", json_integer(holdtime));
    g_auto(job_auto_t) job = {0};
    if (job_begin_active(&job, domain, __func__) < 0) {
        json_decref(arguments);
        return -1;
    }
    return job_call(&job, "send-key", arguments, NULL);
}

int qemu_domainInjectNMI(virDomainPtr domain, unsigned int flags)
{
    if (qemu_flags(flags, 0) < 0)
        return -1;
    WITH_ACTIVE_JOB(domain, -1);
    return job_call(&job, "inject-nmi", NULL, NULL);
}
