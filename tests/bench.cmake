# SPDX-License-Identifier: EUPL-1.2
# Figures, not tests: run by hand or by tests/bench/run, never judged by ctest.
find_package(Threads REQUIRED)
add_executable(bench bench/bench.c)
target_compile_definitions(bench PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(bench PRIVATE sluis_certs PkgConfig::zmq PkgConfig::jansson Threads::Threads)

add_executable(bench_journal bench/bench_journal.c)
target_link_libraries(bench_journal PRIVATE broker_region sluis_command)

add_executable(bench_crypto bench/bench_crypto.c)
target_compile_definitions(bench_crypto PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_crypto PRIVATE sluis_certs)

# The same work for sluis and for others (tests/bench/compare), one program each; those of
# others only where their client libraries are installed.
set(load_common bench/load/load.c bench/load/run.c bench/load/histogram.c bench/load/usage.c
  bench/load/payload.c)
add_executable(load-sluis ${load_common} bench/load/backend_sluis.c bench/load/region.c)
target_link_libraries(load-sluis PRIVATE sluis_certs PkgConfig::zmq PkgConfig::jansson Threads::Threads)

pkg_check_modules(mosquitto QUIET IMPORTED_TARGET libmosquitto)
if(mosquitto_FOUND)
  add_executable(load-mosquitto ${load_common} bench/load/backend_mosquitto.c)
  target_link_libraries(load-mosquitto PRIVATE PkgConfig::mosquitto Threads::Threads)
endif()
pkg_check_modules(rabbitmq QUIET IMPORTED_TARGET librabbitmq)
if(rabbitmq_FOUND)
  add_executable(load-rabbitmq ${load_common} bench/load/backend_rabbitmq.c)
  target_link_libraries(load-rabbitmq PRIVATE PkgConfig::rabbitmq Threads::Threads)
endif()
