#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# sluis policy test: what a privacy officer is told of cases that hold and that do not.
# SLUIS names the binary (ctest sets it).

bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C NO_COLOR=1
	P=$BATS_TEST_TMPDIR/policy
	mkdir "$P"
	cp "$BATS_TEST_DIRNAME"/../../policy/*.yaml "$P"
	rm -f "$P"/*.cases.yaml
	printf 'cases:\n' >"$P/own.cases.yaml"
}

# a_case ID EXPECT [FACTS]
a_case() {
	printf -- '  - id: %s\n    covers: [X.1]\n    says: De politie krijgt de vorm.\n' "$1" >>"$P/own.cases.yaml"
	printf '    facts: {convenant: riec, phase: "1", purpose: casusoverleg, from: municipality, to: police%s}\n' \
		"${3:+, $3}" >>"$P/own.cases.yaml"
	printf '    expect: {%s}\n' "$2" >>"$P/own.cases.yaml"
}

done_with_cases() {
	printf 'end: own.cases\n' >>"$P/own.cases.yaml"
}

policy_test() {
	"$SLUIS" policy test "$P" "$@"
}

@test "cases that hold: exit 0, and what no case looks at" {
	a_case holds 'release: [form], withhold: [narrative.text]'
	done_with_cases
	run -0 policy_test
	[[ $output == *'1 of 1 cases hold.'* ]]
	[[ $output =~ [0-9]+' of '[0-9]+' rules and bars covered.' ]]
	[[ $output == *'  riec.yaml:'*': riec-'* ]]
	[[ $output != *'De politie krijgt'* ]]
}

@test "a case that fails is shown with its place, its sentence, and what came out why" {
	a_case holds 'release: [form]'
	a_case fails 'withhold: [form]'
	done_with_cases
	run -9 policy_test
	[[ $output == *'own.cases.yaml:7: fails'* ]]
	[[ $output == *'De politie krijgt de vorm.'* ]]
	[[ $output =~ 'police: form: expected withhold, got release (riec-'.*', riec.yaml:'[0-9]+')' ]]
	[[ $output == *'1 of 2 cases hold.'* ]]
}

@test "the same in Dutch" {
	a_case fails 'withhold: [form]'
	done_with_cases
	run -9 "$SLUIS" --lang nl policy test "$P"
	[[ $output == *'verwacht onthouden, gekregen vrij (riec-'* ]]
	[[ $output == *'0 van 1 zaken kloppen.'* ]]
}

@test "a refusal that comes, that does not come, and another one" {
	a_case holds 'code: cie_information_refused' 'message: [cie]'
	a_case served 'code: cie_information_refused'
	a_case refused 'release: [form]' 'message: [cie]'
	a_case other 'code: recipient_not_entitled' 'message: [cie]'
	done_with_cases
	run -9 policy_test
	[[ $output == *'expected cie_information_refused, got served'* ]]
	[[ $output == *'expected served, got cie_information_refused (riec-cie'* ]]
	[[ $output == *'expected recipient_not_entitled, got cie_information_refused'* ]]
	[[ $output == *'1 of 4 cases hold.'* ]]
}

@test "rules, obligations and unknown ways out are told apart" {
	a_case rule 'rule: {form: none}'
	a_case obligation 'obligations_absent: [retain]'
	a_case missing 'obligations: [contact]'
	done_with_cases
	run -9 policy_test
	[[ $output == *'form: expected no rule, got release (riec-'* ]]
	[[ $output == *'retain: expected no such obligation'* ]]
	[[ $output == *'contact: expected the obligation'* ]]
}

@test "--verbose shows what holds" {
	a_case holds 'release: [form]'
	done_with_cases
	run -0 policy_test --verbose
	[[ $output == *'own.cases.yaml:2: holds: ok'* ]]
	[[ $output == *'De politie krijgt de vorm.'* ]]
}

@test "--strict fails while a rule is not covered" {
	a_case holds 'release: [form]'
	done_with_cases
	run -0 policy_test
	run -9 policy_test --strict
}

@test "--requirements fails while a reference has no case" {
	a_case holds 'release: [form]'
	done_with_cases
	printf '# what we need\nX.1\n' >"$BATS_TEST_TMPDIR/required"
	run -0 policy_test --requirements "$BATS_TEST_TMPDIR/required"
	[[ $output == *'1 of 1 requirements covered.'* ]]
	printf 'X.1 X.2 # two on a line\n\n' >"$BATS_TEST_TMPDIR/required"
	run -9 policy_test --requirements "$BATS_TEST_TMPDIR/required"
	[[ $output == *'1 of 2 requirements covered.'* ]]
	[[ $output == *'  X.2'* ]]
	run -5 policy_test --requirements "$BATS_TEST_TMPDIR/nothing"
}

@test "JSON says the same" {
	a_case holds 'release: [form]'
	a_case fails 'withhold: [form, sector]'
	done_with_cases
	run -9 --separate-stderr "$SLUIS" --json policy test "$P"
	jq -e '.passed == false and .cases == {total: 2, hold: 1}' <<<"$output"
	jq -e '.differences | length == 2' <<<"$output"
	jq -e '.differences[0] | .case == "fails" and .file == "own.cases.yaml" and .recipient == "police"
		and .about == "form" and .expected == "withhold" and .got == "release"' <<<"$output"
	jq -e '.rules.total == .rules.covered + (.rules.uncovered | length)' <<<"$output"
	jq -e '.obligations.covered == 0 and .requirements.total == 0' <<<"$output"
}

@test "cases that cannot be read are refused with place and suggestion" {
	a_case typo 'relaese: [form]'
	done_with_cases
	run -2 policy_test
	[[ $output == *"own.cases.yaml:6:14: unknown key 'relaese'; did you mean 'release'?"* ]]
	run -2 "$SLUIS" --lang nl policy test "$P"
	[[ $output == *"bedoelt u 'release'?"* ]]
	run -2 "$SLUIS" --json policy test "$P"
	jq -e '.passed == false and .findings[0].line == 6' <<<"$output"
}

@test "a folder without cases, without a policy, and none at all" {
	rm "$P/own.cases.yaml"
	run -5 policy_test
	run -2 "$SLUIS" policy test "$BATS_TEST_TMPDIR"
	run -5 "$SLUIS" policy test "$BATS_TEST_TMPDIR/nothing"
	run -2 "$SLUIS" policy test
}

@test "broken cases are not sent to a check that has nothing to say of them; a broken policy is" {
	a_case typo 'relaese: [form]'
	done_with_cases
	run -2 policy_test
	[[ $output != *'next:'* ]]
	printf 'x: 1\n' >>"$P/riec.yaml"
	run -2 policy_test
	[[ $output == *'next:'*'sluis policy check DIR'* ]]
}

@test "a file in the place of the folder is said to be a file" {
	for verb in check test prove matrix; do
		run -2 "$SLUIS" policy "$verb" "$P/riec.yaml"
		[[ $output == *'give the folder, not a file'* ]]
	done
}
