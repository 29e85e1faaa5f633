/* What the generated shim is made of: trees to C arguments, and C results to trees.
 *
 * The bind_to_*() functions check what a script has passed: 0, or -1 with `refused` filled in,
 * which names the call, the argument, what it was and what would be accepted. What they allocate is
 * the caller's, on failure too. */
#pragma once

#include <glib.h>

#include "bindings/closure.h"
#include "bindings/value.h"

struct bind_site {
    const char *method;   /* virDomain.sendKey */
    const char *argument; /* keycodes */
};

bind_value bind_refuse(const struct bind_site *site, enum bind_refusal how, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* "an integer", "a list": what messages call it. */
const char *bind_kind_name(const bind_value *value);

struct bind_param {
    const char *name; /* a pattern has {n} where a number goes */
    int type;         /* VIR_TYPED_PARAM_* */
};

int bind_to_strings(const struct bind_site *site, const bind_value *list, const char ***strings,
                    size_t *n, bind_value *refused);
/* Of int, unsigned int or unsigned long long. */
int bind_to_ints(const struct bind_site *site, const bind_value *list, int **numbers, size_t *n,
                 bind_value *refused);
int bind_to_uints(const struct bind_site *site, const bind_value *list, unsigned int **numbers,
                  size_t *n, bind_value *refused);
int bind_to_ullongs(const struct bind_site *site, const bind_value *list,
                    unsigned long long **numbers, size_t *n, bind_value *refused);
/* With a NULL behind the last. */
int bind_to_objects(const struct bind_site *site, const bind_value *list, int type, void ***objects,
                    size_t *n, bind_value *refused);
int bind_to_params(const struct bind_site *site, const bind_value *dict,
                   const struct bind_param *known, size_t nknown, virTypedParameterPtr *params,
                   size_t *n, bind_value *refused);
int bind_to_cpumap(const struct bind_site *site, const bind_value *list, unsigned char **map,
                   size_t *n, bind_value *refused);
int bind_to_bytes(const struct bind_site *site, const bind_value *value, const char **data,
                  size_t *n, bind_value *refused);
int bind_to_uuid(const struct bind_site *site, const bind_value *value, const unsigned char **uuid,
                 bind_value *refused);
/* {number: number} to two arrays of the same length. */
int bind_to_mapping(const struct bind_site *site, const bind_value *dict, unsigned int **keys,
                    unsigned long long **values, size_t *n, bind_value *refused);
/* One number out of a dictionary; 0 when the dictionary, or an optional number, is absent. */
int bind_to_member(const struct bind_site *site, const bind_value *dict, const char *key,
                   bool optional, long long min, long long max, long long *number,
                   bind_value *refused);
/* Refuses an absent dictionary unless another argument is given instead. */
int bind_need_instead(const struct bind_site *site, const bind_value *dict, bool instead,
                      const char *name, bind_value *refused);
/* The items of a list of exactly `n`. */
int bind_to_items(const struct bind_site *site, const bind_value *list, size_t n,
                  const bind_value **items, bind_value *refused);
/* A string into a field of fixed size. */
int bind_to_field(const struct bind_site *site, const bind_value *value, char *field, size_t size,
                  bind_value *refused);
int bind_to_number(const struct bind_site *site, const bind_value *value, long long min,
                   long long max, long long *number, bind_value *refused);
/* Zeroed room for `n` times `size` bytes that a script asks for, 1 GiB at most. */
int bind_to_room(const struct bind_site *site, size_t n, size_t size, void *room,
                 bind_value *refused);

/* These take over what they are given. */
bind_value bind_take_strings(char **strings, size_t n);
bind_value bind_take_objects(int type, void **objects, size_t n);
bind_value bind_take_params(virTypedParameterPtr params, size_t n);
bind_value bind_take_cpumap(unsigned char *map, size_t ncpus, enum bind_kind kind);
bind_value bind_take_ints(int *numbers, size_t n);
bind_value bind_steal_bytes(char **data, size_t n);
/* Only the strings are taken over. */
bind_value bind_steal_strings(char ***strings, size_t n);
bind_value bind_copy_strings(char *const *strings, size_t n);
void bind_free_params(virTypedParameterPtr params, size_t n);

bind_value bind_from_params(const virTypedParameter *params, size_t n);
bind_value bind_from_cpumap(const unsigned char *map, size_t ncpus, enum bind_kind kind);
/* A tuple for each row, in a list. */
bind_value bind_from_cpumaps(const unsigned char *maps, size_t n, size_t maplen, size_t ncpus);
/* Cuts the map that is item `at` of each row down to the host's processors. */
bind_value bind_trim_cpumaps(bind_value rows, size_t at, size_t ncpus);
/* A dictionary for each row, the row's first `used` cells; rows without any are left out. */
bind_value bind_from_grid(const virTypedParameter *cells, size_t rows, size_t columns, size_t used);
/* {row: {key: number}}, the rows counted from `first`. */
bind_value bind_from_table(const unsigned long long *cells, int first, size_t rows,
                           const unsigned int *keys, size_t columns);
/* The name of a number; the number itself when it has none. */
bind_value bind_label(const char *const *labels, size_t n, int number);
bind_value bind_from_ints(const int *numbers, size_t n);
bind_value bind_from_ullongs(const unsigned long long *numbers, size_t n);
/* (code, domain, message, level, str1, str2, str3, int1, int2), or null */
bind_value bind_from_error(const virError *error);

/* How many CPUs the host has; what a connection that cannot tell answers is told with -1. */
int bind_cpus(virConnectPtr conn);
virConnectPtr bind_connection(void *object);
/* A failed call that returned NULL: an error, or null when there is none. */
bind_value bind_absent(void);

/* Several outputs of one call. In a dictionary, what is one itself is merged in. */
bind_value bind_gather(enum bind_kind kind, size_t n, const bind_value *parts);
bind_value bind_gather_dict(size_t n, const char *const *names, const bind_value *parts);

/* What scripts answer to callbacks. */
int bind_answer(const bind_value *answer);
int bind_answer_bytes(const bind_value *answer, void *data, size_t size);
int bind_answer_numbers(const bind_value *answer, long long *numbers, size_t n);
/* The string at `field` of the record at `i` of a list, if there is one; malloc()ed. */
int bind_answer_string(const bind_value *list, size_t i, size_t field, char **string,
                       unsigned int *length);

/* Arguments of callbacks. */
bind_value bind_mark_inout(bind_value value);
bind_value bind_borrow_bytes(const void *data, size_t n);
bind_value bind_native(void (*function)(void), void *opaque, virFreeCallback free);
bind_value bind_invoker(const char *name);
void bind_clear_all(bind_value *values, size_t n);

/* The trampoline for a number, the general one for those that have none of their own. */
void (*bind_pick(void (*const *table)(void), int n, int number, void (*general)(void)))(void);
/* Closures that the library never gives back: the first one in a place stays, others are only kept.
 */
void bind_keep_forever(struct closure **place, struct closure *closure);
void bind_keep(struct closure *closure);

/* How the objects of a class are called; generated, ends with a row without class. */
struct bind_naming {
    const char *name;
    void (*identify)(GString *text, void *object);
    void (*describe)(GString *text, void *object);
};
extern const struct bind_naming bind_namings[];
void bind_identify(GString *text, void *object);
void bind_append_string(GString *text, const char *s);
void bind_append_uuid(GString *text, const unsigned char *uuid);
void bind_say_string(GString *text, const char *name, const char *s);
void bind_say_uuid(GString *text, const char *name, const unsigned char *uuid);

extern const char *const bind_class_names[];
extern const int bind_class_count;
