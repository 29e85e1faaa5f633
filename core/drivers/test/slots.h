/* The calls of the hypervisor table that this driver has: test_domainCreate() is virDomainCreate()'s. */
#pragma once

#include "drivers.h"

#define TEST_SLOTS(SLOT)                                                                           \
    SLOT(connectDomainEventDeregister)                                                             \
    SLOT(connectDomainEventDeregisterAny)                                                          \
    SLOT(connectDomainEventRegister)                                                               \
    SLOT(connectDomainEventRegisterAny)                                                            \
    SLOT(connectGetCapabilities)                                                                   \
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
    SLOT(domainGetControlInfo)                                                                     \
    SLOT(domainGetHostname)                                                                        \
    SLOT(domainGetInfo)                                                                            \
    SLOT(domainGetOSType)                                                                          \
    SLOT(domainGetState)                                                                           \
    SLOT(domainGetXMLDesc)                                                                         \
    SLOT(domainIsActive)                                                                           \
    SLOT(domainIsPersistent)                                                                       \
    SLOT(domainIsUpdated)                                                                          \
    SLOT(domainLookupByID)                                                                         \
    SLOT(domainLookupByName)                                                                       \
    SLOT(domainLookupByUUID)                                                                       \
    SLOT(domainReboot)                                                                             \
    SLOT(domainRename)                                                                             \
    SLOT(domainReset)                                                                              \
    SLOT(domainResume)                                                                             \
    SLOT(domainSetAutostart)                                                                       \
    SLOT(domainShutdown)                                                                           \
    SLOT(domainShutdownFlags)                                                                      \
    SLOT(domainSuspend)                                                                            \
    SLOT(domainUndefine)                                                                           \
    SLOT(domainUndefineFlags)                                                                      \
    SLOT(nodeGetCPUMap)                                                                            \
    SLOT(nodeGetCPUStats)                                                                          \
    SLOT(nodeGetCellsFreeMemory)                                                                   \
    SLOT(nodeGetFreeMemory)                                                                        \
    SLOT(nodeGetFreePages)                                                                         \
    SLOT(nodeGetInfo)                                                                              \
    SLOT(nodeGetSecurityModel)

#define TEST_SLOT_DECLARE(slot) __typeof__(*((struct hypervisor_driver *)NULL)->slot) test_##slot;
TEST_SLOTS(TEST_SLOT_DECLARE)
#undef TEST_SLOT_DECLARE
