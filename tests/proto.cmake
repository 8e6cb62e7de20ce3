# SPDX-License-Identifier: EUPL-1.2
# Tests of proto/: the contract, without a socket, a disk or a clock.
foreach(name
    rc bytes hash catalogue wire envelope guard schema merkle merkle_vectors note checkpoint cosignature
    trust_policy tile
    receipt proof_file disclosed pbjson normalise signal_check text message wiping)
  sluis_test(test_${name} LINKS sluis_proto)
endforeach()

if(SLUIS_FUZZ)
  foreach(name envelope signal_json signal_wire note disclosure)
    sluis_fuzz(fuzz_${name} LINKS sluis_proto)
  endforeach()
endif()
