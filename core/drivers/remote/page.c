#include "core/drivers/remote/page.h"

#include <string.h>

#include "core/drivers/remote/call.h"
#include "core/drivers/remote/remote.h"
#include "core/object/error.h"
#include "core/rpc/codec.h"
#include "core/rpc/page.h"
#include "wire_objects.h"

/* Daemons say under this code that an answer is too long. */
gboolean page_helps(void)
{
    return error_code() == VIR_ERR_RPC;
}

int page_or(int result, virErrorPtr first)
{
    if (result < 0)
        error_restore(first);
    else
        virFreeError(first);
    return result;
}

static int finish(struct page *page, int result)
{
    g_clear_pointer(&page->name, g_free);
    return result;
}

/* Where the next piece begins: the UUIDs have to grow, else it would never end. */
static int note_last(struct page *page)
{
    const wire_domain *last = &page->answer.retStats[page->answer.retStats_count - 1].dom;

    if (page->name && memcmp(last->uuid, page->uuid, sizeof(page->uuid)) <= 0) {
        error_set(VIR_FROM_REMOTE, VIR_ERR_RPC,
                  "%s: the daemon answers with guests that it has told of before", page->function);
        return -1;
    }
    g_free(page->name);
    page->name = g_strdup(last->name);
    memcpy(page->uuid, last->uuid, sizeof(page->uuid));
    return 0;
}

int page_next(virConnectPtr conn, struct page *page)
{
    wire_domain last = {.name = page->name, .uuid = page->uuid, .id = -1};
    wire_connect_get_all_domain_stats_args args = {
        .stats = page->stats, .flags = page->flags | PAGE_FLAG, .doms_count = page->name != NULL};
    gboolean ended;

    args.doms = &last;
    if (page->begun)
        wire_clear(WIRE_CONNECT_GET_ALL_DOMAIN_STATS_RET, &page->answer);
    page->begun = FALSE;
    if (remote_call(conn, page->function, WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_CONNECT_GET_ALL_DOMAIN_STATS, &args, &page->answer) < 0)
        return finish(page, -1);
    ended = page->answer.retStats_count == 0;
    page->begun = !ended && note_last(page) == 0;
    if (page->begun)
        return 1;
    wire_clear(WIRE_CONNECT_GET_ALL_DOMAIN_STATS_RET, &page->answer);
    return finish(page, ended ? 0 : -1);
}

/* --- guests --------------------------------------------------------------------------------------
 */

static virDomainPtr *make_domains(virConnectPtr conn, const wire_domain *from, unsigned int n)
{
    virDomainPtr *domains = g_new0(virDomainPtr, n + 1);

    for (unsigned int i = 0; i < n; i++)
        domains[i] = wire_new_domain(conn, &from[i]);
    return domains;
}

static int list_at_once(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    wire_connect_list_all_domains_args args = {.need_results = domains != NULL, .flags = flags};
    wire_connect_list_all_domains_ret ret;
    int n;

    if (remote_call(conn, "virConnectListAllDomains", WIRE_PROGRAM_REMOTE,
                    WIRE_PROC_CONNECT_LIST_ALL_DOMAINS, &args, &ret) < 0)
        return -1;
    n = ret.result;
    if (domains)
        *domains = make_domains(conn, ret.domains, ret.domains_count);
    wire_clear(WIRE_CONNECT_LIST_ALL_DOMAINS_RET, &ret);
    return n;
}

static void drop_domain(gpointer domain)
{
    object_unref(domain);
}

static int list_pieces(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    struct page page = {
        .function = "virConnectListAllDomains", .stats = PAGE_GUESTS, .flags = flags};
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(drop_domain);
    int n, more;

    while ((more = page_next(conn, &page)) > 0)
        for (unsigned int i = 0; i < page.answer.retStats_count; i++)
            g_ptr_array_add(list, wire_new_domain(conn, &page.answer.retStats[i].dom));
    if (more < 0)
        return -1;
    n = list->len;
    g_ptr_array_set_free_func(list, NULL);
    g_ptr_array_add(list, NULL);
    *domains = (virDomainPtr *)g_ptr_array_steal(list, NULL);
    return n;
}

int remote_connectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    int n = list_at_once(conn, domains, flags);
    virErrorPtr error;

    if (n >= 0 || !domains || !page_helps())
        return n;
    error = error_steal();
    return page_or(list_pieces(conn, domains, flags), error);
}
