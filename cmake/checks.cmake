# Tests of the project as a whole: its includes, shipped rules, manual pages and installation. The
# tests of the code are in tests/, and what a person sees is pinned in tests/golden.

add_test(NAME include_arrows COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/tests/arrows.cmake)
add_test(NAME no_wall_time
         COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/tests/no_wall_time.cmake)
find_program(CLANG_FORMAT clang-format-19)
add_test(NAME format COMMAND ${CMAKE_COMMAND} "-DCLANG_FORMAT=$<$<BOOL:${CLANG_FORMAT}>:${CLANG_FORMAT}>"
                             -P ${PROJECT_SOURCE_DIR}/tests/format.cmake)
set_tests_properties(format PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
wafcheck_group(core include_arrows no_wall_time format)

# Each shipped rule finds what it is for and leaves alone what merely looks like it. Some find what
# a web server would have mended or refused, so none stands in front.
foreach(engine default modsecurity2 modsecurity3 coraza)
  set(overrides)
  if(EXISTS ${PROJECT_SOURCE_DIR}/tests/overrides-${engine}.yaml)
    set(overrides --overrides tests/overrides-${engine}.yaml)
  endif()
  add_test(NAME rules_${engine} COMMAND wafcheck test -r rules --engine ${engine}
           --front none ${overrides} tests/rules
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  wafcheck_group(core rules_${engine})
endforeach()

add_test(NAME man_options COMMAND ${CMAKE_COMMAND} -DWAFCHECK=$<TARGET_FILE:wafcheck>
         -P ${PROJECT_SOURCE_DIR}/tests/man_options.cmake)
wafcheck_group(core man_options)
find_program(MANDOC mandoc)
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.[1-9])
if(MANDOC AND pages)
  add_test(NAME man_pages COMMAND ${MANDOC} -T lint -W warning ${pages}
                                  ${PROJECT_BINARY_DIR}/man/seclang.7
                                  ${PROJECT_BINARY_DIR}/man/wafcheck-engines.7
                                  ${PROJECT_BINARY_DIR}/man/wafcheck.toml.5)
else()
  add_test(NAME man_pages COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: mandoc is not installed")
  set_tests_properties(man_pages PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
endif()
wafcheck_group(core man_pages)

# A sanitizer maps more than any limit of address space leaves.
if(NOT WAFCHECK_SANITIZE)
  add_test(NAME out_of_memory COMMAND ${CMAKE_COMMAND} -DWAFCHECK=$<TARGET_FILE:wafcheck>
           -DSCRATCH=${PROJECT_BINARY_DIR}/out_of_memory
           -P ${PROJECT_SOURCE_DIR}/tests/out_of_memory.cmake)
  wafcheck_group(core out_of_memory)
endif()

# A sanitized library asks its users for the sanitizer too: only the plain one is for others.
if(NOT WAFCHECK_SANITIZE)
  add_test(NAME installed_consumer
           COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR}
                   -DSCRATCH=${PROJECT_BINARY_DIR}/consumer
                   -P ${PROJECT_SOURCE_DIR}/tests/consumer/run.cmake)
  add_test(NAME debian_package
           COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DCPACK=${CMAKE_CPACK_COMMAND}
                   -DSCRATCH=${PROJECT_BINARY_DIR}/debian-package
                   -P ${PROJECT_SOURCE_DIR}/tests/package.cmake)
  wafcheck_group(package installed_consumer debian_package)
endif()

# The core needs the program and its pages too. The sanitizers run the layers' own tests only.
add_dependencies(core-tests wafcheck made_pages)
add_custom_target(unit-tests)
foreach(layer parser engine formats lint cli playground)
  add_dependencies(unit-tests unit_${layer})
endforeach()
