/* What guests can have here, and the one kind of them that there is. */
#include "core/drivers/test/domain.h"

#include <string.h>

#include "core/drivers/test/cells.h"
#include "core/drivers/test/kind.h"
#include "core/drivers/test/vcpu.h"

#define EMULATOR "/usr/bin/test-hv"
#define MACHINE "test"

/* A caller may name what there is, or leave it open. */
static int check(const char *value, const char *only, const char *what)
{
    if (!value || !strcmp(value, only))
        return 0;
    test_error(INVALID_ARG, "%s '%s' is not supported: '%s' is", what, value, only);
    return -1;
}

int kind_check(const char *emulator, const char *arch, const char *machine, const char *virttype)
{
    if (check(emulator, EMULATOR, "emulator") < 0 || check(arch, "i686", "architecture") < 0 ||
        check(machine, MACHINE, "machine type") < 0)
        return -1;
    return check(virttype, "test", "virtualization type");
}

char *test_connectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin,
                                        const char *arch, const char *machine, const char *virttype,
                                        unsigned int flags)
{
    if (flags_check(flags, 0, __func__) < 0 || kind_check(emulatorbin, arch, machine, virttype) < 0)
        return NULL;
    return g_strdup_printf("<domainCapabilities>\n"
                           "  <path>" EMULATOR "</path>\n"
                           "  <domain>test</domain>\n"
                           "  <machine>" MACHINE "</machine>\n"
                           "  <arch>i686</arch>\n"
                           "  <vcpu max='%d'/>\n"
                           "  <iothreads supported='yes'/>\n"
                           "  <os supported='yes'>\n"
                           "    <loader supported='no'/>\n"
                           "  </os>\n"
                           "  <cpu>\n"
                           "    <mode name='host-passthrough' supported='no'/>\n"
                           "    <mode name='maximum' supported='no'/>\n"
                           "    <mode name='host-model' supported='no'/>\n"
                           "    <mode name='custom' supported='no'/>\n"
                           "  </cpu>\n"
                           "  <devices>\n"
                           "    <disk supported='yes'>\n"
                           "      <enum name='diskDevice'>\n"
                           "        <value>disk</value>\n"
                           "        <value>cdrom</value>\n"
                           "        <value>floppy</value>\n"
                           "        <value>lun</value>\n"
                           "      </enum>\n"
                           "    </disk>\n"
                           "    <graphics supported='yes'>\n"
                           "      <enum name='type'>\n"
                           "        <value>vnc</value>\n"
                           "        <value>spice</value>\n"
                           "      </enum>\n"
                           "    </graphics>\n"
                           "    <video supported='yes'/>\n"
                           "    <hostdev supported='no'/>\n"
                           "    <channel supported='yes'>\n"
                           "      <enum name='type'>\n"
                           "        <value>unix</value>\n"
                           "      </enum>\n"
                           "    </channel>\n"
                           "  </devices>\n"
                           "  <features>\n"
                           "    <gic supported='no'/>\n"
                           "    <vmcoreinfo supported='no'/>\n"
                           "    <genid supported='yes'/>\n"
                           "    <sev supported='yes'>\n"
                           "      <cbitpos>%d</cbitpos>\n"
                           "      <reducedPhysBits>%d</reducedPhysBits>\n"
                           "      <maxGuests>%d</maxGuests>\n"
                           "      <maxESGuests>%d</maxESGuests>\n"
                           "    </sev>\n"
                           "  </features>\n"
                           "</domainCapabilities>\n",
                           VCPUS_MAX, SEV_CBITPOS, SEV_REDUCED_PHYS_BITS, SEV_MAX_GUESTS,
                           SEV_MAX_ES_GUESTS);
}
