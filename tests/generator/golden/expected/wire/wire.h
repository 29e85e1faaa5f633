/* The messages of the wire as C has them. One structure serves both directions: what is to be sent points
 * to what the caller has, what was received points into the message (see core/rpc/codec.h). */
#pragma once

#include <corral/corral.h>
#include <corral/qemu.h>
#include <corral/lxc.h>

#include "core/rpc/codec.h"
#include "core/rpc/procedure.h"

#define WIRE_STRING_MAX 1024

/* All of it. */
#define WIRE_PROGRAM_REMOTE 0x20000001u
enum wire_remote_procedure {
    WIRE_PROC_FARM_LOOKUP_BY_UUID = 1,
    WIRE_PROC_FARM_GET_INFO = 2,
    WIRE_PROC_FARM_GET_TUNING = 3,
    WIRE_PROC_FARM_EVENT = 4,
};

/* For wire_encode() and its like. */
enum wire_type_id {
    WIRE_NONE,
    WIRE_FARM,
    WIRE_ERROR,
    WIRE_FARM_INFO,
    WIRE_FARM_LOOKUP_BY_UUID_ARGS,
    WIRE_FARM_LOOKUP_BY_UUID_RET,
    WIRE_FARM_GET_INFO_ARGS,
    WIRE_FARM_GET_INFO_RET,
    WIRE_FARM_GET_TUNING_ARGS,
    WIRE_FARM_GET_TUNING_RET,
    WIRE_FARM_EVENT_MSG,
    WIRE_TYPES,
};

typedef struct wire_farm {
    const char *name;
    const unsigned char *uuid;
} wire_farm;

typedef struct wire_error {
    int code;
    char *message;
    wire_farm *farm;
} wire_error;

typedef struct wire_farm_lookup_by_uuid_args {
    const unsigned char *uuid;
} wire_farm_lookup_by_uuid_args;

typedef struct wire_farm_lookup_by_uuid_ret {
    wire_farm result;
} wire_farm_lookup_by_uuid_ret;

typedef struct wire_farm_get_info_args {
    wire_farm farm;
} wire_farm_get_info_args;

typedef struct wire_farm_get_info_ret {
    virFarmInfo info;
} wire_farm_get_info_ret;

typedef struct wire_farm_get_tuning_args {
    wire_farm farm;
    int nparams;
    unsigned int flags;
} wire_farm_get_tuning_args;

typedef struct wire_farm_get_tuning_ret {
    virTypedParameterPtr params;
    unsigned int params_count;
    int nparams;
} wire_farm_get_tuning_ret;

typedef struct wire_farm_event_msg {
    int callback_id;
    wire_farm farm;
} wire_farm_event_msg;

