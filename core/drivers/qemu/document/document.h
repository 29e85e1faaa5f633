/* A QEMU guest's document: what is left out is completed, what cannot be is refused. */
#pragma once

#include "conf/domain_doc.h"

struct caps_cache;

/* What of the host decides about documents. */
struct document_facts {
    struct caps_cache *caps;
    const char *arch;     /* the host's: "x86_64" */
    const char *grammars; /* folder of the *.rng files, for DOC_VALIDATE; NULL: the library's own */
    const char *nvram_folder;   /* for NAME_VARS.fd */
    const char *channel_folder; /* of sockets whose path an earlier run was given */
    gboolean unprivileged;      /* of a session: no TAP devices of our own making */
};

/* Parses, completes (machine, controllers, addresses) and checks a definition; -1 with an error.
 * `doc_flags` as the engine's; DOC_INACTIVE is for definitions. */
int qemu_document_parse(const struct document_facts *facts, const char *xml, unsigned doc_flags,
                        struct domain **ret);
/* For doc_parse_part(): the driver's part of it. Lives as long as the facts. */
struct doc_context document_context(const struct document_facts *facts);

/* After a device was put into a document: gives it what it lacks (implied controllers, addresses)
 * and checks the whole again. */
int document_complete(const struct document_facts *facts, struct domain *doc);

/* Names for everything that a running guest has, and numbers of its images; what is there stays. */
int document_assign_aliases(struct domain *doc);
/* Paths that belong to one run of a guest (sockets of channels, of graphics), in its folder. */
int document_assign_paths(const struct document_facts *facts, struct domain *doc,
                          const char *folder);

/* A start's choice, for its live copy: the first firmware that its packagers recommend and the
 * document allows, with a path for the guest's variables; -1 with an error when there is none. */
int document_choose_firmware(const struct document_facts *facts, struct domain *doc);
/* Copies the template to where the guest's variables are to be, when they are not there yet. */
int document_make_variables(const struct domain *doc);
/* Ports of VNC and SPICE that are free now, for those that a start is to find. */
int document_assign_ports(struct domain *doc);
