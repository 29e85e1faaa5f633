#include "core/daemon/hearing.h"

#include <string.h>

#include "core/base/log.h"
#include "core/daemon/judge.h"
#include "core/object/connect.h"
#include "core/object/error.h"
#include "core/rpc/message.h"
#include "core/rpc/procedure.h"

/* Polkit is slow, or stuck, and things happen: beyond so many they are left out. */
#define HEARD_MAX 4096

enum fate { FATE_ASKED, FATE_SEND, FATE_DROP };

/* An event that waits, for polkit or for the one before it. */
struct heard {
    gint refs;                  /* the queue's, and the question's */
    struct server_client *peer; /* held */
    GByteArray *frame;
    struct polkit_asked *asked; /* guarded by the client's lock, as the next */
    enum fate fate;
};

static void heard_unref(struct heard *heard)
{
    if (!g_atomic_int_dec_and_test(&heard->refs))
        return;
    polkit_unref(heard->asked);
    g_byte_array_unref(heard->frame);
    server_client_unref(heard->peer);
    g_free(heard);
}

static void send_bytes(struct server_client *peer, const GByteArray *frame)
{
    GByteArray *bytes = server_client_send(peer);
    size_t before;

    if (!bytes)
        return;
    before = bytes->len;
    g_byte_array_append(bytes, frame->data, frame->len);
    server_client_sent(peer, before, NULL, 0);
}

/* Whatever is decided, up to the first that is not. */
static void send_decided(struct daemon_client *client)
{
    struct heard *heard;

    lock_take(&client->lock);
    while ((heard = g_queue_peek_head(&client->heard)) && heard->fate != FATE_ASKED) {
        g_queue_pop_head(&client->heard);
        if (heard->fate == FATE_SEND)
            send_bytes(heard->peer, heard->frame);
        lock_drop(&client->lock);
        heard_unref(heard);
        lock_take(&client->lock);
    }
    lock_drop(&client->lock);
}

static void on_answer(void *data, enum polkit_verdict verdict, const char *why)
{
    struct heard *heard = data;
    struct daemon_client *client = heard->peer->data;

    if (verdict == POLKIT_FAILED)
        log_warning("client=%" G_GUINT64_FORMAT " an event is left out: polkit cannot be asked: %s",
                    heard->peer->id, why);
    lock_take(&client->lock);
    heard->fate = verdict == POLKIT_YES ? FATE_SEND : FATE_DROP;
    lock_drop(&client->lock);
    send_decided(client);
    heard_unref(heard);
}

static void ask(struct daemon_client *client, struct heard *heard,
                const struct access_rights *rights, unsigned int type, const void *subject)
{
    const struct wire_acl *acl = judge_event_permission(type);
    virConnectPtr conn = daemon_client_connection(client);
    struct judge_question question;

    if (!acl || !conn) {
        heard->fate = FATE_DROP;
    } else {
        judge_question_init(&question, rights, conn, acl, type, subject);
        heard->refs++;
        lock_take(&client->lock);
        heard->asked = polkit_ask(&question.question, on_answer, heard);
        if (!heard->asked) {
            heard->refs--;
            heard->fate = FATE_DROP;
        }
        lock_drop(&client->lock);
        judge_question_clear(&question);
    }
    if (conn)
        object_unref(&conn->base);
}

static struct heard *heard_new(struct daemon_client *client, const struct rpc_header *header,
                               unsigned int type, const void *message, gboolean allowed)
{
    struct heard *heard = g_new0(struct heard, 1);

    heard->refs = 1;
    heard->peer = server_client_ref(client->peer);
    heard->fate = allowed ? FATE_SEND : FATE_ASKED;
    heard->frame = g_byte_array_new();
    if (daemon_client_write(heard->frame, header, type, message, 0) == 0)
        return heard;
    log_warning("event %d cannot be sent: %s", header->procedure, error_last()->message);
    heard_unref(heard);
    return NULL;
}

/* FALSE when there are too many already, or it has gone. */
static gboolean queue(struct daemon_client *client, struct heard *heard)
{
    lock_guard(&client->lock);
    if (!client->conn || client->heard.length >= HEARD_MAX)
        return FALSE;
    g_queue_push_tail(&client->heard, heard);
    return TRUE;
}

gboolean daemon_hearing_ask(struct daemon_client *client, struct access_rights *rights,
                            gboolean allowed, const struct rpc_header *header, unsigned int type,
                            const void *message, unsigned int subject_type, const void *subject)
{
    struct heard *heard;
    gboolean alone;

    if (!rights->polkit)
        return FALSE;
    lock_take(&client->lock);
    alone = !client->heard.length;
    lock_drop(&client->lock);
    if (allowed && alone)
        return FALSE;
    heard = heard_new(client, header, type, message, allowed);
    if (!heard)
        return TRUE;
    if (!queue(client, heard)) {
        log_warning("client=%" G_GUINT64_FORMAT " an event is left out: polkit has not answered "
                    "about %d others",
                    client->peer->id, HEARD_MAX);
        heard_unref(heard);
        return TRUE;
    }
    if (!allowed)
        ask(client, heard, rights, subject_type, subject);
    send_decided(client);
    return TRUE;
}

/* Those that polkit is asked about come back, and find themselves dropped. */
void daemon_hearing_clear(struct daemon_client *client)
{
    struct heard *heard;

    lock_take(&client->lock);
    while ((heard = g_queue_pop_head(&client->heard))) {
        if (heard->fate == FATE_ASKED && heard->asked)
            polkit_cancel(heard->asked);
        lock_drop(&client->lock);
        heard_unref(heard);
        lock_take(&client->lock);
    }
    lock_drop(&client->lock);
}
