/* Documents as dictionaries: four calls for all kinds, which a language's own module makes a function of
 * each kind of. Included behind api.i; not for scripts, hence the names. */
%header %{
#include "bindings/documents.h"
%}

%rename(_documents_kinds) documents_kinds;
%rename(_documents_parse) documents_parse;
%rename(_documents_build) documents_build;
%rename(_documents_diff) documents_diff;
bind_value documents_kinds();
bind_value documents_parse(bind_text kind, bind_tree_or_null *xml, bind_tree_or_null *flags = NULL,
                           bind_tree_or_null *validate = NULL);
bind_value documents_build(bind_text kind, bind_tree_or_null *document, bind_tree_or_null *flags = NULL,
                           bind_tree_or_null *validate = NULL);
bind_value documents_diff(bind_text kind, bind_tree_or_null *old, bind_tree_or_null *new_);
