# What the test programs share: their flags and their groups.

# A test spends its time in the libraries: to optimise the test itself doubles its compilation and
# saves nothing. Precompiled headers were measured and save nothing either: the time goes into
# templates, not into reading.
add_library(wafcheck_test_options INTERFACE)
target_link_libraries(wafcheck_test_options INTERFACE wafcheck_build fmt::fmt
                      nlohmann_json::nlohmann_json GTest::gtest_main GTest::gmock)
target_compile_options(wafcheck_test_options INTERFACE -O0)
target_compile_definitions(wafcheck_test_options INTERFACE
  WAFCHECK_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  WAFCHECK_VERSION="${PROJECT_VERSION}"
  WAFCHECK_SHARED_DEFAULT="${PROJECT_SOURCE_DIR}/../shared")

# wafcheck_group(GROUP test...): the tests belong to the group: `ctest -L GROUP` runs them. The groups
# are listed in cmake/packages.txt.
function(wafcheck_group group)
  set_property(TEST ${ARGN} APPEND PROPERTY LABELS ${group})
endfunction()

# wafcheck_script(TEST GROUP FOLDER NEEDS command...): a command that is run in a folder, or, where a
# file or program that it needs is not there, skipped.
function(wafcheck_script test group folder needs)
  set(missing)
  foreach(need ${needs})
    if(NOT EXISTS "${need}")
      set(missing "${need}")
    endif()
  endforeach()
  if(missing)
    add_test(NAME ${test} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: there is no ${missing}")
  else()
    add_test(NAME ${test} COMMAND ${ARGN} WORKING_DIRECTORY ${folder})
  endif()
  wafcheck_group(${group} ${test})
endfunction()

# wafcheck_test(NAME GROUP SOURCES source... [LIBRARIES library...] [SHARDS n]): a program of tests
# and a ctest for it, or as many as it has shards, which run side by side. The target GROUP-tests
# builds the programs of a group.
function(wafcheck_test name group)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "SHARDS" "SOURCES;LIBRARIES")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} wafcheck_test_options)
  if(NOT TARGET ${group}-tests)
    add_custom_target(${group}-tests)
  endif()
  add_dependencies(${group}-tests ${name})

  set(environment TZ=UTC
      "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0")
  set(shards 1 ${arg_SHARDS})
  list(GET shards -1 shards)
  math(EXPR last "${shards} - 1")
  foreach(shard RANGE ${last})
    set(test ${name})
    set(shard_environment)
    if(shards GREATER 1)
      math(EXPR number "${shard} + 1")
      set(test ${name}_${number})
      set(shard_environment GTEST_TOTAL_SHARDS=${shards} GTEST_SHARD_INDEX=${shard})
    endif()
    add_test(NAME ${test} COMMAND ${name})
    set_tests_properties(${test} PROPERTIES ENVIRONMENT "${environment};${shard_environment}")
    wafcheck_group(${group} ${test})
  endforeach()
endfunction()
