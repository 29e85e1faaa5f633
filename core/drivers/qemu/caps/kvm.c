#include "core/drivers/qemu/caps/kvm.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/process.h"
#include "core/drivers/qemu/caps/facts.h"
#include "core/drivers/qemu/error.h"

#define DEVICE "/dev/kvm"

/* A PC's ROM: real mode, then protected mode, a million rounds, and the end by a device that makes
 * the number 42 an exit status of 2 · 42 + 1. Hosts are known whose KVM opens, and runs a first
 * instruction, but gets no further than that in any time worth waiting for.
 *
 *     cli                              1: dec ecx
 *     mov ax, cs; mov ds, ax              jnz 1b
 *     lgdt [0x48]                         mov al, 42
 *     mov eax, cr0                        out 0xf4, al
 *     or al, 1; mov cr0, eax              hlt
 *     ljmp 8, 0xf001b                     (the table at 0x30: nothing, code, data)
 *     mov ax, 16; mov ds, ax
 *     mov ecx, 1000000
 */
#define ROM_SIZE 65536
static const unsigned char rom_code[] = {
    0xfa, 0x8c, 0xc8, 0x8e, 0xd8, 0x66, 0x0f, 0x01, 0x16, 0x48, 0x00, 0x0f, 0x20, 0xc0, 0x0c, 0x01,
    0x0f, 0x22, 0xc0, 0x66, 0xea, 0x1b, 0x00, 0x0f, 0x00, 0x08, 0x00, 0x66, 0xb8, 0x10, 0x00, 0x8e,
    0xd8, 0xb9, 0x40, 0x42, 0x0f, 0x00, 0x49, 0x75, 0xfd, 0xb0, 0x2a, 0xe6, 0xf4, 0xf4, 0x66, 0x90,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x9a, 0xcf, 0x00,
    0xff, 0xff, 0x00, 0x00, 0x00, 0x92, 0xcf, 0x00, 0x17, 0x00, 0x30, 0x00, 0x0f, 0x00,
};
/* Where the processor begins: ljmp 0xf000:0 */
#define ROM_ENTRY 0xfff0
static const unsigned char rom_entry[] = {0xea, 0x00, 0x00, 0x00, 0xf0};
#define ROM_STATUS 85

static int make_rom(void)
{
    int fd = memfd_create("rom", MFD_CLOEXEC);

    if (fd >= 0 && (ftruncate(fd, ROM_SIZE) < 0 || pwrite(fd, rom_code, sizeof(rom_code), 0) < 0 ||
                    pwrite(fd, rom_entry, sizeof(rom_entry), ROM_ENTRY) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Whether the guest gets as far as to its end in time. */
static bool run_rom(const char *binary, const char *accel, int rom)
{
    g_autofree char *machine = g_strdup_printf("pc,accel=%s", accel);
    g_autofree char *bios = g_strdup_printf("/proc/self/fd/%d", rom);
    char *const argv[] = {(char *)binary,
                          "-no-user-config",
                          "-nodefaults",
                          "-nographic",
                          "-machine",
                          machine,
                          "-m",
                          "1",
                          "-bios",
                          bios,
                          "-device",
                          "isa-debug-exit,iobase=0xf4,iosize=1",
                          NULL};
    char *const env[] = {"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    struct process_spec spec = {.argv = argv,
                                .env = env,
                                .folder = "/",
                                .input = -1,
                                .output = -1,
                                .errors = -1,
                                .fds = &rom,
                                .n_fds = 1};
    struct process process = PROCESS_NONE;
    int status = 0;
    bool ended;

    if (process_spawn(&spec, &process) < 0) {
        error_reset();
        return false;
    }
    ended = process_wait(&process, KVM_TIMEOUT_MS, &status);
    if (!ended) {
        process_kill(&process, SIGKILL);
        process_wait(&process, -1, NULL);
    }
    process_release(&process);
    return ended && status == ROM_STATUS;
}

/* Elsewhere than on a PC the word of KVM is taken, for want of a guest. Unknown: not even emulation
 * was in time, so the host is too busy to tell. */
static enum kvm_answer try_guest(const struct qemu_caps *caps)
{
    enum kvm_answer answer = KVM_WORKS;
    int rom;

    if (!caps_has_device(caps, "isa-debug-exit") || !caps_machine(caps, "pc"))
        return KVM_WORKS;
    rom = make_rom();
    if (rom < 0)
        return KVM_UNKNOWN;
    if (!run_rom(caps_binary(caps), "kvm", rom))
        answer = !caps_has(caps, CAPS_TCG) || run_rom(caps_binary(caps), "tcg", rom) ? KVM_FAILS
                                                                                     : KVM_UNKNOWN;
    close(rom);
    return answer;
}

/* ---- what was found before, in this boot ---- */

static char *memory_path(const char *folder, const struct qemu_caps *caps)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, caps_binary(caps), -1);
    g_autofree char *name = g_strconcat(hash, ".kvm.json", NULL);

    return g_build_filename(folder, name, NULL);
}

/* What an answer holds for: the binary, this boot, and the device's permissions, as they are told
 * by who may open it. */
static char *circumstances(const struct qemu_caps *caps)
{
    g_autofree char *identity = facts_identity(caps_binary(caps)), *boot = NULL;

    g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL);
    return g_strdup_printf("%s%s%d", identity, boot ? boot : "", access(DEVICE, R_OK | W_OK) == 0);
}

static json_t *recall(const char *path, const char *circumstances)
{
    g_autoptr(json_t) memory = json_load_file(path, 0, NULL);

    if (!memory || json_number_of(memory, "format", 0) != FACTS_FORMAT ||
        g_strcmp0(json_text_of(memory, "circumstances"), circumstances) != 0)
        return NULL;
    return g_steal_pointer(&memory);
}

static void remember(const char *path, const json_t *memory)
{
    g_autofree char *text = json_dumps(memory, JSON_COMPACT);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GError) error = NULL;

    if (g_mkdir_with_parents(folder, 0700) < 0 ||
        !g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        log_warning("cannot write '%s'", path);
}

static json_t *ask_guest(const struct qemu_caps *caps, const char *circumstances)
{
    enum kvm_answer answer = KVM_FAILS;
    json_t *processors = NULL;

    if (access(DEVICE, R_OK | W_OK) == 0)
        answer = try_guest(caps);
    if (answer == KVM_UNKNOWN)
        return NULL;
    if (answer == KVM_WORKS) {
        processors = facts_probe_accelerator(caps_binary(caps), "kvm");
        error_reset();
    }
    log_info("guests of '%s' %s on KVM", caps_binary(caps), processors ? "run" : "do not run");
    return json_pack("{s:i, s:s, s:b, s:o*}", "format", FACTS_FORMAT, "circumstances",
                     circumstances, "works", processors != NULL, "processors", processors);
}

enum kvm_answer kvm_find_out(const char *folder, struct qemu_caps *caps)
{
    g_autofree char *path = folder ? memory_path(folder, caps) : NULL;
    g_autofree char *now = circumstances(caps);
    g_autoptr(json_t) memory = path ? recall(path, now) : NULL;

    if (!memory) {
        memory = ask_guest(caps, now);
        if (path && memory)
            remember(path, memory);
    }
    if (!memory)
        return KVM_UNKNOWN;
    if (!json_truth_of(memory, "works", FALSE))
        return KVM_FAILS;
    caps_set_kvm(caps, json_object_get(memory, "processors"));
    return KVM_WORKS;
}
