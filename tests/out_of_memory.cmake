# cmake -DWAFCHECK=... -DSCRATCH=... -P tests/out_of_memory.cmake: a process that gets no more memory
# ends with a line and exit status 3, on whichever thread that is, and never with a signal.
cmake_minimum_required(VERSION 3.25)

set(rules "SecRuleEngine On\nSecAction \"id:1,phase:1,pass,nolog,setvar:tx.a=0123456789\"\n")
foreach(id RANGE 2 40)
  string(APPEND rules
         "SecAction \"id:${id},phase:1,pass,nolog,setvar:tx.a=%{tx.a}%{tx.a}\"\n")
endforeach()
file(WRITE ${SCRATCH}/double.conf "${rules}")
file(WRITE ${SCRATCH}/get.http "GET / HTTP/1.1\nHost: a\n\n")

# ask(LIMIT JOBS): exit status and standard error of a run in 400 MB of address space.
function(ask limit jobs)
  execute_process(
    COMMAND sh -c "ulimit -v 400000; exec \"$@\"" sh ${WAFCHECK} replay -j ${jobs} --no-timing
            --limit memory=${limit} -r ${SCRATCH}/double.conf ${SCRATCH}/get.http
    RESULT_VARIABLE status ERROR_VARIABLE errors OUTPUT_VARIABLE output)
  set(status ${status} PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

ask(16M 1)
if(NOT status EQUAL 0 OR errors MATCHES "out of memory")
  message(FATAL_ERROR "with a budget: exit status ${status}\n${errors}")
endif()
foreach(jobs 1 2)
  ask(64G ${jobs})
  if(NOT status EQUAL 3 OR NOT errors MATCHES "wafcheck: error: out of memory\n")
    message(FATAL_ERROR "${jobs} threads without a budget: exit status ${status}\n${errors}")
  endif()
endforeach()
