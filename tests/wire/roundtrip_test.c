/* Every message of every program, byte for byte against the codec that rpcgen makes of the field's
 * own structures: equal values give equal bytes, and the bytes of one are understood by the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <malloc.h>
#include <cmocka.h>

#include "draw.h"
#include "theirs.h"

#include "core/object/error.h"
#include "core/rpc/message.h"
#include "wire.h"

#define SEEDS 12
#define BIG (64u << 20)

static char *big; /* what they write to */

struct pair {
    const struct their_message *theirs;
    unsigned int type; /* ours */
};

static struct pair pair_of(const struct their_message *theirs)
{
    const struct wire_program *program = wire_program(theirs->program);
    const struct wire_procedure *procedure;
    if (!program)
        return (struct pair){theirs, WIRE_ERROR};
    procedure = wire_procedure(program, theirs->procedure);
    assert_non_null(procedure);
    return (struct pair){theirs, theirs->ret ? procedure->ret : procedure->args};
}

/* Our bytes, or NULL when we refuse. */
static GByteArray *encode_ours(const struct pair *pair, const void *value)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    return wire_append(bytes, pair->type, value) < 0 ? NULL : g_steal_pointer(&bytes);
}

/* How many bytes they wrote to `big`, -1 when they refuse. */
static gssize encode_theirs(const struct pair *pair, void *value)
{
    XDR xdr;
    gssize size = -1;
    xdrmem_create(&xdr, big, BIG, XDR_ENCODE);
    if (pair->theirs->xdr(&xdr, value))
        size = xdr_getpos(&xdr);
    xdr_destroy(&xdr);
    return size;
}

static gboolean decode_theirs(const struct pair *pair, const guint8 *bytes, size_t size,
                              void *value)
{
    XDR xdr;
    gboolean fine;
    memset(value, 0, pair->theirs->size);
    xdrmem_create(&xdr, (char *)bytes, (u_int)size, XDR_DECODE);
    fine = pair->theirs->xdr(&xdr, value);
    xdr_destroy(&xdr);
    return fine;
}

/* Decodes a copy: decoding writes to the message. */
static int decode_ours(const struct pair *pair, const guint8 *bytes, size_t size, void *value,
                       guint8 **ret_copy)
{
    struct xdr_in in;
    *ret_copy = g_malloc(MAX(size, 1));
    memcpy(*ret_copy, bytes, size);
    in = xdr_in(*ret_copy, size);
    return wire_decode(&in, pair->type, value);
}

static void assert_refused(const struct pair *pair, const guint8 *bytes, size_t size)
{
    g_autofree void *ours = g_malloc0(wire_types[pair->type].size);
    g_autofree guint8 *copy = NULL;
    assert_int_equal(decode_ours(pair, bytes, size, ours, &copy), -1);
    assert_int_equal(error_code(), VIR_ERR_RPC);
    assert_non_null(strstr(error_last()->message, wire_type_name(pair->type)));
}

/* Fills both with the same values. */
static void fill_both(const struct pair *pair, struct values *v, void *ours, void *theirs)
{
    guint64 end;
    guint at;
    fill_ours(v, pair->type, ours);
    end = v->state;
    at = v->at;
    values_again(v);
    pair->theirs->fill(v, theirs);
    if (v->at != at || v->state != end)
        fail_msg("%s: the fields are not the same", pair->theirs->name);
}

/* Theirs decoded by us and encoded again, and ours by them, are what they were. */
static void check_understood(const struct pair *pair, const guint8 *bytes, size_t size)
{
    g_autofree void *ours = g_malloc0(wire_types[pair->type].size);
    g_autofree void *theirs = g_malloc0(pair->theirs->size);
    g_autofree guint8 *copy = NULL;
    g_autoptr(GByteArray) again = NULL;
    if (decode_ours(pair, bytes, size, ours, &copy) < 0)
        fail_msg("%s: %s", pair->theirs->name, error_last()->message);
    again = encode_ours(pair, ours);
    assert_non_null(again);
    assert_int_equal(again->len, size);
    assert_memory_equal(again->data, bytes, size);
    wire_clear(pair->type, ours);

    assert_true(decode_theirs(pair, bytes, size, theirs));
    assert_int_equal(encode_theirs(pair, theirs), size);
    assert_memory_equal(big, bytes, size);
    xdr_free(pair->theirs->xdr, theirs);
}

/* The bytes of both for these values, which are the same. */
static GByteArray *check_equal(const struct pair *pair, struct values *v)
{
    g_autofree void *ours = g_malloc0(wire_types[pair->type].size);
    g_autofree void *theirs = g_malloc0(pair->theirs->size);
    g_autoptr(GByteArray) bytes = NULL;
    fill_both(pair, v, ours, theirs);
    bytes = encode_ours(pair, ours);
    if (!bytes)
        fail_msg("%s: %s", pair->theirs->name, error_last()->message);
    assert_int_equal(encode_theirs(pair, theirs), bytes->len);
    if (memcmp(bytes->data, big, bytes->len) != 0)
        fail_msg("%s: the bytes differ", pair->theirs->name);
    check_understood(pair, bytes->data, bytes->len);
    return g_steal_pointer(&bytes);
}

static void check_truncated(const struct pair *pair, const GByteArray *bytes)
{
    for (guint size = 0; size < bytes->len; size++)
        assert_refused(pair, bytes->data, size);
}

/* Bytes changed at random: what we accept, they do as well. */
static void check_changed(const struct pair *pair, const GByteArray *bytes, guint64 seed)
{
    g_autofree void *ours = g_malloc0(wire_types[pair->type].size);
    g_autofree void *theirs = g_malloc0(pair->theirs->size);
    g_autoptr(GByteArray) changed = g_byte_array_new();
    g_autofree guint8 *copy = NULL;
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
    gboolean fine;
    g_byte_array_append(changed, bytes->data, bytes->len);
    for (int n = g_rand_int_range(random, 1, 4); n > 0 && bytes->len > 0; n--)
        changed->data[g_rand_int_range(random, 0, (gint)bytes->len)] =
            (guint8)g_rand_int_range(random, 0, 256);
    fine = decode_ours(pair, changed->data, changed->len, ours, &copy) == 0;
    if (fine) {
        wire_clear(pair->type, ours);
        assert_true(decode_theirs(pair, changed->data, changed->len, theirs));
        xdr_free(pair->theirs->xdr, theirs);
    }
}

static void equal_values_give_equal_bytes(G_GNUC_UNUSED void **state)
{
    for (const struct their_message *it = their_messages; it->name; it++) {
        struct pair pair = pair_of(it);
        for (guint64 seed = 0; seed < SEEDS; seed++) {
            struct values v;
            enum draw_mode mode = seed == 0 ? DRAW_ZERO : seed == 1 ? DRAW_ONES : DRAW_RANDOM;
            values_begin(&v, mode, seed);
            g_autoptr(GByteArray) bytes = check_equal(&pair, &v);
            if (seed < 3)
                check_truncated(&pair, bytes);
            for (guint64 i = 0; i < 20; i++)
                check_changed(&pair, bytes, seed * 20 + i);
            values_end(&v);
        }
    }
}

/* Where the count of limit `target` is in the bytes: there they differ first when it is 1 more. */
static size_t count_offset(const GByteArray *none, const GByteArray *one)
{
    size_t i = 0;
    while (none->data[i] == one->data[i])
        i++;
    return i & ~(size_t)3;
}

static void check_count_refused(const struct pair *pair, const GByteArray *bytes, size_t at,
                                guint32 count)
{
    g_autoptr(GByteArray) changed = g_byte_array_new();
    g_autofree void *theirs = g_malloc0(pair->theirs->size);
    g_byte_array_append(changed, bytes->data, bytes->len);
    xdr_store_u32(changed->data + at, count);
    assert_refused(pair, changed->data, changed->len);
    assert_false(decode_theirs(pair, changed->data, changed->len, theirs));
    xdr_free(pair->theirs->xdr, theirs);
}

/* Neither we nor they send one more than the limit. */
static void check_too_many(const struct pair *pair, struct values *v, const struct limit *limit)
{
    g_autofree void *ours = g_malloc0(wire_types[pair->type].size);
    g_autofree void *theirs = g_malloc0(pair->theirs->size);
    g_autoptr(GByteArray) bytes = NULL;
    v->size = limit->max + 1;
    values_again(v);
    fill_both(pair, v, ours, theirs);
    bytes = encode_ours(pair, ours);
    assert_null(bytes);
    assert_int_equal(error_code(), VIR_ERR_RPC);
    assert_int_equal(encode_theirs(pair, theirs), -1);
}

static void check_limit(const struct pair *pair, guint target, const struct limit *limit)
{
    g_autoptr(GByteArray) none = NULL;
    g_autoptr(GByteArray) one = NULL;
    g_autoptr(GByteArray) full = NULL;
    struct values v;
    size_t at;
    values_begin(&v, DRAW_LIMIT, 0);
    v.target = target;
    none = check_equal(pair, &v);
    v.size = 1;
    values_again(&v);
    one = check_equal(pair, &v);
    v.size = limit->max;
    values_again(&v);
    full = check_equal(pair, &v);
    at = count_offset(none, one);
    if (limit->theirs) {
        check_too_many(pair, &v, limit);
        check_count_refused(pair, full, at, limit->max + 1);
    }
    check_count_refused(pair, none, at, 0x7fffffff);
    check_count_refused(pair, none, at, 0x80000000);
    check_count_refused(pair, none, at, 0xffffffff);
    values_end(&v);
}

static void limits_are_kept_by_both(G_GNUC_UNUSED void **state)
{
    for (const struct their_message *it = their_messages; it->name; it++) {
        struct pair pair = pair_of(it);
        g_autofree void *ours = g_malloc0(wire_types[pair.type].size);
        struct values v;
        values_begin(&v, DRAW_LIMIT, 0);
        fill_ours(&v, pair.type, ours);
        for (guint i = 0; i < v.limits->len; i++)
            check_limit(&pair, i, &g_array_index(v.limits, struct limit, i));
        values_end(&v);
    }
}

/* The tables have no message that the field has not, but the newer ones. */
static void no_message_is_left_out(G_GNUC_UNUSED void **state)
{
    guint theirs = 0, ours = 0;
    for (const struct their_message *it = their_messages; it->name; it++)
        theirs++;
    for (size_t i = 0; i < wire_n_programs; i++) {
        for (guint32 number = 1; number <= wire_programs[i].procedures; number++) {
            const struct wire_procedure *it = wire_procedure(wire_programs + i, (gint32)number);
            if (it && (i > 0 || number <= 443))
                ours += (it->args != WIRE_NONE) + (it->ret != WIRE_NONE);
        }
    }
    assert_int_equal(ours + 1, theirs); /* the error is of no procedure */
}

static void the_header_and_holes_are_theirs(G_GNUC_UNUSED void **state)
{
    struct rpc_header header = {0x20008086, 1, 273, RPC_CALL, 77, RPC_OK}, read;
    virNetMessageHeader theirs = {0x20008086, 1, 273, VIR_NET_CALL, 77, VIR_NET_OK};
    virNetStreamHole hole = {-5, 3};
    wire_stream_hole ours = {.length = -5, .flags = 3};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    size_t before = rpc_frame_begin(bytes, &header);
    XDR xdr;
    assert_int_equal(wire_append(bytes, WIRE_STREAM_HOLE, &ours), 0);
    assert_true(rpc_frame_end(bytes, before));
    xdrmem_create(&xdr, big, BIG, XDR_ENCODE);
    assert_true(xdr_virNetMessageHeader(&xdr, &theirs) && xdr_virNetStreamHole(&xdr, &hole));
    assert_int_equal(xdr_getpos(&xdr) + 4, bytes->len);
    assert_int_equal(xdr_load_u32(bytes->data), bytes->len);
    assert_memory_equal(bytes->data + 4, big, bytes->len - 4);
    assert_true(rpc_header_read(&read, bytes->data + 4, bytes->len - 4));
    assert_memory_equal(&read, &header, sizeof(read));
}

static void ignore(G_GNUC_UNUSED void *data, G_GNUC_UNUSED virErrorPtr error) {}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_give_equal_bytes),
        cmocka_unit_test(limits_are_kept_by_both),
        cmocka_unit_test(no_message_is_left_out),
        cmocka_unit_test(the_header_and_holes_are_theirs),
    };
    int failed;
    virSetErrorFunc(NULL, ignore);
    /* megabytes come and go thousands of times: not by the kernel each time */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    big = g_malloc(BIG);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_free(big);
    return failed;
}
