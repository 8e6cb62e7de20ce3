# SPDX-License-Identifier: EUPL-1.2
# End-to-end tests: real processes, real sockets, a region in a temporary folder each.
# They run with Debian's own Python, whose packages debian-packages.txt names.
set(SLUIS_PYTHON /usr/bin/python3 CACHE FILEPATH "a Python with zmq, nacl, google.protobuf, cryptography and yaml")
set(SLUIS_CRASH_SIGNALS 1000 CACHE STRING "signals in the run of test_crash")

# sluis_e2e(<name> <seconds> [NAME=VALUE...]): tests/e2e/test_<name>.py
function(sluis_e2e name seconds)
  add_test(NAME e2e_${name}
    COMMAND ${SLUIS_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/test_${name}.py)
  set_tests_properties(e2e_${name} PROPERTIES LABELS e2e TIMEOUT ${seconds} ENVIRONMENT
    "PYTHONDONTWRITEBYTECODE=1;SLUIS=$<TARGET_FILE:sluis>;SLUISD=$<TARGET_FILE:sluisd>;${ARGN}")
endfunction()

if(TARGET sluis AND TARGET sluisd)
  sluis_e2e(signals 30)
  sluis_e2e(wire_document 30)
  sluis_e2e(foreign_client 120)
  sluis_e2e(no_leak 300)
  sluis_e2e(pseudonyms 180)
  sluis_e2e(refusals 180)
  sluis_e2e(case 240)
  sluis_e2e(language 120)
  sluis_e2e(shape 300)
  sluis_e2e(malice 180)
  sluis_e2e(enrolment 180)
  sluis_e2e(zmq_pitfalls 300)
  sluis_e2e(policy_apply 240)
  sluis_e2e(policy_diff 180)
  sluis_e2e(disk 180)
  sluis_e2e(readme 300)
  sluis_e2e(law 60)
  sluis_e2e(layer2 120)
  sluis_e2e(policy_pages 120)
  sluis_e2e(policy_routes 120)
  sluis_e2e(recall 180)
  sluis_e2e(feedback 180)
  sluis_e2e(queue 180 SLUIS_LIB=$<TARGET_FILE:libsluis>)
  sluis_e2e(store 180 SLUIS_LIB=$<TARGET_FILE:libsluis>)
  sluis_e2e(retention 240)
  sluis_e2e(crash 400 SLUIS_TEST_SIGNALS=${SLUIS_CRASH_SIGNALS})
endif()
