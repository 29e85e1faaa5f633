/* What a client may send to the daemon, in any order. An input is a sequence of pieces, each a
 * frame for the server; the connection to the test driver is opened before the first. This thread
 * is the server's as well: it takes what epoll would have told that one, and waits for the workers,
 * so an input does the same each time.
 *
 * A piece: kind, procedure (2 bytes), length of the payload (2 bytes), payload. */
#include "fuzz.h"

#include <corral/corral.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/daemon/client.h"
#include "core/daemon/daemon.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/metrics.h"
#include "core/daemon/options.h"
#include "core/driver/registry.h"
#include "core/rpc/message.h"
#include "core/rpc/procedure.h"
#include "core/rpc/server_private.h"
#include "wire.h"

#define PIECE_BYTES 5
#define PIECES_MAX 24
#define WAITS_MAX 400

enum kind {
    KIND_CALL, /* of the remote program */
    KIND_CALL_QEMU,
    KIND_CALL_FDS,
    KIND_STREAM, /* data, or its end, of the last call */
    KIND_HOLE,
    KIND_KEEPALIVE,
    KIND_REPLY,   /* which is not for a client to send */
    KIND_RAW,     /* bytes that need not be a frame */
    KIND_CALL_RO, /* a call by a second client, which may only read */
    KINDS,
};

struct peer {
    int fd;
    struct server_client *client;
};

static struct options options;
static struct daemon daemon_;
static struct daemon_service services[2];
static guint32 serial;

static void quiet(void *opaque, virErrorPtr error) {}

static void configure(void)
{
    struct daemon_config *config = daemon_config_new();

    config->log_level = 4;
    config->log_slow_calls = 0;
    if (daemon_apply(&daemon_, config) < 0)
        fuzz_fail("the configuration: %s", virGetLastErrorMessage());
}

static char folder[] = "/tmp/corral-fuzz-XXXXXX";

/* What calls have written there is empty, but has names. */
static void remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        unlink(name);
    rmdir(folder);
}

/* A folder of its own, for calls that write files under a name that is not a path. */
static void begin(void)
{
    struct server_limits limits = {100, 100, 20, 0, 4};

    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    registry_serve_only();
    if (!mkdtemp(folder) || chdir(folder) < 0)
        fuzz_fail("no folder");
    atexit(remove_folder);
    lock_init(&daemon_.lock);
    daemon_.options = &options;
    daemon_.metrics = metrics_new();
    configure();
    daemon_.server = server_new(&limits, &daemon_handler, &daemon_);
    for (int i = 0; i < 2; i++) {
        services[i].server = (struct server_service){"fuzz", -1, i == 1, &services[i]};
        services[i].auth = DAEMON_AUTH_NONE;
        services[i].local = TRUE;
    }
}

static void drain(struct peer *peer)
{
    char bytes[65536];

    while (recv(peer->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
}

static gboolean is_gone(struct peer *peer)
{
    lock_guard(&peer->client->lock);
    return peer->client->closed;
}

/* A worker has a call of this peer's. */
static gboolean is_busy(struct peer *peer)
{
    lock_guard(&peer->client->lock);
    return peer->client->requests > 0;
}

static struct server_client *pop_woken(struct server *server)
{
    lock_guard(&server->lock);
    return g_queue_pop_head(&server->woken);
}

/* What the server's thread does in one round. */
static void turn(struct peer *peer, guint32 events)
{
    struct server *server = daemon_.server;
    struct epoll_event waiting[8];

    server_client_event(peer->client, events);
    for (int n = epoll_wait(server->epoll_fd, waiting, 8, 0); n > 0; n--) {
        struct server_client *client;
        guint64 count;

        if (waiting[n - 1].data.ptr || read(server->wake_fd, &count, sizeof(count)) < 0)
            continue;
        while ((client = pop_woken(server))) {
            lock_take(&client->lock);
            client->queued = FALSE;
            lock_drop(&client->lock);
            server_client_look(client);
            server_client_unref(client);
        }
    }
}

/* A call that takes its time, as a guest's move does, loses its client. */
static void settle(struct peer *peer)
{
    int waits = 0;

    turn(peer, EPOLLIN | EPOLLOUT);
    drain(peer);
    while (!is_gone(peer) && is_busy(peer)) {
        if (waits++ == WAITS_MAX)
            server_client_end(peer->client);
        g_usleep(50);
        turn(peer, EPOLLOUT);
        drain(peer);
    }
}

static void due(int timer, void *opaque) {}

/* Timers and events that are due. */
static void run_loop(void)
{
    static int timer = -1;

    if (timer < 0)
        timer = virEventAddTimeout(0, due, NULL, NULL);
    virEventRunDefaultImpl();
}

static void give(struct peer *peer, GByteArray *bytes)
{
    size_t done = 0;

    while (done < bytes->len && !is_gone(peer)) {
        ssize_t n =
            send(peer->fd, bytes->data + done, bytes->len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0)
            done += n;
        settle(peer);
    }
    run_loop();
}

static struct peer connect_peer(int service)
{
    struct peer peer;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        fuzz_fail("no sockets");
    peer.fd = pair[0];
    server_client_new(daemon_.server, &services[service].server, pair[1]);
    peer.client = server_client_ref(daemon_.server->clients.tail->data);
    return peer;
}

/* --- pieces -------------------------------------------------------------------------------------
 */

static void put_frame(GByteArray *bytes, struct rpc_header header, const uint8_t *payload,
                      size_t size)
{
    size_t before = rpc_frame_begin(bytes, &header);

    g_byte_array_append(bytes, payload, size);
    rpc_frame_end(bytes, before);
}

static void open_test(struct peer *peer)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    wire_connect_open_args args = {.name = "test:///default"};
    struct rpc_header header = {
        WIRE_PROGRAM_REMOTE, 1, WIRE_PROC_CONNECT_OPEN, RPC_CALL, ++serial, RPC_OK};
    size_t before = rpc_frame_begin(bytes, &header);

    if (wire_append(bytes,
                    wire_procedure(wire_program(WIRE_PROGRAM_REMOTE), WIRE_PROC_CONNECT_OPEN)->args,
                    &args) < 0)
        fuzz_fail("opening cannot be asked for");
    rpc_frame_end(bytes, before);
    give(peer, bytes);
}

static struct rpc_header call_header(guint32 number, unsigned int procedure)
{
    const struct wire_program *program = wire_program(number);
    /* a little beyond the last, too */
    struct rpc_header header = {
        number,   program->version, (gint32)(procedure % (program->procedures + 4)),
        RPC_CALL, ++serial,         RPC_OK};

    return header;
}

static struct rpc_header header_of(enum kind kind, unsigned int procedure)
{
    struct rpc_header header =
        call_header(kind == KIND_CALL_QEMU ? WIRE_PROGRAM_QEMU : WIRE_PROGRAM_REMOTE, procedure);

    switch (kind) {
    case KIND_CALL_FDS:
        header.type = RPC_CALL_WITH_FDS;
        break;
    case KIND_STREAM:
    case KIND_HOLE:
        header.type = kind == KIND_HOLE ? RPC_STREAM_HOLE : RPC_STREAM;
        header.serial = --serial;
        header.status = procedure & 0x8000 ? RPC_OK : RPC_CONTINUE;
        break;
    case KIND_KEEPALIVE:
        header =
            (struct rpc_header){RPC_KEEPALIVE_PROGRAM, 1, procedure & 3, RPC_MESSAGE, 0, RPC_OK};
        break;
    case KIND_REPLY:
        header.type = procedure & 0x8000 ? RPC_MESSAGE : RPC_REPLY;
        break;
    default:
        break;
    }
    return header;
}

static void send_piece(struct peer *peers, enum kind kind, unsigned int procedure,
                       const uint8_t *payload, size_t size)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct peer *peer = &peers[kind == KIND_CALL_RO];

    if (kind == KIND_RAW)
        g_byte_array_append(bytes, payload, size);
    else
        put_frame(bytes, header_of(kind, procedure), payload, size);
    give(peer, bytes);
}

static size_t piece_size(const uint8_t *data, size_t size)
{
    if (size < PIECE_BYTES)
        return 0;
    return MIN(size, (size_t)PIECE_BYTES + (data[3] << 8 | data[4]));
}

static void run_pieces(struct peer *peers, const uint8_t *data, size_t size)
{
    size_t piece;

    for (int i = 0; i < PIECES_MAX && (piece = piece_size(data, size)); i++) {
        send_piece(peers, data[0] % KINDS, data[1] << 8 | data[2], data + PIECE_BYTES,
                   piece - PIECE_BYTES);
        data += piece;
        size -= piece;
    }
}

/* Nothing of an input outlives it. */
static void leave(struct peer *peer)
{
    server_client_end(peer->client);
    while (is_busy(peer))
        g_usleep(50);
    close(peer->fd);
    server_client_unref(peer->client);
    run_loop();
    g_ptr_array_set_size(daemon_.server->gone, 0);
}

/* What a call writes ends at once: names are paths of this machine. */
static void set_file_size(rlim_t size)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = MIN(size, limit.rlim_max);
    setrlimit(RLIMIT_FSIZE, &limit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct peer peers[2];

    if (!daemon_.server) {
        signal(SIGXFSZ, SIG_IGN);
        begin();
    }
    set_file_size(0);
    serial = 0;
    for (int i = 0; i < 2; i++) {
        peers[i] = connect_peer(i);
        open_test(&peers[i]);
    }
    run_pieces(peers, data, size);
    for (int i = 0; i < 2; i++)
        leave(&peers[i]);
    if (daemon_.server->clients.length)
        fuzz_fail("%u clients are left", daemon_.server->clients.length);
    set_file_size(RLIM_INFINITY);
    return 0;
}

/* --- changes ------------------------------------------------------------------------------------
 */

static size_t insert(uint8_t *data, size_t size, size_t max, size_t at, const uint8_t *from,
                     size_t n)
{
    if (size + n > max)
        return size;
    memmove(data + at + n, data + at, size - at);
    memcpy(data + at, from, n);
    return size + n;
}

static size_t change_payload(uint8_t *data, size_t size, size_t max, size_t at, size_t piece)
{
    size_t old = piece - PIECE_BYTES, room = MIN(MIN(max - size + old, 65535), old + 512), now;
    g_autofree uint8_t *payload = g_malloc0(room + 1);

    memcpy(payload, data + at + PIECE_BYTES, old);
    now = LLVMFuzzerMutate(payload, old, room);
    memmove(data + at + PIECE_BYTES + now, data + at + piece, size - at - piece);
    memcpy(data + at + PIECE_BYTES, payload, now);
    data[at + 3] = now >> 8;
    data[at + 4] = now;
    return size - old + now;
}

/* Works on pieces, so that those behind stay what they are. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    size_t at[PIECES_MAX], n = 0, where = 0, piece, chosen;
    g_autofree uint8_t *copy = NULL;

    for (; n < PIECES_MAX && (piece = piece_size(data + where, size - where)); where += piece)
        at[n++] = where;
    if (n == 0)
        return LLVMFuzzerMutate(data, size, max);
    size = where;
    chosen = at[seed / 16 % n];
    piece = piece_size(data + chosen, size - chosen);
    data[chosen + 3] = (piece - PIECE_BYTES) >> 8;
    data[chosen + 4] = piece - PIECE_BYTES;
    copy = g_memdup2(data + chosen, piece);
    switch (seed % 8) {
    case 0:
        memmove(data + chosen, data + chosen + piece, size - chosen - piece);
        return n > 1 ? size - piece : size;
    case 1:
        return insert(data, size, max, at[seed / 512 % n], copy, piece);
    case 2:
        data[chosen + 1] = seed >> 17 & 1;
        data[chosen + 2] = seed >> 9;
        return size;
    case 3:
        data[chosen] = seed >> 9;
        return size;
    default:
        return change_payload(data, size, max, chosen, piece);
    }
}
