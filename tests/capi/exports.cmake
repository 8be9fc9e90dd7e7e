# cmake -DNM=... -DLIBRARY=... -DHEADER=... -P exports.cmake: fails unless the library exports what
# the header declares, and nothing else.
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE symbols
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \n]+\n" exported "${symbols}")
list(TRANSFORM exported STRIP)
file(READ ${HEADER} header)
string(REGEX MATCHALL "msc_[a-z_]+\\(" declared "${header}")
list(TRANSFORM declared REPLACE "\\($" "")
list(LENGTH declared count)
if(NOT count EQUAL 37)
  message(FATAL_ERROR "${HEADER} declares ${count} functions, not 37")
endif()
set(missing ${declared})
list(REMOVE_ITEM missing ${exported})
list(REMOVE_ITEM exported ${declared})
if(missing OR exported)
  message(FATAL_ERROR "not exported: ${missing}; exported besides: ${exported}")
endif()
