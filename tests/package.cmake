# cmake -DBUILD=... -DCPACK=... -DSCRATCH=... -P package.cmake: the Debian package is small, and holds what it is
# to hold, where Debian's programs look for it.
set(most_bytes 4194304)  # 4 MiB
file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${CPACK} --config ${BUILD}/CPackConfig.cmake -G DEB -B ${SCRATCH}
                        -D CPACK_OUTPUT_FILE_PREFIX=${SCRATCH}
                OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE code)
file(GLOB packages ${SCRATCH}/*.deb)
list(LENGTH packages count)
if(NOT code EQUAL 0 OR NOT count EQUAL 1)
  message(FATAL_ERROR "cpack ended with ${code}, packages: ${packages}\n${said}")
endif()

set(faults)
file(SIZE ${packages} size)
if(size GREATER most_bytes)
  list(APPEND faults "it has ${size} bytes, more than ${most_bytes}")
endif()
execute_process(COMMAND dpkg-deb --contents ${packages} OUTPUT_VARIABLE listing
                COMMAND_ERROR_IS_FATAL ANY)
foreach(file bin/wafcheck lib/libwafcheck_engine.a lib/libwafcheck_formats.a lib/libwafcheck_parser.a
             lib/pkgconfig/wafcheck.pc lib/cmake/wafcheck/wafcheck-config.cmake
             include/wafcheck/engine/transaction.h
             share/bash-completion/completions/wafcheck share/zsh/vendor-completions/_wafcheck
             share/fish/vendor_completions.d/wafcheck.fish
             share/doc/wafcheck/copyright share/doc/wafcheck/changelog.gz share/doc/wafcheck/NOTICE
             share/man/man1/wafcheck.1.gz share/man/man1/wafcheck-lint.1.gz
             share/man/man5/wafcheck.toml.5.gz share/man/man7/seclang.7.gz
             share/wafcheck/rules/wafcheck.conf share/wafcheck/rules/unicode.mapping
             share/wafcheck/schemas/lint.schema.json share/wafcheck/pre-commit-hooks.yaml)
  string(FIND "${listing}" " ./usr/${file}\n" at)
  if(at EQUAL -1)
    list(APPEND faults "it lacks /usr/${file}")
  endif()
endforeach()
if(listing MATCHES "/man/man./[^\n]*\\.[1-9]\n")
  list(APPEND faults "a manual page is not compressed: ${CMAKE_MATCH_0}")
endif()
if(faults)
  list(JOIN faults "\n" text)
  message(FATAL_ERROR "${packages}:\n${text}")
endif()
