# cmake -DMANDOC=... -DPAGES=... -DFRAGMENTS=... -P fragments.cmake: each manual page as a piece of
# HTML, "wafcheck.1.html" in the folder.
if(NOT MANDOC)
  message(FATAL_ERROR "docs takes mandoc: cmake/install-packages docs")
endif()
file(REMOVE_RECURSE ${FRAGMENTS})
file(MAKE_DIRECTORY ${FRAGMENTS})
foreach(page ${PAGES})
  cmake_path(GET page FILENAME name)
  execute_process(COMMAND ${MANDOC} -T html -O fragment,man=%N.%S.html ${page}
                  OUTPUT_FILE ${FRAGMENTS}/${name}.html COMMAND_ERROR_IS_FATAL ANY)
endforeach()
