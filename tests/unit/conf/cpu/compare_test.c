#include "unit/conf/cpu/cpu_fixture.h"

#include "core/conf/cpu/compare.h"
#include "core/conf/cpu/host.h"

#define FAIL VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE
#define SAID(policy, name) "<feature policy='" policy "' name='" name "'/>"

static int compare(const char *host_xml, const char *xml, unsigned flags)
{
    struct cpu *host = cpu_parse(host_xml, &cpu_host_context, 0);
    int result;

    assert_non_null(host);
    result = cpu_compare(host, xml, flags);
    cpu_free(host);
    return result;
}

#define PENTIUM X86("pentium", "<vendor>Intel</vendor>")

static void assert_unfit(const char *xml, const char *why)
{
    assert_int_equal(compare(PENTIUM, xml, 0), VIR_CPU_COMPARE_INCOMPATIBLE);
    assert_int_equal(compare(PENTIUM, xml, FAIL), VIR_CPU_COMPARE_ERROR);
    assert_last_error(VIR_ERR_CPU_INCOMPATIBLE, why);
}

static void assert_refused(const char *xml, int code, const char *message)
{
    assert_int_equal(compare(PENTIUM, xml, 0), VIR_CPU_COMPARE_ERROR);
    assert_last_error(code, message);
}

static void a_host_fits_itself(void **state)
{
    (void)state;
    assert_int_equal(compare(PENTIUM, PENTIUM, FAIL), VIR_CPU_COMPARE_IDENTICAL);
    assert_int_equal(compare(PENTIUM, HOST("i686", "pentium", ""), FAIL),
                     VIR_CPU_COMPARE_IDENTICAL);
    assert_int_equal(compare(PENTIUM, "<cpu match='strict'><model>pentium</model></cpu>", FAIL),
                     VIR_CPU_COMPARE_IDENTICAL);
    assert_int_equal(compare(PENTIUM, X86("486", ""), FAIL), VIR_CPU_COMPARE_SUPERSET);
    assert_int_equal(compare(PENTIUM, "<cpu/>", FAIL), VIR_CPU_COMPARE_SUPERSET);
    assert_int_equal(compare(PENTIUM, "<cpu mode='host-model'/>", FAIL), VIR_CPU_COMPARE_SUPERSET);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    assert_unfit(X86("486", HAS("sse2") HAS("sse")),
                 "does not provide required features: sse, sse2");
    assert_unfit("<cpu><model>486</model>" HAS("sse") "</cpu>", "required features: sse");
    assert_unfit("<cpu><model>486</model>" SAID("forbid", "mmx") "</cpu>",
                 "provides forbidden features: mmx");
    assert_unfit("<cpu match='strict'><model>486</model></cpu>",
                 "Extra features: de, tsc, msr, mce, cx8, mmx");
    assert_unfit("<cpu><model>486</model><vendor>AMD</vendor></cpu>",
                 "does not match required CPU vendor AMD");
    assert_unfit(HOST("ppc64", "POWER8", ""), "CPU arch ppc64 does not match host arch");
}

static void policies_say_what_counts(void **state)
{
    (void)state;
    assert_int_equal(compare(PENTIUM,
                             "<cpu><model>486</model>" SAID("optional", "sse") SAID("force", "sse2")
                                 SAID("disable", "pni") "</cpu>",
                             FAIL),
                     VIR_CPU_COMPARE_SUPERSET);
    assert_int_equal(compare(PENTIUM,
                             "<cpu match='strict'><model>486</model>" SAID("optional", "mmx")
                                 SAID("force", "de") SAID("disable", "tsc") HAS("msr") HAS("mce")
                                     HAS("cx8") "</cpu>",
                             FAIL),
                     VIR_CPU_COMPARE_IDENTICAL);
    assert_int_equal(compare(PENTIUM,
                             "<cpu><model>pentium2</model>" SAID("disable", "pae")
                                 SAID("disable", "sep") SAID("disable", "mtrr")
                                     SAID("disable", "pge") SAID("disable", "mca")
                                         SAID("optional", "cmov") SAID("optional", "pat")
                                             SAID("force", "pse36") SAID("force", "fxsr") "</cpu>",
                             FAIL),
                     VIR_CPU_COMPARE_IDENTICAL);
}

static void unknown_names_are_refused(void **state)
{
    (void)state;
    assert_refused("<cpu><model>586</model></cpu>", VIR_ERR_INTERNAL_ERROR,
                   "Unknown CPU model 586");
    assert_refused("<cpu><model>486</model>" SAID("disable", "turbo") "</cpu>",
                   VIR_ERR_INTERNAL_ERROR, "Unknown CPU feature turbo");
    assert_refused("<cpu><arch>x86_64</arch></cpu>", VIR_ERR_XML_ERROR, "Missing CPU model name");
    assert_refused("<cpu match='exact'><arch>x86_64</arch><model>486</model></cpu>",
                   VIR_ERR_XML_ERROR, "'arch' element cannot be used");
    assert_refused("<chip/>", VIR_ERR_XML_ERROR, "root element of 'cpu'");
    assert_int_equal(compare(X86("586", ""), X86("486", ""), 0), VIR_CPU_COMPARE_ERROR);
    assert_last_error(VIR_ERR_INTERNAL_ERROR, "Unknown CPU model 586");
}

static void nothing_fits_an_unknown_host(void **state)
{
    struct cpu host = {.arch = CPU_ARCH_X86_64};

    (void)state;
    assert_int_equal(cpu_compare(NULL, X86("486", ""), 0), VIR_CPU_COMPARE_INCOMPATIBLE);
    assert_int_equal(cpu_compare(&host, X86("486", ""), 0), VIR_CPU_COMPARE_INCOMPATIBLE);
    assert_int_equal(cpu_compare(&host, X86("486", ""), FAIL), VIR_CPU_COMPARE_ERROR);
    assert_last_error(VIR_ERR_CPU_INCOMPATIBLE, "cannot get host CPU capabilities");
    assert_int_equal(compare(HOST("riscv64", "any", ""), "<cpu/>", 0), VIR_CPU_COMPARE_ERROR);
    assert_last_error(VIR_ERR_NO_SUPPORT, "'riscv64' architecture is not supported");
}

static void elsewhere_models_are_compared_by_name(void **state)
{
    const char *host = HOST("aarch64", "cortex-a72", "");

    (void)state;
    assert_int_equal(compare(host, host, FAIL), VIR_CPU_COMPARE_IDENTICAL);
    assert_int_equal(compare(host, "<cpu/>", FAIL), VIR_CPU_COMPARE_SUPERSET);
    assert_int_equal(compare(host, "<cpu><model>max</model></cpu>", FAIL), VIR_CPU_COMPARE_ERROR);
    assert_last_error(VIR_ERR_CPU_INCOMPATIBLE, "host CPU model cortex-a72 is not max");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_fits_itself),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(policies_say_what_counts),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(nothing_fits_an_unknown_host),
        cmocka_unit_test(elsewhere_models_are_compared_by_name),
    };

    return cmocka_run_group_tests(tests, be_quiet, NULL);
}
