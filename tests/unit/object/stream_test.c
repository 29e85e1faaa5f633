#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/object/error.h"
#include "core/object/stream.h"
#include "objects.h"

static const struct stream_driver driver = {.name = "some"};
static int released;

static void release(virStreamPtr stream)
{
    assert_true(is_virConnect(stream->conn)); /* there as long as the stream is */
    assert_ptr_equal(stream->data, &released);
    released++;
}

static void a_stream_keeps_its_connection(void **state)
{
    virConnectPtr conn = connect_new();
    virStreamPtr stream = stream_new(conn, VIR_STREAM_NONBLOCK);

    (void)state;
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(stream->flags, VIR_STREAM_NONBLOCK);
    assert_ptr_equal(stream->conn, conn);
    assert_int_equal(virStreamAbort(stream), 0); /* nothing is there to be broken off */
    assert_int_equal(virStreamSend(stream, "x", 1), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_SUPPORT);
    assert_int_equal(virStreamFree(stream), 0);
}

static void what_it_carries_is_released_with_it(void **state)
{
    virConnectPtr conn = connect_new();
    virStreamPtr stream = stream_new(conn, 0);

    (void)state;
    released = 0;
    assert_int_equal(stream_attach(stream, &driver, &released, release), 0);
    assert_int_equal(virStreamRef(stream), 0);
    assert_int_equal(virStreamFree(stream), 0);
    assert_int_equal(released, 0);
    assert_int_equal(virConnectClose(conn), 1);
    assert_int_equal(virStreamFree(stream), 0);
    assert_int_equal(released, 1);
}

static void a_stream_in_use_is_refused_and_stays_as_it_is(void **state)
{
    virConnectPtr conn = connect_new();
    virStreamPtr stream = stream_new(conn, 0);
    static const struct stream_driver other = {.name = "other"};

    (void)state;
    released = 0;
    assert_int_equal(stream_attach(stream, &driver, &released, release), 0);
    assert_int_equal(stream_attach(stream, &other, NULL, NULL), -1);
    assert_int_equal(error_code(), VIR_ERR_OPERATION_INVALID);
    assert_ptr_equal(stream->driver, &driver);
    virStreamFree(stream);
    assert_int_equal(released, 1);
    virConnectClose(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_keeps_its_connection),
        cmocka_unit_test(what_it_carries_is_released_with_it),
        cmocka_unit_test(a_stream_in_use_is_refused_and_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
