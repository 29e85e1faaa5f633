# generate(OUTPUTS_VARIABLE [DOCUMENTS|PROCESSORS] EMITTER...): runs the generator at build time, over
# api.xml, or over the descriptions of documents or of processors, and leaves the
# list of its outputs in the variable. The names of the outputs are asked for when configuring, so the
# description decides them, not a list kept here.
set(GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
set(GENERATOR_SOURCES)
file(GLOB GENERATOR_SOURCES CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/generator/*.py ${CMAKE_SOURCE_DIR}/generator/*.rng ${CMAKE_SOURCE_DIR}/generator/emit/*.py ${CMAKE_SOURCE_DIR}/generator/site/*)

function(generate variable)
  cmake_parse_arguments(arg "DOCUMENTS;PROCESSORS" "" "" ${ARGN})
  set(emit)
  foreach(name IN LISTS arg_UNPARSED_ARGUMENTS)
    list(APPEND emit --emit ${name})
  endforeach()
  if(arg_DOCUMENTS)
    file(GLOB_RECURSE described CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/api/documents/*.xml)
    # what lies deeper is imported
    set(from ${described})
    list(FILTER from EXCLUDE REGEX "/documents/.*/")
    set(directory ${GENERATED_DIR}/conf)
  elseif(arg_PROCESSORS)
    file(GLOB described CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/api/cpu/*.xml)
    set(from ${described})
    set(directory ${GENERATED_DIR}/conf)
  else()
    file(GLOB_RECURSE described CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/api/*.xml)
    list(FILTER described EXCLUDE REGEX "/(documents|cpu)/")
    list(APPEND described api.xml)
    set(from api.xml)
    set(directory ${GENERATED_DIR})
  endif()
  list(TRANSFORM described PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE dependencies)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -m generator ${emit} --list -o ${directory} ${from}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE names OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the description is wrong, see above")
  endif()
  list(TRANSFORM names PREPEND ${directory}/)
  string(REPLACE ";" "_" stamp "${arg_UNPARSED_ARGUMENTS}")
  set(stamp ${GENERATED_DIR}/.${stamp}.stamp)
  # the outputs keep their times when their text stays, the stamp does not
  add_custom_command(
    OUTPUT ${stamp}
    BYPRODUCTS ${names}
    COMMAND ${Python3_EXECUTABLE} -m generator ${emit} -o ${directory} ${from}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${dependencies} ${GENERATOR_SOURCES}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "Generating ${arg_UNPARSED_ARGUMENTS}"
    VERBATIM)
  add_custom_target(generate_${variable} DEPENDS ${stamp})
  set_source_files_properties(${names} PROPERTIES GENERATED TRUE)
  set(${variable} ${names} PARENT_SCOPE)
endfunction()
