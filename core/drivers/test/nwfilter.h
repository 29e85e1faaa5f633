/* Network filters of the test driver's world, and what they are bound to. What is not said about
 * them here is as the daemon for QEMU has it. */
#pragma once

#include "conf/nwfilter_doc.h"
#include "conf/nwfilterbinding_doc.h"
#include "core/drivers/test/state.h"

struct filter {
    struct objlist_item item;
    struct nwfilter *def;
};

struct binding {
    struct objlist_item item; /* named by the port */
    struct nwfilterbinding *def;
};

extern const struct nwfilter_driver test_nwfilter_driver;

/* For the world that is made or freed: nobody else sees it. */
void filters_free(struct world *world);

/* The rest is shared by the files of filters; with the world's lock held. */
void bindings_free(struct world *world);
/* Whether a filter is, or refers to, the one that is called `name`, over any number of others. */
gboolean filter_leads_to(struct world *world, const struct nwfilter *def, const char *name);
/* The port that a filter is at work on, or NULL. */
const char *filter_port(struct world *world, const char *name);

/* Slots that live in a file of their own. */
int test_connectListAllNWFilterBindings(virConnectPtr conn, virNWFilterBindingPtr **bindings,
                                        unsigned int flags);
virNWFilterBindingPtr test_nWFilterBindingCreateXML(virConnectPtr conn, const char *xml,
                                                    unsigned int flags);
int test_nWFilterBindingDelete(virNWFilterBindingPtr handle);
char *test_nWFilterBindingGetXMLDesc(virNWFilterBindingPtr handle, unsigned int flags);
virNWFilterBindingPtr test_nWFilterBindingLookupByPortDev(virConnectPtr conn, const char *portdev);
