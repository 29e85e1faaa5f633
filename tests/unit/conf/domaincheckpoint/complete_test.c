/* What the guest and the time add to a checkpoint's document. */
#include "core/conf/domaincheckpoint/complete.h"

#include "core/object/error.h"

#include <corral/corral.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GUEST                                                                                      \
    "<domain type='test'><name>g</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>"          \
    "<memory>1024</memory><os><type>hvm</type></os><devices>"                                      \
    "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"                              \
    "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>"                              \
    "<disk type='file'><source file='/c'/><target dev='vdc'/><readonly/></disk>"                   \
    "</devices></domain>"

static struct domaincheckpoint *complete(const char *xml, bool redefine, int code)
{
    struct domain *guest = domain_parse(GUEST, NULL, DOC_INACTIVE);
    struct domaincheckpoint *def = domaincheckpoint_parse(xml, NULL, DOC_INACTIVE);
    int rc;

    assert_non_null(guest);
    assert_non_null(def);
    rc = checkpoint_complete(def, guest, redefine, 1700000000);
    domain_free(guest);
    assert_int_equal(rc, code ? -1 : 0);
    if (code) {
        assert_int_equal(error_code(), code);
        domaincheckpoint_free(def);
        return NULL;
    }
    return def;
}

static void without_disks_all_that_can_have_bitmaps(void **state)
{
    struct domaincheckpoint *def = complete("<domaincheckpoint/>", false, 0);

    (void)state;
    assert_string_equal(def->name, "1700000000");
    assert_int_equal(def->disks.n_disks, 3);
    assert_string_equal(def->disks.disks[1].bitmap, "1700000000");
    assert_int_equal(def->disks.disks[2].checkpoint, DOMAINCHECKPOINT_DISKS_DISKS_CHECKPOINT_NO);
    domaincheckpoint_free(def);
}

static void with_disks_only_those(void **state)
{
    struct domaincheckpoint *def =
        complete("<domaincheckpoint><name>n</name><disks><disk name='/b'/></disks>"
                 "</domaincheckpoint>",
                 false, 0);

    (void)state;
    assert_int_equal(def->disks.disks[0].checkpoint, DOMAINCHECKPOINT_DISKS_DISKS_CHECKPOINT_NO);
    assert_string_equal(def->disks.disks[1].name, "vdb");
    assert_string_equal(def->disks.disks[1].bitmap, "n");
    domaincheckpoint_free(def);
}

#define DISKS(text) "<domaincheckpoint><disks>" text "</disks></domaincheckpoint>"

static void disks_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    complete(DISKS("<disk name='vdz'/>"), false, VIR_ERR_CONFIG_UNSUPPORTED);
    complete(DISKS("<disk name='vda'/><disk name='/a'/>"), false, VIR_ERR_CONFIG_UNSUPPORTED);
    complete(DISKS("<disk name='vdc'/>"), false, VIR_ERR_CONFIG_UNSUPPORTED);
    complete(DISKS("<disk name='vda'/><disk name='vdb'/><disk name='vdc'/><disk name='vdd'/>"),
             false, VIR_ERR_CONFIG_UNSUPPORTED);
}

static void a_redefined_one_says_everything_itself(void **state)
{
    struct domaincheckpoint *def;

    (void)state;
    complete("<domaincheckpoint/>", true, VIR_ERR_XML_ERROR);
    complete("<domaincheckpoint><name>n</name></domaincheckpoint>", true, VIR_ERR_INTERNAL_ERROR);
    def = complete("<domaincheckpoint><name>n</name><creationTime>5</creationTime>"
                   "<parent><name>p</name></parent></domaincheckpoint>",
                   true, 0);
    assert_string_equal(def->parent.name, "p");
    assert_int_equal(def->creation_time, 5);
    domaincheckpoint_free(def);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_disks_all_that_can_have_bitmaps),
        cmocka_unit_test(with_disks_only_those),
        cmocka_unit_test(disks_that_do_not_fit_are_refused),
        cmocka_unit_test(a_redefined_one_says_everything_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
