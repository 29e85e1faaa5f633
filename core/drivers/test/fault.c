#include "core/drivers/test/fault.h"

#include <string.h>

#include "core/base/xml.h"
#include "core/object/error.h"
#include "error_numbers.h"

struct fault {
    char *function;
    int delay;
    int code; /* 0: the call goes on after the delay */
    char *message;
    gboolean job; /* it is not the call that fails, but its job */
    int count;    /* how often it is still to happen; -1 for ever */
};

struct faults {
    lock_t lock; /* guards the counts */
    GPtrArray *list;
};

static void fault_free(gpointer data)
{
    struct fault *fault = data;

    g_free(fault->function);
    g_free(fault->message);
    g_free(fault);
}

void faults_free(struct faults *faults)
{
    if (!faults)
        return;
    g_ptr_array_free(faults->list, TRUE);
    lock_clear(&faults->lock);
    g_free(faults);
}

static int code_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(error_numbers); i++)
        if (!strcmp(error_numbers[i].name, name))
            return error_numbers[i].code;
    return VIR_ERR_OK;
}

static int fault_parse(xmlNodePtr node, struct fault *fault)
{
    g_autofree char *error = xml_attr(node, "error");

    fault->function = xml_attr(node, "name");
    fault->message = xml_attr(node, "message");
    fault->count = -1;
    if (xml_attr_int(node, "delay", &fault->delay) < 0 ||
        xml_attr_int(node, "count", &fault->count) < 0)
        return -1;
    if (!fault->function || fault->delay < 0) {
        error_set(VIR_FROM_TEST, VIR_ERR_XML_ERROR,
                  "a corral:%s needs the name of a function, and a delay of 0 ms or more",
                  (const char *)node->name);
        return -1;
    }
    if (error && !(fault->code = code_of(error))) {
        error_set(
            VIR_FROM_TEST, VIR_ERR_XML_ERROR,
            "invalid error '%s' of corral:%s %s: a name like VIR_ERR_OPERATION_FAILED is wanted",
            error, (const char *)node->name, fault->function);
        return -1;
    }
    return 0;
}

int faults_parse(xmlNodePtr node, struct faults **ret_faults)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(fault_free);

    for (xmlNodePtr child = node->children; child; child = child->next) {
        struct fault *fault;

        if (child->type != XML_ELEMENT_NODE || !child->ns ||
            strcmp((const char *)child->ns->href, FAULT_NAMESPACE) != 0 ||
            (strcmp((const char *)child->name, "call") != 0 &&
             strcmp((const char *)child->name, "job") != 0))
            continue;
        fault = g_new0(struct fault, 1);
        fault->job = !strcmp((const char *)child->name, "job");
        g_ptr_array_add(list, fault);
        if (fault_parse(child, fault) < 0)
            return -1;
    }
    if (!list->len)
        return 0;
    *ret_faults = g_new0(struct faults, 1);
    lock_init(&(*ret_faults)->lock);
    (*ret_faults)->list = g_steal_pointer(&list);
    return 0;
}

/* The next one for this function, counted down; its text stays as long as the world. */
static const struct fault *fault_next(struct faults *faults, const char *function, gboolean job)
{
    lock_guard(&faults->lock);

    for (guint i = 0; i < faults->list->len; i++) {
        struct fault *fault = faults->list->pdata[i];

        if (!fault->count || fault->job != job || strcmp(fault->function, function) != 0)
            continue;
        if (fault->count > 0)
            fault->count--;
        return fault;
    }
    return NULL;
}

static int delay(virConnectPtr conn, const char *function, int milliseconds)
{
    struct call call;
    int result;

    call_begin_as(&call, &conn->calls, function);
    result = call_sleep(&call, milliseconds);
    call_end(&call);
    return result;
}

int faults_suffer(struct faults *faults, virConnectPtr conn, const char *function)
{
    const struct fault *fault = faults ? fault_next(faults, function, FALSE) : NULL;

    if (!fault)
        return 0;
    if (fault->delay && delay(conn, function, fault->delay) < 0)
        return -1;
    if (!fault->code)
        return 0;
    error_set(VIR_FROM_TEST, fault->code, "%s", fault->message ? fault->message : function);
    return -1;
}

/* Called by the entry points, before the driver and without any lock. */
static int suffer(virConnectPtr conn, const char *function)
{
    return faults_suffer(conn->intercept_data, conn, function);
}

char *faults_job(struct faults *faults, const char *function)
{
    const struct fault *fault = faults ? fault_next(faults, function, TRUE) : NULL;

    return fault ? g_strdup(fault->message ? fault->message : function) : NULL;
}

void faults_attach(struct faults *faults, virConnectPtr conn)
{
    if (!faults)
        return;
    conn->intercept_data = faults;
    conn->intercept = suffer;
}
