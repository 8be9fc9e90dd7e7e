# Files as a C++ source, so that the program holds them.
#
# wafcheck_embed(TARGET OUTPUT HEADER header FUNCTION namespace::function ROW type
#                [HASHED] [PAGE] ROOTS folder... FILES file...)
# Each file becomes a row {"name", "text"} of what the function, which the header declares, gives as
# a span of the type. The name is the path below the one of the folders that holds the file. HASHED
# adds its SHA-256; PAGE refuses what would end the element of an HTML page that the text stands in.
# This file is also the script that writes the source, when something has changed.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(embed_script ${CMAKE_CURRENT_LIST_FILE})
  function(wafcheck_embed target output)
    cmake_parse_arguments(PARSE_ARGV 2 arg "HASHED;PAGE" "HEADER;FUNCTION;ROW" "ROOTS;FILES")
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${output})
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DHEADER=${arg_HEADER}"
              "-DFUNCTION=${arg_FUNCTION}" "-DROW=${arg_ROW}" "-DHASHED=${arg_HASHED}"
              "-DPAGE=${arg_PAGE}" "-DROOTS=${arg_ROOTS}" "-DFILES=${arg_FILES}" -P ${embed_script}
      DEPENDS ${arg_FILES} ${embed_script} VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endfunction()
  return()
endif()

set(rows)
foreach(file ${FILES})
  foreach(root ${ROOTS})
    cmake_path(IS_PREFIX root ${file} NORMALIZE inside)
    if(inside)
      file(RELATIVE_PATH name ${root} ${file})
    endif()
  endforeach()
  file(READ ${file} text)
  if(text MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${file} holds ${CMAKE_MATCH_0}, which would end the C++ literal")
  endif()
  if(PAGE AND text MATCHES "</[sS]|<!--")
    message(FATAL_ERROR "${file} holds ${CMAKE_MATCH_0}, which cannot be embedded in a page")
  endif()
  set(hash)
  if(HASHED)
    file(SHA256 ${file} hash)
    set(hash ",\n     \"${hash}\"")
  endif()
  string(APPEND rows "    {\"${name}\", R\"embedded(${text})embedded\"${hash}},\n")
endforeach()
string(REGEX MATCH "^(.*)::([^:]+)$" whole ${FUNCTION})
set(namespace ${CMAKE_MATCH_1})
set(function ${CMAKE_MATCH_2})
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace ${namespace} {
namespace {

constexpr ${ROW} kRows[] = {
${rows}};

}  // namespace

std::span<const ${ROW}> ${function}() {
  return kRows;
}

}  // namespace ${namespace}
")
