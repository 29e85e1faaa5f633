#include "unit/conf/cpu/cpu_fixture.h"

#include "core/conf/cpu/names.h"
#include "core/conf/cpu/tables.h"

static const struct cpu_table *const tables[] = {&cpu_x86_table, &cpu_ppc64_table, &cpu_arm_table};

static void every_name_is_found(void **state)
{
    (void)state;
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (unsigned i = 0; i < tables[t]->n_models; i++)
            assert_ptr_equal(cpu_table_model(tables[t], tables[t]->models[i].name),
                             &tables[t]->models[i]);
        for (unsigned i = 0; i < tables[t]->n_features; i++)
            assert_int_equal(cpu_table_feature(tables[t], tables[t]->features[i].name), i);
        for (unsigned i = 0; i < tables[t]->n_makers; i++)
            assert_ptr_equal(cpu_table_maker(tables[t], tables[t]->makers[i].name),
                             &tables[t]->makers[i]);
    }
}

static void other_names_are_not(void **state)
{
    static const char *const names[] = {"", "48", "4866", "POWER", "sse5", "intel"};

    (void)state;
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            assert_null(cpu_table_model(tables[t], names[i]));
            assert_int_equal(cpu_table_feature(tables[t], names[i]), -1);
            assert_null(cpu_table_maker(tables[t], names[i]));
        }
    }
}

/* Manuals of the makers say where these are. */
static void bits_are_where_processors_have_them(void **state)
{
    const struct cpu_feature *sse2 =
        &cpu_x86_table.features[cpu_table_feature(&cpu_x86_table, "sse2")];
    const struct cpu_feature *avx2 =
        &cpu_x86_table.features[cpu_table_feature(&cpu_x86_table, "avx2")];

    (void)state;
    assert_int_equal(sse2->leaf, 1);
    assert_int_equal(sse2->where, CPU_IN_EDX);
    assert_int_equal(sse2->bit, 26);
    assert_int_equal(avx2->leaf, 7);
    assert_int_equal(avx2->subleaf, 0);
    assert_int_equal(avx2->where, CPU_IN_EBX);
    assert_int_equal(avx2->bit, 5);
    assert_string_equal(cpu_table_maker(&cpu_x86_table, "AMD")->reads, "AuthenticAMD");
    assert_int_equal(cpu_table_maker(&cpu_arm_table, "ARM")->number, 0x41);
}

static void assert_listed(const char *arch, const char *model, int n_min)
{
    char **names = NULL;
    int n = cpu_model_names(arch, &names);

    assert_true(n >= n_min);
    assert_int_equal(g_strv_length(names), n);
    assert_int_equal(cpu_model_names(arch, NULL), n);
    if (model)
        assert_true(g_strv_contains((const char *const *)names, model));
    g_strfreev(names);
}

static void models_are_listed_by_architecture(void **state)
{
    char *untouched[1];
    char **names = untouched;

    (void)state;
    assert_listed("x86_64", "EPYC-Milan", 50);
    assert_listed("i686", "486", 50);
    assert_listed("ppc64le", "POWER9", 5);
    assert_listed("aarch64", NULL, 0);
    assert_listed("s390x", NULL, 0);
    assert_int_equal(cpu_model_names("aarch64", NULL), 0);
    assert_int_equal(cpu_model_names("riscv64", &names), -1);
    assert_last_error(VIR_ERR_NO_SUPPORT, "'riscv64' architecture is not supported");
    assert_int_equal(cpu_model_names("z80", &names), -1);
    assert_last_error(VIR_ERR_INVALID_ARG, "cannot find architecture z80");
    assert_ptr_equal(names, untouched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found),
        cmocka_unit_test(other_names_are_not),
        cmocka_unit_test(bits_are_where_processors_have_them),
        cmocka_unit_test(models_are_listed_by_architecture),
    };

    return cmocka_run_group_tests(tests, be_quiet, NULL);
}
