# What Debian wants otherwise than `cmake --install` leaves it; cpack runs it on the tree that is to
# be packed. Manual pages and the changelog are compressed, the licence is called copyright, and
# libraries have the symbols only that are needed to link them.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
file(RENAME ${share}/doc/wafcheck/CHANGELOG.md ${share}/doc/wafcheck/changelog)
file(RENAME ${share}/doc/wafcheck/LICENSE ${share}/doc/wafcheck/copyright)
file(GLOB pages ${share}/man/man?/*)
execute_process(COMMAND gzip -9 -n ${pages} ${share}/doc/wafcheck/changelog COMMAND_ERROR_IS_FATAL ANY)
file(GLOB libraries ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/lib/*.a)
execute_process(COMMAND strip --strip-unneeded ${libraries} COMMAND_ERROR_IS_FATAL ANY)
