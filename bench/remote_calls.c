/* remote_calls LIBRARY URI CASE [ARGUMENT]: the same calls through whichever library is named, and
 * what they take. */
#include <corral/corral.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "remote_echo.h"

#define ROUNDS 10
#define CALLS 2000
#define THREADS 8
#define CHUNK (256 * 1024)
/* Cases print a line for each of so many: who reads them takes the best, as others use the machine
 * too. */
#define SLICES 8

static void *library;
static const char *uri, *argument;

/* FIND(virConnectOpen)("..."): the library's function of that name. */
#define FIND(name) ((__typeof__(&name))find(#name))

static void *find(const char *name)
{
    void *function = dlsym(library, name);

    if (!function) {
        fprintf(stderr, "%s is not there\n", name);
        exit(1);
    }
    return function;
}

static void check(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s: %s\n", uri, what, FIND(virGetLastErrorMessage)());
    exit(1);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static virConnectPtr open_it(void)
{
    virConnectPtr conn = FIND(virConnectOpen)(uri);

    check(conn != NULL, "open");
    return conn;
}

/* --- round trips --------------------------------------------------------------------------------
 */

static int connect_echo(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", argument);
    check(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "echo");
    return fd;
}

static double bare(int fd)
{
    char bytes[BENCH_ANSWER] = {0};
    double begin = now();

    check(send(fd, bytes, BENCH_ASK, 0) == BENCH_ASK &&
              recv(fd, bytes, BENCH_ANSWER, MSG_WAITALL) == BENCH_ANSWER,
          "echo");
    return now() - begin;
}

/* Call by call in turn: whatever else the machine does meets both. One line for each round. */
static void trip(void)
{
    int (*ask)(virConnectPtr, unsigned long *) = FIND(virConnectGetVersion);
    virConnectPtr conn = open_it();
    unsigned long version;
    int fd = connect_echo();

    for (int round = -1; round < ROUNDS; round++) {
        double calls = 0, echoes = 0;

        for (int i = 0; i < CALLS; i++) {
            double begin = now();

            check(ask(conn, &version) == 0, "virConnectGetVersion");
            calls += now() - begin;
            echoes += bare(fd);
        }
        if (round >= 0) /* the one before warms up */
            printf("%f %f\n", calls / CALLS, echoes / CALLS);
    }
    close(fd);
    FIND(virConnectClose)(conn);
}

static void *ask_often(void *data)
{
    int (*ask)(virDomainPtr, virDomainInfoPtr) = FIND(virDomainGetInfo);
    virDomainInfo info;

    for (int i = 0; i < CALLS; i++)
        check(ask(data, &info) == 0, "virDomainGetInfo");
    return NULL;
}

/* Calls in a second. */
static double ask_by_threads(virDomainPtr domain)
{
    pthread_t thread[THREADS];
    double begin = now();

    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, ask_often, domain);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    return THREADS * CALLS / (now() - begin) * 1e9;
}

static void threads(void)
{
    virConnectPtr conn = open_it();
    virDomainPtr domain = FIND(virDomainLookupByName)(conn, "test");

    check(domain != NULL, "virDomainLookupByName");
    ask_often(domain);
    for (int i = 0; i < SLICES; i++)
        printf("%f\n", ask_by_threads(domain));
    FIND(virDomainFree)(domain);
    FIND(virConnectClose)(conn);
}

/* Another connection holds what the daemon has open, so that nothing is made anew. */
static void open_and_close(void)
{
    virConnectPtr first = open_it();

    for (int slice = 0; slice < SLICES; slice++) {
        double begin = now();

        for (int i = 0; i < 50; i++)
            FIND(virConnectClose)(open_it());
        printf("%f\n", (now() - begin) / 50);
    }
    FIND(virConnectClose)(first);
}

/* --- many guests --------------------------------------------------------------------------------
 */

static virConnectPtr with_guests(int n, int running)
{
    virConnectPtr conn = open_it();
    char xml[512];

    for (int i = 0; i < n; i++) {
        virDomainPtr domain;

        snprintf(xml, sizeof(xml),
                 "<domain type='test'><name>g%d</name><memory>65536</memory><vcpu>1</vcpu>"
                 "<os><type>hvm</type></os></domain>",
                 i);
        domain =
            running ? FIND(virDomainCreateXML)(conn, xml, 0) : FIND(virDomainDefineXML)(conn, xml);
        check(domain != NULL, "guests");
        FIND(virDomainFree)(domain);
    }
    return conn;
}

static void list(void)
{
    virConnectPtr conn = with_guests(5000, 0);

    for (int i = 0; i < 10; i++) {
        virDomainPtr *domains;
        double begin = now();
        int n = FIND(virConnectListAllDomains)(conn, &domains, 0);

        check(n >= 5000, "virConnectListAllDomains");
        while (n--)
            FIND(virDomainFree)(domains[n]);
        free(domains);
        printf("%f\n", now() - begin);
    }
    FIND(virConnectClose)(conn);
}

/* The group that both drivers have. */
static void stats(void)
{
    virConnectPtr conn = with_guests(1000, 1);

    for (int i = 0; i < 20; i++) {
        virDomainStatsRecordPtr *records;
        double begin = now();

        check(FIND(virConnectGetAllDomainStats)(conn, VIR_DOMAIN_STATS_STATE, &records, 0) >= 1000,
              "virConnectGetAllDomainStats");
        FIND(virDomainStatsRecordListFree)(records);
        printf("%f\n", now() - begin);
    }
    FIND(virConnectClose)(conn);
}

/* --- a volume -----------------------------------------------------------------------------------
 */

static void fill(virConnectPtr conn, virStorageVolPtr volume, unsigned long long size)
{
    static char bytes[CHUNK];
    virStreamPtr stream = FIND(virStreamNew)(conn, 0);
    unsigned long long done = 0;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 31 + 1);
    check(FIND(virStorageVolUpload)(volume, stream, 0, size, 0) == 0, "virStorageVolUpload");
    while (done < size) {
        int n = FIND(virStreamSend)(stream, bytes, CHUNK);

        check(n > 0, "virStreamSend");
        done += n;
    }
    check(FIND(virStreamFinish)(stream) == 0, "virStreamFinish");
    FIND(virStreamFree)(stream);
}

/* MB in a second. */
static double drain(virConnectPtr conn, virStorageVolPtr volume)
{
    static char bytes[CHUNK];
    virStreamPtr stream = FIND(virStreamNew)(conn, 0);
    double begin = now(), done = 0;
    int n;

    check(FIND(virStorageVolDownload)(volume, stream, 0, 0, 0) == 0, "virStorageVolDownload");
    while ((n = FIND(virStreamRecv)(stream, bytes, sizeof(bytes))) > 0)
        done += n;
    check(n == 0 && FIND(virStreamFinish)(stream) == 0, "virStreamRecv");
    FIND(virStreamFree)(stream);
    return done / 1e6 / (now() - begin) * 1e9;
}

static virStorageVolPtr make_volume(virStoragePoolPtr pool, unsigned long long size)
{
    char xml[256];
    virStorageVolPtr volume;

    snprintf(xml, sizeof(xml), "<volume><name>bench</name><capacity>%llu</capacity></volume>",
             size);
    volume = FIND(virStorageVolCreateXML)(pool, xml, 0);
    check(volume != NULL, "virStorageVolCreateXML");
    return volume;
}

/* Five times; the argument is what the pool is made of. */
static void download(void)
{
    unsigned long long size = 256 << 20;
    virConnectPtr conn = open_it();
    virStoragePoolPtr pool = FIND(virStoragePoolCreateXML)(conn, argument, 0);
    virStorageVolPtr volume;

    check(pool != NULL, "virStoragePoolCreateXML");
    volume = make_volume(pool, size);
    fill(conn, volume, size);
    for (int i = 0; i < 5; i++)
        printf("%f\n", drain(conn, volume));
    FIND(virStorageVolDelete)(volume, 0);
    FIND(virStorageVolFree)(volume);
    FIND(virStoragePoolDestroy)(pool);
    FIND(virStoragePoolFree)(pool);
    FIND(virConnectClose)(conn);
}

static void quiet(void *data, virErrorPtr error)
{
    (void)data, (void)error;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"trip", trip}, {"threads", threads}, {"open", open_and_close},
                 {"list", list}, {"stats", stats},     {"download", download}};

    if (argc < 4)
        return 2;
    library = dlopen(argv[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    uri = argv[2];
    argument = argc > 4 ? argv[4] : NULL;
    FIND(virSetErrorFunc)(NULL, quiet);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (!strcmp(cases[i].name, argv[3])) {
            cases[i].run();
            return 0;
        }
    return 2;
}
