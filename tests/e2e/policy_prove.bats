#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# sluis policy prove: what is told of a proof, of a counterexample, of an invariant that
# says nothing, and with which exit status.

bats_require_minimum_version 1.5.0

ROOT=$BATS_TEST_DIRNAME/../..

setup() {
	export LC_ALL=C NO_COLOR=1
	P=$BATS_TEST_TMPDIR/policy
	mkdir "$P"
	cp "$ROOT"/policy/*.yaml "$P"
	rm -f "$P/invariants.yaml"
}

# The invariants of this test; $1 is the rest of the file.
invariants() {
	printf 'invariants:\n%s\nend: invariants\n' "$1" >"$P/invariants.yaml"
}

NO_HEALTH='  - id: no-health
    article: WGS 2.29(2)
    text: {nl: Geen zorg naar de politie., en: No care data to the police.}
    never: given
    categories: [health]
    recipients: [police]
    unless: [consent_enforcement, emergency]'
EMBARGO='  - id: embargo
    text: {nl: Embargo verruimt niet., en: An embargo never widens.}
    never_wider: {with: [embargo]}'

@test "what holds is proved, and it says how many combinations it covered" {
	invariants "$NO_HEALTH
$EMBARGO"
	run -0 "$SLUIS" policy prove "$P"
	[[ ${lines[0]} =~ ^proved\ +no-health\ +[0-9\ ]+\ combinations$ ]]
	[[ ${lines[1]} =~ ^proved\ +embargo ]]
	[[ ${lines[2]} == "2 proved, 0 not so, 0 about nobody, 0 empty" ]]
	[[ ${lines[3]} =~ combinations,\ by\ trying\ [0-9\ ]+\ that\ differ,\ in\ [0-9]+\ ms$ ]]
	run -0 "$SLUIS" --json policy prove "$P"
	jq -e '.proved and (.invariants | length == 2) and (.bundle | length == 64)' <<<"$output"
	jq -e '.covered == ([.invariants[].covered] | add) and .covered > 1000000000' <<<"$output"
	jq -e 'all(.invariants[]; .verdict == "proved" and (has("counterexample") | not))' <<<"$output"
	[ "$(jq -r .bundle <<<"$output")" = "$("$SLUIS" --json policy check "$P" | jq -r .bundle)" ]
}

@test "a convenant with one wrong consent gives a counterexample that a lawyer can read" {
	invariants "$NO_HEALTH"
	cp "$ROOT/tests/policies/bad-health/pilot.yaml" "$P"
	"$SLUIS" policy check "$P"
	run -9 "$SLUIS" policy prove "$P" --lang en
	[[ $output == *"NOT SO    no-health"* ]]
	[[ $output == *"No care data to the police."* ]]
	[[ $output == *"WGS 2.29(2), invariants.yaml:2"* ]]
	[[ $output == *"pilot, phase 1, purpose intake"* ]]
	[[ $output == *"police (signatory)"* ]]
	[[ $output == *"(health)"* ]]
	[[ $output == *"the person is a victim and the person consents to sharing in the care chain"* ]]
	line=$(grep -n 'id: pilot-hea' "$P/pilot.yaml" | cut -d: -f1)
	[[ $output == *"release: pilot-hea, WGS 2.29(2) (pilot.yaml:$line)"* ]]
	[[ $output == *"0 proved, 1 not so"* ]]
	run -9 "$SLUIS" --json policy prove "$P"
	jq -e '.proved == false' <<<"$output"
	jq -e '.invariants[0].counterexample | .needed == ["victim", "consent_care"]
		and .convenant == "pilot" and .to.role == "police" and .as == "signatory"
		and .outcome.rule.id == "pilot-hea" and .outcome.action == "release"' <<<"$output"
	run -9 "$SLUIS" policy prove "$P" --lang nl
	[[ $output == *"NIET WAAR no-health"* ]]
	[[ $output == *"Geen zorg naar de politie."* ]]
}

@test "of a comparison both sides are told" {
	invariants '  - id: emergency
    text: {nl: x, en: x}
    never_wider: {with: [emergency]}'
	run -9 "$SLUIS" policy prove "$P"
	[[ $output == *"    not if     there is acute need"* ]]
	[ "$(grep -c '^    outcome' <<<"$output")" = 2 ]
	run -9 "$SLUIS" --json policy prove "$P"
	jq -e '.invariants[0].counterexample | (.needed | index("emergency"))
		and (.without.facts | index("emergency") | not)' <<<"$output"
}

@test "one invariant by its name, and no other" {
	invariants "$NO_HEALTH
$EMBARGO"
	run -0 "$SLUIS" --json policy prove "$P" --invariant embargo
	jq -e '[.invariants[].id] == ["embargo"]' <<<"$output"
	run -5 "$SLUIS" policy prove "$P" --invariant embargoo
	[[ $output == *"no such invariant"* ]]
}

@test "what says nothing is not called proved" {
	invariants '  - id: nobody-there
    text: {nl: x, en: x}
    never: given
    convenants: [afstemming]
    recipients: [auditor]
  - id: contradiction
    text: {nl: x, en: x}
    never: given
    when: [victim, suspect]'
	cp "$ROOT/tests/policies/bad-health/pilot.yaml" "$P"
	sed -i 's/\[afstemming\]/[pilot]/' "$P/invariants.yaml"
	run -9 "$SLUIS" policy prove "$P"
	[[ $output == *"nobody    nobody-there"* ]]
	[[ $output == *"EMPTY     contradiction"* ]]
	[[ $output == *"0 proved, 0 not so, 1 about nobody, 1 empty"* ]]
	# that nobody sits there is a fact of the policy, no mistake of the file
	run -0 "$SLUIS" policy prove "$P" --invariant nobody-there
	run -9 "$SLUIS" policy prove "$P" --invariant contradiction
}

@test "without invariants there is nothing to prove, and a broken file is refused" {
	run -5 "$SLUIS" policy prove "$P"
	[[ $output == *"there is no invariants.yaml"* ]]
	invariants "${NO_HEALTH/health\]/healt]}"
	run -2 "$SLUIS" policy prove "$P"
	[[ $output == *"invariants.yaml:6:18: no category called 'healt'; did you mean 'health'?"* ]]
	printf 'invariants:\n%s\n' "$NO_HEALTH" >"$P/invariants.yaml"
	run -2 "$SLUIS" policy prove "$P"
	[[ $output == *"cut short"* ]]
	run -5 "$SLUIS" policy prove "$BATS_TEST_TMPDIR/nowhere"
	run -2 "$SLUIS" policy prove
	run -2 "$SLUIS" policy prove "$P" --invariant
}
