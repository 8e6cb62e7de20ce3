# SPDX-License-Identifier: EUPL-1.2
# libsluis and the command: pure parts as unit tests, the rest against a real region.
foreach(name sluis_codes change options past names submission check form wirejson vault sealed merge queue tiler tiles seen witness_key csv release)
  sluis_test(test_${name} LINKS sluis_command)
endforeach()
target_link_options(test_witness_key PRIVATE -Wl,--wrap=poll)
target_link_options(test_vault PRIVATE -Wl,--wrap=sqlite3_step)
sluis_test(test_check_signed LINKS sluis_command grown)

sluis_test(test_install LINKS sluis_command)
target_link_options(test_install PRIVATE -Wl,--wrap=renameat2,--wrap=rename)

# Figures out of the journal.
sluis_test(test_anomaly LINKS sluis_command)
sluis_test(test_count LINKS sluis_command)

# A program of an agency: it sees sluis.h and libsluis.so and nothing else of ours.
add_executable(lib_example support/lib_example.c)
target_include_directories(lib_example PRIVATE ${CMAKE_SOURCE_DIR}/client)
target_link_libraries(lib_example PRIVATE sluis_flags libsluis)

# Commands against a real region.
find_program(BATS bats REQUIRED)
add_test(NAME cli COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/cli.bats)
set_tests_properties(cli PROPERTIES LABELS e2e TIMEOUT 600 ENVIRONMENT
  "SLUIS=$<TARGET_FILE:sluis>;SLUISD=$<TARGET_FILE:sluisd>;SLUIS_LIB=$<TARGET_FILE:libsluis>;SLUIS_LIB_EXAMPLE=$<TARGET_FILE:lib_example>")

add_test(NAME case COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/case.bats)
set_tests_properties(case PROPERTIES LABELS e2e TIMEOUT 300 ENVIRONMENT
  "SLUIS=$<TARGET_FILE:sluis>;SLUISD=$<TARGET_FILE:sluisd>")

# What a privacy officer asks of a policy; no region is needed.
add_test(NAME policy_explain COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/policy_explain.bats)
set_tests_properties(policy_explain PROPERTIES LABELS e2e TIMEOUT 120
  ENVIRONMENT "SLUIS=$<TARGET_FILE:sluis>")

# Dutch is complete and its formats agree.
add_test(NAME dutch COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/dutch.bats)
set_tests_properties(dutch PROPERTIES LABELS unit TIMEOUT 60)

# What happened in a case, in words.
sluis_test(test_route_text LINKS sluis_command)
sluis_test(test_show_case LINKS sluis_command)

# Which entries an auditor asks for.
sluis_test(test_filter LINKS sluis_command)

# Details that were erased, and those that are kept from us.
sluis_test(test_gone LINKS sluis_command)

# What cells of the policy say in words.
sluis_test(test_condition_text LINKS sluis_command policy_bundle)

# The tables of the policy, as people read them.
add_test(NAME policy_tables COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/policy_tables.bats)
set_tests_properties(policy_tables PROPERTIES LABELS e2e TIMEOUT 120 ENVIRONMENT
  "SLUIS=$<TARGET_FILE:sluis>")

# The shipped policy answers what its cases expect, and they look at all of it.
add_test(NAME policy_cases COMMAND sluis policy test --strict
  --requirements ${CMAKE_SOURCE_DIR}/policy/requirements.txt ${CMAKE_SOURCE_DIR}/policy)
set_tests_properties(policy_cases PROPERTIES LABELS unit TIMEOUT 60)

# Cases beside a policy: what a privacy officer is told.
add_test(NAME policy_test COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/policy_test.bats)
set_tests_properties(policy_test PROPERTIES LABELS e2e TIMEOUT 120 ENVIRONMENT
  "SLUIS=$<TARGET_FILE:sluis>")

# What has to hold, proved or not; and that it holds of what is shipped.
add_test(NAME policy_invariants COMMAND sluis policy prove ${CMAKE_SOURCE_DIR}/policy)
set_tests_properties(policy_invariants PROPERTIES LABELS e2e TIMEOUT 120)
add_test(NAME policy_prove COMMAND ${BATS} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/policy_prove.bats)
set_tests_properties(policy_prove PROPERTIES LABELS e2e TIMEOUT 300 ENVIRONMENT
  "SLUIS=$<TARGET_FILE:sluis>")

if(SLUIS_FUZZ)
  sluis_fuzz(fuzz_answer LINKS sluis_client fuzz_grow)
  sluis_fuzz(fuzz_region LINKS sluis_client)
  sluis_fuzz(fuzz_folder LINKS sluis_client)
  sluis_fuzz(fuzz_merge LINKS sluis_client)
  sluis_fuzz(fuzz_past LINKS sluis_command fuzz_grow)
endif()
