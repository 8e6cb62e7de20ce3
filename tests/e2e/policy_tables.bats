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
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'Barred for everybody here:'*'Health (riec-health)'* ]]
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

@test "an unknown filter is told what there is" {
	run -5 "$SLUIS" policy matrix "$P" --convenant riec --phase x9
	[[ $output == *'--phase x9 ('*'1, '* ]]
	run -5 "$SLUIS" policy matrix "$P" --class zzzzzzzz
	[[ $output == *'(signal, victim, '* ]]
	run -5 "$SLUIS" policy routes "$P" --audience xxxxxxxx
	[[ $output == *'(signatory, incidental, non_signatory, expired)'* ]]
	run -5 "$SLUIS" policy routes "$P" --from Gemeente
	[[ $output == *'municipality'* ]]
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

@test "matrix suggests the word that was meant" {
	run -5 "$SLUIS" policy matrix "$P" --convenant reic
	[[ $output == *'--convenant reic'*'did you mean "riec"?'* ]]
	run -5 "$SLUIS" policy matrix "$P" --cells --class victm
	[[ $output == *'did you mean "victim"?'* ]]
}

# --- matrix, for a spreadsheet and for programs ---------------------------------------

@test "matrix --grid --csv has a row for each category and a column for each recipient" {
	run -0 "$SLUIS" policy matrix "$P" --grid --csv --convenant riec --phase 1 --audience signatory
	[[ ${lines[0]} == '"convenant","phase","audience","category","fields","municipality","police",'* ]]
	[[ $output == *'"residence_status","persons.residence_status.kind '*'only from ind'*'riec-res]"'* ]]
}

@test "matrix --grid --json tells clauses by the names of the policy" {
	"$SLUIS" --json policy matrix "$P" --grid --convenant riec --phase 1 --audience signatory >"$BATS_TEST_TMPDIR/grid"
	jq -e '.grids | length == 1' "$BATS_TEST_TMPDIR/grid"
	jq -e '.grids[0] | (.rows | length > 40) and all(.rows[]; (.cells | length) == ($root | length))' \
		--argjson root "$(jq '.grids[0].to' "$BATS_TEST_TMPDIR/grid")" "$BATS_TEST_TMPDIR/grid"
	jq -e '[.grids[0].rows[] | select(.category == "residence_status") | .cells[].clauses[] | select(.rule == "riec-res").from] | flatten | unique == ["ind"]' "$BATS_TEST_TMPDIR/grid"
	jq -e '[.grids[0].restrictions[] | select(.rule == "riec-cie")] | .[0].action == "refuse" and .[0].when == ["cie"]' "$BATS_TEST_TMPDIR/grid"
}

@test "a list of cells keeps to the filters that it is given" {
	run -0 "$SLUIS" policy matrix "$P" --csv --convenant riec --phase 1 --audience non_signatory
	[[ $output != *'"signatory"'* ]]
	[[ $output == *'"non_signatory"'* ]]
	run -2 "$SLUIS" policy matrix "$P" --csv --from municipality/meldpunt
	run -5 --separate-stderr "$SLUIS" policy matrix "$P" --csv --audience everybody
	[ -z "$output" ]
}

@test "matrix and routes print one form at a time" {
	run -2 "$SLUIS" policy matrix "$P" --csv --html -
	run -2 "$SLUIS" --json policy matrix "$P" --html -
	run -2 "$SLUIS" policy matrix "$P" --grid
	run -2 "$SLUIS" policy matrix "$P" --grid --cells --csv
	run -2 "$SLUIS" policy routes "$P" --csv --html -
}

# --- routes ---------------------------------------------------------------------------

@test "routes answers a case worker: I am X, to whom may I send what?" {
	run -0 "$SLUIS" policy routes "$P" --from veilig_thuis --convenant zorg
	[[ $output == *'From: veilig_thuis'* ]]
	[[ $output == *'--> zorgcoordinator (Zorgcoordinatie Rivierenland)'* ]]
	[[ $output == *'only if the person is a victim: '* ]]
	[[ $output == *'due '*'contact (if there is an embargo)'* ]]
	[[ $output == *'What is due:'*'secrecy'*'BW 7:457'* ]]
	[[ $output != *'--> police'* ]]
}

@test "routes takes a desk, an alias, and a desk without a seat of its own" {
	run -0 "$SLUIS" policy routes "$P" --from gemeente/meldpunt --to gemeente/aandachtfunctionaris --convenant zorg
	[[ $output == *'--> municipality/aandachtfunctionaris'* ]]
	[[ $output != *'--> municipality ('* ]]
	run -0 "$SLUIS" policy routes "$P" --to gemeente/meldpunt --convenant zorg
	[[ $output == *'--> municipality ('* ]]
	[[ $output != *'--> municipality/aandachtfunctionaris'* ]]
}

@test "routes tells where there is none, and what does not exist" {
	for nowhere in '--from kmar --convenant zorg' '--from auditor' '--to auditor'; do
		# shellcheck disable=SC2086
		run -0 "$SLUIS" policy routes "$P" $nowhere
		[ "$output" = 'No route: nothing may be sent that way.' ]
	done
	for wrong in '--from mafia' '--from police/cellar' '--to police/' '--convenant reic' '--phase 9' '--audience all'; do
		for as in '' --csv --json '--html -'; do
			# shellcheck disable=SC2086
			run --separate-stderr "$SLUIS" policy routes "$P" $wrong $as
			[ "$status" -eq 5 ] || [ "$status" -eq 2 ]
			[ -z "$output" ]
			[ -n "$stderr" ]
		done
	done
	run -2 "$SLUIS" policy routes
	run -2 "$SLUIS" policy routes "$P" --class victim
}

@test "routes stays within 100 columns, in both languages" {
	for lang in nl en; do
		"$SLUIS" --lang $lang policy routes "$P" >"$BATS_TEST_TMPDIR/out"
		run -1 grep -nE '.{101}|[[:blank:]]$' <(iconv -f utf-8 -t ascii//TRANSLIT "$BATS_TEST_TMPDIR/out")
	done
	[ "$(grep -c -- '^--> ' "$BATS_TEST_TMPDIR/out")" -gt 40 ]
}

@test "routes as CSV and JSON" {
	run -0 "$SLUIS" policy routes "$P" --csv --from ind --convenant riec --phase 1
	[ "${lines[0]%$'\r'}" = '"convenant","phase","audience","from","to","what","condition","category","fields","rules","due"' ]
	[[ $output == *'"ind","police","in full","not if the person is a witness","residence_status"'* ]]
	"$SLUIS" --json policy routes "$P" --from ind --convenant riec --phase 1 >"$BATS_TEST_TMPDIR/routes"
	jq -e 'all(.routes[]; .from == ["ind"] and (.to | length > 0) and (.due | length > 0))' "$BATS_TEST_TMPDIR/routes"
}

@test "a page for a folder that is not there: so it is said" {
	run -1 "$SLUIS" policy matrix "$P" --html "$BATS_TEST_TMPDIR/nothing/x.html"
	[[ $output == *'the folder to write it in does not exist'* ]]
	[[ $output != *'next:'* ]]
}

# --- sluis policy route ----------------------------------------------------------------

@test "route shows states, who may step where and when, and what is due" {
	run -0 "$SLUIS" --lang nl policy route nijmegen --policy "$P"
	[[ $output == *'nijmegen: Stroomschema mensenhandel'* ]]
	[[ $output == *'-> zorg: Alleen zorg (nijmegen.spoor_zorg)'$'\n''        door: Gemeente/aandachtfunctionaris'* ]]
	[[ $output == *'als: het signaal is verrijkt'* ]]
	[[ $output == *'moet bevestigd worden'* ]]
	[[ $output == *'haalt terug wat gedeeld is onder: afstemming intern'* ]]
	[[ $output == *'poort: riec-signaal'* ]]
	[[ $output == *'afgeschermd'* ]]
	run -0 "$SLUIS" --lang en policy route nijmegen --policy "$P"
	[[ $output == *'when: the signal was enriched'* ]]
	[[ $output != *'poort:'* ]]
}

@test "route without a name shows every route, and as JSON what the files say" {
	run -0 "$SLUIS" --lang en policy route --policy "$P"
	for name in ijsselstreek nijmegen riec zvh; do [[ $output == *"$name: "* ]]; done
	run -0 "$SLUIS" --json policy route --policy "$P"
	jq -e '[.routes[].id] == ["ijsselstreek", "nijmegen", "riec", "zvh"]' <<<"$output"
	jq -e '.routes[] | select(.id == "riec") | .steps[] | select(.id == "riec.toewijzing")
		| .needs == ["gate_met", "assigned"] and .unless == ["gate_failed"] and .confirm
		and .from == ["weging"] and .by == ["municipality/ketenregisseur", "police", "om"]' <<<"$output"
	jq -e '.routes[] | select(.id == "zvh") | .states[] | select(.id == "gesloten")
		| .closed and .shields and .convenant == null' <<<"$output"
}

@test "route refuses a name that is none, and says so where there are no routes" {
	run -5 "$SLUIS" --lang en policy route nimegen --policy "$P"
	[[ $output == *'this policy has no route of that name'* ]]
	run -2 "$SLUIS" policy route nijmegen riec --policy "$P"
	cp "$P"/*.yaml "$BATS_TEST_TMPDIR"
	run -0 "$SLUIS" --lang en policy route --policy "$BATS_TEST_TMPDIR"
	[[ $output == 'This policy has no routes.' ]]
	mkdir "$BATS_TEST_TMPDIR/routes"
	sed 's/to: verrijkt/to: verijkt/' "$P/routes/nijmegen.yaml" >"$BATS_TEST_TMPDIR/routes/nijmegen.yaml"
	run -2 "$SLUIS" --lang nl policy route --policy "$BATS_TEST_TMPDIR"
	[[ $output == *'routes/nijmegen.yaml:'*"'verrijkt'?"* ]]
}
