# Tests of the project as a whole: its includes, shipped rules, manual pages and installation. The
# tests of the code are in tests/, and what a person sees is pinned in tests/golden.

add_test(NAME include_arrows COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/tests/arrows.cmake)

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
endforeach()

add_test(NAME man_options COMMAND ${CMAKE_COMMAND} -DWAFCHECK=$<TARGET_FILE:wafcheck>
         -P ${PROJECT_SOURCE_DIR}/tests/man_options.cmake)
find_program(MANDOC mandoc)
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.[1-9])
if(MANDOC AND pages)
  add_test(NAME man_pages COMMAND ${MANDOC} -T lint -W warning ${pages}
                                  ${PROJECT_BINARY_DIR}/man/seclang.7
                                  ${PROJECT_BINARY_DIR}/man/wafcheck.toml.5)
endif()

# A sanitized library asks its users for the sanitizer too: only the plain one is for others.
if(NOT WAFCHECK_SANITIZE)
  add_test(NAME installed_consumer
           COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR}
                   -DSCRATCH=${PROJECT_BINARY_DIR}/consumer
                   -P ${PROJECT_SOURCE_DIR}/tests/consumer/run.cmake)
  set_tests_properties(installed_consumer PROPERTIES LABELS slow)
endif()

# What runs a second time under the sanitizers.
get_property(targets DIRECTORY tests PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER targets INCLUDE REGEX "^unit_")
add_custom_target(sanitized)
add_dependencies(sanitized wafcheck golden ${targets})
