# SPDX-License-Identifier: EUPL-1.2
# The flags of every target: strict warnings always, errors and hardening by preset.
add_library(sluis_flags INTERFACE)
target_compile_definitions(sluis_flags INTERFACE _GNU_SOURCE OPENSSL_NO_DEPRECATED)
target_compile_options(sluis_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough
  -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
  -Wformat=2 -Wundef -fno-common -fno-strict-aliasing)

if(SLUIS_WERROR)
  target_compile_options(sluis_flags INTERFACE -Werror)
endif()

if(SLUIS_HARDEN)
  target_compile_options(sluis_flags INTERFACE
    -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_link_options(sluis_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(SLUIS_SANITIZE)
  target_compile_options(sluis_flags INTERFACE
    -fsanitize=${SLUIS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(sluis_flags INTERFACE -fsanitize=${SLUIS_SANITIZE})
endif()

# Which lines run.  The counters stand in a mapped file, for a process that is killed.
if(SLUIS_COVERAGE)
  target_compile_options(sluis_flags INTERFACE
    -fprofile-instr-generate -fcoverage-mapping -mllvm -runtime-counter-relocation)
  target_link_options(sluis_flags INTERFACE -fprofile-instr-generate)
endif()

# Coverage for libFuzzer in everything that a target links; the targets add the driver.
if(SLUIS_FUZZ)
  target_compile_options(sluis_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(sluis_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
