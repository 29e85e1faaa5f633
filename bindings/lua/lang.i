/* The Lua module: the typemaps that ../TYPEMAPS.md lists, over the functions of binding.h. */
%module corral
%include "../common.i"

%{
#include "bindings/lua/binding.h"

/* SWIG's own messages do not say which argument, and are no objects. */
#undef SWIG_check_num_args
#define SWIG_check_num_args(function, min, max)                                                                        \
    if (argument_count(L, function, min, max) < 0)                                                                     \
        SWIG_fail;
#define ARGUMENT(at, call, called) (&(struct argument){ .L = L, .index = at, .function = call, .name = called })
%}

%init %{
    (void)bind_types; /* for languages whose objects are SWIG's */
    binding_init(L);
%}

/* Arguments may be left out without an overload for each. */
%feature("compactdefaultargs");

%exception %{
    {
        lua_State *outer = binding_enter(L);

        $action
        binding_leave(L, outer);
    }
%}

/* ---- arguments: each that is refused ends the call with an error object on the stack */

%define %lua_in(TYPE, CALL...)
%typemap(in, noblock=1) TYPE
{
    if (CALL < 0)
        SWIG_fail;
}
%enddef

%define %lua_integer(TYPE, MIN, MAX)
%typemap(in, noblock=1) TYPE (lua_Integer integer)
{
    if (argument_integer(ARGUMENT($input, "$symname", "$1_name"), MIN, MAX, &integer) < 0)
        SWIG_fail;
    $1 = ($1_ltype)integer;
}
%enddef

%lua_integer(int, G_MININT, G_MAXINT)
%lua_integer(bind_fd, G_MININT, G_MAXINT)
%lua_integer(unsigned int, 0, G_MAXUINT)
%lua_integer(long, G_MINLONG, G_MAXLONG)
%lua_integer(long long, G_MININT64, G_MAXINT64)
%lua_integer(size_t, 0, G_MAXINT64)

%typemap(in, noblock=1) unsigned long (unsigned long long natural), unsigned long long (unsigned long long natural)
{
    if (argument_unsigned(ARGUMENT($input, "$symname", "$1_name"), &natural) < 0)
        SWIG_fail;
    $1 = ($1_ltype)natural;
}

%lua_in(double, argument_double(ARGUMENT($input, "$symname", "$1_name"), &$1))
%lua_in(bind_flag, argument_bool(ARGUMENT($input, "$symname", "$1_name"), &$1))
%lua_in(bind_text, argument_string(ARGUMENT($input, "$symname", "$1_name"), false, (const char **)&$1))
%lua_in(bind_text_or_null, argument_string(ARGUMENT($input, "$symname", "$1_name"), true, (const char **)&$1))
%lua_in(struct native_callback *, argument_native(ARGUMENT($input, "$symname", "opaque"), &$1))

%define %lua_tree(TYPE, CALL...)
%typemap(in, noblock=1) TYPE * (bind_value tree)
{
    if (CALL < 0)
        SWIG_fail;
    $1 = &tree;
}
%typemap(freearg, noblock=1) TYPE *
{
    if ($1)
        bind_clear((bind_value *)$1);
}
%enddef

%lua_tree(bind_tree, argument_value(ARGUMENT($input, "$symname", "$1_name"), false, false, &tree))
%lua_tree(bind_tree_or_null, argument_value(ARGUMENT($input, "$symname", "$1_name"), true, false, &tree))
%lua_tree(bind_prompt, argument_prompt(ARGUMENT($input, "$symname", "$1_name"), false, &tree))
%lua_tree(bind_prompt_or_null, argument_prompt(ARGUMENT($input, "$symname", "$1_name"), true, &tree))

%lua_in(bind_function *, argument_closure(ARGUMENT($input, "$symname", "$1_name"), false, &$1))
%lua_in(bind_function_or_null *, argument_closure(ARGUMENT($input, "$symname", "$1_name"), true, &$1))
%typemap(freearg) bind_function *, bind_function_or_null * "closure_release($1);"

%typemap(in, noblock=1) struct closure_opaque * (struct closure_opaque opaque)
{
    argument_opaque(L, $input, &opaque);
    $1 = &opaque;
}
%typemap(freearg, noblock=1) struct closure_opaque *
{
    if ($1)
        argument_opaque_free(L, $1);
}

/* ---- objects */

%define BIND_CLASS(NAME)
%lua_in(NAME *, argument_object(ARGUMENT($input, "$symname", "$1_name"), BIND_##NAME, false, (void **)&$1))
%lua_in(NAME##_or_null *, argument_object(ARGUMENT($input, "$symname", "$1_name"), BIND_##NAME, true, (void **)&$1))
%lua_in(NAME *self, argument_object(ARGUMENT($input, "$symname", "self"), BIND_##NAME, false, (void **)&$1))
%{
typedef NAME NAME##_or_null;
%}
%enddef

/* The methods between these two take the object's reference with them. */
%define BIND_RELEASES(NAME)
%lua_in(NAME *self, argument_object_taken(ARGUMENT($input, "$symname", "self"), BIND_##NAME, (void **)&$1))
%enddef
%define BIND_KEEPS(NAME)
%lua_in(NAME *self, argument_object(ARGUMENT($input, "$symname", "self"), BIND_##NAME, false, (void **)&$1))
%enddef

/* ---- results */

%typemap(out, noblock=1) bind_value
{
    SWIG_arg = result_of_call(L, &$1);
    if (SWIG_arg < 0)
        SWIG_fail;
}

%include "swig/constants.i"
%include "swig/api.i"
%include "../documents.i"
