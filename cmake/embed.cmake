# Files as a C++ source, so that the program holds them.
#
# wafcheck_embed(TARGET FOLDER): the .css and .js files below FOLDER, with their hashes, become the
# definition of the assets() that formats/html/assets.h declares. This file is also the script that
# writes it, when something has changed.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(embed_script ${CMAKE_CURRENT_LIST_FILE})
  function(wafcheck_embed target folder)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.css
         ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.js)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${folder}/assets.cc)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} "-DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/${folder}" "-DOUTPUT=${output}"
              -P ${embed_script}
      DEPENDS ${files} ${embed_script} VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endfunction()
  return()
endif()

file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.css ${FOLDER}/*.js)
set(rows)
foreach(name ${files})
  file(READ ${FOLDER}/${name} text)
  file(SHA256 ${FOLDER}/${name} hash)
  # What would end the C++ literal, or the element of the page that the text stands in.
  if(text MATCHES "\\)asset\"|</[sS]|<!--")
    message(FATAL_ERROR "${name} holds ${CMAKE_MATCH_0}, which cannot be embedded")
  endif()
  string(APPEND rows "    {\"${name}\", R\"asset(${text})asset\",\n     \"${hash}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"formats/html/assets.h\"

namespace wafcheck::formats::inline html {
namespace {

constexpr Asset kAssets[] = {
${rows}};

}  // namespace

std::span<const Asset> assets() {
  return kAssets;
}

}  // namespace wafcheck::formats::inline html
")
