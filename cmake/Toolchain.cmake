# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(tokend_options INTERFACE)
target_include_directories(tokend_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(tokend_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wno-missing-field-initializers -Werror)
target_compile_definitions(tokend_options INTERFACE TOKEND_VERSION="${PROJECT_VERSION}")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these two inside the standard library when sanitizers or -O2 inline it.
  target_compile_options(tokend_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
else()
  # Asio 1.22 does not recognise coroutines of clang 19 by itself.
  target_compile_definitions(tokend_options INTERFACE ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
endif()

if(TOKEND_SANITIZE)
  add_compile_options(-fsanitize=${TOKEND_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TOKEND_SANITIZE})
  if(TOKEND_SANITIZE MATCHES "address.*undefined")
    # The address sanitizer stops at the same faults; together they double the time that a build takes.
    add_compile_options(-fno-sanitize=null,alignment,object-size,vptr)
  endif()
  if(TOKEND_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences, which g++ warns that this sanitizer does not see
  endif()
else()
  add_compile_options($<$<CONFIG:Release>:-fstack-protector-strong> $<$<CONFIG:Release>:-fcf-protection>
                      $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>
                      $<$<CONFIG:Release>:-D_GLIBCXX_ASSERTIONS>)
  add_link_options(LINKER:-z,relro,-z,now)
endif()

# Asio for every target that includes it. Version 1.22 asks whether std::aligned_alloc exists before it has
# included anything of the standard library, so the answer differs between translation units, and memory
# that one allocates with new another frees with free: the answer is fixed here.
add_library(tokend_asio INTERFACE)
target_compile_definitions(tokend_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_DISABLE_STD_ALIGNED_ALLOC)
