# What `cmake --install` puts where, and the Debian packages made of it: the program (component
# tools), libraries to embed (devel), and the one that servers load (server, in formats/capi).

include(cmake/headers.cmake)
include(CMakePackageConfigHelpers)

# --- The program, its rules and its pages --------------------------------------------------------

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME tools)

# The program looks for ../share/wafcheck/rules from where it stands, so that an installed tree can
# be moved; this is where the rules are when the two directories are not siblings.
target_compile_definitions(wafcheck_cli PRIVATE
  WAFCHECK_RULES_INSTALL_DIR="${CMAKE_INSTALL_FULL_DATADIR}/wafcheck/rules")

install(TARGETS wafcheck RUNTIME)
install(DIRECTORY rules DESTINATION ${CMAKE_INSTALL_DATADIR}/wafcheck
        FILES_MATCHING PATTERN "*.conf" PATTERN "*.mapping")
install(DIRECTORY formats/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/wafcheck)
install(FILES .pre-commit-hooks.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/wafcheck
        RENAME pre-commit-hooks.yaml)
file(GLOB pages CONFIGURE_DEPENDS man/*.[1-9])
foreach(page ${pages})
  string(REGEX MATCH "[0-9]$" section ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/man/seclang.7 ${PROJECT_BINARY_DIR}/man/wafcheck-engines.7
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES ${PROJECT_BINARY_DIR}/man/wafcheck.toml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
foreach(text CHANGELOG.md LICENSE NOTICE README.md)
  install(FILES ${text} DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
endforeach()

# The program writes its own completions, each to the name that its shell looks for.
set(completions)
foreach(shell_file bash=wafcheck zsh=_wafcheck fish=wafcheck.fish)
  string(REPLACE = ";" shell_file ${shell_file})
  list(GET shell_file 0 shell)
  list(GET shell_file 1 file)
  set(completion ${PROJECT_BINARY_DIR}/completions/${shell}/${file})
  add_custom_command(OUTPUT ${completion}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions/${shell}
                     COMMAND wafcheck completions ${shell} > ${completion}
                     DEPENDS wafcheck VERBATIM)
  list(APPEND completions ${completion})
endforeach()
add_custom_target(completions ALL DEPENDS ${completions})
list(POP_FRONT completions bash_completion zsh_completion fish_completion)
install(FILES ${bash_completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${fish_completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# Debian's zsh has a folder for those of packages, beside the one for the administrator's in
# /usr/local.
install(CODE "
  set(folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(folder vendor-completions)
  endif()
  file(INSTALL \"${zsh_completion}\"
       DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${folder}\")")

# --- The libraries that others embed -------------------------------------------------------------

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME devel)
install(TARGETS wafcheck_parser wafcheck_engine wafcheck_formats EXPORT wafcheck-targets ARCHIVE)
wafcheck_header_closure(headers ${PROJECT_SOURCE_DIR} ${WAFCHECK_PUBLIC_HEADERS})
foreach(header ${headers})
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wafcheck/${folder})
endforeach()

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/wafcheck)
install(EXPORT wafcheck-targets NAMESPACE wafcheck:: DESTINATION ${config_dir})
configure_package_config_file(cmake/wafcheck-config.cmake.in
                              ${PROJECT_BINARY_DIR}/wafcheck-config.cmake
                              INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/wafcheck-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/wafcheck-config.cmake
              ${PROJECT_BINARY_DIR}/wafcheck-config-version.cmake
        DESTINATION ${config_dir})

# Relative to itself, so that a moved tree still tells the truth.
file(RELATIVE_PATH pc_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
set(lua_requirement)
if(WAFCHECK_LUA)
  set(lua_requirement "lua5.3 ")
endif()
configure_file(cmake/wafcheck.pc.in ${PROJECT_BINARY_DIR}/wafcheck.pc @ONLY)
configure_file(cmake/wafcheck-libmodsecurity.pc.in ${PROJECT_BINARY_DIR}/wafcheck-libmodsecurity.pc
               @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/wafcheck.pc ${PROJECT_BINARY_DIR}/wafcheck-libmodsecurity.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# --- The packages --------------------------------------------------------------------------------

set(CPACK_GENERATOR DEB)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR})  # not where cpack happens to be called
set(CPACK_PACKAGE_NAME wafcheck)
set(CPACK_PACKAGE_VENDOR "wafcheck developers")
set(CPACK_PACKAGE_CONTACT "wafcheck developers <developers@wafcheck.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "linter and in-process evaluator for SecLang rulesets")
set(CPACK_PACKAGE_DESCRIPTION
"wafcheck reads rules in SecLang, the language of ModSecurity, Coraza and the
OWASP Core Rule Set, finds what is wrong with them, and runs recorded traffic
and regression tests through them in-process, without a web server.

It comes with a small ruleset of its own.")
set(CPACK_COMPONENTS_ALL tools devel server)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME wafcheck)
set(CPACK_DEBIAN_DEVEL_PACKAGE_NAME libwafcheck-dev)
set(CPACK_DEBIAN_DEVEL_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVEL_DESCRIPTION
    "wafcheck's parser, engine and formats for other programs\n Static libraries, headers, CMake and pkg-config files.")
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME libmodsecurity3-wafcheck)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_SERVER_DESCRIPTION
    "wafcheck's engine with the C interface of libmodsecurity\n A libmodsecurity.so.3 in a folder of its own, for the modules of servers.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian-layout.cmake)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)  # the build's own default is /usr/local
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" machine)
set(CPACK_PACKAGE_FILE_NAME wafcheck-${PROJECT_VERSION}-${machine})
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "modsecurity-crs")
# What programs that link the static libraries need besides.
set(CPACK_DEBIAN_DEVEL_PACKAGE_SUGGESTS
    "libfmt-dev, liblmdb-dev, liblua5.3-dev, libmaxminddb-dev, libpcre2-dev, libxml2-dev, libyaml-dev, nlohmann-json3-dev")
include(CPack)
