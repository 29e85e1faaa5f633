#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/object/connect.h"
#include "core/object/error.h"
#include "core/rpc/error_wire.h"
#include "wire_objects.h"

static const unsigned char uuid[16] = "0123456789abcdef";

static const struct wire_procedure *procedure(gint32 number)
{
    const struct wire_procedure *it = wire_procedure(wire_program(WIRE_PROGRAM_REMOTE), number);
    assert_non_null(it);
    return it;
}

/* The permissions that these arguments ask for, in one string. */
static char *needs(const struct wire_procedure *it, const void *args)
{
    GString *text = g_string_new("");
    for (guint i = 0; i < it->acls; i++) {
        const struct wire_acl *acl = wire_acls + it->acl + i;
        if (wire_acl_applies(acl, args))
            g_string_append_printf(text, "%s:%s ", wire_names + acl->object,
                                   wire_names + acl->permission);
    }
    return g_string_free(text, FALSE);
}

static void programs_and_procedures_are_found_by_number(void **state)
{
    const struct wire_procedure *info = procedure(WIRE_PROC_DOMAIN_GET_INFO);
    (void)state;
    assert_string_equal(wire_procedure_name(info), "domain_get_info");
    assert_int_equal(info->args, WIRE_DOMAIN_GET_INFO_ARGS);
    assert_int_equal(info->ret, WIRE_DOMAIN_GET_INFO_RET);
    assert_int_equal(info->subject, offsetof(wire_domain_get_info_args, domain));
    assert_int_equal(info->subject_type, WIRE_DOMAIN);
    assert_false(info->high || info->event || info->write);
    assert_true(procedure(WIRE_PROC_DOMAIN_CREATE)->write);
    assert_true(procedure(WIRE_PROC_DOMAIN_MIGRATE_PREPARE2)->write);
    assert_true(procedure(WIRE_PROC_CONNECT_GET_HOSTNAME)->high);
    assert_true(procedure(WIRE_PROC_DOMAIN_EVENT_LIFECYCLE)->event);
    assert_int_equal(procedure(WIRE_PROC_STORAGE_VOL_UPLOAD)->stream, WIRE_STREAM_WRITE);
    assert_int_equal(procedure(WIRE_PROC_STORAGE_VOL_DOWNLOAD)->stream, WIRE_STREAM_READ);
    assert_string_equal(wire_program(WIRE_PROGRAM_QEMU)->name, "qemu");
}

static void other_numbers_are_nobodys(void **state)
{
    const struct wire_program *remote = wire_program(WIRE_PROGRAM_REMOTE);
    (void)state;
    assert_null(wire_program(0));
    assert_null(wire_program(0x6b656570));
    assert_null(wire_procedure(remote, 0));
    assert_null(wire_procedure(remote, -1));
    assert_null(wire_procedure(remote, G_MININT32));
    assert_null(wire_procedure(remote, G_MAXINT32));
    assert_null(wire_procedure(remote, (gint32)remote->procedures + 1));
    assert_non_null(wire_procedure(remote, (gint32)remote->procedures));
}

static void permissions_depend_on_flags(void **state)
{
    wire_domain_attach_device_flags_args attach = {.flags = VIR_DOMAIN_AFFECT_CURRENT};
    const struct wire_procedure *it = procedure(WIRE_PROC_DOMAIN_ATTACH_DEVICE_FLAGS);
    static const struct {
        unsigned int flags;
        const char *needs;
    } cases[] = {
        {VIR_DOMAIN_AFFECT_CURRENT, "domain:write domain:save "},
        {VIR_DOMAIN_AFFECT_LIVE, "domain:write "},
        {VIR_DOMAIN_AFFECT_CONFIG, "domain:write domain:save "},
        {VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_AFFECT_LIVE, "domain:write domain:save "},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;
        attach.flags = cases[i].flags;
        text = needs(it, &attach);
        assert_string_equal(text, cases[i].needs);
    }
}

static void permissions_depend_on_values(void **state)
{
    wire_domain_interface_addresses_args args = {.source =
                                                     VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE};
    const struct wire_procedure *it = procedure(WIRE_PROC_DOMAIN_INTERFACE_ADDRESSES);
    g_autofree char *lease = needs(it, &args);
    g_autofree char *agent = NULL;
    (void)state;
    args.source = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT;
    agent = needs(it, &args);
    assert_string_equal(lease, "domain:read ");
    assert_string_equal(agent, "domain:read domain:write ");
}

static void filters_are_of_each_object(void **state)
{
    const struct wire_procedure *it = procedure(WIRE_PROC_CONNECT_LIST_ALL_DOMAINS);
    g_autofree char *text = needs(it, NULL);
    (void)state;
    assert_string_equal(text, "connect:search_domains ");
    assert_int_equal(it->acls, 2);
    assert_int_equal(wire_acls[it->acl + 1].when, WIRE_FILTER);
    assert_string_equal(wire_names + wire_acls[it->acl + 1].permission, "getattr");
    assert_int_equal(it->subject, WIRE_NO_SUBJECT);
    assert_int_equal(procedure(WIRE_PROC_AUTH_LIST)->acls, 0);
}

static void errors_arrive_as_they_were(void **state)
{
    virError sent;
    wire_error out, in;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct xdr_in cursor;
    (void)state;
    error_set(VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no guest '%s'", "web");
    memset(&sent, 0, sizeof(sent));
    error_copy(&sent, error_last());
    out = wire_error_of(&sent);
    assert_int_equal(wire_append(bytes, WIRE_ERROR, &out), 0);
    error_reset();
    cursor = xdr_in(bytes->data, bytes->len);
    assert_int_equal(wire_decode(&cursor, WIRE_ERROR, &in), 0);
    wire_error_raise(&in);
    wire_clear(WIRE_ERROR, &in);
    assert_int_equal(error_code(), VIR_ERR_NO_DOMAIN);
    assert_int_equal(error_last()->domain, VIR_FROM_QEMU);
    assert_int_equal(error_last()->level, sent.level);
    assert_string_equal(error_last()->message, sent.message);
    assert_string_equal(error_last()->str1, sent.str1);
    assert_string_equal(error_last()->str2, sent.str2);
    assert_int_equal(error_last()->int1, sent.int1);
    error_reset();
    error_clear(&sent);
}

static void objects_are_made_from_their_identities(void **state)
{
    virConnectPtr conn = connect_new();
    wire_domain_snapshot from = {"before", {"web", uuid, 3}};
    virDomainSnapshotPtr snapshot = wire_new_domain_snapshot(conn, &from);
    wire_domain_snapshot to = wire_of_domain_snapshot(snapshot);
    wire_network_port from_port = {{"net", uuid}, uuid};
    virNetworkPortPtr port = wire_new_network_port(conn, &from_port);
    wire_network_port to_port = wire_of_network_port(port);
    (void)state;
    assert_string_equal(to.name, "before");
    assert_string_equal(to.dom.name, "web");
    assert_memory_equal(to.dom.uuid, uuid, 16);
    assert_int_equal(to.dom.id, 3);
    assert_string_equal(to_port.net.name, "net");
    assert_memory_equal(to_port.uuid, uuid, 16);
    object_unref(&snapshot->base);
    object_unref(&port->base);
    assert_int_equal(object_refs((struct object *)conn), 1);
    object_unref((struct object *)conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_and_procedures_are_found_by_number),
        cmocka_unit_test(other_numbers_are_nobodys),
        cmocka_unit_test(permissions_depend_on_flags),
        cmocka_unit_test(permissions_depend_on_values),
        cmocka_unit_test(filters_are_of_each_object),
        cmocka_unit_test(errors_arrive_as_they_were),
        cmocka_unit_test(objects_are_made_from_their_identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
