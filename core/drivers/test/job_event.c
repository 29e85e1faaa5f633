#include "core/drivers/test/job_event.h"

#include <string.h>

#include "core/object/params.h"

struct job_event {
    struct event event;
    char *name;
    int guest_id;
    char *text, *image;
    int type, status;
    unsigned long long threshold, excess;
    virTypedParameterPtr params;
    int n_params;
};

static void job_event_free(struct event *event)
{
    struct job_event *it = (struct job_event *)event;

    virTypedParamsFree(it->params, it->n_params);
    g_free(it->name);
    g_free(it->text);
    g_free(it->image);
    g_free(it);
}

static void call(virConnectPtr conn, virDomainPtr domain, struct job_event *it,
                 event_callback callback, void *opaque)
{
    switch (it->event.id) {
    case VIR_DOMAIN_EVENT_ID_BLOCK_JOB:
    case VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2:
        ((virConnectDomainEventBlockJobCallback)callback)(conn, domain, it->text, it->type,
                                                          it->status, opaque);
        break;
    case VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD:
        ((virConnectDomainEventBlockThresholdCallback)callback)(conn, domain, it->text, it->image,
                                                                it->threshold, it->excess, opaque);
        break;
    case VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION:
        ((virConnectDomainEventMigrationIterationCallback)callback)(conn, domain, it->type, opaque);
        break;
    default:
        ((virConnectDomainEventJobCompletedCallback)callback)(conn, domain, it->params,
                                                              it->n_params, opaque);
    }
}

static void deliver(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)
{
    struct job_event *it = (struct job_event *)event;
    virDomainPtr domain = new_domain(conn, it->name, event->key.uuid, it->guest_id);

    call(conn, domain, it, callback, opaque);
    object_unref(&domain->base);
}

/* NULL when nobody would get it. */
static struct job_event *job_event_new(struct world *world, const struct guest *guest, int id)
{
    struct job_event *it;

    if (!world_listens(world))
        return NULL;
    it = g_new0(struct job_event, 1);
    it->event = (struct event){
        .klass = VIR_FROM_DOMAIN,
        .id = id,
        .key = {.kind = EVENT_KEY_UUID},
        .deliver = deliver,
        .free = job_event_free,
        .refs = 1,
    };
    memcpy(it->event.key.uuid, guest->item.uuid, UUID_BYTES);
    it->name = g_strdup(guest->name);
    it->guest_id = guest->item.id;
    return it;
}

static void push_block_job(struct world *world, const struct guest *guest, int id, const char *text,
                           int type, int status)
{
    struct job_event *it = text ? job_event_new(world, guest, id) : NULL;

    if (!it)
        return;
    it->text = g_strdup(text);
    it->type = type;
    it->status = status;
    world_push(world, &it->event);
}

void event_block_job(struct world *world, const struct guest *guest, const char *image,
                     const char *target, int type, int status)
{
    push_block_job(world, guest, VIR_DOMAIN_EVENT_ID_BLOCK_JOB, image, type, status);
    push_block_job(world, guest, VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, target, type, status);
}

void event_block_threshold(struct world *world, const struct guest *guest, const char *layer,
                           const char *image, unsigned long long threshold,
                           unsigned long long excess)
{
    struct job_event *it = job_event_new(world, guest, VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD);

    if (!it)
        return;
    it->text = g_strdup(layer);
    it->image = g_strdup(image);
    it->threshold = threshold;
    it->excess = excess;
    world_push(world, &it->event);
}

void event_job_completed(struct world *world, const struct guest *guest, const struct job *job)
{
    struct job_event *it = job_event_new(world, guest, VIR_DOMAIN_EVENT_ID_JOB_COMPLETED);
    struct params list = {0};

    if (!it)
        return;
    job_stats(guest->jobs, job, &list);
    params_steal(&list, &it->params, &it->n_params);
    world_push(world, &it->event);
}

void event_migration_iteration(struct world *world, const struct guest *guest, int iteration)
{
    struct job_event *it = job_event_new(world, guest, VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION);

    if (!it)
        return;
    it->type = iteration;
    world_push(world, &it->event);
}
