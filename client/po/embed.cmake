# SPDX-License-Identifier: EUPL-1.2
# Turn the bytes of IN (a .mo file in this machine's byte order) into the C array
# catalogue_nl in OUT, as 32-bit words so that its tables are aligned.
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR rest "${digits} % 8")
while(NOT rest EQUAL 0)
  string(APPEND hex "00")
  string(LENGTH "${hex}" digits)
  math(EXPR rest "${digits} % 8")
endwhile()
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1,\n" words "${hex}")
file(WRITE ${OUT} "/* generated from po/nl.po */\n#include <stdint.h>\n\nextern const uint32_t catalogue_nl[];\n\nconst uint32_t catalogue_nl[] = {\n${words}};\n")
