#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/object/error.h"
#include "core/rpc/message.h"
#include "wire.h"

static const unsigned char uuid[16] = "0123456789abcdef";

static GByteArray *encoded(unsigned int type, const void *value)
{
    GByteArray *bytes = g_byte_array_new();
    assert_int_equal(wire_append(bytes, type, value), 0);
    return bytes;
}

static int decode(GByteArray *bytes, unsigned int type, void *value)
{
    struct xdr_in in = xdr_in(bytes->data, bytes->len);
    return wire_decode(&in, type, value);
}

static void assert_error(const char *message)
{
    assert_int_equal(error_code(), VIR_ERR_RPC);
    assert_int_equal(error_last()->domain, VIR_FROM_RPC);
    assert_string_equal(error_last()->message, message);
    error_reset();
}

static void assert_not_sent(unsigned int type, const void *value, const char *message)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)"before", 6);
    assert_int_equal(wire_append(bytes, type, value), -1);
    assert_int_equal(bytes->len, 6);
    assert_memory_equal(bytes->data, "before", 6);
    assert_error(message);
}

/* The word `word` becomes `value`, and the message is refused. */
static void assert_refused(unsigned int type, const void *value, size_t word, guint32 changed,
                           const char *message)
{
    g_autoptr(GByteArray) bytes = encoded(type, value);
    g_autofree void *read = g_malloc(wire_types[type].size);
    assert_true(word * 4 < bytes->len);
    xdr_store_u32(bytes->data + word * 4, changed);
    assert_int_equal(decode(bytes, type, read), -1);
    assert_error(message);
}

static void strings_of_every_length_are_ended_where_they_lie(void **state)
{
    (void)state;
    for (size_t n = 0; n < 20; n++) {
        g_autofree char *text = g_strnfill(n, 'x');
        wire_domain_set_metadata_args args = {{text, uuid, 1}, 2, text, text, text, 3}, read;
        g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_SET_METADATA_ARGS, &args);
        assert_int_equal(decode(bytes, WIRE_DOMAIN_SET_METADATA_ARGS, &read), 0);
        assert_string_equal(read.domain.name, text);
        assert_memory_equal(read.domain.uuid, uuid, 16);
        assert_int_equal(read.domain.id, 1);
        assert_string_equal(read.metadata, text);
        assert_string_equal(read.key, text);
        assert_string_equal(read.uri, text);
        assert_int_equal(read.flags, 3);
        assert_in_range((uintptr_t)read.uri, (uintptr_t)bytes->data,
                        (uintptr_t)bytes->data + bytes->len);
        wire_clear(WIRE_DOMAIN_SET_METADATA_ARGS, &read);
    }
}

static void what_is_absent_is_null(void **state)
{
    wire_domain_set_metadata_args args = {{"a", uuid, 1}, 2, NULL, NULL, NULL, 3}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_SET_METADATA_ARGS, &args);
    (void)state;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_SET_METADATA_ARGS, &read), 0);
    assert_null(read.metadata);
    assert_null(read.uri);
    wire_clear(WIRE_DOMAIN_SET_METADATA_ARGS, &read);
}

static void a_message_without_anything_is_nothing(void **state)
{
    g_autoptr(GByteArray) bytes = encoded(WIRE_NONE, NULL);
    struct xdr_in in = xdr_in((guint8 *)"", 0);
    (void)state;
    assert_int_equal(bytes->len, 0);
    assert_int_equal(wire_decode(&in, WIRE_NONE, NULL), 0);
    wire_clear(WIRE_NONE, NULL);
}

static void a_reply_gives_what_it_holds_away(void **state)
{
    wire_domain_get_xml_desc_ret ret = {(char *)"<domain/>"}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_GET_XML_DESC_RET, &ret);
    g_autofree char *xml = NULL;
    (void)state;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_GET_XML_DESC_RET, &read), 0);
    xml = g_steal_pointer(&read.result);
    wire_clear(WIRE_DOMAIN_GET_XML_DESC_RET, &read);
    memset(bytes->data, 0xff, bytes->len);
    assert_string_equal(xml, "<domain/>");
}

static void structures_of_a_list_are_their_own(void **state)
{
    char *aliases[] = {(char *)"vda", (char *)"vdb"};
    virDomainFSInfo one = {(char *)"/", (char *)"dm-0", (char *)"ext4", 2, aliases};
    virDomainFSInfoPtr list[] = {&one};
    wire_domain_get_fs_info_ret ret = {list, 1, 1}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_GET_FS_INFO_RET, &ret);
    (void)state;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_GET_FS_INFO_RET, &read), 0);
    memset(bytes->data, 0xff, bytes->len);
    assert_int_equal(read.info_count, 1);
    assert_string_equal(read.info[0]->mountpoint, "/");
    assert_int_equal(read.info[0]->ndevAlias, 2);
    assert_string_equal(read.info[0]->devAlias[1], "vdb");
    assert_null(read.info[1]);
    /* as those do who get it from the public call */
    virDomainFSInfoFree(read.info[0]);
    g_free(read.info);
}

static void parameters_keep_their_types_and_bits(void **state)
{
    virTypedParameter params[] = {
        {"int", VIR_TYPED_PARAM_INT, {.i = -1}},
        {"uint", VIR_TYPED_PARAM_UINT, {.ui = G_MAXUINT}},
        {"llong", VIR_TYPED_PARAM_LLONG, {.l = G_MININT64}},
        {"ullong", VIR_TYPED_PARAM_ULLONG, {.ul = G_MAXUINT64}},
        {"double", VIR_TYPED_PARAM_DOUBLE, {.d = 0.1}},
        {"bool", VIR_TYPED_PARAM_BOOLEAN, {.b = 1}},
        {"string", VIR_TYPED_PARAM_STRING, {.s = (char *)"text"}},
    };
    wire_domain_get_job_stats_ret ret = {3, params, G_N_ELEMENTS(params)}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_GET_JOB_STATS_RET, &ret);
    (void)state;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_GET_JOB_STATS_RET, &read), 0);
    memset(bytes->data, 0xff, bytes->len);
    assert_int_equal(read.params_count, G_N_ELEMENTS(params));
    for (size_t i = 0; i < G_N_ELEMENTS(params); i++) {
        assert_string_equal(read.params[i].field, params[i].field);
        assert_int_equal(read.params[i].type, params[i].type);
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            assert_string_equal(read.params[i].value.s, "text");
        else
            assert_int_equal(read.params[i].value.ul, params[i].value.ul);
    }
    virTypedParamsFree(read.params, (int)read.params_count);
}

/* Of two words for yes and no, the field's decoders take all but 0 for yes. */
static void what_is_there_may_say_so_with_any_number(void **state)
{
    wire_domain_set_metadata_args args = {{"a", uuid, 1}, 2, "m", "k", "u", 3}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_SET_METADATA_ARGS, &args);
    (void)state;
    bytes->data[8 * 4] = 1;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_SET_METADATA_ARGS, &read), 0);
    assert_string_equal(read.metadata, "m");
    wire_clear(WIRE_DOMAIN_SET_METADATA_ARGS, &read);
}

static void what_is_malformed_is_named(void **state)
{
    wire_domain_lookup_by_name_args name = {"guest"};
    virTypedParameter param = {"weight", VIR_TYPED_PARAM_UINT, {.ui = 1}};
    wire_domain_get_blkio_parameters_ret params = {&param, 1, 1};
    wire_domain_get_info_ret info = {{1, 2, 3, 4, 5}};
    wire_storage_vol_get_info_ret volume = {{1, 2, 3}};
    (void)state;
    assert_refused(WIRE_DOMAIN_LOOKUP_BY_NAME_ARGS, &name, 0, 4194305,
                   "message domain_lookup_by_name_args is malformed at 'name': "
                   "its length is 4194305, at most 4194304 is accepted");
    assert_refused(WIRE_DOMAIN_LOOKUP_BY_NAME_ARGS, &name, 0, 9,
                   "message domain_lookup_by_name_args is malformed at 'name': "
                   "8 bytes of it are there, 9 are needed");
    assert_refused(WIRE_DOMAIN_LOOKUP_BY_NAME_ARGS, &name, 1, 0x61006200,
                   "message domain_lookup_by_name_args is malformed at 'name': "
                   "a zero byte is among its 5 bytes");
    assert_refused(WIRE_DOMAIN_GET_BLKIO_PARAMETERS_RET, &params, 0, 17,
                   "message domain_get_blkio_parameters_ret is malformed at 'params': "
                   "its length is 17, at most 16 is accepted");
    assert_refused(WIRE_DOMAIN_GET_BLKIO_PARAMETERS_RET, &params, 4, 8,
                   "message domain_get_blkio_parameters_ret is malformed at 'params': "
                   "8 is not a value of it, at most 7 is accepted");
    assert_refused(WIRE_DOMAIN_GET_INFO_RET, &info, 0, 256,
                   "message domain_get_info_ret is malformed at 'state': "
                   "256 is not a value of it, at most 255 is accepted");
    assert_refused(WIRE_STORAGE_VOL_GET_INFO_RET, &volume, 0, 128,
                   "message storage_vol_get_info_ret is malformed at 'type': "
                   "128 is not a value of it, at most 127 is accepted");
}

static void names_that_their_arrays_have_no_room_for_are_refused(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autofree char *name = g_strnfill(80, 'n');
    wire_node_get_cpu_stats_ret stats;
    wire_domain_get_blkio_parameters_ret params;
    struct xdr_out out;
    (void)state;
    xdr_out_begin(&out, bytes, 1000);
    assert_true(xdr_put_u32(&out, 1) && xdr_put_counted(&out, name, 80, 80));
    assert_true(xdr_put_u32(&out, VIR_TYPED_PARAM_UINT) && xdr_put_u64(&out, 0));
    xdr_out_end(&out);
    assert_int_equal(decode(bytes, WIRE_NODE_GET_CPU_STATS_RET, &stats), -1);
    assert_error("message node_get_cpu_stats_ret is malformed at 'field': "
                 "its length is 80, at most 79 is accepted");
    xdr_store_u32(bytes->data + 4, 80);
    assert_int_equal(decode(bytes, WIRE_DOMAIN_GET_BLKIO_PARAMETERS_RET, &params), -1);
    assert_error("message domain_get_blkio_parameters_ret is malformed at 'params': "
                 "its length is 80, at most 79 is accepted");
}

static void what_cannot_be_sent_is_named(void **state)
{
    wire_domain_lookup_by_name_args name = {NULL};
    wire_domain_get_blkio_parameters_ret params = {NULL, 1, 1};
    virTypedParameter param = {"weight", 0, {.ui = 1}};
    virStoragePoolInfo pool = {256, 1, 2, 3};
    wire_storage_pool_get_info_ret info = {pool};
    (void)state;
    assert_not_sent(WIRE_DOMAIN_LOOKUP_BY_NAME_ARGS, &name,
                    "message domain_lookup_by_name_args cannot be sent at 'name': "
                    "it is missing, a value is required");
    assert_not_sent(WIRE_DOMAIN_GET_BLKIO_PARAMETERS_RET, &params,
                    "message domain_get_blkio_parameters_ret cannot be sent at 'params': "
                    "it is missing, a value is required");
    params.params = &param;
    assert_not_sent(WIRE_DOMAIN_GET_BLKIO_PARAMETERS_RET, &params,
                    "message domain_get_blkio_parameters_ret cannot be sent at 'params': "
                    "0 is not a value of it, at most 7 is accepted");
    assert_not_sent(WIRE_STORAGE_POOL_GET_INFO_RET, &info,
                    "message storage_pool_get_info_ret cannot be sent at 'state': "
                    "256 is not a value of it, at most 255 is accepted");
}

static void a_null_may_go_as_empty_where_the_description_says_so(void **state)
{
    wire_domain_event_io_error_reason_msg msg = {1, {"a", uuid, 1}, NULL, "vda", 2, NULL}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_EVENT_IO_ERROR_REASON_MSG, &msg);
    (void)state;
    assert_int_equal(decode(bytes, WIRE_DOMAIN_EVENT_IO_ERROR_REASON_MSG, &read), 0);
    assert_string_equal(read.srcPath, "");
    assert_string_equal(read.reason, "");
    assert_int_equal(read.callback_id, 1);
    wire_clear(WIRE_DOMAIN_EVENT_IO_ERROR_REASON_MSG, &read);
}

static void a_message_over_the_limit_is_refused(void **state)
{
    g_autofree char *big = g_strnfill(4194304, 'x');
    const char *cpus[9];
    wire_connect_baseline_cpu_args args = {cpus, G_N_ELEMENTS(cpus), 0};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cpus); i++)
        cpus[i] = big;
    assert_not_sent(WIRE_CONNECT_BASELINE_CPU_ARGS, &args,
                    "message connect_baseline_cpu_args cannot be sent at 'xmlCPUs': "
                    "the message would be longer than 33554408 bytes with it");
    args.xmlCPUs_count = 7;
    g_byte_array_unref(encoded(WIRE_CONNECT_BASELINE_CPU_ARGS, &args));
}

static void a_label_of_full_length_fits(void **state)
{
    wire_domain_get_security_label_ret ret = {0}, read;
    (void)state;
    memset(ret.seclabel.label, 'l', sizeof(ret.seclabel.label) - 1);
    ret.seclabel.enforcing = 1;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_GET_SECURITY_LABEL_RET, &ret);
    assert_int_equal(bytes->len, 4 + 4097 * 4 + 4);
    assert_int_equal(decode(bytes, WIRE_DOMAIN_GET_SECURITY_LABEL_RET, &read), 0);
    assert_string_equal(read.seclabel.label, ret.seclabel.label);
    assert_int_equal(read.seclabel.enforcing, 1);
}

static void a_failure_in_a_list_leaves_nothing_behind(void **state)
{
    char *keys[] = {(char *)"one", (char *)"two", (char *)"three"};
    wire_domain_authorized_ssh_keys_get_ret ret = {keys, 3}, read;
    g_autoptr(GByteArray) bytes = encoded(WIRE_DOMAIN_AUTHORIZED_SSH_KEYS_GET_RET, &ret);
    (void)state;
    for (guint size = 0; size < bytes->len; size++) {
        g_autoptr(GByteArray) part = g_byte_array_new();
        g_byte_array_append(part, bytes->data, size);
        g_byte_array_append(part, (const guint8 *)"", 1);
        g_byte_array_set_size(part, size);
        assert_int_equal(decode(part, WIRE_DOMAIN_AUTHORIZED_SSH_KEYS_GET_RET, &read), -1);
        assert_null(read.keys);
        assert_int_equal(read.keys_count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_of_every_length_are_ended_where_they_lie),
        cmocka_unit_test(what_is_absent_is_null),
        cmocka_unit_test(a_message_without_anything_is_nothing),
        cmocka_unit_test(a_reply_gives_what_it_holds_away),
        cmocka_unit_test(structures_of_a_list_are_their_own),
        cmocka_unit_test(parameters_keep_their_types_and_bits),
        cmocka_unit_test(what_is_there_may_say_so_with_any_number),
        cmocka_unit_test(what_is_malformed_is_named),
        cmocka_unit_test(names_that_their_arrays_have_no_room_for_are_refused),
        cmocka_unit_test(what_cannot_be_sent_is_named),
        cmocka_unit_test(a_null_may_go_as_empty_where_the_description_says_so),
        cmocka_unit_test(a_message_over_the_limit_is_refused),
        cmocka_unit_test(a_label_of_full_length_fits),
        cmocka_unit_test(a_failure_in_a_list_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
