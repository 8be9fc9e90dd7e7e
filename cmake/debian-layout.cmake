# What Debian wants otherwise than `cmake --install` leaves it; cpack runs it on the trees that are to
# be packed, one a package. Manual pages and the changelog are compressed, the licence is called
# copyright and stands in each, and libraries have the symbols only that are needed to link them.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(top ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(share ${top}/tools/usr/share)
file(RENAME ${share}/doc/wafcheck/CHANGELOG.md ${share}/doc/wafcheck/changelog)
file(RENAME ${share}/doc/wafcheck/LICENSE ${share}/doc/wafcheck/copyright)
foreach(component DEVEL SERVER)
  string(TOLOWER ${component} folder)
  file(COPY ${share}/doc/wafcheck/copyright
       DESTINATION ${top}/${folder}/usr/share/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME})
endforeach()
file(GLOB pages ${share}/man/man?/*)
execute_process(COMMAND gzip -9 -n ${pages} ${share}/doc/wafcheck/changelog COMMAND_ERROR_IS_FATAL ANY)
file(GLOB libraries ${top}/devel/usr/lib/*.a)
execute_process(COMMAND strip --strip-unneeded ${libraries} COMMAND_ERROR_IS_FATAL ANY)
