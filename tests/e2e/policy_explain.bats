#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# sluis policy explain and check, as a privacy officer uses them.

bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C NO_COLOR=1
	DIR=$BATS_TEST_TMPDIR
	POLICY=$BATS_TEST_DIRNAME/../../policy
	cat >"$DIR/w.yaml" <<-'END'
	facts:
	  convenant: zvh
	  phase: "1"
	  purpose: casusoverleg
	  from: zorgcoordinator
	  to: [police, municipality]
	  person: [victim, adult]
	end: what-if
	END
}

what_if() { "$SLUIS" --lang en policy explain "$POLICY" --what-if "$DIR/w.yaml" "$@"; }

@test "a withheld field names its rule, its article and the least that would open it" {
	run what_if --field health
	[ "$status" -eq 0 ]
	[[ $output == *"withhold"*"WGS 2.29"*"given if: this person consents to sharing care data with enforcement"* ]]
}

@test "the same in Dutch" {
	run "$SLUIS" --lang nl policy explain "$POLICY" --what-if "$DIR/w.yaml" --field health
	[ "$status" -eq 0 ]
	[[ $output == *"onthouden"*"wel als: deze persoon stemt in"* ]]
}

@test "what is given says what would close it" {
	run what_if --field identity
	[ "$status" -eq 0 ]
	[[ $output == *"release"*"lost if:"* ]]
}

@test "programs get every field with its steps" {
	run --separate-stderr "$SLUIS" --json policy explain "$POLICY" --what-if "$DIR/w.yaml"
	[ "$status" -eq 0 ]
	jq -e '.what_if[0].recipients[0].fields[] | select(.path == "persons.health.treatment")
		| .action == "withhold" and .change.wider
		and any(.change.steps[]; .dimension == "consent_enforcement" and .to == "consent_enforcement")' <<<"$output"
}

@test "who is not served hears why and what would change it" {
	sed -i 's/to: .*/to: nla/; s/person:.*/as: non_signatory/' "$DIR/w.yaml"
	run what_if
	[ "$status" -eq 0 ]
	[[ $output == *"not served"* || $output == *"withhold"* ]]
}

@test "a what-if with a wrong name is refused with its place and the nearest name" {
	sed -i 's/from: zorgcoordinator/from: zorgcordinator/' "$DIR/w.yaml"
	run what_if
	[ "$status" -eq 2 ]
	[[ $output == *"w.yaml:5:"*"zorgcoordinator"* ]]
}

@test "facts that cannot hold together are refused" {
	sed -i 's/person: .*/person: [minor, adult]/' "$DIR/w.yaml"
	run what_if
	[ "$status" -eq 2 ]
}

@test "without facts, or with an unknown field, it is said how to ask" {
	run "$SLUIS" --lang en policy explain "$POLICY"
	[ "$status" -eq 2 ]
	[[ $output == *"--what-if FILE"* ]]
	run what_if --field healt
	[ "$status" -eq 5 ]
}

@test "a check warns of the end of a convenant in time, with file and line" {
	run "$SLUIS" --lang en policy check "$POLICY" --today 2028-12-01
	[ "$status" -eq 0 ]
	[[ $output == *"zvh.yaml:1:1: warning: convenant 'zvh' ends in 30 days"* ]]
	run "$SLUIS" --lang en policy check "$POLICY" --today 2028-12-01 --strict
	[ "$status" -eq 2 ]
}

@test "a check of the shipped policy finds no rule that decides nothing" {
	run "$SLUIS" --lang en policy check "$POLICY" --today 2026-06-01
	[ "$status" -eq 0 ]
	[[ $output != *"never"* ]]
}

@test "a rule that decides nothing is told with its line" {
	cp -r "$POLICY" "$DIR/p"
	sed -i 's/^rules:/rules:\n  - {id: zzz, article: A, recipients: [police], categories: [health], action: release, when: [minor, adult]}/' "$DIR/p/zvh.yaml"
	run "$SLUIS" --lang en policy check "$DIR/p" --today 2026-06-01
	[ "$status" -eq 0 ]
	[[ $output == *"zvh.yaml:"*"'zzz' never holds"* ]]
}

@test "parties without a certificate that counts are named" {
	mkdir "$DIR/certificates"
	"$SLUIS" --quiet party ca "$DIR/ca" --name 'Test CA'
	run "$SLUIS" --lang en policy check "$POLICY" --certificates "$DIR/certificates" \
		--anchors "$DIR/ca/ca.pem" --crl "$DIR/ca/crl.pem"
	[ "$status" -eq 0 ]
	[[ $output == *"Politie Rivierenland (00000099000000020000) has no certificate that counts"* ]]
	run "$SLUIS" --lang en policy check "$POLICY" --certificates "$DIR/certificates"
	[ "$status" -eq 2 ]
}

@test "broken facts are not sent to a check of the policy" {
	printf 'facts: {convenant: nothing}\nend: what-if\n' >"$DIR/broken.yaml"
	run "$SLUIS" --lang en policy explain "$POLICY" --what-if "$DIR/broken.yaml"
	[ "$status" -eq 2 ]
	[[ $output == *"nothing"* ]]
	[[ $output != *"next:"* ]]
}

@test "a file name cannot write to the terminal, and programs still hear of it" {
	cp -r "$POLICY" "$DIR/p"
	printf 'x: [\n' >"$DIR/p/$(printf 'a\nzvh: \033[31m\377.yaml')"
	run --separate-stderr "$SLUIS" --lang en policy check "$DIR/p"
	[ "$status" -eq 2 ]
	[[ $stderr == *'a?zvh: ?[31m?.yaml: no policy file name'* ]]
	[[ $stderr != *$'\033'* ]]
	run --separate-stderr "$SLUIS" --json policy check "$DIR/p"
	jq -e '.findings | length == 1 and .[0].fatal' <<<"$output"
}

@test "a folder whose name is no UTF-8 is named in an error for programs" {
	run --separate-stderr "$SLUIS" --json policy matrix "$DIR/$(printf 'x\377y')"
	jq -e '.error.where | endswith("/x?y")' <<<"$stderr"
}

@test "a title cannot begin a line of its own or turn what follows" {
	for bad in '\\nzvh' '\\u009b31m' '\\u202egnp' '\\u2028'; do
		rm -rf "$DIR/p"
		cp -r "$POLICY" "$DIR/p"
		sed -i "0,/^  nl: .*/s//  nl: \"x$bad\"/" "$DIR/p/zorg.yaml"
		run "$SLUIS" --lang en policy check "$DIR/p"
		[ "$status" -eq 2 ]
		[[ $output == *'zorg.yaml:'*'a control character, a line end or a mark of direction'* ]]
	done
}

@test "a check warns of a file that looks like policy and is not read" {
	cp -r "$POLICY" "$DIR/p"
	mv "$DIR/p/invariants.yaml" "$DIR/p/invariants.yml"
	run "$SLUIS" --lang nl policy check "$DIR/p" --today 2026-06-01
	[ "$status" -eq 0 ]
	[[ $output == *"invariants.yml: waarschuwing: wordt niet gelezen: een beleidsbestand eindigt op .yaml"* ]]
	run "$SLUIS" policy check "$DIR/p" --today 2026-06-01 --strict
	[ "$status" -eq 2 ]
}
