# SPDX-License-Identifier: EUPL-1.2
# Figures, not tests: run by hand or by tests/bench/run, never judged by ctest.
find_package(Threads REQUIRED)
add_executable(bench bench/bench.c)
target_compile_definitions(bench PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(bench PRIVATE sluis_certs PkgConfig::zmq PkgConfig::jansson Threads::Threads)

add_executable(bench_journal bench/bench_journal.c)
target_link_libraries(bench_journal PRIVATE sluis_broker sluis_command)

add_executable(bench_crypto bench/bench_crypto.c)
target_compile_definitions(bench_crypto PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_crypto PRIVATE sluis_certs)
