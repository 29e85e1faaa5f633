/* Clients against a server that echoes frames: in place, and by its workers; to be run under TSan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/rpc/server.h"

/* What a frame asks for is in the first byte of its payload. */
enum {
    ECHO,      /* the same back, at once */
    ECHO_LATE, /* the same back, from a worker */
    GOODBYE,   /* the same back, and then the end */
    HANG_UP,   /* the end, at once */
    MANY,      /* 200,000 bytes back */
};

struct fixture {
    struct server *server;
    struct server_service service;
    char *folder, *path;
    gint connected, closed, freed;
    gint late; /* workers that are at it */
    gint most; /* and how many there were at once */
};

static gboolean hold_workers;

struct late {
    struct server_client *client;
    GByteArray *frame;
};

static void reply(struct server_client *client, const guint8 *frame, size_t size, size_t times)
{
    GByteArray *out = server_client_send(client);
    guint32 length = GUINT32_TO_BE(RPC_LENGTH_BYTES + size * times);
    size_t before;

    if (!out)
        return;
    before = out->len;
    g_byte_array_append(out, (guint8 *)&length, sizeof(length));
    while (times--)
        g_byte_array_append(out, frame, size);
    server_client_sent(client, before, NULL, 0);
}

static void reply_late(void *data)
{
    struct late *late = data;
    struct fixture *f = late->client->server ? server_data(late->client->server) : NULL;
    int now = g_atomic_int_add(&f->late, 1) + 1;

    if (now > g_atomic_int_get(&f->most))
        g_atomic_int_set(&f->most, now);
    while (__atomic_load_n(&hold_workers, __ATOMIC_ACQUIRE))
        g_usleep(1000);
    g_atomic_int_add(&f->late, -1);
    reply(late->client, late->frame->data, late->frame->len, 1);
    g_byte_array_unref(late->frame);
    g_free(late);
}

static gboolean on_frame(struct server_client *client, guint8 *frame, size_t size, const int *fds,
                         int n_fds)
{
    switch (frame[RPC_HEADER_BYTES]) {
    case ECHO_LATE: {
        struct late *late = g_new(struct late, 1);

        *late = (struct late){client, g_byte_array_append(g_byte_array_new(), frame, size)};
        server_client_run(client, reply_late, late);
        return TRUE;
    }
    case GOODBYE:
        reply(client, frame, size, 1);
        server_client_finish(client);
        return TRUE;
    case HANG_UP:
        return FALSE;
    case MANY:
        reply(client, frame, size, 200000 / size);
        return TRUE;
    default:
        reply(client, frame, size, 1);
        return TRUE;
    }
}

static int on_connected(struct server_client *client)
{
    struct fixture *f = server_data(client->server);

    g_atomic_int_inc(&f->connected);
    server_client_identified(client);
    return 0;
}

static void on_closed(struct server_client *client)
{
    g_atomic_int_inc(&((struct fixture *)server_data(client->server))->closed);
}

static void on_freed(struct server_client *client)
{
    g_atomic_int_inc(&((struct fixture *)server_data(client->server))->freed);
}

static void on_nothing(struct server_client *client)
{
    (void)client;
}

static void on_tick(struct server_client *client, gint64 now)
{
    (void)client;
    (void)now;
}

static const struct server_handler echo = {on_connected, on_frame,  on_nothing,
                                           on_tick,      on_closed, on_freed};
static const struct server_limits limits = {
    .clients = 20, .anonymous = 20, .client_requests = 3, .workers_min = 2, .workers_max = 8};

static int set_up(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    f->folder = g_dir_make_tmp("corral-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, "sock", NULL);
    strcpy(address.sun_path, f->path);
    f->service.name = "echo";
    f->service.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(f->service.fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(f->service.fd, 50), 0);
    f->server = server_new(&limits, &echo, f);
    assert_non_null(f->server);
    server_add_service(f->server, &f->service);
    assert_int_equal(server_start(f->server), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    server_free(f->server);
    assert_int_equal(f->connected, f->closed);
    assert_int_equal(f->connected, f->freed);
    close(f->service.fd);
    unlink(f->path);
    rmdir(f->folder);
    g_free(f->path);
    g_free(f->folder);
    g_free(f);
    return 0;
}

static int dial(struct fixture *f)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(address.sun_path, f->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void put_frame(int fd, int what, size_t payload)
{
    size_t size = RPC_LENGTH_BYTES + RPC_HEADER_BYTES + payload, done = 0;
    g_autofree guint8 *frame = g_malloc0(size);
    guint32 length = GUINT32_TO_BE(size);

    memcpy(frame, &length, sizeof(length));
    frame[RPC_LENGTH_BYTES + RPC_HEADER_BYTES] = what;
    while (done < size) {
        ssize_t n = send(fd, frame + done, size - done, MSG_NOSIGNAL);

        assert_true(n > 0);
        done += n;
    }
}

/* The payload's length, -1 at the end. */
static ssize_t get_frame(int fd)
{
    guint32 length;
    size_t left;
    char buffer[65536];

    if (recv(fd, &length, sizeof(length), MSG_WAITALL) != sizeof(length))
        return -1;
    left = GUINT32_FROM_BE(length) - RPC_LENGTH_BYTES;
    for (size_t todo = left; todo;) {
        ssize_t n = recv(fd, buffer, MIN(todo, sizeof(buffer)), 0);

        assert_true(n > 0);
        todo -= n;
    }
    return left - RPC_HEADER_BYTES;
}

static void test_frames_are_answered_in_any_size(void **state)
{
    int fd = dial(*state);
    static const size_t sizes[] = {1, 3, 4000, 4096, 70000, 5000000, 1};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        put_frame(fd, ECHO, sizes[i]);
        assert_int_equal(get_frame(fd), sizes[i]);
    }
    close(fd);
}

static void test_a_length_that_no_frame_has_ends_the_client(void **state)
{
    static const guint32 lengths[] = {0, 4, 27, RPC_FRAME_MAX + 1, 0xffffffff};

    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        int fd = dial(*state);
        guint32 length = GUINT32_TO_BE(lengths[i]);
        char byte;

        assert_int_equal(send(fd, &length, sizeof(length), 0), sizeof(length));
        assert_int_equal(recv(fd, &byte, 1, 0), 0);
        close(fd);
    }
}

static void test_a_client_that_is_told_goodbye_gets_its_answer(void **state)
{
    int fd = dial(*state);

    put_frame(fd, GOODBYE, 9);
    assert_int_equal(get_frame(fd), 9);
    assert_int_equal(get_frame(fd), -1);
    close(fd);
    fd = dial(*state);
    put_frame(fd, HANG_UP, 9);
    assert_int_equal(get_frame(fd), -1);
    close(fd);
}

/* More than the limit are sent; only as many are with the workers, and all are answered. */
static void test_requests_over_the_limit_wait(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);

    __atomic_store_n(&hold_workers, TRUE, __ATOMIC_RELEASE);
    for (int i = 0; i < 50; i++)
        put_frame(fd, ECHO_LATE, 100);
    while (g_atomic_int_get(&f->late) < limits.client_requests)
        g_usleep(1000);
    __atomic_store_n(&hold_workers, FALSE, __ATOMIC_RELEASE);
    for (int i = 0; i < 50; i++)
        assert_int_equal(get_frame(fd), 100);
    assert_true(g_atomic_int_get(&f->most) <= limits.client_requests);
    close(fd);
}

/* It does not read its answers: it is not read from, and others do not notice. */
static void test_a_client_that_does_not_read_is_held_back(void **state)
{
    int slow = dial(*state), quick = dial(*state);
    int sent = 0;

    while (send(slow, "", 0, MSG_DONTWAIT) == 0 && sent < 400) {
        guint32 frame[8] = {GUINT32_TO_BE(sizeof(frame))};

        ((guint8 *)frame)[RPC_LENGTH_BYTES + RPC_HEADER_BYTES] = MANY;
        if (send(slow, frame, sizeof(frame), MSG_DONTWAIT) != sizeof(frame))
            break;
        sent++;
    }
    for (int i = 0; i < 100; i++) {
        put_frame(quick, ECHO, 10);
        assert_int_equal(get_frame(quick), 10);
    }
    for (int i = 0; i < sent; i++)
        assert_true(get_frame(slow) > 190000);
    put_frame(slow, ECHO, 10);
    assert_int_equal(get_frame(slow), 10);
    close(slow);
    close(quick);
}

static void test_clients_over_the_limit_wait_to_be_accepted(void **state)
{
    struct fixture *f = *state;
    int fds[30];

    for (int i = 0; i < 30; i++) {
        fds[i] = dial(f);
        put_frame(fds[i], ECHO, 5);
    }
    for (int i = 0; i < limits.clients; i++)
        assert_int_equal(get_frame(fds[i]), 5);
    assert_int_equal(server_state(f->server).clients, limits.clients);
    for (int i = 0; i < 10; i++)
        close(fds[i]);
    for (int i = limits.clients; i < 30; i++)
        assert_int_equal(get_frame(fds[i]), 5);
    for (int i = 10; i < 30; i++)
        close(fds[i]);
}

/* Connections wait, the server's thread as well, until a client leaves it a descriptor. */
static void test_without_descriptors_nobody_is_accepted_and_nothing_spins(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int first = dial(f), later = socket(AF_UNIX, SOCK_STREAM, 0), probe;
    struct rlimit before, few;
    clock_t used;

    put_frame(first, ECHO, 5);
    assert_int_equal(get_frame(first), 5);
    strcpy(address.sun_path, f->path);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    probe = dup(first); /* the lowest that is free */
    few = (struct rlimit){probe, before.rlim_max};
    close(probe);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(connect(later, (struct sockaddr *)&address, sizeof(address)), 0);
    put_frame(later, ECHO, 5);
    used = clock();
    g_usleep(300 * 1000); /* which proves nothing when it has been too short */
    assert_true(clock() - used < CLOCKS_PER_SEC / 10);
    assert_int_equal(server_state(f->server).clients, 1);
    close(first);
    assert_int_equal(get_frame(later), 5);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(later);
}

static void *storm(void *data)
{
    struct fixture *f = data;

    for (int round = 0; round < 20; round++) {
        int fd = dial(f);

        for (int i = 0; i < 20; i++) {
            put_frame(fd, i % 3 ? ECHO_LATE : ECHO, 50);
            if (i % 2)
                assert_int_equal(get_frame(fd), 50);
        }
        close(fd); /* half of the answers are still to come */
    }
    return NULL;
}

static void test_clients_come_and_go_while_workers_work(void **state)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, storm, *state);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_frames_are_answered_in_any_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_length_that_no_frame_has_ends_the_client, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_client_that_is_told_goodbye_gets_its_answer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_requests_over_the_limit_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_client_that_does_not_read_is_held_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_clients_over_the_limit_wait_to_be_accepted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_without_descriptors_nobody_is_accepted_and_nothing_spins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clients_come_and_go_while_workers_work, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
