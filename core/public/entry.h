/* The checks that generated entry points are made of. Each leads to `fail` with the error recorded.
 */
#pragma once

#include <corral/corral.h>
#include <string.h>

#include "core/base/export.h"
#include "core/base/log.h"
#include "core/base/uuid.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "core/object/stream.h"
#include "internal.h"
#include "objects.h"

/* The errors' texts; cold, so that the checks stay small. */
/* A connection has no part of the library to itself: the call that it was handed to speaks. */
void entry_invalid(int origin, const void *object, const struct object_class *klass,
                   const char *function);
void entry_null(int origin, const char *argument, const char *function);
void entry_min(int origin, const char *argument, long long min, const char *function);
void entry_max(int origin, const char *argument, unsigned long long max, const char *function);
void entry_rows(int origin, long long rows, long long length, const char *function);
void entry_exclusive(int origin, const char *one, const char *other, const char *function);
void entry_requires(int origin, const char *flag, const char *needed, const char *function);
void entry_empty(int origin, const char *argument, const char *function);
void entry_connection(int origin, const char *argument, const char *function);
void entry_uuid(int origin, const char *argument, const char *text, const char *function);
void entry_flags(int origin, unsigned int flags, const char *accepted, const char *function);
void entry_read_only(int origin, const char *function, const char *flag);
void entry_no_support(int origin, virConnectPtr conn, const char *function);

#define CHECK(condition, report)                                                                   \
    do {                                                                                           \
        if (G_UNLIKELY(!(condition))) {                                                            \
            report;                                                                                \
            goto fail;                                                                             \
        }                                                                                          \
    } while (0)

#define CHECK_OBJECT(type, object)                                                                 \
    CHECK(is_##type(object), entry_invalid(ORIGIN, object, &type##_class, __func__))
#define CHECK_OBJECT_OR_NULL(type, object)                                                         \
    CHECK(!(object) || is_##type(object), entry_invalid(ORIGIN, object, &type##_class, __func__))
/* A NULL-terminated array: at least one, all of the class, all of one connection. */
#define CHECK_OBJECTS(type, array)                                                                 \
    do {                                                                                           \
        CHECK_NONNULL(array);                                                                      \
        CHECK((array)[0] != NULL, entry_empty(ORIGIN, #array, __func__));                          \
        for (size_t i = 0; (array)[i]; i++) {                                                      \
            CHECK_OBJECT(type, (array)[i]);                                                        \
            CHECK((array)[i]->conn == (array)[0]->conn,                                            \
                  entry_connection(ORIGIN, #array, __func__));                                     \
        }                                                                                          \
    } while (0)
#define CHECK_CONNECTION(object, connection)                                                       \
    CHECK(!(object) || (object)->conn == (connection), entry_connection(ORIGIN, #object, __func__))
#define CHECK_WRITE(connection)                                                                    \
    CHECK(!(connection)->readonly, entry_read_only(ORIGIN, __func__, NULL))
#define CHECK_READ_ONLY_WITHOUT(connection, test, flag)                                            \
    CHECK(!((connection)->readonly && (test)), entry_read_only(ORIGIN, __func__, flag))
#define CHECK_NONNULL(argument) CHECK((argument) != NULL, entry_null(ORIGIN, #argument, __func__))
#define CHECK_ARRAY(argument, length)                                                              \
    CHECK((argument) != NULL || (length) == 0, entry_null(ORIGIN, #argument, __func__))
#define CHECK_TWO_CALL(argument, length)                                                           \
    do {                                                                                           \
        CHECK_NONNULL(length);                                                                     \
        CHECK(*(length) >= 0, entry_min(ORIGIN, #length, 0, __func__));                            \
        CHECK((argument) != NULL || *(length) == 0, entry_null(ORIGIN, #argument, __func__));      \
    } while (0)
/* Of a signed argument; an unsigned one would turn negative here. */
#define CHECK_MIN(argument, name, min)                                                             \
    CHECK((argument) >= (min), entry_min(ORIGIN, name, min, __func__))
#define CHECK_UNSIGNED_MIN(argument, name, min)                                                    \
    CHECK((argument) >= min##U, entry_min(ORIGIN, name, min, __func__))
/* An array of `rows` times `length`, whose size has to be a number too. */
#define CHECK_ROWS(argument, rows, length)                                                         \
    CHECK(!(argument) || (length) <= 0 || (rows) <= G_MAXINT / (length),                           \
          entry_rows(ORIGIN, rows, length, __func__))
#define CHECK_SIZE(argument, max)                                                                  \
    CHECK((argument) <= (max), entry_max(ORIGIN, #argument, max, __func__))
#define CHECK_EXCLUSIVE(flags, one, other)                                                         \
    CHECK(((flags) & (one)) == 0 || ((flags) & (other)) == 0,                                      \
          entry_exclusive(ORIGIN, #one, #other, __func__))
/* One of the flags that it needs is enough. */
#define CHECK_REQUIRES(flags, flag, needed, names)                                                 \
    CHECK(((flags) & (flag)) == 0 || ((flags) & (needed)) != 0,                                    \
          entry_requires(ORIGIN, #flag, names, __func__))
#define CHECK_UUID(text, bytes)                                                                    \
    CHECK(uuid_parse(text, bytes), entry_uuid(ORIGIN, #text, text, __func__))
#define CLEAR_POINTER(argument)                                                                    \
    do {                                                                                           \
        if (argument)                                                                              \
            *(argument) = NULL;                                                                    \
    } while (0)

#define CHECK_INTERCEPT(connection)                                                                \
    do {                                                                                           \
        log_debug("%s", __func__);                                                                 \
        if (G_UNLIKELY((connection)->intercept) &&                                                 \
            (connection)->intercept((connection), __func__) < 0)                                   \
            goto fail;                                                                             \
    } while (0)
#define CHECK_SLOT(connection, kind, slot)                                                         \
    do {                                                                                           \
        CHECK((connection)->tables.kind && (connection)->tables.kind->slot,                        \
              entry_no_support(ORIGIN, (connection), __func__));                                   \
        CHECK_INTERCEPT(connection);                                                               \
    } while (0)
#define CHECK_OWN_SLOT(connection, object, slot)                                                   \
    do {                                                                                           \
        CHECK((object)->driver && (object)->driver->slot,                                          \
              entry_no_support(ORIGIN, (connection), __func__));                                   \
        CHECK_INTERCEPT(connection);                                                               \
    } while (0)
