#include "unit/conf/cpu/cpu_fixture.h"

#include "core/conf/cpu/baseline.h"

#define EXPAND VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES
#define MIGRATABLE VIR_CONNECT_BASELINE_CPU_MIGRATABLE

#define assert_baseline(flags, expected, ...)                                                      \
    do {                                                                                           \
        const char *hosts[] = {__VA_ARGS__};                                                       \
        g_autofree char *text = cpu_baseline(hosts, G_N_ELEMENTS(hosts), flags);                   \
                                                                                                   \
        if (!text)                                                                                 \
            fail_msg("%s", virGetLastErrorMessage());                                              \
        assert_string_equal(text, expected);                                                       \
    } while (0)

#define assert_refused(error_code, message, ...)                                                   \
    do {                                                                                           \
        const char *hosts[] = {__VA_ARGS__};                                                       \
                                                                                                   \
        assert_null(cpu_baseline(hosts, G_N_ELEMENTS(hosts), 0));                                  \
        assert_last_error(error_code, message);                                                    \
    } while (0)

#define GUEST(fallback, model, rest)                                                               \
    "<cpu mode='custom' match='exact'>\n"                                                          \
    "  <model fallback='" fallback "'>" model "</model>\n" rest "</cpu>\n"
#define SAID(policy, name) "  <feature policy='" policy "' name='" name "'/>\n"
#define MAKER(name) "  <vendor>" name "</vendor>\n"

static void one_host_keeps_its_model(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("forbid", "Haswell", ""), X86("Haswell", ""));
    assert_baseline(0, GUEST("forbid", "Haswell", MAKER("Intel")),
                    X86("Haswell", "<vendor>Intel</vendor>"));
    assert_baseline(0, GUEST("forbid", "486", SAID("require", "mmx") SAID("require", "nx")),
                    X86("486", HAS("nx") HAS("mmx")));
}

static void hosts_have_the_lesser_model(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("allow", "Nehalem", ""), X86("Westmere", ""), X86("Nehalem", ""));
    assert_baseline(0, GUEST("forbid", "Nehalem", SAID("require", "aes")),
                    X86("Nehalem", HAS("aes") HAS("vmx")), X86("Nehalem", HAS("aes")));
    assert_baseline(0, GUEST("allow", "Haswell", ""), X86("Haswell", ""),
                    HOST("i686", "Broadwell", ""));
}

/* What a model once had is told as missing, so that hypervisors with an older table agree. */
static void features_that_models_lost_are_told(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("forbid", "EPYC", SAID("disable", "monitor")), X86("EPYC", ""));
    assert_baseline(0, GUEST("forbid", "EPYC", SAID("require", "monitor")),
                    X86("EPYC", HAS("monitor")));
    assert_baseline(0,
                    GUEST("allow", "Icelake-Server",
                          SAID("disable", "hle") SAID("disable", "rtm")
                              SAID("disable", "intel-pt")),
                    X86("Icelake-Server-noTSX", ""));
}

static void a_host_s_own_model_wins_over_one_with_less(void **state)
{
    (void)state;
    assert_baseline(0,
                    GUEST("allow", "SandyBridge",
                          SAID("require", "fma") SAID("require", "3dnowprefetch")
                              SAID("disable", "x2apic") SAID("disable", "tsc-deadline")),
                    X86("Opteron_G5", ""), X86("Broadwell-IBRS", ""));
    assert_baseline(
        0, GUEST("allow", "Penryn", SAID("require", "sse4.2")), X86("Nehalem", ""),
        X86("Penryn", HAS("sse4.2")),
        X86("486", "" HAS("de") HAS("tsc") HAS("msr") HAS("pae") HAS("mce") HAS("cx8") HAS("apic")
                       HAS("sep") HAS("mtrr") HAS("pge") HAS("mca") HAS("cmov") HAS("pat")
                           HAS("pse36") HAS("clflush") HAS("mmx") HAS("fxsr") HAS("sse") HAS("sse2")
                               HAS("pni") HAS("ssse3") HAS("cx16") HAS("sse4.1") HAS("sse4.2")
                                   HAS("syscall") HAS("nx") HAS("lm") HAS("lahf_lm")));
}

static void every_feature_is_told_on_request(void **state)
{
    (void)state;
    assert_baseline(EXPAND,
                    GUEST("forbid", "486",
                          SAID("require", "fpu") SAID("require", "mmx") SAID("require", "pse")
                              SAID("require", "vme")),
                    X86("486", HAS("mmx")));
}

static void what_ties_to_a_host_is_left_out_on_request(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("forbid", "486", SAID("require", "mmx") SAID("require", "invtsc")),
                    X86("486", HAS("mmx") HAS("invtsc")));
    assert_baseline(MIGRATABLE, GUEST("forbid", "486", SAID("require", "mmx")),
                    X86("486", HAS("mmx") HAS("invtsc")));
}

static void makers_have_to_agree(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("allow", "qemu64", MAKER("AMD")),
                    X86("qemu64", HAS("lahf_lm") "<vendor>AMD</vendor>"),
                    X86("kvm64", HAS("svm") "<vendor>AMD</vendor>"));
    assert_baseline(0, GUEST("forbid", "Haswell", ""), X86("Haswell", "<vendor>Intel</vendor>"),
                    X86("Haswell", ""));
    assert_refused(VIR_ERR_OPERATION_FAILED, "Unknown CPU vendor Acme",
                   X86("486", "<vendor>Acme</vendor>"));
    assert_refused(VIR_ERR_OPERATION_FAILED, "CPU vendors do not match",
                   X86("486", "<vendor>AMD</vendor>"), X86("486", "<vendor>Intel</vendor>"));
    assert_refused(VIR_ERR_OPERATION_FAILED,
                   "CPU vendor Intel of model Haswell differs from vendor AMD", X86("Haswell", ""),
                   X86("Haswell", "<vendor>AMD</vendor>"));
}

static void power_runs_one_model(void **state)
{
    (void)state;
    assert_baseline(0, GUEST("forbid", "POWER8", ""), HOST("ppc64", "POWER8", ""),
                    HOST("ppc64le", "POWER8", "<vendor>IBM</vendor>"));
    assert_refused(VIR_ERR_OPERATION_FAILED, "CPUs are incompatible", HOST("ppc64", "POWER8", ""),
                   HOST("ppc64", "POWER9", ""));
    assert_refused(VIR_ERR_INTERNAL_ERROR, "Unknown CPU model POWER8_v2",
                   HOST("ppc64", "POWER8_v2", ""));
    assert_refused(VIR_ERR_OPERATION_FAILED, "Unknown CPU vendor Acme",
                   HOST("ppc64", "POWER8", "<vendor>Acme</vendor>"));
    assert_refused(VIR_ERR_OPERATION_FAILED,
                   "CPU vendor IBM of model POWER8 differs from vendor Freescale",
                   HOST("ppc64", "POWER8", "<vendor>Freescale</vendor>"));
}

static void arm_takes_the_first(void **state)
{
    (void)state;
    assert_baseline(EXPAND, GUEST("allow", "home-made", ""),
                    HOST("aarch64", "home-made", HAS("sve")), HOST("aarch64", "other", ""));
}

static void other_architectures_are_refused(void **state)
{
    (void)state;
    assert_refused(VIR_ERR_NO_SUPPORT, "cannot compute baseline CPU of s390x architecture",
                   HOST("s390x", "z13", ""));
    assert_refused(VIR_ERR_NO_SUPPORT, "'riscv64' architecture is not supported by CPU driver",
                   HOST("riscv64", "any", ""));
    assert_refused(VIR_ERR_CONFIG_UNSUPPORTED, "z80", HOST("z80", "any", ""));
}

static void documents_that_are_no_host_are_refused(void **state)
{
    (void)state;
    assert_null(cpu_baseline(NULL, 0, 0));
    assert_last_error(VIR_ERR_INVALID_ARG, "no CPUs given");
    assert_refused(VIR_ERR_XML_ERROR, "root element of 'cpu'", "<chip/>");
    assert_refused(VIR_ERR_XML_DETAIL, "definition):1", X86("486", ""), "<cpu>");
    assert_refused(VIR_ERR_XML_ERROR, "Missing CPU architecture", "<cpu/>");
    assert_refused(VIR_ERR_XML_ERROR, "Missing CPU model name", "<cpu><arch>x86_64</arch></cpu>");
    assert_refused(VIR_ERR_CONFIG_UNSUPPORTED, "only allowed for guest CPU",
                   "<cpu mode='custom'><arch>x86_64</arch><model>486</model></cpu>");
    assert_refused(VIR_ERR_INTERNAL_ERROR, "Unknown CPU model 586", X86("486", ""), X86("586", ""));
    assert_refused(VIR_ERR_INTERNAL_ERROR, "Unknown CPU feature turbo", X86("486", HAS("turbo")));
    assert_refused(VIR_ERR_XML_ERROR, "more than once", X86("486", HAS("mmx") HAS("mmx")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_host_keeps_its_model),
        cmocka_unit_test(hosts_have_the_lesser_model),
        cmocka_unit_test(features_that_models_lost_are_told),
        cmocka_unit_test(a_host_s_own_model_wins_over_one_with_less),
        cmocka_unit_test(every_feature_is_told_on_request),
        cmocka_unit_test(what_ties_to_a_host_is_left_out_on_request),
        cmocka_unit_test(makers_have_to_agree),
        cmocka_unit_test(power_runs_one_model),
        cmocka_unit_test(arm_takes_the_first),
        cmocka_unit_test(other_architectures_are_refused),
        cmocka_unit_test(documents_that_are_no_host_are_refused),
    };

    return cmocka_run_group_tests(tests, be_quiet, NULL);
}
