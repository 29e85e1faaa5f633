/* Scheduler settings: daemons of the field answer only who has room for them, so who asks how many
 * there are is answered by another of their calls. */
#include <string.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"
#include "objects.h"
#include "core/rpc/codec.h"
#include "wire_objects.h"

static int ask_number(virDomainPtr domain, const char *function, int *nparams)
{
    wire_domain_get_scheduler_type_args args = {.domain = wire_of_domain(domain)};
    wire_domain_get_scheduler_type_ret ret;

    if (remote_call(domain->conn, function, WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_DOMAIN_GET_SCHEDULER_TYPE, &args, &ret) < 0)
        return -1;
    *nparams = ret.nparams;
    wire_clear(WIRE_DOMAIN_GET_SCHEDULER_TYPE_RET, &ret);
    return 0;
}

/* The values are the caller's, strings and all; the array stays the answer's. */
static int take(const char *function, virTypedParameterPtr params, int *nparams,
                virTypedParameterPtr from, unsigned int *n)
{
    if (remote_check_room(function, *n, *nparams) < 0)
        return -1;
    if (*n)
        memcpy(params, from, *n * sizeof(*params));
    *nparams = *n;
    *n = 0;
    return 0;
}

int remote_domainGetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params,
                                        int *nparams)
{
    static const char function[] = "virDomainGetSchedulerParameters";
    wire_domain_get_scheduler_parameters_args args = {wire_of_domain(domain), *nparams};
    wire_domain_get_scheduler_parameters_ret ret;
    int status;

    if (!params || !*nparams)
        return ask_number(domain, function, nparams);
    if (remote_call(domain->conn, function, WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_DOMAIN_GET_SCHEDULER_PARAMETERS, &args, &ret) < 0)
        return -1;
    status = take(function, params, nparams, ret.params, &ret.params_count);
    wire_clear(WIRE_DOMAIN_GET_SCHEDULER_PARAMETERS_RET, &ret);
    return status;
}

int remote_domainGetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params,
                                             int *nparams, unsigned int flags)
{
    static const char function[] = "virDomainGetSchedulerParametersFlags";
    wire_domain_get_scheduler_parameters_flags_args args = {wire_of_domain(domain), *nparams,
                                                            flags};
    wire_domain_get_scheduler_parameters_flags_ret ret;
    int status;

    if (!params || !*nparams)
        return ask_number(domain, function, nparams);
    if (remote_call(domain->conn, function, WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS, &args, &ret) < 0)
        return -1;
    status = take(function, params, nparams, ret.params, &ret.params_count);
    wire_clear(WIRE_DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS_RET, &ret);
    return status;
}
