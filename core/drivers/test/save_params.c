/* Saving with settings, and the image of a managed save. */
#include "core/drivers/test/save.h"

#include "core/drivers/test/migrate.h"
#include "core/object/params.h"
#include "params_tables.h"

static const char *setting(virTypedParameterPtr params, int n, const char *name)
{
    virTypedParameterPtr it = params_find(params, n, name);

    return it ? it->value.s : NULL;
}

static int check_settings(virTypedParameterPtr params, int n)
{
    return params_validate(params, n, virDomainSaveFields_rules,
                           G_N_ELEMENTS(virDomainSaveFields_rules), 0);
}

int test_domainSaveParams(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                          unsigned int flags)
{
    const char *file, *dxml;

    if (check_settings(params, nparams) < 0)
        return -1;
    file = setting(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE);
    dxml = setting(params, nparams, VIR_DOMAIN_SAVE_PARAM_DXML);
    if (file)
        return test_domainSaveFlags(domain, file, dxml, flags);
    if (!dxml)
        return test_domainManagedSave(domain, flags);
    test_error(INVALID_ARG, VIR_DOMAIN_SAVE_PARAM_DXML " goes with " VIR_DOMAIN_SAVE_PARAM_FILE
                                                       ": the managed image takes no document");
    return -1;
}

int test_domainRestoreParams(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                             unsigned int flags)
{
    const char *file;

    if (check_settings(params, nparams) < 0)
        return -1;
    file = setting(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE);
    if (!file) {
        test_error(INVALID_ARG, "the file to restore from is missing: " VIR_DOMAIN_SAVE_PARAM_FILE);
        return -1;
    }
    return test_domainRestoreFlags(conn, file, setting(params, nparams, VIR_DOMAIN_SAVE_PARAM_DXML),
                                   flags);
}

static int require_image(const struct guest *guest)
{
    if (guest->managed_save)
        return 0;
    test_error(OPERATION_INVALID, "domain '%s' does not have managed save image", guest->name);
    return -1;
}

/* A guest whose image a node description claims has the one that its definition would have made. */
static const struct domain *image_of(const struct guest *guest)
{
    return (guest->saved ? guest->saved : guest->config)->doc;
}

char *test_domainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
    if (flags_check(flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, __func__) < 0)
        return NULL;
    WITH_GUEST(domain, NULL);
    if (require_image(guest) < 0)
        return NULL;
    return domain_format(image_of(guest), DOC_INACTIVE | (flags ? DOC_SECURE : 0));
}

int test_domainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags)
{
    struct domain *doc;

    if (flags_check(flags, VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED, __func__) < 0)
        return -1;
    WITH_GUEST(domain, -1);
    if (require_image(guest) < 0)
        return -1;
    if (dxml) {
        doc = guest_parse_same(dxml, image_of(guest));
        if (!doc)
            return -1;
        definition_unref(guest->saved);
        guest->saved = definition_new(doc);
    }
    if (flags)
        guest->saved_paused = flags & VIR_DOMAIN_SAVE_PAUSED;
    return 0;
}
