/* Frames as a peer may send them: header and payload, without the length word. What is accepted is
 * encoded again, and what that gives is read as the same. */
#include "fuzz.h"

#include "core/object/error.h"
#include "core/rpc/message.h"
#include "wire.h"

#include <string.h>

static void ignore_error(void *opaque, virErrorPtr error) {}

/* What the payload is. */
static unsigned int payload_type(const struct rpc_header *header)
{
    const struct wire_program *program = wire_program(header->program);
    const struct wire_procedure *procedure;

    if (header->type == RPC_STREAM_HOLE)
        return WIRE_STREAM_HOLE;
    if (header->status == RPC_ERROR)
        return WIRE_ERROR;
    procedure = program ? wire_procedure(program, header->procedure) : NULL;
    if (!procedure)
        return WIRE_NONE;
    return header->type == RPC_REPLY ? procedure->ret : procedure->args;
}

/* A structure made of a copy of the bytes; NULL when they are refused. */
static void *decode(unsigned int type, const void *data, size_t size, void **ret_copy)
{
    g_autofree void *value = g_malloc0(wire_types[type].size);
    g_autofree void *copy = g_malloc(MAX(size, 1));
    struct xdr_in in = xdr_in(copy, size);

    memcpy(copy, data, size);
    virResetLastError();
    if (wire_decode(&in, type, value) < 0) {
        if (error_code() != VIR_ERR_RPC)
            fuzz_fail("%s is refused without an error", wire_type_name(type));
        return NULL;
    }
    *ret_copy = g_steal_pointer(&copy);
    return g_steal_pointer(&value);
}

/* The bytes that the structure is, which is cleared. */
static GByteArray *encode(unsigned int type, void *value)
{
    GByteArray *bytes = g_byte_array_new();

    if (wire_append(bytes, type, value) < 0)
        fuzz_fail("%s is accepted, but %s", wire_type_name(type), error_last()->message);
    wire_clear(type, value);
    return bytes;
}

static void check(unsigned int type, const void *data, size_t size)
{
    g_autofree void *copy = NULL;
    g_autofree void *value = decode(type, data, size, &copy);
    g_autofree void *copy_again = NULL;
    g_autofree void *value_again = NULL;
    g_autoptr(GByteArray) bytes = NULL;
    g_autoptr(GByteArray) again = NULL;

    if (!value)
        return;
    bytes = encode(type, value);
    value_again = decode(type, bytes->data, bytes->len, &copy_again);
    if (!value_again)
        fuzz_fail("%s is sent, but not accepted again", wire_type_name(type));
    again = encode(type, value_again);
    if (bytes->len != again->len || memcmp(bytes->data, again->data, bytes->len) != 0)
        fuzz_fail("%s changes on its way", wire_type_name(type));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_header header;
    unsigned int type;

    virSetErrorFunc(NULL, ignore_error);
    if (!rpc_header_read(&header, data, size))
        return 0;
    type = payload_type(&header);
    /* nothing is decoded where nothing is expected */
    if (wire_types[type].size > 0)
        check(type, data + RPC_HEADER_BYTES, size - RPC_HEADER_BYTES);
    return 0;
}
