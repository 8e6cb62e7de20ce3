# SPDX-License-Identifier: EUPL-1.2
# Tests of proto/: the contract, without a socket, a disk or a clock.
foreach(name
    rc bytes room hash catalogue wire envelope guard schema merkle merkle_vectors note checkpoint cosignature
    trust_policy tile
    receipt proof_file disclosed pbjson normalise signal_check text message wiping oprf)
  sluis_test(test_${name} LINKS sluis_proto)
endforeach()

# disclosure trees of signals that a test strips by hand
add_library(grown STATIC support/grown.c)
target_include_directories(grown PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(grown PUBLIC sluis_proto)

if(SLUIS_FUZZ)
  # changes protobuf bytes by what they mean; its own headers are found from tests/
  add_library(fuzz_grow STATIC fuzz/support/grow.c)
  target_include_directories(fuzz_grow PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(fuzz_grow PUBLIC sluis_proto)
  foreach(name envelope signal_json signal_wire wire note tree disclosure)
    sluis_fuzz(fuzz_${name} LINKS fuzz_grow grown)
  endforeach()
endif()
