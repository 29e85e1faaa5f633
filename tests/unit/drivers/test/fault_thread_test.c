/* Nodes that make calls wait or fail, and worlds that have nothing to do with each other. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <corral/corral.h>
#include <glib.h>

#define DOMAIN                                                                                     \
    "<domain type='test'><name>g</name><memory>1024</memory><os><type>hvm</type></os></domain>"
#define NODE(content) "<node xmlns:corral='https://corral.dev/xmlns/test/1.0'>" content "</node>"

static virConnectPtr open_node(const char *xml)
{
    g_autofree char *path = NULL;
    g_autofree char *uri = NULL;
    virConnectPtr result;
    int fd = g_file_open_tmp("node-XXXXXX.xml", &path, NULL);

    close(fd);
    g_file_set_contents(path, xml, -1, NULL);
    uri = g_strdup_printf("test://%s", path);
    result = virConnectOpen(uri);
    unlink(path);
    return result;
}

static void quiet(void *opaque, virErrorPtr error) {}

static int set_up(void **state)
{
    virSetErrorFunc(NULL, quiet);
    virEventRegisterDefaultImpl();
    return 0;
}

static void a_call_fails_as_often_as_the_node_says(void **state)
{
    virConnectPtr node =
        open_node(NODE(DOMAIN "<corral:call name='virDomainSuspend' count='2' "
                              "error='VIR_ERR_OPERATION_FAILED' message='no luck'/>"));
    virDomainPtr domain = virDomainLookupByName(node, "g");

    for (int i = 0; i < 2; i++) {
        assert_int_equal(virDomainSuspend(domain), -1);
        assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_FAILED);
        assert_string_equal(virGetLastErrorMessage(), "operation failed: no luck");
    }
    assert_int_equal(virDomainSuspend(domain), 0);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(node), 0);
}

static void a_delay_ends_at_the_deadline(void **state)
{
    virConnectPtr node =
        open_node(NODE(DOMAIN "<corral:call name='virDomainSuspend' delay='3600000'/>"));
    virDomainPtr domain = virDomainLookupByName(node, "g");
    int now = 0;

    assert_int_equal(corralSetCallTimeout(node, 20, 0), 0);
    assert_int_equal(virDomainSuspend(domain), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_TIMEOUT);
    assert_non_null(strstr(virGetLastErrorMessage(), "virDomainSuspend"));
    /* nothing has happened, and other calls are as quick as ever */
    assert_int_equal(virDomainGetState(domain, &now, NULL, 0), 0);
    assert_int_equal(now, VIR_DOMAIN_RUNNING);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(node), 0);
}

static void a_delayed_call_goes_on_afterwards(void **state)
{
    virConnectPtr node =
        open_node(NODE(DOMAIN "<corral:call name='virDomainSuspend' delay='10'/>"));
    virDomainPtr domain = virDomainLookupByName(node, "g");
    gint64 begin = g_get_monotonic_time();

    assert_int_equal(virDomainSuspend(domain), 0);
    assert_true(g_get_monotonic_time() - begin >= 10 * 1000);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(node), 0);
}

static void *suspend(void *opaque)
{
    return GINT_TO_POINTER(virDomainSuspend(opaque) < 0 ? virGetLastErrorCode() : 0);
}

static void a_delayed_call_can_be_cancelled_and_blocks_no_other(void **state)
{
    virConnectPtr node =
        open_node(NODE(DOMAIN "<corral:call name='virDomainSuspend' delay='3600000'/>"));
    virDomainPtr domain = virDomainLookupByName(node, "g");
    pthread_t thread;
    void *error;

    pthread_create(&thread, NULL, suspend, domain);
    while (corralCancelCalls(node, 0) == 0) {
        virDomainInfo info;

        assert_int_equal(virDomainGetInfo(domain, &info), 0);
    }
    pthread_join(thread, &error);
    assert_int_equal(GPOINTER_TO_INT(error), VIR_ERR_OPERATION_ABORTED);
    virDomainFree(domain);
    assert_int_equal(virConnectClose(node), 0);
}

static void bad_nodes_are_refused(void **state)
{
    static const char *const nodes[] = {
        "",
        "<nod/>",
        "<node><cpu><mhz>fast</mhz></cpu></node>",
        "<node><cpu><nodes>70000</nodes></cpu></node>",
        "<node><memory>-1</memory></node>",
        "<node><domain file='/nonexistent.xml'/></node>",
        "<node><domain file='/dev/zero'/></node>",
        "<node><domain/></node>",
        NODE(DOMAIN DOMAIN),
        NODE("<corral:call delay='5'/>"),
        NODE("<corral:call name='virDomainSuspend' delay='-5'/>"),
        NODE("<corral:call name='virDomainSuspend' delay='soon'/>"),
        NODE("<corral:call name='virDomainSuspend' error='VIR_ERR_BAD_MOOD'/>"),
        "<node><auth><user password='x'/></auth></node>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++)
        if (open_node(nodes[i]))
            fail_msg("opened: %s", nodes[i]);
        else
            assert_int_not_equal(virGetLastErrorCode(), VIR_ERR_OK);
}

static void guests_of_a_node_begin_as_it_says(void **state)
{
#define EXTRA(name, extra)                                                                         \
    "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>" name      \
    "</name><memory>1024</memory><os><type>hvm</type></os>" extra "</domain>"
    static const struct {
        const char *name;
        int state, persistent, saved;
    } guests[] = {{"a", 1, 1, 0}, {"b", 5, 1, 0}, {"c", 3, 1, 0}, {"d", 1, 0, 0}, {"e", 5, 1, 1}};
    virConnectPtr node = open_node(NODE(
        EXTRA("a", "") EXTRA("b", "<test:runstate>5</test:runstate>") EXTRA(
            "c", "<test:runstate>3</test:runstate>") EXTRA("d",
                                                           "<test:transient>1</test:transient>")
            EXTRA("e",
                  "<test:runstate>5</test:runstate><test:hasmanagedsave>1</test:hasmanagedsave>")));

    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        virDomainPtr domain = virDomainLookupByName(node, guests[i].name);
        int now = -1;

        assert_int_equal(virDomainGetState(domain, &now, NULL, 0), 0);
        assert_int_equal(now, guests[i].state);
        assert_int_equal(virDomainIsPersistent(domain), guests[i].persistent);
        assert_int_equal(virDomainHasManagedSaveImage(domain, 0), guests[i].saved);
        virDomainFree(domain);
    }
    assert_int_equal(virConnectClose(node), 0);
    assert_null(open_node(NODE(EXTRA("x", "<test:runstate>15</test:runstate>"))));
    assert_null(open_node(
        NODE(EXTRA("x", "<test:runstate>5</test:runstate><test:transient>1</test:transient>"))));
    assert_null(open_node(NODE(EXTRA("x", "<test:hasmanagedsave>1</test:hasmanagedsave>"))));
}

static void nodes_are_worlds_of_their_own_and_default_is_one(void **state)
{
    virConnectPtr a = open_node(NODE(DOMAIN)), b = open_node(NODE(DOMAIN));
    virConnectPtr one = virConnectOpen("test:///default"), two = virConnectOpen("test:///default");
    virDomainPtr domain = virDomainLookupByName(a, "g");

    assert_int_equal(virDomainDestroy(domain), 0);
    assert_int_equal(virConnectNumOfDomains(a), 0);
    assert_int_equal(virConnectNumOfDomains(b), 1);
    virDomainFree(domain);
    domain = virDomainLookupByName(one, "test");
    assert_int_equal(virDomainDestroy(domain), 0);
    assert_int_equal(virConnectNumOfDomains(two), 0);
    virDomainFree(domain);
    virConnectClose(a);
    virConnectClose(b);
    virConnectClose(one);
    /* the world lives as long as somebody is in it, then it is new */
    assert_int_equal(virConnectNumOfDomains(two), 0);
    virConnectClose(two);
    one = virConnectOpen("test:///default");
    assert_int_equal(virConnectNumOfDomains(one), 1);
    virConnectClose(one);
}

static int answer(virConnectCredentialPtr credentials, unsigned int n, void *opaque)
{
    const char *const *login = opaque;

    for (unsigned int i = 0; i < n; i++) {
        credentials[i].result = strdup(login[credentials[i].type == VIR_CRED_PASSPHRASE]);
        credentials[i].resultlen = strlen(credentials[i].result);
    }
    return 0;
}

static void users_of_a_node_give_their_password(void **state)
{
    static const struct {
        const char *login[2];
        int error;
    } logins[] = {{{"joe", "x"}, 0},
                  {{"ann", ""}, 0},
                  {{"joe", "y"}, VIR_ERR_AUTH_FAILED},
                  {{"zed", "x"}, VIR_ERR_AUTH_FAILED}};
    int types[] = {VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE};
    g_autofree char *path = NULL;
    g_autofree char *uri = NULL;

    close(g_file_open_tmp("node-XXXXXX.xml", &path, NULL));
    g_file_set_contents(
        path, "<node><auth><user password='x'>joe</user><user>ann</user></auth></node>", -1, NULL);
    uri = g_strdup_printf("test://%s", path);
    assert_null(virConnectOpen(uri));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++) {
        virConnectAuth auth = {types, 2, answer, (void *)logins[i].login};
        virConnectPtr node = virConnectOpenAuth(uri, &auth, 0);

        if (logins[i].error)
            assert_int_equal(virGetLastErrorCode(), logins[i].error);
        else
            assert_int_equal(virConnectClose(node), 0);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_fails_as_often_as_the_node_says),
        cmocka_unit_test(a_delay_ends_at_the_deadline),
        cmocka_unit_test(a_delayed_call_goes_on_afterwards),
        cmocka_unit_test(a_delayed_call_can_be_cancelled_and_blocks_no_other),
        cmocka_unit_test(bad_nodes_are_refused),
        cmocka_unit_test(guests_of_a_node_begin_as_it_says),
        cmocka_unit_test(nodes_are_worlds_of_their_own_and_default_is_one),
        cmocka_unit_test(users_of_a_node_give_their_password),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
