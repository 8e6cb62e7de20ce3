#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# Every text that people see has a Dutch translation, and none is left over.

PO=$BATS_TEST_DIRNAME/../../client/po

setup() {
	"$PO/extract.sh" "$BATS_TEST_TMPDIR/s.pot"
}

@test "every text has a Dutch translation" {
	run msgcmp "$PO/nl.po" "$BATS_TEST_TMPDIR/s.pot"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "no translation is fuzzy, empty or of a text that is gone" {
	run msgattrib --untranslated "$PO/nl.po"
	[ -z "$output" ]
	run msgattrib --only-fuzzy "$PO/nl.po"
	[ -z "$output" ]
	msgcomm --more-than=1 --sort-output "$PO/nl.po" "$BATS_TEST_TMPDIR/s.pot" >"$BATS_TEST_TMPDIR/both.po"
	[ "$(grep -c '^msgid' "$BATS_TEST_TMPDIR/both.po")" = "$(grep -c '^msgid' "$PO/nl.po")" ]
}

@test "formats in both languages agree" {
	msgfmt --check --check-format -o /dev/null "$PO/nl.po"
}

@test "what would change a refusal of an act is known in Dutch" {
	run python3 - "$BATS_TEST_DIRNAME/../.." <<-'EOF'
		import pathlib, re, sys
		root = pathlib.Path(sys.argv[1])
		known = (root / "client/command/policy/change.c").read_text()
		known = re.sub(r'"\s*\n\s*"', "", known)
		missing = []
		for file in sorted((root / "broker").rglob("*.c")):
		    text = file.read_text()
		    for call in re.finditer(r"\b\w*deny\w*\(((?:[^()\"]|\"(?:[^\"\\]|\\.)*\"|\([^()]*\))*)\)", text):
		        for run in re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+', call.group(1)):
		            said = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', run))
		            if " " not in said or re.match(r"(Besluit )?(WGS|AVG) ", said):
		                continue
		            missing += [part for part in said.split("; ") if '"%s"' % part not in known]
		print("\n".join(missing))
		sys.exit(bool(missing))
	EOF
	echo "$output"
	[ "$status" -eq 0 ]
}
