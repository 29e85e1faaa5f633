/* Loaded before the library: keeps what its calls print. */
#include "printed_keep.h"

#include <dlfcn.h>
#include <errno.h>

typedef char *describe(void *object, unsigned flags);

#define SEEN __attribute__((visibility("default")))

/* Interpreters load the library where nobody else looks. */
static void *find(const char *call)
{
    static void *library;

    if (!library)
        library = dlopen("libcorral.so.0", RTLD_LAZY | RTLD_NOLOAD);
    return dlsym(library ? library : RTLD_NEXT, call);
}

static char *keep(const char *kind, char *text)
{
    int number = errno;

    printed_keep(kind, text);
    errno = number;
    return text;
}

#define KEPT(call, kind)                                                                           \
    SEEN char *call(void *object, unsigned flags);                                                 \
    char *call(void *object, unsigned flags)                                                       \
    {                                                                                              \
        describe *real = (describe *)find(#call);                                                  \
                                                                                                   \
        return keep(kind, real(object, flags));                                                    \
    }

KEPT(virDomainBackupGetXMLDesc, "domainbackup")
KEPT(virDomainCheckpointGetXMLDesc, "domaincheckpoint")
KEPT(virDomainGetXMLDesc, "domain")
KEPT(virDomainSnapshotGetXMLDesc, "domainsnapshot")
KEPT(virInterfaceGetXMLDesc, "interface")
KEPT(virNWFilterBindingGetXMLDesc, "nwfilterbinding")
KEPT(virNWFilterGetXMLDesc, "nwfilter")
KEPT(virNetworkGetXMLDesc, "network")
KEPT(virNetworkPortGetXMLDesc, "networkport")
KEPT(virNodeDeviceGetXMLDesc, "nodedev")
KEPT(virSecretGetXMLDesc, "secret")
KEPT(virStoragePoolGetXMLDesc, "storagepool")
KEPT(virStorageVolGetXMLDesc, "storagevol")
KEPT(virConnectGetSysinfo, "sysinfo")

SEEN char *virConnectGetCapabilities(void *conn);
char *virConnectGetCapabilities(void *conn)
{
    char *(*real)(void *) = (char *(*)(void *))find("virConnectGetCapabilities");

    return keep("capabilities", real(conn));
}

SEEN char *virConnectGetDomainCapabilities(void *conn, const char *emulator, const char *arch,
                                           const char *machine, const char *type, unsigned flags);
char *virConnectGetDomainCapabilities(void *conn, const char *emulator, const char *arch,
                                      const char *machine, const char *type, unsigned flags)
{
    char *(*real)(void *, const char *, const char *, const char *, const char *, unsigned) =
        (char *(*)(void *, const char *, const char *, const char *, const char *, unsigned))find(
            "virConnectGetDomainCapabilities");

    return keep("domaincapabilities", real(conn, emulator, arch, machine, type, flags));
}
