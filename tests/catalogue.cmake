# SPDX-License-Identifier: EUPL-1.2
# The catalogue: what must never stop holding, each under its name, as a label of the tests
# that show it (ctest -L '^canary$'), and each with one deliberate mutation: a program in
# which the guarded thing is broken, and of which the same test must say so.
#
#	sluis_mutant(<name> <mutant> WRAP <symbols> UNIT <test>)
#	sluis_mutant(<name> <mutant> WRAP <symbols> sluisd|sluis <file> <Class.test>)
#
# takes tests/catalogue/<mutant>.c, which wraps functions or is a file of the product, changed.  A mutant that is not noticed fails the check.
set(names
  vectors-oprf vectors-merkle vectors-note vectors-tiles vectors-dsse vectors-wycheproof vectors-limbo
  prop-determinism prop-scope-injective prop-appendonly powercut)
set(names_of_processes # which a build with sanitizers leaves out
  prop-noninterference canary fork-refuse split-view zap-failclosed userid-frame revoke-live
  flood-multipart nest-protobuf erase-proof verify-stock)

# What a label stands for.
function(sluis_catalogue name)
  set_property(TEST ${ARGN} APPEND PROPERTY LABELS ${name})
  set_property(GLOBAL APPEND PROPERTY SLUIS_SHOWN ${name})
endfunction()

function(sluis_mutant name mutant)
  cmake_parse_arguments(M "" "UNIT" "WRAP;sluisd;sluis" ${ARGN})
  if(M_WRAP)
    list(TRANSFORM M_WRAP PREPEND "-Wl,--wrap=" OUTPUT_VARIABLE wraps)
  endif()
  set(test mutant_${name})
  if(M_UNIT)
    get_target_property(libraries ${M_UNIT} LINK_LIBRARIES)
    get_target_property(sources ${M_UNIT} SOURCES)
    add_executable(${test} ${sources} catalogue/${mutant}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${test} PRIVATE ${libraries})
    target_compile_definitions(${test} PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${test} COMMAND ${test})
    set(says "FAILED  \\]")
  else()
    set(SLUISD $<TARGET_FILE:sluisd>)
    set(SLUIS $<TARGET_FILE:sluis>)
    if(M_sluisd)
      set(words ${M_sluisd})
      add_executable(${test} ../broker/main.c catalogue/${mutant}.c)
      target_compile_definitions(${test} PRIVATE SLUIS_VERSION="${PROJECT_VERSION}")
      target_link_libraries(${test} PRIVATE sluis_broker)
      set(SLUISD $<TARGET_FILE:${test}>)
    else()
      set(words ${M_sluis})
      get_target_property(libraries sluis LINK_LIBRARIES)
      add_executable(${test} ../client/command/main.c catalogue/${mutant}.c)
      target_link_libraries(${test} PRIVATE ${libraries})
      get_target_property(definitions sluis COMPILE_DEFINITIONS)
      if(definitions)
        target_compile_definitions(${test} PRIVATE ${definitions})
      endif()
      set(SLUIS $<TARGET_FILE:${test}>)
    endif()
    list(GET words 0 file)
    list(GET words 1 which)
    add_test(NAME ${test}
      COMMAND ${SLUIS_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/test_${file}.py ${which})
    set_tests_properties(${test} PROPERTIES ENVIRONMENT
      "PYTHONDONTWRITEBYTECODE=1;SLUIS_TEST_LIMIT_S=15;SLUIS=${SLUIS};SLUISD=${SLUISD}")
    set(says "(FAIL|ERROR): test_") # and no region that does not come up
  endif()
  target_link_options(${test} PRIVATE ${wraps})
  target_link_libraries(${test} PRIVATE sluis_flags)
  set_tests_properties(${test} PROPERTIES
    LABELS "mutant;${name}" TIMEOUT 180 PASS_REGULAR_EXPRESSION "${says}")
  set_property(GLOBAL APPEND PROPERTY SLUIS_MUTATED ${name})
endfunction()

# --- vectors from outside
sluis_catalogue(vectors-oprf test_oprf)
sluis_mutant(vectors-oprf blinds_nothing UNIT test_oprf WRAP crypto_scalarmult_ristretto255)
sluis_catalogue(vectors-merkle test_merkle_vectors)
sluis_mutant(vectors-merkle accepts_any_proof UNIT test_merkle_vectors
  WRAP merkle_verify_inclusion merkle_verify_consistency)
sluis_catalogue(vectors-note test_note test_checkpoint test_cosignature)
sluis_mutant(vectors-note accepts_any_signature UNIT test_note WRAP crypto_sign_verify_detached)
sluis_catalogue(vectors-tiles test_tile test_tiles)
sluis_mutant(vectors-tiles leaf_without_prefix UNIT test_tile WRAP merkle_leaf)
sluis_catalogue(vectors-dsse test_envelope)
sluis_mutant(vectors-dsse signs_payload_alone UNIT test_envelope WRAP buf_printf)
sluis_catalogue(vectors-wycheproof test_wycheproof)
sluis_mutant(vectors-wycheproof accepts_any_signature UNIT test_wycheproof
  WRAP crypto_sign_verify_detached)
sluis_catalogue(vectors-limbo test_limbo)
sluis_mutant(vectors-limbo forgets_to_be_strict UNIT test_limbo
  WRAP X509_VERIFY_PARAM_set_flags)

# --- properties
sluis_catalogue(prop-determinism test_pseudonym)
sluis_mutant(prop-determinism never_the_same_twice UNIT test_pseudonym WRAP hmac_sha256)
sluis_catalogue(prop-scope-injective test_pseudonym)
sluis_mutant(prop-scope-injective one_domain_for_all UNIT test_pseudonym WRAP keeper_evaluate)
sluis_catalogue(prop-appendonly test_journal test_merkle)
sluis_mutant(prop-appendonly proves_nothing UNIT test_journal WRAP merkle_prove_consistency)

# --- the power (fault.cmake has its mutant)
sluis_catalogue(powercut powercut)
set_property(TEST mutant_powercut APPEND PROPERTY LABELS mutant powercut)
set_property(GLOBAL APPEND PROPERTY SLUIS_MUTATED powercut)

# --- real processes
if(TARGET sluis AND TARGET sluisd AND NOT SLUIS_SANITIZE)
  sluis_catalogue(prop-noninterference e2e_noninterference)
  sluis_mutant(prop-noninterference terms_tell WRAP outbox_put
    sluisd noninterference TwoRuns.test_the_files_differ_in_sealed_keyed_and_random_bytes_only)
  sluis_catalogue(canary e2e_no_leak e2e_disk)
  sluis_mutant(canary seals_nothing
    WRAP crypto_aead_xchacha20poly1305_ietf_encrypt crypto_aead_xchacha20poly1305_ietf_decrypt
    sluisd disk AtRest.test_a_waiting_copy_lies_sealed)
  sluis_catalogue(fork-refuse e2e_witness)
  sluis_mutant(fork-refuse starts_on_any_state WRAP published_check
    sluisd witness Rollback.test_a_restored_state_does_not_start)
  sluis_catalogue(split-view e2e_evil_history)
  sluis_mutant(split-view accepts_any_proof WRAP merkle_verify_inclusion merkle_verify_consistency
    sluis evil_history Histories.test_a_dropped_leaf_behind_others_breaks_the_proof)
  sluis_catalogue(zap-failclosed e2e_zmq_pitfalls)
  sluis_mutant(zap-failclosed lets_everybody_in WRAP zmq_send sluisd zmq_pitfalls
    Pitfalls.test_z2_a_key_that_nobody_vouched_for_gets_nothing_at_any_door)
  sluis_catalogue(userid-frame e2e_zmq_pitfalls)
  sluis_mutant(userid-frame one_user_for_all WRAP zmq_msg_gets sluisd zmq_pitfalls
    Pitfalls.test_z1_the_sender_is_known_by_the_channel_key_whether_or_not_the_broker_polled)
  sluis_catalogue(revoke-live e2e_enrolment e2e_zmq_pitfalls)
  sluis_mutant(revoke-live standing_is_for_ever WRAP member_standing sluisd zmq_pitfalls
    Pitfalls.test_z5_an_established_connection_does_not_survive_its_key)
  sluis_catalogue(flood-multipart e2e_zmq_pitfalls)
  sluis_mutant(flood-multipart reads_one_frame WRAP zmq_msg_more sluisd zmq_pitfalls
    Pitfalls.test_z7_a_message_of_very_many_frames_is_dropped_in_bounded_memory)
  sluis_catalogue(nest-protobuf e2e_shape test_guard)
  sluis_mutant(nest-protobuf unpacks_unguarded WRAP guard_unpack_in
    sluisd shape Size.test_empty_submessages_do_not_blow_up_memory)
  sluis_catalogue(erase-proof e2e_erasure e2e_disk)
  sluis_mutant(erase-proof forgets_nothing WRAP store_forget_erased
    sluisd disk AtRest.test_acknowledging_erases_copy_and_key_from_every_file)
  sluis_catalogue(verify-stock e2e_third_party)
  sluis_mutant(verify-stock exports_a_wrong_bit WRAP file_write_later
    sluis third_party ThirdParty.test_go_accepts_exports_and_receipts)
  list(APPEND names ${names_of_processes})
endif()

# --- none is left out
get_property(shown GLOBAL PROPERTY SLUIS_SHOWN)
get_property(mutated GLOBAL PROPERTY SLUIS_MUTATED)
foreach(list shown mutated)
  list(SORT ${list})
  list(SORT names)
  if(NOT "${${list}}" STREQUAL "${names}")
    message(FATAL_ERROR "tests/catalogue.cmake: ${list} is not the catalogue: ${${list}}")
  endif()
endforeach()
