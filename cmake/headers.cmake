# The installed headers: those that a program which embeds wafcheck includes, and all that they
# include in turn. The rest of the tree is internal and free to change.

set(WAFCHECK_PUBLIC_HEADERS
    parser/ruleset.h
    engine/collections.h
    engine/observer.h
    engine/outcome.h
    engine/program.h
    engine/transaction.h
    formats/records/audit_log.h
    formats/records/decisions.h
    formats/records/error_log.h
    formats/traffic/traffic.h)

# How many there may be, all taken together: each is a promise to those who embed wafcheck.
set(WAFCHECK_MOST_PUBLIC_HEADERS 16)

# wafcheck_header_closure(OUT ROOT HEADER...): the headers and what they include, relative to ROOT.
function(wafcheck_header_closure out root)
  set(queue ${ARGN})
  set(seen)
  while(queue)
    list(POP_FRONT queue header)
    if(header IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${header})
    file(STRINGS ${root}/${header} includes REGEX "^[ \t]*#[ \t]*include[ \t]*\"")
    foreach(include ${includes})
      string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" include "${include}")
      list(APPEND queue ${include})
    endforeach()
  endwhile()
  list(SORT seen)
  set(${out} ${seen} PARENT_SCOPE)
endfunction()
