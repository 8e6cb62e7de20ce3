# SPDX-License-Identifier: EUPL-1.2
# Files, keys, certificates, bindings.  forge.c makes certificates with one thing wrong.
sluis_test(test_file LINKS sluis_certs)
target_link_options(test_file PRIVATE -Wl,--wrap=fsync,--wrap=rename)
sluis_test(test_keys LINKS sluis_certs)
sluis_test(test_ca LINKS sluis_certs)
target_link_options(test_ca PRIVATE -Wl,--wrap=flock,--wrap=poll,--wrap=rename)
sluis_test(test_wycheproof LINKS sluis_certs)

foreach(name test_trust test_binding test_endorsement test_limbo)
  sluis_test(${name} LINKS sluis_certs)
  target_sources(${name} PRIVATE support/forge.c)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()

target_sources(test_limbo PRIVATE support/plan.c support/plan_make.c)

if(SLUIS_FUZZ)
  sluis_fuzz(fuzz_binding LINKS sluis_certs)
  sluis_fuzz(fuzz_trust LINKS sluis_certs)
  sluis_fuzz(fuzz_endorsement LINKS sluis_certs)
endif()
