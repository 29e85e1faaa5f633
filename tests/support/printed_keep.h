/* Documents that are printed while the tests run are kept for the grammars' test at their end. */
#pragma once

/* Writes `text` to a file in the folder that CORRAL_PRINTED names, one for each content; without
 * that variable, nothing. */
void printed_keep(const char *kind, const char *text);
