# SPDX-License-Identifier: EUPL-1.2
# Faults: a broker on a disk in memory that fails, fills up, or loses its power.  The short
# forms take some of the moments, those labelled soak take all of them.
add_library(fault_world STATIC fault/disk.c fault/tape.c fault/world.c fault/check.c fault/story.c)
target_link_libraries(fault_world PUBLIC broker_region)
target_compile_definitions(fault_world PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")

function(sluis_fault name)
  add_executable(${name} fault/${name}.c)
  target_link_libraries(${name} PRIVATE fault_world sluis_flags)
endfunction()

sluis_fault(fault_powercut)
add_test(NAME powercut COMMAND fault_powercut 5 1)
set_tests_properties(powercut PROPERTIES LABELS fault TIMEOUT 300)
if(SLUIS_SOAK)
  add_test(NAME powercut_everywhere COMMAND fault_powercut 1 16)
  set_tests_properties(powercut_everywhere PROPERTIES LABELS soak TIMEOUT 3600)
endif()

# The deliberate mutation that the power cut must notice
add_executable(fault_powercut_normal fault/fault_powercut.c fault/mutant_normal.c)
target_link_libraries(fault_powercut_normal PRIVATE fault_world sluis_flags)
target_link_options(fault_powercut_normal PRIVATE -Wl,--wrap=store_open)
add_test(NAME mutant_powercut COMMAND fault_powercut_normal 5 1)
set_tests_properties(mutant_powercut PROPERTIES LABELS fault TIMEOUT 300
  PASS_REGULAR_EXPRESSION "a promised leaf is not there")

sluis_fault(fault_nth)
target_sources(fault_nth PRIVATE fault/alloc.c)

# Every STRIDE-th operation of each step in a check, all of them under soak.
foreach(form read:5 write:1 sync:2 truncate:1 open:1 delete:1 full:1 readonly:3 memory:199)
  string(REPLACE ":" ";" form ${form})
  list(GET form 0 kind)
  list(GET form 1 stride)
  foreach(mode once lasting)
    add_test(NAME fault_${kind}_${mode} COMMAND fault_nth ${kind} ${mode} ${stride})
    set_tests_properties(fault_${kind}_${mode} PROPERTIES LABELS fault TIMEOUT 300
      SKIP_RETURN_CODE 77)
    if(SLUIS_SOAK)
      add_test(NAME fault_${kind}_${mode}_everywhere COMMAND fault_nth ${kind} ${mode})
      set_tests_properties(fault_${kind}_${mode}_everywhere PROPERTIES LABELS soak TIMEOUT 3600
        SKIP_RETURN_CODE 77)
    endif()
  endforeach()
endforeach()

# The files that the broker writes by itself: few calls, so a check takes all of them.
sluis_fault(fault_files)
target_link_options(fault_files PRIVATE
  -Wl,--wrap=open,--wrap=mkostemp,--wrap=write,--wrap=fchmod,--wrap=fsync,--wrap=syncfs,--wrap=rename)
add_test(NAME fault_files COMMAND fault_files)
set_tests_properties(fault_files PROPERTIES LABELS fault TIMEOUT 300)
