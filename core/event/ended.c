#include "core/event/ended.h"

#include "core/base/export.h"

static void (*ended_hook)(virFreeCallback freecb, void *opaque);

CORRAL_PRIVATE void event_set_ended_hook(void (*hook)(virFreeCallback freecb, void *opaque))
{
    __atomic_store_n(&ended_hook, hook, __ATOMIC_RELEASE);
}

void event_ended(virFreeCallback freecb, void *opaque)
{
    void (*hook)(virFreeCallback, void *) = __atomic_load_n(&ended_hook, __ATOMIC_ACQUIRE);

    if (hook && freecb)
        hook(freecb, opaque);
}
