# cmake -DBUILD=... -DSCRATCH=... -P run.cmake: installs wafcheck to a scratch prefix, builds the
# consumer against it, by CMake package and by pkg-config, and asks it about two requests. Then moves
# the prefix: the installed program must still find its rules.

function(run)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "EXPECT" "COMMAND")
  execute_process(COMMAND ${arg_COMMAND} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${arg_COMMAND}\nended with ${code}\n${out}${err}")
  elseif(arg_EXPECT AND NOT "${out}${err}" MATCHES "${arg_EXPECT}")
    message(FATAL_ERROR "${arg_COMMAND}\ngave\n${out}${err}\nand not ${arg_EXPECT}")
  endif()
endfunction()

set(here ${CMAKE_CURRENT_LIST_DIR})
set(rules ${here}/../../samples/testparam.conf)
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})

run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/first)
file(RENAME ${SCRATCH}/first ${SCRATCH}/prefix)

run(COMMAND ${CMAKE_COMMAND} -S ${here} -B ${SCRATCH}/build -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix
            -DCMAKE_BUILD_TYPE=Release)
run(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(COMMAND ${SCRATCH}/build/consumer ${rules} /?testparam=test EXPECT "^deny 403 by rule 1234\n$")
run(COMMAND ${SCRATCH}/build/consumer ${rules} /?testparam=other EXPECT "^pass\n$")

file(GLOB_RECURSE pc ${SCRATCH}/prefix/*/wafcheck.pc)
cmake_path(GET pc PARENT_PATH pc_dir)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
run(COMMAND sh -c "c++ -std=c++23 -o ${SCRATCH}/by-pkg-config ${here}/consumer.cc \
                   $(pkg-config --cflags --libs wafcheck)")
run(COMMAND ${SCRATCH}/by-pkg-config ${rules} /?testparam=test EXPECT "^deny 403 by rule 1234\n$")

foreach(file bash-completion/completions/wafcheck fish/vendor_completions.d/wafcheck.fish
             zsh/site-functions/_wafcheck wafcheck/schemas/lint.schema.json)
  if(NOT EXISTS ${SCRATCH}/prefix/share/${file})
    message(FATAL_ERROR "share/${file} is not installed")
  endif()
endforeach()

run(COMMAND ${SCRATCH}/prefix/bin/wafcheck replay ${here}/../../samples/testparam.http
    EXPECT "prefix/share/wafcheck/rules/wafcheck\\.conf")
