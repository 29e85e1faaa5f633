#include "core/daemon/dispatch.h"

#include "core/daemon/judge.h"

void dispatch_keep(struct dispatch_call *call, struct object *object)
{
    if (!call->kept)
        call->kept = g_ptr_array_new();
    g_ptr_array_add(call->kept, object);
}

int dispatch_keep_list(struct dispatch_call *call, struct object **objects, int n,
                       gboolean filtered)
{
    int kept = 0;

    if (!call->kept)
        call->kept = g_ptr_array_sized_new(n);
    for (int i = 0; i < n; i++) {
        if (filtered && call->rights && !judge_listed_object(call, objects[i])) {
            object_unref(objects[i]);
            continue;
        }
        g_ptr_array_add(call->kept, objects[i]);
        objects[kept++] = objects[i];
    }
    return kept;
}

int dispatch_check_room(const char *function, gint64 room, gint64 rows, gint64 max)
{
    if (room >= 0 && rows >= 0 && (!rows || room <= max / rows))
        return 0;
    error_set(VIR_FROM_RPC, VIR_ERR_RPC,
              "%s: room for %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT
              " was asked for, at most %" G_GINT64_FORMAT " is accepted",
              function, room, rows, max);
    return -1;
}
