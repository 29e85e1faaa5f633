/* Objects of every class: references, what they are compared by, how they introduce themselves. */
#include <string.h>

#include "bindings/shim_support.h"
#include "core/driver/registry.h"
#include "core/object/connect.h"
#include "core/object/object.h"
#include "core/object/stream.h"
#include "objects.h"
#include "shim.h"

void bind_hold(void *object)
{
    object_ref(object);
}

void bind_release(void *object)
{
    if (object)
        object_unref(object);
}

static const struct bind_naming *naming_of(const struct object *object)
{
    const struct bind_naming *naming = bind_namings;

    while (naming->name && strcmp(naming->name, object->klass->name) != 0)
        naming++;
    return naming->name ? naming : NULL;
}

static bool is_connection(const struct object *object)
{
    return strcmp(object->klass->name, bind_class_names[BIND_virConnect]) == 0;
}

virConnectPtr bind_connection(void *object)
{
    if (!object)
        return NULL;
    if (is_connection(object))
        return object;
    /* streams are laid out by hand; what the generator lays out has its connection first */
    return naming_of(object) ? ((virDomainPtr)object)->conn : ((virStreamPtr)object)->conn;
}

void bind_append_string(GString *text, const char *s)
{
    g_string_append_printf(text, "/%zu:%s", s ? strlen(s) : 0, s ? s : "");
}

void bind_append_uuid(GString *text, const unsigned char *uuid)
{
    g_string_append_c(text, '/');
    for (int i = 0; i < VIR_UUID_BUFLEN; i++)
        g_string_append_printf(text, "%02x", uuid[i]);
}

void bind_identify(GString *text, void *object)
{
    const struct bind_naming *naming = naming_of(object);

    g_string_append(text, ((struct object *)object)->klass->name);
    if (!naming) {
        /* a connection or a stream is only itself */
        g_string_append_printf(text, "/%p", object);
        return;
    }
    bind_append_string(text, bind_connection(object)->uri);
    naming->identify(text, object);
}

char *bind_identity(void *object)
{
    GString *text;

    if (!object)
        return NULL;
    text = g_string_new(NULL);
    bind_identify(text, object);
    return g_string_free(text, FALSE);
}

void bind_say_string(GString *text, const char *name, const char *s)
{
    if (s)
        g_string_append_printf(text, " %s='%s'", name, s);
}

void bind_say_uuid(GString *text, const char *name, const unsigned char *uuid)
{
    g_string_append_printf(text, " %s=", name);
    for (int i = 0; i < VIR_UUID_BUFLEN; i++)
        g_string_append_printf(text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                               uuid[i]);
}

char *bind_describe(void *object)
{
    const struct bind_naming *naming;
    GString *text;

    if (!object)
        return NULL;
    naming = naming_of(object);
    text = g_string_new(((struct object *)object)->klass->name);
    if (naming)
        naming->describe(text, object);
    else if (is_connection(object))
        bind_say_string(text, "uri", ((virConnectPtr)object)->uri);
    return g_string_free(text, FALSE);
}
