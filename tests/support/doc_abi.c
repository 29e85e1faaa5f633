/* doc_abi SOURCE TARGET: whether a guest that runs with the one file's definition can go on with
 * the other's. Exit 1 with "CODE MESSAGE" on standard error when it cannot, 2 when either is no
 * definition. */
#include "core/conf/domain/abi.h"
#include "core/object/error.h"

#include <stdio.h>

static struct domain *read_definition(const char *path)
{
    g_autofree char *xml = NULL;

    return g_file_get_contents(path, &xml, NULL, NULL) ? domain_parse(xml, NULL, DOC_INACTIVE)
                                                       : NULL;
}

static int complain(int status)
{
    virErrorPtr error = virGetLastError();

    fprintf(stderr, "%d %s\n", error_code(), error ? error->message : "");
    return status;
}

int main(int argc, char **argv)
{
    struct domain *source = argc == 3 ? read_definition(argv[1]) : NULL;
    struct domain *target = source ? read_definition(argv[2]) : NULL;
    int status = 0;

    if (!target)
        status = complain(2);
    else if (domain_check_abi(source, target) < 0)
        status = complain(1);
    domain_free(source);
    domain_free(target);
    return status;
}
