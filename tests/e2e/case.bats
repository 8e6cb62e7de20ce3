#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# A case by hand: the commands that people type, in Dutch and English, against a real
# region.  SLUIS and SLUISD name the binaries (ctest sets them).

bats_require_minimum_version 1.5.0

SIGNALS=$BATS_TEST_DIRNAME/../signals

setup_file() {
	export D=$BATS_FILE_TMPDIR/region
	export LC_ALL=C NO_COLOR=1 SLUIS_SLUISD=$SLUISD
	export SLUIS_POLICY_DIR=$BATS_TEST_DIRNAME/../../policy
	"$SLUIS" demo up --dir "$D"
}

teardown_file() {
	"$SLUIS" demo down --dir "$D"
}

# sluis as party NAME: as meldpunt case list
as() {
	local name=$1
	shift
	"$SLUIS" --party "$D/parties/$name" "$@"
}

# A new case on route $1 (nijmegen) of party $2 (meldpunt): its id.
open_case() {
	as "${2:-meldpunt}" --json case open --route "${1:-nijmegen}" | jq -r .trace_id
}

# --- wrong use ----------------------------------------------------------------------

@test "every verb of a case is in the help, in both languages, and has its own" {
	for verb in open list show enrich align decide move join gate exchange close extend; do
		run -0 "$SLUIS" --lang en help case
		[[ $output == *"case $verb"* ]]
		run -0 "$SLUIS" --lang nl case "$verb" --help
		[[ $output == Gebruik:*"sluis case $verb"* ]]
	done
	for verb in 'feedback give' 'feedback open' 'recall send' 'recall list' 'recall confirm' \
		'reveal ask' 'reveal list' 'reveal decide' 'reveal show' 'control plan' \
		'control cancel' 'inbox todo'; do
		# shellcheck disable=SC2086
		run -0 "$SLUIS" --lang en $verb --help
		[[ $output == Usage:*"sluis $verb"* ]]
	done
	run -0 "$SLUIS" --lang en help
	[[ $output == *'respond DELIVERY'* && $output == *'link TRACE'* ]]
}

@test "wrong use ends with 2 and names the help" {
	id=0123456789abcdef0123456789abcdef
	while IFS= read -r words; do
		# shellcheck disable=SC2086
		echo "$words"
		run -2 as meldpunt $words
		[[ $output == *'usage'* ]]
		[[ $output == *'--help'* ]]
	done <<-EOF
		case open
		case open --route nijmegen extra
		case open --route nijmegen --delivery zz
		case open --route nijmegen --trace 12
		case show
		case show zz
		case show abc
		case show 0123456789abcdef0123456789abcdef0
		case enrich $id
		case enrich $id --verdict perhaps
		case enrich $id file --verdict not
		case align $id
		case align $id --answer perhaps
		case align $id --answer yes --ask politie
		case align $id --ask nobody-of-this-name/x/y --answer no
		case decide $id
		case move $id
		case move $id nijmegen.verrijkt --layer 3
		case move $id nijmegen.verrijkt --layer two
		case join $id
		case join $id --who politie --declare
		case join $id --who politie --leave politie
		case join $id --who politie --layer 0
		case join $id --who politie --as guest
		case exchange $id --with politie --agree $id
		feedback give --case $id
		feedback give --followed-up yes
		feedback give --case $id --delivery $id --closed
		feedback give --case $id --followed-up perhaps
		feedback give --case $id --assessment good
		feedback give --case $id --no-action lazy
		recall send $id
		recall send $id --ground because
		recall confirm
		reveal ask $id
		reveal ask $id --what source
		reveal ask $id --what source --ground curiosity
		reveal ask $id --what source --ground report --path persons[0].bsn
		reveal ask $id --what identity --ground report
		reveal decide abcd
		reveal decide abcd --verdict release
		reveal decide abcd --verdict refuse --text file
		reveal decide abcd --verdict perhaps
		link
		control plan
		control plan --on 2026-12-01 --postcode 1234AB
		control plan --on 2026-12-01 --postcode 1234AB --number one --contact meldpunt --convenant riec
		control plan --on 2026-12-01 --postcode 1234AB --number 1 --convenant riec
		control plan --on 2026-12-01 --postcode 1234AB --number 1 --contact meldpunt
		control plan --on 2026-12-01 --postcode 1234AB --number 1 --contact meldpunt --convenant riec --kinds castle
		control cancel abcd
		respond $id
		respond $id --picked-up --taken-over
		respond $id --measure jail
		signal send file --case zz --to politie
		signal send file --convenant zorg --phase 1 --purpose hulpverlening --enriches --to politie
	EOF
}

@test "a case that is not ours is not found, and so is one that never was" {
	case=$(open_case)
	for id in "$case" 0123456789abcdef0123456789abcdef; do
		for words in "case show $id" "case extend $id" \
			"case join $id --declare" "case exchange $id" "case gate $id" \
			"case move $id nijmegen.verrijkt" "case decide $id nijmegen.spoor_zorg" \
			"case close $id" "feedback give --case $id --closed"; do
			# shellcheck disable=SC2086
			run -5 --separate-stderr as kmar --json $words
			[ "$(jq -r .error.code <<<"$stderr")" = not_found ]
		done
	done
	run -5 as kmar case show "${case:0:8}"
}

# --- a short route by hand ------------------------------------------------------------

@test "a case is opened, shown and listed in both languages" {
	run -0 as meldpunt --lang nl case open --route nijmegen
	[[ $output == 'zaak '*' geopend, logregel '* ]]
	case=$(open_case)
	run -0 as meldpunt --lang nl case show "$case"
	[[ $output == *"$case"* ]]
	[[ $output == *'Ontvangen (ontvangen)'* ]]
	[[ $output == *'intern / 1 / verrijking'* ]]
	[[ $output == *'meldpunt opende de zaak'* ]]
	[[ $output == *analist*'verrijk het signaal uit uw eigen bronnen'* ]]
	run -0 as analist --lang en case show "${case:0:6}"
	[[ $output == *'Received (ontvangen)'* ]]
	[[ $output == *'meldpunt opened the case'* ]]
	run -0 as analist --lang en case list
	[[ $output == *"$case"*nijmegen*Received*intern* ]]
}

# --- JSON -----------------------------------------------------------------------------

@test "everything prints JSON that parses, also when it is refused" {
	case=$(open_case)
	for words in "case list" "case show $case" "case gate $case zvh-casus" "case exchange $case" \
		"inbox todo" "inbox todo --given" "inbox list" "feedback open" \
		"feedback open --given" "recall list" "reveal list"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr as analist --json $words
		jq -e 'type == "object"' <<<"$output"
	done
	run -3 --separate-stderr as meldpunt --json case move "$case" verrijkt
	[ "$(jq -r .code <<<"$output")" = step_not_for_this_desk ]
	[ "$(jq -r .error.code <<<"$stderr")" = step_not_for_this_desk ]
	jq -e '.change | contains("municipality/analist")' <<<"$output"
	run -2 --separate-stderr as meldpunt --json case move "$case"
	[ "$(jq -r .error.code <<<"$stderr")" = usage ]
	[ -z "$output" ]
}
