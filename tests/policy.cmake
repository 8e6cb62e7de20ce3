# SPDX-License-Identifier: EUPL-1.2
# policy/: strict YAML, loading and its refusals, facts, precedence, the shipped files.
add_library(policy_bundle STATIC support/bundle.c support/random_policy.c)
target_include_directories(policy_bundle PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(policy_bundle PUBLIC sluis_policy PkgConfig::cmocka)
target_compile_definitions(policy_bundle PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")

sluis_test(test_yaml LINKS sluis_policy)
sluis_test(test_facts LINKS sluis_policy)
sluis_test(test_hints LINKS sluis_policy)
sluis_test(test_policy_invariants LINKS policy_bundle)
sluis_test(test_approval LINKS policy_bundle)
sluis_test(test_policy_load LINKS policy_bundle)
set_tests_properties(test_policy_load PROPERTIES TIMEOUT 600) # every file cut everywhere, under ASan
sluis_test(test_prove LINKS policy_bundle)
sluis_test(test_prove_brute LINKS policy_bundle)
sluis_test(test_prove_shipped LINKS policy_bundle)
sluis_test(test_space LINKS policy_bundle)
sluis_test(test_policy_rule LINKS policy_bundle)
sluis_test(test_policy_language LINKS policy_bundle)
sluis_test(test_nearest LINKS policy_bundle)
sluis_test(test_lint LINKS policy_bundle)
sluis_test(test_route LINKS policy_bundle)
sluis_test(test_step LINKS policy_bundle)
sluis_test(test_shift LINKS policy_bundle)
sluis_test(test_policy_shipped LINKS policy_bundle)
set_tests_properties(test_policy_shipped PROPERTIES TIMEOUT 600) # all combinations, under ASan
sluis_test(test_policy_order LINKS policy_bundle)
sluis_test(test_matrix LINKS policy_bundle)
sluis_test(test_diff LINKS policy_bundle)
sluis_test(test_rerule LINKS policy_bundle)
sluis_test(test_grid LINKS policy_bundle)
set_tests_properties(test_grid PROPERTIES TIMEOUT 300) # every cell, under ASan
sluis_test(test_scenario LINKS policy_bundle)
sluis_test(test_cases LINKS policy_bundle)
sluis_test(test_policy_mutants LINKS sluis_policy)
set_tests_properties(test_policy_mutants PROPERTIES TIMEOUT 600) # a thousand policies, under ASan

# who may step where, by the engine and by another reading of the files
add_executable(route_table support/route_table.c)
target_link_libraries(route_table PRIVATE sluis_policy sluis_flags)
add_test(NAME route_table
  COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/e2e/test_route_table.py)
set_tests_properties(route_table PROPERTIES LABELS unit TIMEOUT 120
  ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;ROUTE_TABLE=$<TARGET_FILE:route_table>")

# properties of every policy, with Hypothesis, through the command
if(TARGET sluis)
  add_test(NAME policy_properties
    COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/property/test_policy.py)
  set_tests_properties(policy_properties PROPERTIES LABELS "e2e;slow" TIMEOUT 600
    ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;SLUIS=$<TARGET_FILE:sluis>")
endif()

# measures, is not part of ctest
add_executable(bench_policy bench/bench_policy.c)
target_link_libraries(bench_policy PRIVATE policy_bundle sluis_flags)

if(SLUIS_FUZZ)
  sluis_fuzz(fuzz_policy LINKS sluis_policy)
  sluis_fuzz(fuzz_cases LINKS sluis_policy)
endif()
