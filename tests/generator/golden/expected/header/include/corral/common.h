#ifndef CORRAL_COMMON_H
#define CORRAL_COMMON_H

/* What all share. */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CORRAL_BUILDING
#pragma GCC visibility push(default)
#endif

/* Bytes of a UUID. */
#define VIR_UUID_BUFLEN 16

typedef enum {
    /* all is well */
    VIR_ERR_OK = 0,
    /* there is no such farm */
    VIR_ERR_NO_FARM = 1,
#ifdef VIR_ENUM_SENTINELS
    VIR_ERR_NUMBER_LAST = 2
#endif
} virErrorNumber;

typedef enum {
    VIR_FROM_NONE = 0,
    VIR_FROM_FARM = 1,
} virErrorDomain;

typedef struct _virTypedParameter virTypedParameter;
struct _virTypedParameter {
    char field[VIR_TYPED_PARAM_FIELD_LENGTH];
    int type;
    union {
        int i;
        unsigned int ui;
        long long int l;
        unsigned long long int ul;
        double d;
        char b;
        char *s;
    } value;
};
typedef virTypedParameter *virTypedParameterPtr;

#ifdef CORRAL_BUILDING
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
