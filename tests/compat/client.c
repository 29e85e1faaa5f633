/* A program of the field: it knows nothing of us. Prints what it sees. */
#include <libvirt/libvirt-lxc.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int heard, woken;

static void wake_up(int timer, void *opaque)
{
    woken = 1;
}

/* What was registered is let go of by the loop. */
static void run_loop(void)
{
    int timer = virEventAddTimeout(0, wake_up, NULL, NULL);

    while (!woken)
        virEventRunDefaultImpl();
    virEventRemoveTimeout(timer);
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    printf("event %s %d\n", virDomainGetName(dom), event);
    heard++;
    return 0;
}

static void quiet(void *opaque, virErrorPtr error) {}

static void try_others(virDomainPtr dom)
{
    char *result = NULL;
    int *fds = NULL;

    if (virDomainQemuMonitorCommand(dom, "info", &result, 0) < 0)
        printf("monitor refused\n");
    if (virDomainLxcOpenNamespace(dom, &fds, 0) < 0)
        printf("namespaces refused\n");
}

static void show(virConnectPtr conn)
{
    virDomainPtr *domains = NULL;
    unsigned long version = 0;
    int n = virConnectListAllDomains(conn, &domains, 0);

    virConnectGetLibVersion(conn, &version);
    printf("%lu %s\n", version, virConnectGetType(conn));
    for (int i = 0; i < n; i++) {
        virDomainInfo info;

        virDomainGetInfo(domains[i], &info);
        printf("%s %d %lu %u\n", virDomainGetName(domains[i]), info.state, info.memory,
               info.nrVirtCpu);
        try_others(domains[i]);
        virDomainFree(domains[i]);
    }
    free(domains);
}

static void change(virConnectPtr conn)
{
    virDomainPtr dom =
        virDomainDefineXML(conn, "<domain type='test'><name>mine</name><memory>65536</memory>"
                                 "<os><type>hvm</type></os></domain>");
    int id = virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), NULL, NULL);

    virDomainCreate(dom);
    virDomainDestroy(dom);
    while (heard < 2)
        virEventRunDefaultImpl();
    virConnectDomainEventDeregisterAny(conn, id);
    virDomainUndefine(dom);
    virDomainFree(dom);
    run_loop();
    if (!virDomainLookupByName(conn, "mine"))
        printf("error %d %d\n", virGetLastError()->code, virGetLastError()->domain);
}

/* argv[1]: part of the name of the library that has to be ours, or theirs. */
static int check_library(const char *part)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    int found = 0;

    while (maps && fgets(line, sizeof(line), maps))
        found = found || strstr(line, part) != NULL;
    return maps && fclose(maps) == 0 && found ? 0 : -1;
}

int main(int argc, char **argv)
{
    virConnectPtr conn;

    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    conn = virConnectOpenAuth("test:///default", virConnectAuthPtrDefault, 0);
    if (!conn || argc < 2)
        return 2;
    show(conn);
    change(conn);
    printf("%d\n", virConnectClose(conn));
    return check_library(argv[1]) < 0 ? 3 : 0;
}
