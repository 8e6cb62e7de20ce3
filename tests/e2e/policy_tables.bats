#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# sluis policy matrix and routes: the tables that people read, of the shipped policy.
# SLUIS names the binary (ctest sets it).

bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C NO_COLOR=1
	P=$BATS_TEST_DIRNAME/../../policy
}

# --- matrix, on the terminal ----------------------------------------------------------

@test "matrix tells each convenant and phase, and ends with the rules and articles" {
	run -0 "$SLUIS" policy matrix "$P"
	for convenant in "$P"/*.yaml; do
		name=$(basename "$convenant" .yaml)
		case $name in categories | parties | invariants | *.cases) continue ;; esac
		[[ $output == *"=== $name: "* ]]
		[[ $output == *"--- $name, phase "* ]]
	done
	[[ $output == *'riec-cie'*'Landelijke afspraak CIE'* ]]
}

@test "matrix says what stands above the table, and under which condition a cell opens" {
	run -0 "$SLUIS" policy matrix "$P" --convenant riec --phase 1
	[[ $output == *'criminal intelligence (CIE): the whole signal is refused, for everybody (riec-cie)'* ]]
	[[ $output == *'if there is an embargo: only '* ]]
	[[ $output == *'only from ind'* ]]
	[[ $output == *'not from belastingdienst'* ]]
	[[ $output == *'Barred for everybody here:'*'Health (riec-health)'* ]]
}

@test "matrix stays within 120 columns and ends no line in a space" {
	"$SLUIS" policy matrix "$P" >"$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -lt 2000 ]
	run -1 grep -nE '.{121}|[[:blank:]]$' <(iconv -f utf-8 -t ascii//TRANSLIT "$BATS_TEST_TMPDIR/out")
}

@test "matrix of one sender says nothing about other senders" {
	run -0 "$SLUIS" policy matrix "$P" --convenant riec --phase 1 --from ind --audience signatory
	[[ $output == *'From: ind'$'\n'* ]]
	[[ $output == *'Residence status'* ]]
	[[ $output != *'only from'* ]]
	[[ $output != *'not from'* ]]
}

@test "matrix in Dutch says the same in Dutch" {
	run -0 "$SLUIS" --lang nl policy matrix "$P" --convenant riec --phase 1
	[[ $output == *'alleen van ind'* ]]
	[[ $output == *'Verblijfsstatus'* ]]
	[[ $output != *'not from'* ]]
	[[ $output != *'recipients'* ]]
}

@test "matrix names what does not exist and prints no table" {
	for wrong in '--convenant reic' '--phase 9' '--from mafia' '--to nobody' '--class hero' '--audience everybody'; do
		# shellcheck disable=SC2086
		run -5 --separate-stderr "$SLUIS" policy matrix "$P" $wrong
		[ -z "$output" ]
		[[ $stderr == *not_found* ]]
	done
	run -2 "$SLUIS" policy matrix
	run -2 "$SLUIS" policy matrix "$P" --sideways
	run -5 "$SLUIS" policy matrix "$BATS_TEST_TMPDIR/nothing"
}

@test "matrix of a policy that does not load says why" {
	cp -r "$P" "$BATS_TEST_TMPDIR/policy"
	echo 'surprise: true' >>"$BATS_TEST_TMPDIR/policy/zorg.yaml"
	run -2 --separate-stderr "$SLUIS" policy matrix "$BATS_TEST_TMPDIR/policy"
	[ -z "$output" ]
	[[ $stderr == *zorg.yaml:* ]]
}

@test "a class that no rule serves is said to get nothing" {
	run -0 "$SLUIS" policy matrix "$P" --convenant zorg --from politie
	[[ $output == *'Nothing passes here'* ]]
}
