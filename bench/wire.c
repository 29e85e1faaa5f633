/* The codec alone: what does a message cost on its way, without any socket? */
#include <stdio.h>
#include <stdlib.h>

#include "core/rpc/message.h"
#include "wire.h"

static const struct rpc_header header = {
    WIRE_PROGRAM_REMOTE, 1, WIRE_PROC_DOMAIN_GET_INFO, RPC_CALL, 1, RPC_OK,
};

struct message {
    unsigned int type;
    const void *value;
    GByteArray *bytes;
    guint8 *copy;
    void *read;
};

static void encode(struct message *message)
{
    size_t before;
    g_byte_array_set_size(message->bytes, 0);
    before = rpc_frame_begin(message->bytes, &header);
    if (wire_append(message->bytes, message->type, message->value) < 0 ||
        !rpc_frame_end(message->bytes, before))
        exit(1);
}

static void copy(struct message *message)
{
    memcpy(message->copy, message->bytes->data, message->bytes->len);
    __asm__ volatile("" ::: "memory");
}

static void decode(struct message *message)
{
    size_t before = RPC_LENGTH_BYTES + RPC_HEADER_BYTES;
    struct xdr_in in = xdr_in(message->copy + before, message->bytes->len - before);
    copy(message);
    if (wire_decode(&in, message->type, message->read) < 0)
        exit(1);
    wire_clear(message->type, message->read);
}

/* Nanoseconds for one, of the best of many slices: others use the machine too. */
static double best(void (*step)(struct message *), struct message *message, int rounds)
{
    double least = G_MAXDOUBLE;
    for (int slice = 0; slice < 50; slice++) {
        gint64 begin = g_get_monotonic_time();
        for (int i = 0; i < rounds; i++)
            step(message);
        least = MIN(least, (g_get_monotonic_time() - begin) * 1000.0 / rounds);
    }
    return least;
}

/* Both directions of one message; what is read is a copy, as decoding writes to it. */
static double measure(const char *what, unsigned int type, const void *value, int rounds)
{
    struct message message = {.type = type, .value = value, .bytes = g_byte_array_new()};
    double out, in;
    message.read = g_malloc0(wire_types[type].size);
    out = best(encode, &message, rounds);
    message.copy = g_malloc(message.bytes->len);
    in = best(decode, &message, rounds) - best(copy, &message, rounds);
    printf("%-40s %9u bytes  %10.0f ns out  %10.0f ns in\n", what, message.bytes->len, out, in);
    g_byte_array_unref(message.bytes);
    g_free(message.copy);
    g_free(message.read);
    return out + in;
}

#define DOMAINS 5000
#define GUESTS 1000
#define FIGURES 60

static void list(void)
{
    static const unsigned char uuid[16] = "0123456789abcdef";
    g_autofree wire_domain *domains = g_new0(wire_domain, DOMAINS);
    wire_connect_list_all_domains_ret ret = {domains, DOMAINS, DOMAINS};
    for (int i = 0; i < DOMAINS; i++)
        domains[i] = (wire_domain){g_strdup_printf("guest-%05d", i), uuid, i};
    measure("5,000 guests listed", WIRE_CONNECT_LIST_ALL_DOMAINS_RET, &ret, 10);
    for (int i = 0; i < DOMAINS; i++)
        g_free((char *)domains[i].name);
}

static void stats(void)
{
    static const unsigned char uuid[16] = "0123456789abcdef";
    g_autofree wire_stats_record *records = g_new0(wire_stats_record, GUESTS);
    wire_connect_get_all_domain_stats_ret ret = {records, GUESTS};
    g_autofree virTypedParameterPtr params = g_new0(virTypedParameter, FIGURES);
    for (int i = 0; i < FIGURES; i++) {
        g_snprintf(params[i].field, sizeof(params[i].field), "block.%d.rd.bytes", i);
        params[i].type = i % 10 ? VIR_TYPED_PARAM_ULLONG : VIR_TYPED_PARAM_STRING;
        if (i % 10 == 0)
            params[i].value.s = (char *)"/var/lib/images/guest.qcow2";
    }
    for (int i = 0; i < GUESTS; i++)
        records[i] = (wire_stats_record){{"guest-00000", uuid, i}, params, FIGURES};
    measure("60 figures of each of 1,000 guests", WIRE_CONNECT_GET_ALL_DOMAIN_STATS_RET, &ret, 1);
}

int main(void)
{
    static const unsigned char uuid[16] = "0123456789abcdef";
    wire_domain_get_info_args args = {{"guest-00001", uuid, 7}};
    wire_domain_get_info_ret info = {{1, 4096, 4096, 2, 1234567}};
    g_autofree char *xml = g_strnfill(20000, 'x');
    wire_domain_get_xml_desc_ret ret = {xml};
    double call = measure("domainGetInfo, the call", WIRE_DOMAIN_GET_INFO_ARGS, &args, 50000);
    call += measure("domainGetInfo, the reply", WIRE_DOMAIN_GET_INFO_RET, &info, 50000);
    printf("%-40s %45.0f ns\n", "domainGetInfo, both, out and in", call);
    measure("a document of 20,000 bytes", WIRE_DOMAIN_GET_XML_DESC_RET, &ret, 2000);
    list();
    stats();
    return 0;
}
