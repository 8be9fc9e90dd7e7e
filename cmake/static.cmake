# The program as one static file: the target wafcheck_static writes bin/wafcheck, without symbols,
# into the build's folder. It is linked from the objects of the ordinary program, so that nothing is compiled twice.
#
# Most libraries come from Debian's archives. {fmt} has none, and that of libxml2 needs ICU, whose
# data alone are larger than wafcheck: these two are compiled from Debian's sources, once a build
# folder (cmake/debian-source). toml++ has its code in its headers.

if(WAFCHECK_SANITIZE OR NOT CMAKE_SYSTEM_NAME STREQUAL Linux)
  return()
endif()
include(ExternalProject)

set(static_dir ${PROJECT_BINARY_DIR}/static-libraries)

# static_library(PACKAGE ARCHIVE option...): Debian's source of PACKAGE, built by its own CMake files.
function(static_library package archive)
  list(TRANSFORM ARGN PREPEND -D)
  ExternalProject_Add(static_${package} EXCLUDE_FROM_ALL ON
    PREFIX ${static_dir}/${package}
    SOURCE_DIR ${static_dir}/source/${package}
    BINARY_DIR ${static_dir}/${package}
    STAMP_DIR ${static_dir}/${package}/stamp
    TMP_DIR ${static_dir}/${package}/tmp
    DOWNLOAD_COMMAND ${PROJECT_SOURCE_DIR}/cmake/debian-source ${package} ${static_dir}/source
    CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF
               -DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
               -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER} ${ARGN}
    INSTALL_COMMAND ""
    BUILD_BYPRODUCTS ${static_dir}/${package}/${archive}
    LOG_CONFIGURE ON LOG_BUILD ON LOG_OUTPUT_ON_FAILURE ON)
endfunction()

# Of libxml2 what wafcheck calls: it reads, validates and evaluates XPath. Without iconv, whose
# converters are shared libraries, it still knows UTF-8, UTF-16, ASCII and ISO 8859.
set(xml_parts)
foreach(part C14N CATALOG DEBUG DOCB FTP HTML HTTP ICONV ICU LEGACY LZMA MODULES PROGRAMS PYTHON
             SAX1 SCHEMATRON TESTS WRITER XINCLUDE XPTR ZLIB)
  list(APPEND xml_parts LIBXML2_WITH_${part}=OFF)
endforeach()
static_library(libxml2 libxml2.a ${xml_parts})
static_library(fmtlib libfmt.a FMT_TEST=OFF FMT_DOC=OFF FMT_INSTALL=OFF)

# It takes threads for impossible where nothing else brings these functions in, which it only asks
# for if they are there.
set(xml_threads)
foreach(function once getspecific setspecific key_create key_delete mutex_init mutex_destroy
                 mutex_lock mutex_unlock cond_init cond_destroy cond_wait cond_signal equal self)
  list(APPEND xml_threads -Wl,-u,pthread_${function})
endforeach()

add_executable(wafcheck_static EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cli/main.cc
               cmake/static/no_resolver.cc cmake/static/toml.cc)
set_target_properties(wafcheck_static PROPERTIES LINK_SEARCH_START_STATIC ON
                      LINK_SEARCH_END_STATIC ON)
add_custom_command(TARGET wafcheck_static POST_BUILD
                   COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/bin
                   COMMAND ${CMAKE_STRIP} -o ${PROJECT_BINARY_DIR}/bin/wafcheck
                           $<TARGET_FILE:wafcheck_static> VERBATIM)
set_source_files_properties(cmake/static/toml.cc PROPERTIES
                            COMPILE_OPTIONS "${TOMLPLUSPLUS_CFLAGS};-w")
target_link_libraries(wafcheck_static PRIVATE wafcheck_build)
target_include_directories(wafcheck_static PRIVATE ${PROJECT_SOURCE_DIR})

# By their files, since the targets would bring the shared libraries with them.
set(layers pages cli lint formats engine parser)
list(TRANSFORM layers PREPEND wafcheck_)
set(layer_files ${layers})
list(TRANSFORM layer_files REPLACE "(.+)" "$<TARGET_FILE:\\1>")
target_link_libraries(wafcheck_static PRIVATE
  -Wl,--start-group ${layer_files} -Wl,--end-group
  ${static_dir}/libxml2/libxml2.a ${static_dir}/fmtlib/libfmt.a)
add_dependencies(wafcheck_static ${layers} static_libxml2 static_fmtlib)
set(archives pcre2-8 lmdb maxminddb yaml z)
if(WAFCHECK_LUA)
  list(APPEND archives lua5.3)
endif()
foreach(library ${archives})
  target_link_libraries(wafcheck_static PRIVATE lib${library}.a)
endforeach()
target_link_options(wafcheck_static PRIVATE -static -no-pie -Wl,--gc-sections ${xml_threads})
set_property(TARGET wafcheck_static PROPERTY LINK_DEPENDS
             ${static_dir}/libxml2/libxml2.a ${static_dir}/fmtlib/libfmt.a)
