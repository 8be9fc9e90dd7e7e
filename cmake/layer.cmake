# What every layer shares: one static library a folder, the include prefix, warnings and sanitizers.

add_library(wafcheck_build INTERFACE)
target_compile_features(wafcheck_build INTERFACE cxx_std_23)
target_compile_options(wafcheck_build INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in its own std::string when it optimises (GCC bug 105329).
  target_compile_options(wafcheck_build INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # Tables are made while compiling. What is deprecated is libstdc++ 12's own, in std::stable_sort.
  target_compile_options(wafcheck_build INTERFACE -fconstexpr-steps=16777216
                         -Wno-deprecated-declarations)
endif()
if(WAFCHECK_WERROR)
  target_compile_options(wafcheck_build INTERFACE -Werror)
endif()
if(WAFCHECK_SANITIZE)
  # What the sanitizers add keeps g++ 12 from seeing that an optional is full.
  target_compile_options(wafcheck_build INTERFACE -fsanitize=${WAFCHECK_SANITIZE}
                         -fno-sanitize-recover=undefined -fno-omit-frame-pointer
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_definitions(wafcheck_build INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(wafcheck_build INTERFACE -fsanitize=${WAFCHECK_SANITIZE})
endif()
if(WAFCHECK_FUZZ)
  target_compile_options(wafcheck_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Most of the time of a build goes into reading headers and expanding their templates, again for each
# file. So up to this many files of a folder are compiled as one. The names in their anonymous
# namespaces must differ; a file that has a name of its neighbours stands in its layer's ALONE list.
# clang-tidy and other tools want a file at a time: -DWAFCHECK_UNITY=OFF.
option(WAFCHECK_UNITY "Compile several files of a folder at once" ON)
set(WAFCHECK_UNITY_FILES 8)

# wafcheck_unity(TARGET source...): groups the sources by folder.
function(wafcheck_unity target)
  if(NOT WAFCHECK_UNITY)
    return()
  endif()
  foreach(source ${ARGN})
    cmake_path(GET source PARENT_PATH folder)
    string(MD5 key ${folder})
    math(EXPR count_${key} "0${count_${key}} + 1")
    math(EXPR batch "(${count_${key}} - 1) / ${WAFCHECK_UNITY_FILES}")
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    string(MAKE_C_IDENTIFIER "${folder}_${batch}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC takes each included .cc for a header, whose classes must not hold what is anonymous.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# wafcheck_layer(NAME below... [ALONE file...] [APART folder...]): the library of the folder this is
# called in. `below` are the layers it may include. Folders are globbed, so that a new file needs no
# line here; those APART are libraries of their own. A build for another place lists in
# WAFCHECK_LEFT_OUT, as patterns of paths from the root, what it does without.
function(wafcheck_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ALONE;APART")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(pattern ${WAFCHECK_LEFT_OUT})
    list(FILTER sources EXCLUDE REGEX "^${PROJECT_SOURCE_DIR}/${pattern}")
  endforeach()
  foreach(folder ${arg_APART})
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${folder}/")
  endforeach()
  list(TRANSFORM arg_ALONE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(grouped ${sources})
  list(REMOVE_ITEM grouped ${CMAKE_CURRENT_SOURCE_DIR}/main.cc ${arg_ALONE})
  add_library(wafcheck_${name} STATIC ${sources})
  add_library(wafcheck::${name} ALIAS wafcheck_${name})
  target_include_directories(wafcheck_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wafcheck>)
  target_link_libraries(wafcheck_${name} PRIVATE $<BUILD_INTERFACE:wafcheck_build>)
  target_compile_features(wafcheck_${name} PUBLIC cxx_std_23)
  set_target_properties(wafcheck_${name} PROPERTIES EXPORT_NAME ${name})
  wafcheck_unity(wafcheck_${name} ${grouped})
  if(name MATCHES "parser|lint|cli")
    # Traffic does not run through these: -O3 makes only their compilation longer.
    target_compile_options(wafcheck_${name} PRIVATE $<$<CONFIG:Release>:-O2>)
  endif()
  foreach(layer ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(wafcheck_${name} PUBLIC wafcheck_${layer})
  endforeach()
endfunction()
