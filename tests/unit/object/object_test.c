#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/object/connect.h"
#include "core/object/error.h"
#include "objects.h"

struct thing {
    struct object base;
    int number;
    char text[100];
};

static int disposed;
static const struct object_class thing_class;

static void thing_dispose(struct object *object)
{
    struct thing *thing = (struct thing *)object;

    /* what it holds is still there, and its class too */
    assert_ptr_equal(object->klass, &thing_class);
    assert_int_equal(thing->number, 7);
    disposed++;
}

static const struct object_class thing_class = {
    "thing", sizeof(struct thing), VIR_ERR_INVALID_DOMAIN, VIR_FROM_DOM, thing_dispose};
static const struct object_class other_class = {.name = "other"};

static const unsigned char uuid[VIR_UUID_BUFLEN] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                    9, 10, 11, 12, 13, 14, 15, 16};

static void ignore(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static int quiet(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, ignore);
    virResetLastError();
    return 0;
}

static void assert_error(int code, const char *message)
{
    assert_int_equal(virGetLastErrorCode(), code);
    assert_string_equal(virGetLastErrorMessage(), message);
}

static void a_new_object_is_zeroed_and_has_one_reference(void **state)
{
    struct thing *thing = object_new(&thing_class);
    static const char zeroes[100];

    (void)state;
    assert_int_equal(object_refs(&thing->base), 1);
    assert_int_equal(thing->number, 0);
    assert_memory_equal(thing->text, zeroes, sizeof(zeroes));
    thing->number = 7;
    object_unref(&thing->base);
}

static void the_last_reference_disposes_and_only_that(void **state)
{
    struct thing *thing = object_new(&thing_class);

    (void)state;
    disposed = 0;
    thing->number = 7;
    assert_ptr_equal(object_ref(&thing->base), thing);
    assert_int_equal(object_refs(&thing->base), 2);
    assert_int_equal(object_unref(&thing->base), 1);
    assert_int_equal(disposed, 0);
    assert_int_equal(object_unref(&thing->base), 0);
    assert_int_equal(disposed, 1);
}

static void only_its_own_class_fits(void **state)
{
    struct thing *thing = object_new(&thing_class);

    (void)state;
    thing->number = 7;
    assert_true(object_is(thing, &thing_class));
    assert_false(object_is(thing, &other_class));
    assert_false(object_is((struct thing *)NULL, &thing_class));
    object_unref(&thing->base);
}

static void an_object_of_another_class_is_told_from_none(void **state)
{
    struct thing thing = {{&other_class, 1}, 0, ""};

    (void)state;
    object_invalid(NULL, &thing_class, "virThing");
    assert_error(VIR_ERR_INVALID_DOMAIN, "invalid domain pointer in virThing");
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_DOM);
    object_invalid(&thing, &thing_class, "virThing");
    assert_error(VIR_ERR_INVALID_DOMAIN, "invalid domain pointer in virThing: not a thing");
    object_null_argument(&thing_class, "uuid", "virThing");
    assert_error(VIR_ERR_INVALID_ARG, "uuid in virThing must not be NULL");
}

static void an_object_keeps_its_connection_and_parent(void **state)
{
    virConnectPtr conn = connect_new();
    virDomainPtr domain = new_domain(conn, "guest", uuid, 1);
    virDomainSnapshotPtr snapshot = new_domain_snapshot(domain, "before");

    (void)state;
    assert_int_equal(virConnectClose(conn), 2);
    assert_int_equal(virDomainFree(domain), 0);
    /* both are there as long as the snapshot is */
    assert_ptr_equal(virDomainSnapshotGetConnect(snapshot), conn);
    assert_ptr_equal(virDomainSnapshotGetDomain(snapshot), domain);
    assert_string_equal(virDomainGetName(domain), "guest");
    assert_int_equal(object_refs(&conn->base), 2);
    assert_int_equal(virDomainSnapshotFree(snapshot), 0);
}

static void getters_answer_what_the_object_was_made_with(void **state)
{
    virConnectPtr conn = connect_new();
    char name[] = "guest", text[VIR_UUID_STRING_BUFLEN];
    virDomainPtr domain = new_domain(conn, name, uuid, 3);
    unsigned char bytes[VIR_UUID_BUFLEN];

    (void)state;
    name[0] = 'Q'; /* a copy was made */
    assert_string_equal(virDomainGetName(domain), "guest");
    assert_int_equal(virDomainGetID(domain), 3);
    assert_int_equal(virDomainGetUUID(domain, bytes), 0);
    assert_memory_equal(bytes, uuid, sizeof(uuid));
    assert_int_equal(virDomainGetUUIDString(domain, text), 0);
    assert_string_equal(text, "01020304-0506-0708-090a-0b0c0d0e0f10");
    assert_ptr_equal(virDomainGetConnect(domain), conn);
    assert_int_equal(object_refs(&conn->base), 2); /* not counted */
    assert_int_equal(virDomainRef(domain), 0);
    assert_int_equal(virDomainFree(domain), 0);
    assert_string_equal(virDomainGetName(domain), "guest");
    assert_int_equal(virDomainFree(domain), 0);
    assert_int_equal(virConnectClose(conn), 0);
}

static void an_object_without_a_text_has_none(void **state)
{
    virConnectPtr conn = connect_new();
    virInterfacePtr interface = new_interface(conn, "eth0", NULL);

    (void)state;
    assert_null(virInterfaceGetMACString(interface));
    virInterfaceFree(interface);
    virConnectClose(conn);
}

static void a_getter_forgets_the_last_error(void **state)
{
    virConnectPtr conn = connect_new();
    virDomainPtr domain = new_domain(conn, "guest", uuid, -1);

    (void)state;
    assert_int_equal(virDomainGetID(NULL), (unsigned int)-1);
    assert_error(VIR_ERR_INVALID_DOMAIN, "invalid domain pointer in virDomainGetID");
    assert_int_equal(virDomainGetID(domain), (unsigned int)-1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    virDomainFree(domain);
    virConnectClose(conn);
}

/* What the leak checker sees: everything below a public struct goes with it. */
static void structs_are_freed_to_the_ground(void **state)
{
    virDomainFSInfoPtr info = calloc(1, sizeof(*info));
    virDomainInterfacePtr iface = calloc(1, sizeof(*iface));

    (void)state;
    info->mountpoint = strdup("/");
    info->name = strdup("root");
    info->fstype = strdup("ext4");
    info->ndevAlias = 2;
    info->devAlias = calloc(2, sizeof(char *));
    info->devAlias[0] = strdup("vda");
    info->devAlias[1] = strdup("vdb");
    virDomainFSInfoFree(info);
    iface->name = strdup("eth0");
    iface->hwaddr = strdup("52:54:00:00:00:01");
    iface->naddrs = 2;
    iface->addrs = calloc(2, sizeof(virDomainIPAddress));
    iface->addrs[0].addr = strdup("192.0.2.1");
    iface->addrs[1].addr = strdup("2001:db8::1");
    virDomainInterfaceFree(iface);
}

static void records_of_guests_let_go_of_them(void **state)
{
    virConnectPtr conn = connect_new();
    virDomainPtr domain = new_domain(conn, "guest", uuid, 1);
    virDomainStatsRecordPtr *records = calloc(2, sizeof(*records));
    int room = 0;

    (void)state;
    records[0] = calloc(1, sizeof(virDomainStatsRecord));
    records[0]->dom = object_ref(&domain->base);
    assert_int_equal(virTypedParamsAddString(&records[0]->params, &records[0]->nparams, &room,
                                             "block.0.name", "vda"),
                     0);
    assert_int_equal(object_refs(&domain->base), 2);
    virDomainStatsRecordListFree(records);
    assert_int_equal(object_refs(&domain->base), 1);
    virDomainFree(domain);
    virConnectClose(conn);
}

static void cleaning_up_keeps_the_error(void **state)
{
    (void)state;
    error_set(VIR_FROM_DOM, VIR_ERR_NO_DOMAIN, "gone");
    virDomainStatsRecordListFree(calloc(1, sizeof(virDomainStatsRecordPtr)));
    virTypedParamsFree(NULL, 0);
    virTypedParamsClear(NULL, 0);
    virDomainFSInfoFree(NULL);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_object_is_zeroed_and_has_one_reference, quiet),
        cmocka_unit_test_setup(the_last_reference_disposes_and_only_that, quiet),
        cmocka_unit_test_setup(only_its_own_class_fits, quiet),
        cmocka_unit_test_setup(an_object_of_another_class_is_told_from_none, quiet),
        cmocka_unit_test_setup(an_object_keeps_its_connection_and_parent, quiet),
        cmocka_unit_test_setup(getters_answer_what_the_object_was_made_with, quiet),
        cmocka_unit_test_setup(an_object_without_a_text_has_none, quiet),
        cmocka_unit_test_setup(a_getter_forgets_the_last_error, quiet),
        cmocka_unit_test_setup(structs_are_freed_to_the_ground, quiet),
        cmocka_unit_test_setup(records_of_guests_let_go_of_them, quiet),
        cmocka_unit_test_setup(cleaning_up_keeps_the_error, quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
