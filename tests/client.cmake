# SPDX-License-Identifier: EUPL-1.2
# libsluis and the command: pure parts as unit tests, the rest against a real region.
foreach(name sluis_codes options names submission check tiles seen csv)
  sluis_test(test_${name} LINKS sluis_command)
endforeach()
