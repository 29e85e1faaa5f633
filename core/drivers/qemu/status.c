/* What is noted on disk of a guest that runs. */
#include "core/drivers/qemu/job.h"
#include "core/drivers/qemu/run.h"

#include <glib/gstdio.h>

#include "core/conf/store.h"

char *run_status(const struct qemu_guest *guest, const struct domain *live)
{
    g_autofree char *xml = domain_format(live, DOC_SECURE);
    g_autofree char *folder = xml ? g_markup_escape_text(guest->folder, -1) : NULL;

    if (!xml)
        return NULL;
    return g_strdup_printf("<domstatus state='%d' reason='%d' pid='%d' started='%" G_GUINT64_FORMAT
                           "' begun='%" G_GINT64_FORMAT "' booting='%d' autodestroy='%d'>\n"
                           "<folder>%s</folder>\n%s</domstatus>\n",
                           guest->state, guest->reason, (int)guest->process.pid,
                           process_started(guest->process.pid), guest->started, guest->booting,
                           guest->owner != NULL, folder, xml);
}

int run_write_status(struct qemu_host *host, const char *name, const char *status)
{
    g_autofree char *file = g_strconcat(name, ".xml", NULL);

    return status ? store_write(host->paths.run, file, status, 0600) : -1;
}

int run_note(struct job *job)
{
    struct qemu_guest *guest = job->guest;
    g_autofree char *status = run_status(guest, guest->live->doc);
    int written;

    job_leave(job);
    written = run_write_status(job->host, guest->name, status);
    if (job_return(job) == 0)
        return written;
    /* what was removed with the run is not to be there again */
    if (!guest->run) {
        g_autofree char *path = path_of(job->host->paths.run, guest->name, ".xml");

        g_unlink(path);
    }
    return -1;
}
