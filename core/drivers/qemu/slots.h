/* The calls of the hypervisor table that this driver has: qemu_domainCreate() is
 * virDomainCreate()'s. */
#pragma once

#include "drivers.h"

#define QEMU_SLOTS(SLOT)                                                                           \
    SLOT(connectBaselineCPU)                                                                       \
    SLOT(connectBaselineHypervisorCPU)                                                             \
    SLOT(connectCompareCPU)                                                                        \
    SLOT(connectCompareHypervisorCPU)                                                              \
    SLOT(connectDomainEventDeregister)                                                             \
    SLOT(connectDomainEventDeregisterAny)                                                          \
    SLOT(connectDomainEventRegister)                                                               \
    SLOT(connectDomainEventRegisterAny)                                                            \
    SLOT(connectGetAllDomainStats)                                                                 \
    SLOT(connectGetCPUModelNames)                                                                  \
    SLOT(connectGetCapabilities)                                                                   \
    SLOT(connectGetDomainCapabilities)                                                             \
    SLOT(connectGetHostname)                                                                       \
    SLOT(connectGetMaxVcpus)                                                                       \
    SLOT(connectGetSysinfo)                                                                        \
    SLOT(connectGetType)                                                                           \
    SLOT(connectGetVersion)                                                                        \
    SLOT(connectIsAlive)                                                                           \
    SLOT(connectIsEncrypted)                                                                       \
    SLOT(connectIsSecure)                                                                          \
    SLOT(connectListAllDomains)                                                                    \
    SLOT(connectListDefinedDomains)                                                                \
    SLOT(connectListDomains)                                                                       \
    SLOT(connectNumOfDefinedDomains)                                                               \
    SLOT(connectNumOfDomains)                                                                      \
    SLOT(connectRegisterCloseCallback)                                                             \
    SLOT(connectUnregisterCloseCallback)                                                           \
    SLOT(domainBlockStats)                                                                         \
    SLOT(domainBlockStatsFlags)                                                                    \
    SLOT(domainCreate)                                                                             \
    SLOT(domainCreateWithFiles)                                                                    \
    SLOT(domainCreateWithFlags)                                                                    \
    SLOT(domainCreateXML)                                                                          \
    SLOT(domainCreateXMLWithFiles)                                                                 \
    SLOT(domainDefineXML)                                                                          \
    SLOT(domainDefineXMLFlags)                                                                     \
    SLOT(domainDestroy)                                                                            \
    SLOT(domainDestroyFlags)                                                                       \
    SLOT(domainGetAutostart)                                                                       \
    SLOT(domainGetAutostartOnce)                                                                   \
    SLOT(domainGetBlockInfo)                                                                       \
    SLOT(domainGetCPUStats)                                                                        \
    SLOT(domainGetControlInfo)                                                                     \
    SLOT(domainGetInfo)                                                                            \
    SLOT(domainGetMaxMemory)                                                                       \
    SLOT(domainGetMaxVcpus)                                                                        \
    SLOT(domainGetMetadata)                                                                        \
    SLOT(domainGetOSType)                                                                          \
    SLOT(domainGetState)                                                                           \
    SLOT(domainGetVcpus)                                                                           \
    SLOT(domainGetVcpusFlags)                                                                      \
    SLOT(domainGetXMLDesc)                                                                         \
    SLOT(domainInterfaceStats)                                                                     \
    SLOT(domainIsActive)                                                                           \
    SLOT(domainIsPersistent)                                                                       \
    SLOT(domainIsUpdated)                                                                          \
    SLOT(domainListGetStats)                                                                       \
    SLOT(domainLookupByID)                                                                         \
    SLOT(domainLookupByName)                                                                       \
    SLOT(domainLookupByUUID)                                                                       \
    SLOT(domainMemoryStats)                                                                        \
    SLOT(domainOpenChannel)                                                                        \
    SLOT(domainOpenConsole)                                                                        \
    SLOT(domainReboot)                                                                             \
    SLOT(domainRename)                                                                             \
    SLOT(domainReset)                                                                              \
    SLOT(domainResume)                                                                             \
    SLOT(domainSetAutostart)                                                                       \
    SLOT(domainSetAutostartOnce)                                                                   \
    SLOT(domainSetMetadata)                                                                        \
    SLOT(domainShutdown)                                                                           \
    SLOT(domainShutdownFlags)                                                                      \
    SLOT(domainSuspend)                                                                            \
    SLOT(domainUndefine)                                                                           \
    SLOT(domainUndefineFlags)                                                                      \
    SLOT(nodeAllocPages)                                                                           \
    SLOT(nodeGetCPUMap)                                                                            \
    SLOT(nodeGetCPUStats)                                                                          \
    SLOT(nodeGetCellsFreeMemory)                                                                   \
    SLOT(nodeGetFreeMemory)                                                                        \
    SLOT(nodeGetFreePages)                                                                         \
    SLOT(nodeGetInfo)                                                                              \
    SLOT(nodeGetMemoryParameters)                                                                  \
    SLOT(nodeGetMemoryStats)                                                                       \
    SLOT(nodeGetSecurityModel)                                                                     \
    SLOT(nodeSetMemoryParameters)

#define QEMU_SLOT_PROTOTYPE(slot) __typeof__(*((struct hypervisor_driver *)0)->slot) qemu_##slot;
QEMU_SLOTS(QEMU_SLOT_PROTOTYPE)
