/* What a node description makes calls suffer, to test deadlines, cancels and errors:
 *
 *   <corral:call name="virDomainSuspend" delay="5000" error="VIR_ERR_OPERATION_FAILED" message="…"
 * count="1"/>
 *
 * with xmlns:corral="https://corral.dev/xmlns/test/1.0". `delay` is in milliseconds and comes
 * first, `count` says how often (always, without it). Everything but `name` may be left out. */
#pragma once

#include <libxml/tree.h>

#include "core/drivers/test/state.h"

#define FAULT_NAMESPACE "https://corral.dev/xmlns/test/1.0"

/* A job fails half-way, after the call that started it has succeeded, with
 *
 *   <corral:job name="virDomainBlockPull" message="…" count="1"/> */

/* Reads the elements of a node; leaves NULL when there are none. */
int faults_parse(xmlNodePtr node, struct faults **ret_faults);
void faults_free(struct faults *faults); /* NULL is fine */
/* The connection's calls go through them from now on. */
void faults_attach(struct faults *faults, virConnectPtr conn);
/* What a call, or the job that it started, is to suffer; `faults` may be NULL. */
int faults_suffer(struct faults *faults, virConnectPtr conn, const char *function);
char *faults_job(struct faults *faults, const char *function); /* NULL: nothing */
