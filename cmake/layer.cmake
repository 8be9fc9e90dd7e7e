# What every layer shares: one static library a folder, the include prefix, warnings and sanitizers.

add_library(wafcheck_build INTERFACE)
target_compile_features(wafcheck_build INTERFACE cxx_std_23)
target_compile_options(wafcheck_build INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in its own std::string when it optimises (GCC bug 105329).
  target_compile_options(wafcheck_build INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # Tables are made while compiling. What is deprecated is libstdc++ 12's own, in std::stable_sort.
  target_compile_options(wafcheck_build INTERFACE -fconstexpr-steps=16777216
                         -Wno-deprecated-declarations)
endif()
if(WAFCHECK_WERROR)
  target_compile_options(wafcheck_build INTERFACE -Werror)
endif()
if(WAFCHECK_SANITIZE)
  target_compile_options(wafcheck_build INTERFACE -fsanitize=address,undefined
                         -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_compile_definitions(wafcheck_build INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(wafcheck_build INTERFACE -fsanitize=address,undefined)
endif()
if(WAFCHECK_FUZZ)
  target_compile_options(wafcheck_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# wafcheck_layer(NAME below...): the library of the folder this is called in. `below` are the layers
# it may include. Leaf folders are globbed, so that a new file needs no line here.
function(wafcheck_layer name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(wafcheck_${name} STATIC ${sources})
  add_library(wafcheck::${name} ALIAS wafcheck_${name})
  target_include_directories(wafcheck_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wafcheck>)
  target_link_libraries(wafcheck_${name} PRIVATE $<BUILD_INTERFACE:wafcheck_build>)
  target_compile_features(wafcheck_${name} PUBLIC cxx_std_23)
  set_target_properties(wafcheck_${name} PROPERTIES EXPORT_NAME ${name})
  foreach(layer ${ARGN})
    target_link_libraries(wafcheck_${name} PUBLIC wafcheck_${layer})
  endforeach()
endfunction()
