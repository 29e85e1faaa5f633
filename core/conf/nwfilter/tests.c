/* What the attributes of a protocol's test may say, beyond their types. */
#include "core/conf/nwfilter/hooks.h"
#include "core/conf/common/ip.h"

#include <corral/corral.h>
#include <stdio.h>
#include <string.h>

/* In front of an address of IPv4 in the form of IPv6. */
#define MAPPED "::ffff:"

static int refuse(const struct nwfilter_test *test, const struct doc_call *call)
{
    doc_error(call, VIR_ERR_INTERNAL_ERROR, "%s has illegal value %s", test->name, test->value);
    return -1;
}

static bool is_variable(const char *text)
{
    return *text == '$';
}

static bool holds_address(const char *name)
{
    return g_str_has_suffix(name, "ipaddr") || g_str_has_suffix(name, "ipfrom") ||
           g_str_has_suffix(name, "ipto");
}

static bool is_mac_mask(const char *text)
{
    unsigned char mask[6];
    struct ip bits = {.length = 6};
    unsigned prefix = 0;

    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mask[0], &mask[1], &mask[2], &mask[3],
           &mask[4], &mask[5]);
    memcpy(bits.bytes, mask, sizeof(mask));
    while (prefix < 48 && mask[prefix / 8] & 0x80 >> prefix % 8)
        prefix++;
    return ip_host_bits_are(&bits, prefix, false);
}

/* The words of `known` that `text` names, as bits; -1 for a word that is not there. */
static int read_words(const char *text, const char *const *known)
{
    g_auto(GStrv) words = g_strsplit_set(text, ", ", -1);
    int bits = 0;

    for (char **word = words; *word; word++) {
        int i = 0;

        while (known[i] && g_ascii_strcasecmp(known[i], *word) != 0)
            i++;
        if (**word && !known[i])
            return -1;
        if (**word)
            bits |= 1 << i;
    }
    return bits;
}

static char *write_words(int bits, const char *const *known)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; known[i]; i++) {
        if (bits >> i & 1)
            g_string_append_printf(out, "%s%s", out->len ? "," : "", known[i]);
    }
    return g_string_free(out, FALSE);
}

static int set_state(struct nwfilter_test *test, const struct doc_call *call)
{
    static const char *const known[] = {"NEW", "ESTABLISHED", "RELATED", "INVALID", "NONE", NULL};
    int bits = read_words(test->value, known);

    if (bits < 0)
        return refuse(test, call);
    g_free(test->value);
    test->value = bits & 16 ? g_strdup("NONE") : write_words(bits, known);
    return 0;
}

static char *write_flags(int bits)
{
    static const char *const known[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", NULL};
    static const char *const order[] = {"SYN", "ACK", "URG", "PSH", "FIN", "RST", NULL};
    int ordered = 0;

    if (bits == 0)
        return g_strdup("NONE");
    if (bits == 63)
        return g_strdup("ALL");
    for (int i = 0; order[i]; i++) {
        for (int j = 0; known[j]; j++) {
            if (bits >> j & 1 && strcmp(known[j], order[i]) == 0)
                ordered |= 1 << i;
        }
    }
    return write_words(ordered, order);
}

static int read_flags(const char *text)
{
    static const char *const known[] = {"FIN", "SYN", "RST",  "PSH", "ACK",
                                        "URG", "ALL", "NONE", NULL};
    int bits = read_words(text, known);

    if (bits > 0 && bits & 64)
        return 63;
    return bits < 0 ? -1 : bits & 63;
}

/* MASK/FLAGS: which flags are looked at, and which of them are set. */
static int set_flags(struct nwfilter_test *test, const struct doc_call *call)
{
    g_auto(GStrv) halves = g_strsplit(test->value, "/", -1);
    g_autofree char *mask = NULL, *flags = NULL;

    if (g_strv_length(halves) != 2 || read_flags(halves[0]) < 0 || read_flags(halves[1]) < 0)
        return refuse(test, call);
    mask = write_flags(read_flags(halves[0]));
    flags = write_flags(read_flags(halves[1]));
    g_free(test->value);
    test->value = g_strdup_printf("%s/%s", mask, flags);
    return 0;
}

/* An address of IPv4 in the form of IPv6 is both; and one of the tests takes either. */
static bool is_of_family(const struct nwfilter_test *test, bool six)
{
    if (!strchr(test->value, ':'))
        return !six || strcmp(test->name, "dstipto") == 0;
    return six || (g_str_has_prefix(test->value, MAPPED) && strchr(test->value, '.'));
}

static int check_address(struct nwfilter_test *test, bool six, const struct doc_call *call)
{
    bool mask = g_str_has_suffix(test->name, "ipmask");

    if (mask && !six && strtoul(test->value, NULL, 10) > 32)
        return refuse(test, call);
    if (holds_address(test->name) && !is_of_family(test, six))
        return refuse(test, call);
    if (holds_address(test->name) && !six && g_str_has_prefix(test->value, MAPPED))
        memmove(test->value, test->value + strlen(MAPPED),
                strlen(test->value + strlen(MAPPED)) + 1);
    if ((g_str_has_suffix(test->name, "macmask") || g_str_has_suffix(test->name, "address-mask")) &&
        !is_mac_mask(test->value))
        return refuse(test, call);
    return 0;
}

static int check_test(const char *protocol, struct nwfilter_test *test, const struct doc_call *call)
{
    bool stp = strcmp(protocol, "stp") == 0;

    if (!test->value || is_variable(test->value))
        return 0;
    if (strcmp(test->name, "state") == 0)
        return set_state(test, call);
    if (strcmp(test->name, "flags") == 0 && !stp)
        return set_flags(test, call);
    if (strcmp(test->name, "ipsetflags") == 0) {
        char *lower = g_ascii_strdown(test->value, -1);

        g_free(test->value);
        test->value = lower;
        return 0;
    }
    return check_address(test, g_str_has_suffix(protocol, "v6"), call);
}

/* Plain IP has ports only inside of protocols that have them. */
static int check_ports(const char *protocol, const struct nwfilter_test *tests, size_t n,
                       const struct doc_call *call)
{
    static const char *const with_ports[] = {"tcp", "udp", "sctp", "33", "0x21", NULL};
    const char *inner = NULL;
    bool ports = false;

    if (strcmp(protocol, "ip") != 0 && strcmp(protocol, "ipv6") != 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (tests[i].value && strcmp(tests[i].name, "protocol") == 0)
            inner = tests[i].value;
        ports |= tests[i].value && strstr(tests[i].name, "port");
    }
    if (!ports || (inner && g_strv_contains(with_ports, inner)))
        return 0;
    doc_error(call, VIR_ERR_INTERNAL_ERROR,
              "%s rule with port specification requires protocol specification with protocol to be "
              "either one of tcp(6), udp(17), dccp(33), or sctp(132)",
              protocol);
    return -1;
}

int nwfilter_check_tests(const char *protocol, struct nwfilter_test *tests, size_t n,
                         const struct doc_call *call)
{
    for (size_t i = 0; i < n; i++) {
        if (check_test(protocol, &tests[i], call) < 0)
            return -1;
    }
    return check_ports(protocol, tests, n, call);
}
