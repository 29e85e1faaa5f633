/* What every language's module begins with: the types that typemaps are written for. See TYPEMAPS.md. */
%header %{
#include "bindings/closure.h"
#include "bindings/value.h"

/* Plain C in other words, so that typemaps can tell them apart. */
typedef const char *bind_text;
typedef const char *bind_text_or_null;
typedef int bind_flag;
typedef int bind_fd;
typedef const bind_value bind_tree;
typedef const bind_value bind_tree_or_null;
typedef const bind_value bind_prompt;
typedef const bind_value bind_prompt_or_null;
typedef struct closure bind_function;
typedef struct closure bind_function_or_null;
%}

typedef const char *bind_text;
typedef const char *bind_text_or_null;
typedef int bind_flag;
typedef int bind_fd;
