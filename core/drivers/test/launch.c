/* What confines guests, and what seals their memory. */
#include "core/drivers/test/cells.h"
#include "core/drivers/test/inside.h"

#include <string.h>

#include "core/object/params.h"

/* The host has one technique, "testSecurity". */
int test_domainGetSecurityLabelList(virDomainPtr domain, virSecurityLabelPtr *seclabels)
{
    virSecurityLabelPtr label = g_new0(virSecurityLabel, 1);

    if (test_domainGetSecurityLabel(domain, label) < 0) {
        g_free(label);
        return -1;
    }
    *seclabels = label;
    return 1;
}

/* 32 bytes of measurement and 16 of nonce, as the processor would sign them, from who the guest is
 * and how it was launched. */
static char *measurement(const struct guest *guest)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const struct domain_launch_security *sealed = &guest->live->doc->launch_security;
    guint8 bytes[48];
    gsize n = 32;

    g_checksum_update(sum, guest->item.uuid, UUID_BYTES);
    g_checksum_update(sum, (const guchar *)&sealed->policy, sizeof(sealed->policy));
    g_checksum_get_digest(sum, bytes, &n);
    memcpy(bytes + 32, guest->item.uuid, UUID_BYTES);
    return g_base64_encode(bytes, sizeof(bytes));
}

int test_domainGetLaunchSecurityInfo(virDomainPtr domain, virTypedParameterPtr *params,
                                     int *nparams, unsigned int flags)
{
    params_auto_t list = {0};
    const struct domain_launch_security *sealed;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_ACTIVE_GUEST(domain, -1);
    sealed = &guest->live->doc->launch_security;
    if (sealed->type == DOMAIN_LAUNCH_SECURITY_TYPE_SEV) {
        g_autofree char *measured = measurement(guest);

        params_add_string(&list, measured, VIR_DOMAIN_LAUNCH_SECURITY_SEV_MEASUREMENT);
        params_add_uint(&list, 1, VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MAJOR);
        params_add_uint(&list, 49, VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MINOR);
        params_add_uint(&list, 1, VIR_DOMAIN_LAUNCH_SECURITY_SEV_BUILD_ID);
        params_add_uint(&list, sealed->policy, VIR_DOMAIN_LAUNCH_SECURITY_SEV_POLICY);
    }
    return params_steal(&list, params, nparams);
}

static int check_secret(virTypedParameterPtr params, int nparams)
{
    static const char *const wanted[] = {VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER,
                                         VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET};
    static const struct params_rule rules[] = {
        {VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER, VIR_TYPED_PARAM_STRING, FALSE},
        {VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET, VIR_TYPED_PARAM_STRING, FALSE},
        {VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_SET_ADDRESS, VIR_TYPED_PARAM_ULLONG, FALSE},
    };

    if (params_validate(params, nparams, rules, G_N_ELEMENTS(rules), 0) < 0)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!params_find(params, nparams, wanted[i])) {
            error_set(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG,
                      "Both secret and the secret header are required, '%s' is missing", wanted[i]);
            return -1;
        }
    return 0;
}

int test_domainSetLaunchSecurityState(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                      unsigned int flags)
{
    const struct domain_launch_security *sealed;

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    sealed = &guest_doc(guest)->launch_security;
    if (sealed->type != DOMAIN_LAUNCH_SECURITY_TYPE_SEV) {
        test_error(OPERATION_UNSUPPORTED,
                   "setting a launch secret is only supported in SEV-enabled domains, '%s' is none",
                   guest->name);
        return -1;
    }
    if (check_secret(params, nparams) < 0)
        return -1;
    if (guest->state != VIR_DOMAIN_PAUSED) {
        error_set(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID,
                  "domain must be in a paused state to take a launch secret");
        return -1;
    }
    guest->inside->secret = true;
    return 0;
}

/* A host that never was: the certificates are of nobody. */
int test_nodeGetSEVInfo(virConnectPtr conn, virTypedParameterPtr *params, int *nparams,
                        unsigned int flags)
{
    params_auto_t list = {0};

    if (flags_check(flags, 0, __func__) < 0)
        return -1;
    params_add_string(&list, "Y29ycmFsIHRlc3QgcGRo", VIR_NODE_SEV_PDH);
    params_add_string(&list, "Y29ycmFsIHRlc3QgY2VydGlmaWNhdGVz", VIR_NODE_SEV_CERT_CHAIN);
    params_add_string(&list, "Y29ycmFsIHRlc3QgcHJvY2Vzc29y", VIR_NODE_SEV_CPU0_ID);
    params_add_uint(&list, SEV_CBITPOS, VIR_NODE_SEV_CBITPOS);
    params_add_uint(&list, SEV_REDUCED_PHYS_BITS, VIR_NODE_SEV_REDUCED_PHYS_BITS);
    params_add_uint(&list, SEV_MAX_GUESTS, VIR_NODE_SEV_MAX_GUESTS);
    params_add_uint(&list, SEV_MAX_ES_GUESTS, VIR_NODE_SEV_MAX_ES_GUESTS);
    return params_steal(&list, params, nparams);
}
