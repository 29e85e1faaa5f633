#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/conf/doc/doc.h"
#include "conf/domain_doc.h"

static struct domain *guest_with(const char *devices)
{
    g_autofree char *xml =
        g_strdup_printf("<domain type='kvm'><name>n</name><memory>1024</memory>"
                        "<os><type arch='ppc64'>hvm</type></os><devices>%s</devices></domain>",
                        devices);
    struct domain *def = domain_parse(xml, NULL, DOC_INACTIVE);

    assert_non_null(def);
    return def;
}

/* What is printed for an older peer has `kept` and not `dropped`; what is printed here has both. */
static void assert_dropped(const char *devices, const char *dropped, const char *kept)
{
    struct domain *def = guest_with(devices);
    g_autofree char *own = domain_format(def, DOC_INACTIVE);
    g_autofree char *sent = domain_format(def, DOC_INACTIVE | DOC_MIGRATABLE);
    g_autofree char *again = domain_format(def, DOC_INACTIVE);

    assert_non_null(strstr(own, dropped));
    assert_null(strstr(sent, dropped));
    assert_non_null(strstr(sent, kept));
    assert_string_equal(own, again);
    domain_free(def);
}

static void keyboards_go_and_mice_stay(void **state)
{
    (void)state;
    assert_dropped("<input type='keyboard' bus='ps2'><alias name='ua-k'/></input>"
                   "<input type='mouse' bus='ps2'/><input type='keyboard' bus='usb'/>",
                   "type='keyboard' bus='ps2'", "type='mouse' bus='ps2'");
    assert_dropped("<input type='keyboard' bus='ps2'/><input type='keyboard' bus='usb'/>",
                   "type='keyboard' bus='ps2'", "type='keyboard' bus='usb'");
}

static void a_screen_that_listens_nowhere_has_no_ports(void **state)
{
    (void)state;
    assert_dropped("<graphics type='spice'><listen type='none'/></graphics>", "<listen",
                   "<graphics type='spice' autoport='no'/>");
}

static void a_socket_is_said_once(void **state)
{
    (void)state;
    assert_dropped("<graphics type='vnc'><listen type='socket' socket='/s'/></graphics>", "<listen",
                   "<graphics type='vnc' socket='/s'/>");
}

static void the_usual_bridge_has_no_name(void **state)
{
    (void)state;
    assert_dropped("<controller type='pci' index='0' model='pci-root'>"
                   "<model name='spapr-pci-host-bridge'/><target index='0'/></controller>",
                   "spapr-pci-host-bridge", "<target index='0'/>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyboards_go_and_mice_stay),
        cmocka_unit_test(a_screen_that_listens_nowhere_has_no_ports),
        cmocka_unit_test(a_socket_is_said_once),
        cmocka_unit_test(the_usual_bridge_has_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
