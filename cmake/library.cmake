# SPDX-License-Identifier: EUPL-1.2

# sluis_library(<folder> SOURCES ... LINKS ...): the static library sluis_<folder>.
# Its include root is a folder of the build tree with one link in it, back to this
# source folder, so that "<folder>/x.h" resolves for those who link it and for nobody
# else.
function(sluis_library folder)
  cmake_parse_arguments(LIB "" "" "SOURCES;LINKS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/include/${folder})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${folder} SYMBOLIC)
  add_library(sluis_${folder} STATIC ${LIB_SOURCES})
  target_include_directories(sluis_${folder} PUBLIC ${root})
  target_link_libraries(sluis_${folder} PUBLIC sluis_flags ${LIB_LINKS})
endfunction()

# sluis_test(<name> LINKS ...): tests/unit/<name>.c as a cmocka program that ctest runs.
function(sluis_test name)
  cmake_parse_arguments(T "" "" "LINKS" ${ARGN})
  add_executable(${name} unit/${name}.c)
  target_link_libraries(${name} PRIVATE ${T_LINKS} sluis_flags PkgConfig::cmocka)
  target_compile_definitions(${name} PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# sluis_fuzz(<name> LINKS ...): tests/fuzz/<name>.c as a libFuzzer target; ctest runs it
# over its committed corpus and then for a short while.
function(sluis_fuzz name)
  cmake_parse_arguments(F "" "" "LINKS" ${ARGN})
  add_executable(${name} fuzz/${name}.c)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${F_LINKS} sluis_flags)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_compile_definitions(${name} PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set(corpus ${CMAKE_BINARY_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${corpus})
  add_test(NAME ${name} COMMAND ${name} -max_total_time=${SLUIS_FUZZ_SECONDS} -timeout=10
    -rss_limit_mb=2048 ${corpus} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 900)
endfunction()
