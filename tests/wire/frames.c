/* wire_frames FOLDER: one frame of every message of every program, for the fuzzer to begin with. */
#include "draw.h"

#include "core/rpc/message.h"
#include "wire.h"

#include <stdio.h>

static void write_frame(const char *folder, const struct wire_program *program, gint32 number,
                        enum rpc_type kind, unsigned int type)
{
    struct rpc_header header = {program->number, program->version, number, kind, 1, RPC_OK};
    g_autofree void *value = g_malloc0(wire_types[type].size);
    g_autofree char *path = g_strdup_printf("%s/%s", folder, wire_type_name(type));
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    size_t before = rpc_frame_begin(bytes, &header);
    struct values v;
    values_begin(&v, DRAW_RANDOM, type);
    fill_ours(&v, type, value);
    if (wire_append(bytes, type, value) < 0 || !rpc_frame_end(bytes, before) ||
        !g_file_set_contents(path, (char *)bytes->data + RPC_LENGTH_BYTES,
                             (gssize)bytes->len - RPC_LENGTH_BYTES, &error))
        g_error("%s: %s", path, error ? error->message : "cannot be encoded");
    values_end(&v);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 1;
    for (size_t i = 0; i < wire_n_programs; i++) {
        for (guint32 number = 1; number <= wire_programs[i].procedures; number++) {
            const struct wire_procedure *it = wire_procedure(wire_programs + i, (gint32)number);
            if (it && it->args)
                write_frame(argv[1], wire_programs + i, (gint32)number,
                            it->event ? RPC_MESSAGE : RPC_CALL, it->args);
            if (it && it->ret)
                write_frame(argv[1], wire_programs + i, (gint32)number, RPC_REPLY, it->ret);
        }
    }
    return 0;
}
