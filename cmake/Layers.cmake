# A folder is a layer, a layer is a library: every .cpp of the folder belongs to it, so that a new
# file needs no second place to be named in, and nothing can be compiled into two layers.

# tokend_layer(NAME [PUBLIC dep...] [PRIVATE dep...])
function(tokend_layer name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    add_library(tokend_${name} STATIC ${sources})
    target_link_libraries(tokend_${name} PUBLIC tokend_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(tokend_${name} INTERFACE)
    target_link_libraries(tokend_${name} INTERFACE tokend_options ${ARG_PUBLIC})
  endif()
endfunction()

# tokend_tests(NAME LIBRARIES dep...): one Catch2 program of every .cpp of the folder.
function(tokend_tests name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE tokend_test_main ${ARG_LIBRARIES})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
