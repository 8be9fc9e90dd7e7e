# cmake -P tests/arrows.cmake: fails on an #include against the arrows between the layers, and on a
# third-party header in a header that is installed.

cmake_minimum_required(VERSION 3.25)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
include(${root}/cmake/headers.cmake)

# Whom each layer may include, itself aside.
set(below_parser)
set(below_engine parser)
set(below_formats engine parser)
set(below_lint parser)
set(below_cli lint formats engine parser)

set(faults)
set(files_seen 0)
foreach(layer parser engine formats lint cli)
  file(GLOB_RECURSE files RELATIVE ${root} ${root}/${layer}/*.h ${root}/${layer}/*.cc
       ${root}/${layer}/*.def ${root}/${layer}/*.inc)
  foreach(file ${files})
    math(EXPR files_seen "${files_seen} + 1")
    file(STRINGS ${root}/${file} includes REGEX "^[ \t]*#[ \t]*include[ \t]*\"")
    foreach(include ${includes})
      string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" include "${include}")
      string(REGEX MATCH "^[^/]*" other "${include}")
      if(NOT EXISTS ${root}/${include})
        list(APPEND faults "${file}: \"${include}\" is not a path from the project's root")
      elseif(NOT other STREQUAL layer AND NOT other IN_LIST below_${layer})
        list(APPEND faults "${file}: ${layer} may not include \"${include}\"")
      endif()
    endforeach()
  endforeach()
endforeach()
if(files_seen EQUAL 0)
  list(APPEND faults "no source file was found under ${root}")
endif()

wafcheck_header_closure(public ${root} ${WAFCHECK_PUBLIC_HEADERS})
foreach(header ${public})
  file(STRINGS ${root}/${header} foreign
       REGEX "^[ \t]*#[ \t]*include[ \t]*<(pcre2|re2/|libxml|nlohmann|yaml|CLI/|fmt/|toml|hs|gtest|gmock)")
  foreach(include ${foreign})
    list(APPEND faults "${header}: an installed header may not have ${include}")
  endforeach()
endforeach()

if(faults)
  list(JOIN faults "\n" text)
  message(FATAL_ERROR "${text}")
endif()
list(LENGTH public count)
message(STATUS "${files_seen} files, ${count} installed headers: all arrows point down")
