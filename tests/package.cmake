# cmake -DBUILD=... -DCPACK=... -DSCRATCH=... -P package.cmake: the Debian packages are small, and hold
# what they are to hold, where Debian's programs look for it.
set(most_bytes 4000000)  # of the program's package
file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${CPACK} --config ${BUILD}/CPackConfig.cmake -G DEB -B ${SCRATCH}
                        -D CPACK_OUTPUT_FILE_PREFIX=${SCRATCH}
                OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "cpack ended with ${code}\n${said}")
endif()

set(faults)
# check(PACKAGE file...): there is one package of that name, and it holds these files below /usr.
function(check package)
  file(GLOB found ${SCRATCH}/${package}_*.deb)
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    set(faults ${faults} "packages called ${package}: ${found}" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND dpkg-deb --contents ${found} OUTPUT_VARIABLE listing
                  COMMAND_ERROR_IS_FATAL ANY)
  foreach(file ${ARGN})
    string(FIND "${listing}" " ./usr/${file}" at)
    if(at EQUAL -1)
      list(APPEND faults "${package} lacks /usr/${file}")
    endif()
  endforeach()
  if(listing MATCHES "/man/man./[^\n]*\\.[1-9]\n")
    list(APPEND faults "a manual page of ${package} is not compressed: ${CMAKE_MATCH_0}")
  endif()
  set(faults ${faults} PARENT_SCOPE)
endfunction()

check(wafcheck bin/wafcheck share/bash-completion/completions/wafcheck
      share/zsh/vendor-completions/_wafcheck share/fish/vendor_completions.d/wafcheck.fish
      share/doc/wafcheck/copyright share/doc/wafcheck/changelog.gz share/doc/wafcheck/NOTICE
      share/man/man1/wafcheck.1.gz share/man/man1/wafcheck-lint.1.gz
      share/man/man5/wafcheck.toml.5.gz share/man/man7/seclang.7.gz
      share/wafcheck/rules/wafcheck.conf share/wafcheck/rules/unicode.mapping
      share/wafcheck/schemas/lint.schema.json share/wafcheck/pre-commit-hooks.yaml)
check(libwafcheck-dev lib/libwafcheck_engine.a lib/libwafcheck_formats.a lib/libwafcheck_parser.a
      lib/pkgconfig/wafcheck.pc lib/cmake/wafcheck/wafcheck-config.cmake
      include/wafcheck/engine/transaction.h share/doc/libwafcheck-dev/copyright)
check(libmodsecurity3-wafcheck lib/wafcheck/libmodsecurity.so.3
      share/doc/libmodsecurity3-wafcheck/copyright)
file(GLOB program ${SCRATCH}/wafcheck_*.deb)
if(program)
  file(SIZE ${program} size)
  if(size GREATER most_bytes)
    list(APPEND faults "${program} has ${size} bytes, more than ${most_bytes}")
  endif()
endif()
if(faults)
  list(JOIN faults "\n" text)
  message(FATAL_ERROR "${text}")
endif()
