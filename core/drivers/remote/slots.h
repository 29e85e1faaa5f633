/* The calls of the remote driver that are written by hand: remote_domainCreate() is
 * virDomainCreate()'s. The others follow from the description. */
#pragma once

#include "drivers.h"

#define REMOTE_SLOTS(SLOT)                                                                         \
    SLOT(connectDomainEventDeregister)                                                             \
    SLOT(connectDomainEventDeregisterAny)                                                          \
    SLOT(connectDomainEventRegister)                                                               \
    SLOT(connectDomainEventRegisterAny)                                                            \
    SLOT(connectDomainQemuMonitorEventDeregister)                                                  \
    SLOT(connectDomainQemuMonitorEventRegister)                                                    \
    SLOT(connectGetAllDomainStats)                                                                 \
    SLOT(connectIsAlive)                                                                           \
    SLOT(connectIsEncrypted)                                                                       \
    SLOT(connectIsSecure)                                                                          \
    SLOT(connectListAllDomains)                                                                    \
    SLOT(connectNetworkEventDeregisterAny)                                                         \
    SLOT(connectNetworkEventRegisterAny)                                                           \
    SLOT(connectNodeDeviceEventDeregisterAny)                                                      \
    SLOT(connectNodeDeviceEventRegisterAny)                                                        \
    SLOT(connectRegisterCloseCallback)                                                             \
    SLOT(connectSecretEventDeregisterAny)                                                          \
    SLOT(connectSecretEventRegisterAny)                                                            \
    SLOT(connectSetIdentity)                                                                       \
    SLOT(connectSetKeepAlive)                                                                      \
    SLOT(connectStoragePoolEventDeregisterAny)                                                     \
    SLOT(connectStoragePoolEventRegisterAny)                                                       \
    SLOT(connectUnregisterCloseCallback)                                                           \
    SLOT(domainCreate)                                                                             \
    SLOT(domainCreateWithFiles)                                                                    \
    SLOT(domainCreateXMLWithFiles)                                                                 \
    SLOT(domainFDAssociate)                                                                        \
    SLOT(domainGetCPUStats)                                                                        \
    SLOT(domainGetSchedulerParameters)                                                             \
    SLOT(domainGetSchedulerParametersFlags)                                                        \
    SLOT(domainListGetStats)                                                                       \
    SLOT(domainLxcOpenNamespace)                                                                   \
    SLOT(domainOpenGraphics)                                                                       \
    SLOT(domainOpenGraphicsFD)                                                                     \
    SLOT(domainQemuMonitorCommandWithFiles)                                                        \
    SLOT(streamAbort)                                                                              \
    SLOT(streamEventAddCallback)                                                                   \
    SLOT(streamEventRemoveCallback)                                                                \
    SLOT(streamEventUpdateCallback)                                                                \
    SLOT(streamFinish)                                                                             \
    SLOT(streamRecv)                                                                               \
    SLOT(streamRecvFlags)                                                                          \
    SLOT(streamRecvHole)                                                                           \
    SLOT(streamSend)                                                                               \
    SLOT(streamSendHole)
