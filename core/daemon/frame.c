#include "core/daemon/frame.h"

#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/stream.h"
#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "core/rpc/procedure.h"
#include "wire.h"

/* A call with what it needs until it is answered. */
struct work {
    struct dispatch_call call;
    dispatch_function run;
    guint8 *payload; /* a copy, where somebody else runs it */
    size_t size;
    int fds[RPC_FDS_MAX];
};

/* --- running
 * --------------------------------------------------------------------------------------- */

static void let_go(struct dispatch_call *call)
{
    for (guint i = 0; call->kept && i < call->kept->len; i++)
        object_unref(call->kept->pdata[i]);
    g_clear_pointer(&call->kept, g_ptr_array_unref);
    for (int i = 0; i < call->n_fds; i++)
        close(call->fds[i]);
    for (int i = 0; i < call->n_out_fds; i++)
        close(call->out_fds[i]);
    if (call->stream)
        virStreamFree(call->stream);
    if (call->conn)
        object_unref(&call->conn->base);
}

static int open_stream(struct dispatch_call *call)
{
    if (call->procedure->stream == WIRE_STREAM_NONE)
        return 0;
    call->stream = virStreamNew(call->conn, VIR_STREAM_NONBLOCK);
    return call->stream ? 0 : -1;
}

/* The answer goes first: what the stream carries may follow at once. */
static void answer_call(struct dispatch_call *call, const void *answer)
{
    struct rpc_header header = call->header;

    header.type = call->n_out_fds ? RPC_REPLY_WITH_FDS : RPC_REPLY;
    header.status = RPC_OK;
    if (call->stream && daemon_stream_add(call) < 0) {
        daemon_client_send_error(call->client, &header);
        return;
    }
    daemon_client_send(call->client, &header, call->procedure->ret, answer, call->out_fds,
                       call->n_out_fds);
    if (call->stream)
        daemon_stream_start(call);
}

static int run_decoded(struct dispatch_call *call, dispatch_function run, void *args)
{
    size_t size = wire_types[call->procedure->ret].size;
    guint64 small[64];
    void *answer = size <= sizeof(small) ? small : g_malloc(size);
    int status;

    memset(answer, 0, size);
    status = open_stream(call);
    if (status == 0)
        status = run(call, args, answer);
    if (status == 0)
        answer_call(call, answer);
    wire_clear(call->procedure->ret, answer);
    if (answer != small)
        g_free(answer);
    return status;
}

static void run_call(struct dispatch_call *call, dispatch_function run, guint8 *payload,
                     size_t size)
{
    struct xdr_in in = xdr_in(payload, size);
    guint64 args[128];
    struct rpc_header header = call->header;

    error_reset();
    header.type = RPC_REPLY;
    g_assert(wire_types[call->procedure->args].size <= sizeof(args));
    if (wire_decode(&in, call->procedure->args, args) < 0) {
        daemon_client_send_error(call->client, &header);
        return;
    }
    if (run_decoded(call, run, args) < 0)
        daemon_client_send_error(call->client, &header);
    wire_clear(call->procedure->args, args);
}

static void run_work(void *data)
{
    struct work *work = data;

    run_call(&work->call, work->run, work->payload, work->size);
    let_go(&work->call);
    g_free(work->payload);
    g_free(work);
}

/* --- who does it
 * ------------------------------------------------------------------------------------ */

/* What is answered from memory is answered here and now. */
static gboolean is_quick(const struct dispatch_call *call)
{
    if (!call->conn)
        return FALSE;
    if (call->conn->intercept) /* tests make calls slow */
        return FALSE;
    return call->procedure->high || (!call->procedure->write && call->conn->driver->quick_reads &&
                                     call->procedure->stream == WIRE_STREAM_NONE);
}

static void hand_over(struct dispatch_call *call, dispatch_function run, const guint8 *payload,
                      size_t size)
{
    struct work *work = g_new(struct work, 1);

    work->call = *call;
    work->run = run;
    work->payload = g_memdup2(payload, size);
    work->size = size;
    memcpy(work->fds, call->fds, call->n_fds * sizeof(*call->fds));
    work->call.fds = work->fds;
    server_client_run(call->client->peer, run_work, work);
}

static int refuse(int code, const char *format, int number)
{
    error_set(VIR_FROM_RPC, code, format, number);
    return -1;
}

/* Before anything is looked at: may this client call this now? */
static int check_call(struct dispatch_call *call, dispatch_function run)
{
    struct daemon_client *client = call->client;
    gboolean needs_none = call->procedure && !call->procedure->acls;

    if (!call->procedure || !run)
        return refuse(VIR_ERR_RPC, "unknown procedure: %d", call->header.procedure);
    if (!client->trusted && !needs_none)
        return refuse(VIR_ERR_AUTH_FAILED, "authentication required for procedure %d",
                      call->header.procedure);
    if (client->readonly && call->procedure->write) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_DENIED, "%s: the connection is read-only",
                  wire_procedure_name(call->procedure));
        return -1;
    }
    return 0;
}

static void take_call(struct daemon_client *client, const struct rpc_header *header,
                      guint8 *payload, size_t size, const int *fds, int n_fds)
{
    const struct wire_program *program = wire_program(header->program);
    dispatch_function run = dispatch_find(header->program, header->procedure);
    struct dispatch_call call = {.client = client, .header = *header, .fds = fds, .n_fds = n_fds};
    struct rpc_header answer = *header;

    answer.type = RPC_REPLY;
    error_reset();
    call.procedure = program ? wire_procedure(program, header->procedure) : NULL;
    if (check_call(&call, run) < 0) {
        daemon_client_send_error(client, &answer);
        let_go(&call);
        return;
    }
    lock_take(&client->lock);
    call.conn = client->conn ? object_ref(&client->conn->base) : NULL;
    lock_drop(&client->lock);
    if (is_quick(&call)) {
        run_call(&call, run, payload, size);
        let_go(&call);
    } else {
        hand_over(&call, run, payload, size);
    }
}

static void take_keepalive(struct daemon_client *client, const struct rpc_header *header)
{
    struct rpc_header pong = *header;

    if (header->procedure != RPC_KEEPALIVE_PING)
        return;
    pong.procedure = RPC_KEEPALIVE_PONG;
    daemon_client_send(client, &pong, WIRE_NONE, NULL, NULL, 0);
}

/* A program or version that nobody has: the caller is told, and may go on. */
static gboolean take_unknown(struct daemon_client *client, const struct rpc_header *header)
{
    struct rpc_header answer = *header;

    answer.type = RPC_REPLY;
    error_set(VIR_FROM_RPC, VIR_ERR_RPC, "Cannot find program %u version %u: nobody here serves it",
              header->program, header->version);
    daemon_client_send_error(client, &answer);
    return TRUE;
}

gboolean daemon_frame(struct server_client *peer, guint8 *frame, size_t size, const int *fds,
                      int n_fds)
{
    struct daemon_client *client = peer->data;
    struct rpc_header header;
    const struct wire_program *program;
    size_t start = RPC_HEADER_BYTES;

    if (!rpc_header_read(&header, frame, size))
        return FALSE;
    if (header.program == RPC_KEEPALIVE_PROGRAM) {
        take_keepalive(client, &header);
        return TRUE;
    }
    program = wire_program(header.program);
    if (!program || program->version != header.version)
        return take_unknown(client, &header);
    switch (header.type) {
    case RPC_CALL_WITH_FDS:
        start += sizeof(guint32);
        if (size < start)
            return FALSE;
        G_GNUC_FALLTHROUGH;
    case RPC_CALL:
        take_call(client, &header, frame + start, size - start, fds, n_fds);
        return TRUE;
    case RPC_STREAM:
    case RPC_STREAM_HOLE:
        daemon_stream_frame(client, &header, frame + start, size - start);
        return TRUE;
    default:
        log_warning("client %" G_GUINT64_FORMAT " sent a message of type %u", peer->id,
                    header.type);
        return FALSE;
    }
}
