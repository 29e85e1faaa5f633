#include "core/drivers/remote/call.h"

#include <unistd.h>

#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "core/rpc/procedure.h"

/* What a connection keeps of words that are nobody's to free: drivers' and devices' names. */
#define WORDS_MAX 10000
#define WORD_MAX 256

static int call_daemon(virConnectPtr conn, const char *function, struct rpc_request *request,
                       struct rpc_result *result)
{
    const struct wire_program *program = wire_program(request->program);
    const struct wire_procedure *procedure = wire_procedure(program, request->procedure);
    struct remote *remote = remote_of(conn);
    struct call call;
    int status;

    request->version = program->version;
    request->args_type = procedure->args;
    result->type = procedure->ret;
    call_begin_as(&call, &conn->calls, function);
    if (remote->client)
        status = rpc_client_call(remote->client, &call, request, result);
    else
        status = reconnect_call(remote->reconnect, &call, request,
                                !procedure->write && !request->stream && !request->n_fds, result);
    call_end(&call);
    return status;
}

int remote_take_turn_in(virConnectPtr conn, struct call_group *group, const char *function)
{
    struct remote *remote = remote_of(conn);
    struct call call;
    int status = 0;

    call_begin_as(&call, group, function);
    lock_take(&remote->turn_lock);
    while (remote->turn && status == 0)
        status = call_cond_wait(&call, &remote->turn_over, &remote->turn_lock);
    remote->turn |= status == 0;
    lock_drop(&remote->turn_lock);
    call_end(&call);
    return status;
}

int remote_take_turn(virConnectPtr conn, const char *function)
{
    return remote_take_turn_in(conn, &conn->calls, function);
}

void remote_end_turn(virConnectPtr conn)
{
    struct remote *remote = remote_of(conn);

    lock_guard(&remote->turn_lock);
    remote->turn = FALSE;
    cond_broadcast(&remote->turn_over);
}

static const char *fail_word(const char *function)
{
    error_set(VIR_FROM_REMOTE, VIR_ERR_RPC,
              "%s: the daemon has answered with a word of more than %d bytes, or with more than %d "
              "different ones",
              function, WORD_MAX, WORDS_MAX);
    return NULL;
}

const char *remote_word(virConnectPtr conn, const char *function, const char *word)
{
    struct remote *remote = remote_of(conn);
    gpointer kept = NULL;

    lock_guard(&remote->turn_lock);
    if (word && !g_hash_table_lookup_extended(remote->words, word, &kept, NULL)) {
        if (g_hash_table_size(remote->words) >= WORDS_MAX || strlen(word) > WORD_MAX)
            return fail_word(function);
        kept = g_strdup(word);
        g_hash_table_add(remote->words, kept);
    }
    return kept;
}

/* Descriptors that nobody asked for are not kept. */
static void drop_fds(struct rpc_result *result, int from)
{
    for (int i = from; i < result->n_fds; i++)
        close(result->fds[i]);
}

int remote_call(virConnectPtr conn, const char *function, guint32 program, int procedure,
                const void *args, void *ret)
{
    struct rpc_request request = {.program = program, .procedure = procedure, .args = args};
    struct rpc_result result;

    result.value = ret;
    if (call_daemon(conn, function, &request, &result) < 0)
        return -1;
    drop_fds(&result, 0);
    return 0;
}

int remote_call_stream(virConnectPtr conn, const char *function, virStreamPtr stream,
                       guint32 program, int procedure, const void *args, void *ret)
{
    struct rpc_request request = {.program = program, .procedure = procedure, .args = args};
    struct rpc_result result;

    request.stream = remote_stream_attach(stream);
    if (!request.stream)
        return -1;
    result.value = ret;
    if (call_daemon(conn, function, &request, &result) < 0) {
        remote_stream_detach(stream);
        return -1;
    }
    drop_fds(&result, 0);
    return 0;
}

int remote_call_fds(virConnectPtr conn, const char *function, struct remote_fds *fds,
                    guint32 program, int procedure, const void *args, void *ret)
{
    struct rpc_request request = {.program = program,
                                  .procedure = procedure,
                                  .args = args,
                                  .fds = fds->in,
                                  .n_fds = fds->n_in};
    struct rpc_result result;

    if (fds->n_in && !remote_of(conn)->local) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_NO_SUPPORT,
                  "%s: descriptors can be passed over a Unix socket only", function);
        return -1;
    }
    if (fds->n_in < 0 || fds->n_in > RPC_FDS_MAX) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG,
                  "%s: %u descriptors were given, a message carries at most %d", function,
                  (unsigned int)fds->n_in, RPC_FDS_MAX);
        return -1;
    }
    result.value = ret;
    if (call_daemon(conn, function, &request, &result) < 0)
        return -1;
    fds->n_out = MIN(fds->n_out, result.n_fds);
    if (fds->n_out)
        memcpy(fds->out, result.fds, fds->n_out * sizeof(*fds->out));
    drop_fds(&result, fds->n_out);
    return 0;
}

int remote_check_room(const char *function, size_t count, size_t room)
{
    if (count <= room)
        return 0;
    error_set(VIR_FROM_REMOTE, VIR_ERR_RPC,
              "%s: the daemon answered with %zu, and %zu were asked for", function, count, room);
    return -1;
}

char **remote_take_strings(char ***strings, unsigned int *count)
{
    char **taken = g_renew(char *, *strings, *count + 1);

    taken[*count] = NULL;
    *strings = NULL;
    *count = 0;
    return taken;
}
