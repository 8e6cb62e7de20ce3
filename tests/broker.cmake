# SPDX-License-Identifier: EUPL-1.2
# broker/: what turns values into values, the leaves on disk, the stages.
# broker_region is a broker without sockets in a temporary folder; wild makes signals.
add_library(broker_region STATIC support/region.c support/wild.c)
target_include_directories(broker_region PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(broker_region PUBLIC sluis_broker)
target_compile_definitions(broker_region PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")

sluis_test(test_redact LINKS broker_region policy_bundle)
sluis_test(test_store LINKS broker_region)
target_link_options(test_store PRIVATE -Wl,--wrap=sqlite3_step)
sluis_test(test_journal LINKS broker_region)
sluis_test(test_registry LINKS broker_region)
sluis_test(test_gate LINKS broker_region)
sluis_test(test_dispatch LINKS broker_region)
target_link_options(test_dispatch PRIVATE -Wl,--wrap=sqlite3_step)
sluis_test(test_intake LINKS broker_region)
target_link_options(test_intake PRIVATE -Wl,--wrap=sqlite3_step)
sluis_test(test_pseudonym LINKS sluis_broker)
sluis_test(test_generalise LINKS sluis_broker)
sluis_test(test_grounds LINKS sluis_broker policy_bundle)
sluis_test(test_seal LINKS sluis_broker)
