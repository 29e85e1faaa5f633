#include "wire.h"

#include <stddef.h>

G_STATIC_ASSERT(sizeof(long) == 8);

const char wire_names[] =
    "\0"
    "name\0"
    "uuid\0"
    "virFarm\0"
    "code\0"
    "message\0"
    "farm\0"
    "error\0"
    "animals\0"
    "milk\0"
    "virFarmInfo\0"
    "farm_lookup_by_uuid_args\0"
    "result\0"
    "farm_lookup_by_uuid_ret\0"
    "farm_get_info_args\0"
    "info\0"
    "farm_get_info_ret\0"
    "nparams\0"
    "flags\0"
    "farm_get_tuning_args\0"
    "params\0"
    "farm_get_tuning_ret\0"
    "callback_id\0"
    "farm_event_msg\0"
    "getattr\0"
    "farm_lookup_by_uuid\0"
    "read\0"
    "farm_get_info\0"
    "secret\0"
    "farm_get_tuning\0"
    "farm_event\0";

const struct wire_field wire_fields[] = {
    {1, WIRE_STRING, 0, offsetof(wire_farm, name), 0, WIRE_NONE, 0, 1024},
    {6, WIRE_UUID, 0, offsetof(wire_farm, uuid), 0, WIRE_NONE, 0, 0},
    {19, WIRE_I32, 0, offsetof(wire_error, code), 0, WIRE_NONE, 0, 0},
    {24, WIRE_STRING, WIRE_NULLABLE, offsetof(wire_error, message), 0, WIRE_NONE, 0, 1024},
    {32, WIRE_RECORD_OPTIONAL, WIRE_BORROWED, offsetof(wire_error, farm), 0, WIRE_FARM, 0, 0},
    {43, WIRE_I32, 0, offsetof(virFarmInfo, animals), 0, WIRE_NONE, 0, 0},
    {51, WIRE_I64, 0, offsetof(virFarmInfo, milk), 0, WIRE_NONE, 0, 0},
    {6, WIRE_UUID, 0, offsetof(wire_farm_lookup_by_uuid_args, uuid), 0, WIRE_NONE, 0, 0},
    {93, WIRE_RECORD, WIRE_BORROWED, offsetof(wire_farm_lookup_by_uuid_ret, result), 0, WIRE_FARM, 0, 0},
    {32, WIRE_RECORD, WIRE_BORROWED, offsetof(wire_farm_get_info_args, farm), 0, WIRE_FARM, 0, 0},
    {143, WIRE_RECORD, 0, offsetof(wire_farm_get_info_ret, info), 0, WIRE_FARM_INFO, 0, 0},
    {32, WIRE_RECORD, WIRE_BORROWED, offsetof(wire_farm_get_tuning_args, farm), 0, WIRE_FARM, 0, 0},
    {166, WIRE_I32, 0, offsetof(wire_farm_get_tuning_args, nparams), 0, WIRE_NONE, 0, 0},
    {174, WIRE_I32, 0, offsetof(wire_farm_get_tuning_args, flags), 0, WIRE_NONE, 0, 0},
    {201, WIRE_PARAMS, 0, offsetof(wire_farm_get_tuning_ret, params), offsetof(wire_farm_get_tuning_ret, params_count), WIRE_NONE, 0, 4},
    {166, WIRE_I32, 0, offsetof(wire_farm_get_tuning_ret, nparams), 0, WIRE_NONE, 0, 0},
    {228, WIRE_I32, 0, offsetof(wire_farm_event_msg, callback_id), 0, WIRE_NONE, 0, 0},
    {32, WIRE_RECORD, WIRE_BORROWED, offsetof(wire_farm_event_msg, farm), 0, WIRE_FARM, 0, 0},
};

const struct wire_type wire_types[] = {
    [WIRE_NONE] = {0},
    [WIRE_FARM] = {11, 0, 2, sizeof(wire_farm), 20, 1},
    [WIRE_ERROR] = {37, 2, 3, sizeof(wire_error), 12, 1},
    [WIRE_FARM_INFO] = {56, 5, 2, sizeof(virFarmInfo), 12, 1},
    [WIRE_FARM_LOOKUP_BY_UUID_ARGS] = {68, 7, 1, sizeof(wire_farm_lookup_by_uuid_args), 16, 0},
    [WIRE_FARM_LOOKUP_BY_UUID_RET] = {100, 8, 1, sizeof(wire_farm_lookup_by_uuid_ret), 20, 1},
    [WIRE_FARM_GET_INFO_ARGS] = {124, 9, 1, sizeof(wire_farm_get_info_args), 20, 0},
    [WIRE_FARM_GET_INFO_RET] = {148, 10, 1, sizeof(wire_farm_get_info_ret), 12, 1},
    [WIRE_FARM_GET_TUNING_ARGS] = {180, 11, 3, sizeof(wire_farm_get_tuning_args), 28, 0},
    [WIRE_FARM_GET_TUNING_RET] = {208, 14, 2, sizeof(wire_farm_get_tuning_ret), 8, 1},
    [WIRE_FARM_EVENT_MSG] = {240, 16, 2, sizeof(wire_farm_event_msg), 24, 0},
};

const struct wire_acl wire_acls[] = {
    {32, 255, 0, WIRE_ALWAYS, 0},
    {32, 283, 0, WIRE_ALWAYS, 0},
    {32, 283, 0, WIRE_ALWAYS, 0},
    {32, 302, offsetof(wire_farm_get_tuning_args, flags), WIRE_IF_FLAG, 2},
};

static const struct wire_procedure remote_procedures[] = {
    [1] = {.name = 263, .args = WIRE_FARM_LOOKUP_BY_UUID_ARGS, .ret = WIRE_FARM_LOOKUP_BY_UUID_RET, .subject = WIRE_NO_SUBJECT, .subject_type = WIRE_NONE, .acl = 0, .acls = 1, .stream = WIRE_STREAM_NONE, .high = 1, .event = 0, .write = 0},
    [2] = {.name = 288, .args = WIRE_FARM_GET_INFO_ARGS, .ret = WIRE_FARM_GET_INFO_RET, .subject = offsetof(wire_farm_get_info_args, farm), .subject_type = WIRE_FARM, .acl = 1, .acls = 1, .stream = WIRE_STREAM_NONE, .high = 0, .event = 0, .write = 0},
    [3] = {.name = 309, .args = WIRE_FARM_GET_TUNING_ARGS, .ret = WIRE_FARM_GET_TUNING_RET, .subject = offsetof(wire_farm_get_tuning_args, farm), .subject_type = WIRE_FARM, .acl = 2, .acls = 2, .stream = WIRE_STREAM_NONE, .high = 0, .event = 0, .write = 0},
    [4] = {.name = 325, .args = WIRE_FARM_EVENT_MSG, .ret = WIRE_NONE, .subject = offsetof(wire_farm_event_msg, farm), .subject_type = WIRE_FARM, .acl = 4, .acls = 0, .stream = WIRE_STREAM_NONE, .high = 0, .event = 1, .write = 0},
};

const struct wire_program wire_programs[] = {
    {"remote", 0x20000001u, 1, 4, remote_procedures},
};
const size_t wire_n_programs = G_N_ELEMENTS(wire_programs);
