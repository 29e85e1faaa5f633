#include "core/daemon/frame.h"

#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/daemon/auth.h"
#include "core/daemon/daemon.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/judge.h"
#include "core/daemon/keepalive.h"
#include "core/daemon/metrics.h"
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
    access_rights_unref(call->rights);
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
    if (call->after)
        call->after(call);
}

/* Who may do everything pays nothing. */
static int run_judged(struct dispatch_call *call, dispatch_function run, void *args, void *answer)
{
    int status;

    if (!call->rights)
        return run(call, args, answer);
    if (judge_arguments(call, args) < 0)
        return -1;
    if (!filter_run(call, run, args, answer, &status))
        status = run(call, args, answer);
    return status < 0 ? -1 : judge_answer(call, args, answer);
}

static void log_slow(const struct dispatch_call *call, gint64 took, int status)
{
    g_autofree char *name = daemon_client_name(call->client);

    log_warning("client=%" G_GUINT64_FORMAT
                " who=\"%s\" procedure=%s status=%s duration_ms=%" G_GINT64_FORMAT,
                call->client->peer->id, name, wire_procedure_name(call->procedure),
                status < 0 ? "error" : "ok", took / 1000);
}

/* Before the answer goes: who has it may look at the figures. */
static void note(const struct dispatch_call *call, int status)
{
    struct daemon *daemon = call->client->daemon;
    gint64 took = g_get_monotonic_time() - call->began;
    int slow = __atomic_load_n(&daemon->slow_ms, __ATOMIC_RELAXED);

    metrics_count(daemon->metrics, call->procedure, took, status < 0);
    if (slow && took >= slow * (gint64)1000)
        log_slow(call, took, status);
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
        status = run_judged(call, run, args, answer);
    if (status == 0 && !call->later) {
        note(call, 0);
        answer_call(call, answer);
    }
    wire_clear(call->procedure->ret, answer);
    if (answer != small)
        g_free(answer);
    return status;
}

static int run_encoded(struct dispatch_call *call, dispatch_function run, guint8 *payload,
                       size_t size)
{
    struct xdr_in in = xdr_in(payload, size);
    guint64 args[128];
    int status;

    g_assert(wire_types[call->procedure->args].size <= sizeof(args));
    if (wire_decode(&in, call->procedure->args, args) < 0)
        return -1;
    status = run_decoded(call, run, args);
    wire_clear(call->procedure->args, args);
    return status;
}

static void run_call(struct dispatch_call *call, dispatch_function run, guint8 *payload,
                     size_t size)
{
    struct rpc_header header = call->header;

    error_reset();
    header.type = RPC_REPLY;
    call->began = g_get_monotonic_time();
    if (run_encoded(call, run, payload, size) == 0)
        return;
    note(call, -1);
    daemon_client_send_error(call->client, &header);
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

/* What the daemon answers by itself, without asking anybody. */
static gboolean is_own(const struct dispatch_call *call)
{
    return call->header.program == WIRE_PROGRAM_REMOTE &&
           (call->header.procedure == WIRE_PROC_AUTH_LIST ||
            call->header.procedure == WIRE_PROC_AUTH_POLKIT ||
            call->header.procedure == WIRE_PROC_CONNECT_SUPPORTS_FEATURE);
}

static gboolean asks_polkit(const struct dispatch_call *call)
{
    return call->rights && call->rights->polkit;
}

/* What is answered from memory is answered here and now. */
static gboolean is_quick(const struct dispatch_call *call)
{
    if (is_own(call))
        return TRUE;
    if (!call->conn || asks_polkit(call))
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
    if (asks_polkit(call))
        server_client_run_apart(call->client->peer, run_work, work);
    else
        server_client_run(call->client->peer, run_work, work);
}

static int refuse(int code, const char *format, int number)
{
    error_set(VIR_FROM_RPC, code, format, number);
    return -1;
}

/* What those may call who have not proved yet who they are. */
static gboolean is_for_anybody(const struct rpc_header *header)
{
    if (header->program != WIRE_PROGRAM_REMOTE)
        return FALSE;
    switch (header->procedure) {
    case WIRE_PROC_AUTH_LIST:
    case WIRE_PROC_AUTH_POLKIT:
    case WIRE_PROC_AUTH_SASL_INIT:
    case WIRE_PROC_AUTH_SASL_START:
    case WIRE_PROC_AUTH_SASL_STEP:
    case WIRE_PROC_CONNECT_CLOSE:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Everything else is about what the client has opened. */
static gboolean needs_connection(const struct dispatch_call *call)
{
    if (is_own(call) || is_for_anybody(&call->header))
        return FALSE;
    return call->header.program != WIRE_PROGRAM_REMOTE ||
           (call->header.procedure != WIRE_PROC_CONNECT_OPEN &&
            call->header.procedure != WIRE_PROC_CONNECT_SET_IDENTITY);
}

/* Before anything is looked at: may this client call this now? */
static int check_call(struct dispatch_call *call, dispatch_function run)
{
    struct daemon_client *client = call->client;

    if (!call->procedure || !run)
        return refuse(VIR_ERR_RPC, "unknown procedure: %d", call->header.procedure);
    if (!daemon_client_is_trusted(client) && !is_for_anybody(&call->header))
        return refuse(VIR_ERR_AUTH_FAILED, "authentication required for procedure %d",
                      call->header.procedure);
    if (client->readonly && call->procedure->write) {
        error_set(VIR_FROM_RPC, VIR_ERR_OPERATION_DENIED, "%s: the connection is read-only",
                  wire_procedure_name(call->procedure));
        return -1;
    }
    if (__atomic_load_n(&client->daemon->draining, __ATOMIC_RELAXED))
        return refuse(VIR_ERR_RPC, "the daemon is ending: procedure %d has not been called",
                      call->header.procedure);
    if (!call->conn && needs_connection(call)) {
        error_set(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "connection not open");
        return -1;
    }
    return call->rights ? judge_call(call) : 0;
}

/* What the client has opened, and what it may do where that is not everything. */
static void prepare_call(struct dispatch_call *call)
{
    struct daemon_client *client = call->client;

    lock_guard(&client->lock);
    call->conn = client->conn ? object_ref(&client->conn->base) : NULL;
    if (client->rights && !client->rights->all)
        call->rights = access_rights_ref(client->rights);
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
    prepare_call(&call);
    if (check_call(&call, run) < 0) {
        metrics_count(client->daemon->metrics, call.procedure, 0, TRUE);
        daemon_client_send_error(client, &answer);
        let_go(&call);
    } else if (is_quick(&call)) {
        run_call(&call, run, payload, size);
        let_go(&call);
    } else {
        hand_over(&call, run, payload, size);
    }
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

    daemon_auth_settle(client);
    if (!rpc_header_read(&header, frame, size))
        return FALSE;
    if (header.program == RPC_KEEPALIVE_PROGRAM) {
        daemon_keepalive_frame(client, &header);
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
