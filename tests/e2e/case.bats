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
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../python/catalogue.py" "$D"
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
		'control cancel' 'inbox todo' 'queue list' 'queue send'; do
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
	run -3 as politie --lang nl case open --route nijmegen
	[[ $output == *'een loket dat op deze route een zaak mag openen'*'wie:    municipality/meldpunt'* ]]
	run -0 as analist --lang en case list
	[[ $output == *"$case"*nijmegen*Received*intern* ]]
}

@test "the short route: enrich, judge, move, align, decide" {
	case=$(open_case)
	run -0 as analist --lang nl inbox todo
	[[ $output == *'verrijk het signaal'*"sluis case enrich ${case:0:8}"* ]]
	# not enriched yet: explained, and who may
	run -3 as analist --lang nl case move "$case" verrijkt
	[[ $output == *step_needs_something_first* ]]
	run -3 as meldpunt --lang en case move "$case" verrijkt
	[[ $output == *step_not_for_this_desk* ]]
	[[ $output == *municipality/analist* ]]
	run as analist --lang nl case enrich "$case" "$SIGNALS/05-niece-in-the-household.json"
	[ "$status" -eq 0 ] || [ "$status" -eq 8 ]
	run -0 as analist case move "$case" verrijkt
	[[ $output == 'moved to Enriched; in force now: intern, phase 1, entry '* ]]
	run -0 as meldpunt --lang nl inbox list
	[[ $output == *analist*'naar Verrijkt, door analist (zaak '"${case:0:8}"'); nu geldt: intern, fase 1'* ]]
	run -0 as analist --lang nl case enrich "$case" --verdict strengthened
	[[ $output == *'zij versterkt het signaal'* ]]
	run -0 as analist --lang nl case move "$case" nijmegen.versterkt --confirm
	[[ $output == *'verplaatst naar Afstemming met partners; nu geldt: afstemming, fase 1, logregel '* ]]
	run -0 as aandacht --lang nl case align "$case" --ask politie,nla
	run -0 as politie --lang nl inbox todo
	[[ $output == *'is er reden voor een casustafel'*"sluis case align ${case:0:8} --answer yes|no|more"* ]]
	run -0 as politie --lang nl inbox list
	[[ $output == *'dit wacht op u: antwoord: is er reden voor een casustafel? (zaak '"${case:0:8}"'), uiterlijk '* ]]
	as politie case align "$case" --answer yes
	as nla case align "$case" --answer no
	run -0 as aandacht --lang nl case show "$case"
	[[ $output == *'politie antwoordde: ja, reden genoeg voor een casustafel'* ]]
	[[ $output == *nijmegen.vermoeden*'Vermoeden mensenhandel'*'sluis case move'* ]]
	as aandacht case move "$case" vermoeden
	# the track: first who gains and loses what, and nothing happens
	run -0 as aandacht --lang nl case decide "$case" spoor_zorg
	[[ $output == *verliest* ]]
	[[ $output == *'Er is nog niets veranderd. Om het te doen: sluis case decide'*'--confirm'* ]]
	[ "$(as aandacht --json case show "$case" | jq -r '.cases[0].state')" = vermoeden ]
	run -3 as aandacht --lang nl case move "$case" spoor_zorg
	[[ $output == *verliest*change_not_confirmed* ]]
	run -3 as analist case decide "$case" spoor_zorg --confirm
	[[ $output == *step_not_for_this_desk* ]]
	run -0 as aandacht --lang nl case decide "$case" spoor_zorg --confirm
	[[ $output == *'verplaatst naar Spoor zorg; nu geldt: zorg, fase 1'* ]]
}

@test "release, dossier, gate, close: from the source, sealed, to the end" {
	case=$(open_case)
	as analist case enrich "$case" "$SIGNALS/05-niece-in-the-household.json"
	as aandacht inbox ack --all
	run -0 as aandacht --lang nl case show "$case" --dossier
	[[ $output == *'persons[0].'*analist*verrijking* ]]
	as aandacht --json case show "$case" --dossier | jq -e '.dossier.fields | length > 5'
	as aandacht case move "$case" uit_netwerk --confirm
	as aandacht case align "$case" --ask politie
	as politie case align "$case" --answer yes
	as aandacht case move "$case" vermoeden
	as aandacht case decide "$case" spoor_zorg_straf --confirm
	run -0 as aandacht --lang nl case join "$case" --who veiligthuis
	[[ $output == 'zij zitten aan tafel, logregel '* ]]
	run -0 as analist --lang nl case release "$case" --dry-run
	[[ $output == *politie*persons* && $output == *'Er is niets verzonden'* ]]
	as analist --json case release "$case" | jq -e '.released | length == 1'
	# the gate: who explains, who judges; the words are for who judges only
	run -0 as aandacht --lang nl case gate "$case"
	[[ $output == 'zvh-casus (Besluit WGS 2.20)'*persoon:* ]]
	run -2 as aandacht case gate "$case" persoon=x
	run -2 as aandacht case gate "$case" --claim
	run -2 as aandacht case gate "$case" --claim --judge persoon=met
	run -2 as aandacht case gate "$case" --claim persoon
	run -2 as aandacht case gate "$case" --judge persoon=perhaps
	run -2 as aandacht case gate "$case" nosuchgate extra
	printf 'Een toelichting op papier.\n' >"$BATS_TEST_TMPDIR/words"
	as aandacht case gate "$case" --claim persoon='Zeer vertrouwelijke woorden' \
		leefgebieden="@$BATS_TEST_TMPDIR/words" overlast=c domeinen=d
	! grep -r 'Zeer vertrouwelijke' "$D"
	run -0 as politie --lang nl case gate "$case"
	[[ $output == *'Zeer vertrouwelijke woorden'*'Een toelichting op papier.'* ]]
	as politie case gate "$case" --judge persoon=met leefgebieden=met overlast=not domeinen=met
	run -0 as aandacht --lang nl case show "$case"
	[[ $output == *'politie beoordeelde zvh-casus: persoon voldaan, leefgebieden voldaan, overlast niet voldaan, domeinen voldaan'* ]]
	# no partner may close what is not its to close, and closing says how
	run -3 as analist case close "$case"
	run -0 as aandacht --lang nl case close "$case"
	[[ $output == 'verplaatst: Casus afgesloten, logregel '* ]]
}

@test "seats, a third party and an exchange outside the meeting with everybody's consent" {
	case=$(open_case riec ketenregisseur)
	as ketenregisseur case join "$case" --who politie,nla,zorgcoordinator
	run -3 as nla --lang nl case join "$case" --who kmar
	[[ $output == *'een loket dat op deze route plaatsen geeft'* ]]
	run -0 as politie --lang nl case exchange "$case" --with zorgcoordinator
	[[ $output == 'gevraagd: uitwisseling '*', logregel '* ]]
	run -0 as nla --lang nl inbox todo
	[[ $output == *'wacht op akkoord 0/2'*"sluis case exchange ${case:0:8} --agree "* ]]
	exchange=$(as nla --json case show "$case" |
		jq -r '.cases[0].steps[] | select(.kind == "STEP_EXCHANGE_ASKED").about')
	run -3 as politie --lang nl signal send "$SIGNALS/05-niece-in-the-household.json" --case "$case" \
		--exchange "$exchange" --to zorgcoordinator --no-preview
	[[ $output == *waiting_for_consent* ]]
	run -5 as nla case exchange "$case" --agree 0000
	run -2 as nla case exchange "$case" --agree "${exchange:0:3}"
	as nla case exchange "$case" --agree "${exchange:0:6}"
	run -0 as nla --lang nl case exchange "$case"
	[[ $output == *'politie vroeg om buiten het overleg uit te wisselen met zorgcoordinator'*'wacht op akkoord 1/2' ]]
	as ketenregisseur case exchange "$case" --agree "$exchange"
	run -0 as politie --lang nl case exchange "$case"
	[[ $output == *'akkoord: het mag doorgaan' ]]
	as politie signal send "$SIGNALS/05-niece-in-the-household.json" --case "$case" \
		--exchange "$exchange" --to zorgcoordinator --no-preview
	# a third party sees nothing before it declared
	as ketenregisseur case join "$case" --who kmar --as third-party
	run -3 as kmar --lang nl case show "$case"
	[[ $output == *no_declaration*'een geheimhoudingsverklaring van dit loket'* ]]
	as kmar case join "$case" --declare
	run -0 as kmar --lang nl case show "$case"
	[[ $output == *'kmar verklaarde het geheim te houden (Besluit WGS 2.21)'* ]]
	[[ $output == *'incidentele derde, heeft verklaard'* ]]
	as ketenregisseur case join "$case" --leave nla
	run -5 as nla case show "$case"
	run -0 as nla --lang nl inbox list
	[[ $output == *"uw plaats aan tafel is vervallen (zaak ${case:0:8})"* ]]
}

@test "feedback goes to who contributed, and says nothing of the content" {
	case=$(open_case riec ketenregisseur)
	as ketenregisseur case join "$case" --who politie
	as politie signal send "$SIGNALS/05-niece-in-the-household.json" --case "$case" \
		--to ketenregisseur --no-preview
	run -0 as ketenregisseur --lang nl feedback give --case "$case" --followed-up yes \
		--assessment right --investigation no
	[[ $output == 'teruggekoppeld, logregel '* ]]
	run -0 as politie --lang nl inbox list
	[[ $output == *'ketenregisseur over uw signaal '*': opgepakt, inschatting juist, er is geen onderzoek gestart'* ]]
	run -0 as ketenregisseur --lang nl case show "$case"
	[[ $output == *'ketenregisseur koppelde terug: opgepakt, inschatting juist'* ]]
	as ketenregisseur --json feedback open | jq -e .code
}

@test "a control is told to who plans one there, and care hears of the places" {
	plan() {
		as "$1" --lang nl control plan --on 2026-12-01 --postcode '1234 AB' --number 7 --convenant riec --contact "$2" "${@:3}"
	}
	run -0 plan politie avim --places 12 --kinds crisis,mens
	[[ $output == 'gepland: controle '* ]]
	id=$(grep -oE '[0-9a-f]{32}' <<<"$output")
	run -0 plan belastingdienst riec
	run -0 as politie --lang nl inbox list
	[[ $output == *'daar is op 2026-12-01 een andere controle gepland: bel belastingdienst'* ]]
	run -0 as politie --lang nl control cancel "$id"
	run -5 as nla control cancel "$id"
}

@test "what is confirmed is what was shown, and not what came in its place" {
	case=$(open_case nijmegen aandacht)
	as aandacht case move "$case" uit_netwerk --confirm
	as aandacht case align "$case" --ask politie
	as politie case align "$case" --answer yes
	as aandacht case move "$case" vermoeden
	run -0 as aandacht case decide "$case" spoor_zorg_straf
	# somebody joins in between: now it changes something for one more desk
	as aandacht case join "$case" --who zorgcoordinator
	run -3 as aandacht --lang nl case decide "$case" spoor_zorg_straf --confirm
	[[ $output == *zorgcoordinator* ]]
	[[ $output == *'zij verandert nu andere dingen dan toen zij werd getoond'* ]]
	[ "$(as aandacht --json case show "$case" | jq -r '.cases[0].state')" = vermoeden ]
	run -0 as aandacht --lang nl case decide "$case" spoor_zorg_straf --confirm
	[ "$(as aandacht --json case show "$case" | jq -r '.cases[0].state')" = zorg_straf ]
}

@test "a recall reaches who has it, and says who has not confirmed" {
	trace=$(as meldpunt --json signal send "$SIGNALS/05-niece-in-the-household.json" --convenant riec \
		--phase 1 --purpose casusoverleg --to politie,nla | jq -r .trace_id)
	as politie inbox ack --all
	run -0 as meldpunt --lang nl link "$trace"
	run -0 as meldpunt --lang nl recall send "${trace:0:10}" --ground unlawful
	[[ $output == *'exemplaren die niemand ophaalde zijn gewist'* ]]
	run -0 as meldpunt --lang nl recall send "$trace" --ground consent
	[[ $output == 'dit is al eerder teruggeroepen'*'sluis recall list, logregel '* ]]
	run -0 as meldpunt --lang nl recall list
	[[ $output == *'Nog niet bevestigd door wie het kreeg:'*politie* ]]
	[[ $output != *nla* ]] # it never took its copy
	run -0 as politie --lang nl inbox list
	[[ $output == *'het had niet verstrekt mogen worden (Besluit WGS 1.6)'* ]]
	run -0 as politie --lang nl recall confirm --all
	[[ $output == *'hier vernietigd, en gemeld aan de bron'* ]]
	run -0 as meldpunt --lang en recall send "$trace" --ground consent
	[[ $output == 'nothing to recall: '*'or it was recalled before'*', entry '* ]]
	run -0 as politie recall confirm --all
	[[ $output == 'Nothing is to be destroyed here.' ]]
	run -0 as meldpunt --lang nl inbox list
	[[ $output == *"politie vernietigde zijn exemplaar van uw signaal ${trace:0:8}"* ]]
}

@test "a correction replaces what was sent, and the old is destroyed" {
	trace=$(as meldpunt --json signal send "$SIGNALS/05-niece-in-the-household.json" --convenant riec \
		--phase 1 --purpose casusoverleg --to nla | jq -r .trace_id)
	as nla inbox ack --all
	old=$(as nla --json inbox list | jq -r '[.deliveries[] | select(.notice == null and .convenant == "riec")][-1].id')
	as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" --convenant riec --phase 1 \
		--purpose casusoverleg --to nla --corrects "${trace:0:12}" --no-preview
	run -0 as nla --lang nl inbox list
	[[ $output == *verbetering* ]]
	run -0 as nla --lang nl recall list
	[[ $output == *"sluis recall confirm ${old:0:8}"* ]]
	run -0 as nla recall confirm "${old:0:8}"
	run -0 as nla --json inbox list
	jq -e --arg old "$old" '[.deliveries[].id] | index($old) == null' <<<"$output"
	run -0 as meldpunt --lang nl recall list
	[[ $output == *'Iedereen heeft bevestigd wat dit loket terugriep.'* ]]
}

@test "who reported is asked on a ground, answered sealed, and read by who asked" {
	as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" --convenant riec --phase 1 \
		--purpose casusoverleg --to politie --no-preview
	as politie inbox ack --all
	id=$(as politie --json inbox list | jq -r '[.deliveries[] | select(.state == "acknowledged" and .notice == null)][-1].id')
	run -0 as politie --lang nl reveal ask "$id" --what source --ground report
	run -0 as meldpunt --lang nl reveal list
	[[ $output == *'politie vraagt de bron voor een proces-verbaal: toestaan / weigeren / alleen organisatie'* ]]
	reveal=$(as meldpunt --json reveal list | jq -r '.reveals[-1].reveal_id')
	run -0 as meldpunt --lang nl inbox todo
	[[ $output == *"sluis reveal decide ${reveal:0:8}"* ]]
	run -5 as meldpunt reveal decide 00000000 --verdict refuse
	printf 'De buurvrouw van nummer 12.\n' | as meldpunt reveal decide "${reveal:0:8}" --verdict release --text -
	! grep -r 'buurvrouw' "$D"
	# the convenant asks for a second desk of the source
	run -5 as politie reveal show "$reveal"
	run -0 as aandacht --lang nl inbox list
	[[ $output == *'politie vraagt de bron voor een proces-verbaal; meldpunt besloot: vrijgegeven; u bent het tweede loket: toestaan'* ]]
	run -3 as meldpunt reveal decide "$reveal" --second --verdict release
	as aandacht reveal decide "${reveal:0:8}" --second --verdict release
	run -0 as politie --lang nl reveal show "$reveal"
	[[ $output == 'meldpunt besloot over de bron: vrijgegeven'*'De buurvrouw van nummer 12.' ]]
	as politie --json reveal show "$reveal" | jq -e '.answer == "De buurvrouw van nummer 12."'
	run -5 as nla reveal show "$reveal"
}

@test "without a broker a signal waits here, and is sent once there is one" {
	send=(signal send "$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1
		--purpose hulpverlening --to zorgcoordinator --timeout 1500)
	"$SLUIS" demo down --dir "$D"
	run -7 as meldpunt --lang nl "${send[@]}"
	[[ $output == *'om het hier te laten wachten tot er verbinding is: --queue'* ]]
	run -7 as meldpunt --lang nl "${send[@]}" --queue
	[[ $output == *'het wacht in de wachtrij als '*'sluis queue send'* ]]
	run -0 as meldpunt --json queue list
	[ "$(jq '.waiting | length' <<<"$output")" = 1 ]
	trace=$(jq -r '.waiting[0].trace_id' <<<"$output")
	run -7 as meldpunt --lang nl queue send --timeout 1500
	[[ $output == *"$trace"* ]]
	run -7 as meldpunt --timeout 1500 case open --route nijmegen
	[[ $output == *'ask again with: sluis signal resend '* ]]
	"$SLUIS" demo up --dir "$D"
	run -0 as meldpunt --lang nl queue send
	[[ $output == "$trace verzonden" ]]
	run -0 as meldpunt --lang nl queue list
	[[ $output == 'Er wacht niets om te verzenden.' ]]
	run -0 as meldpunt signal list
	[ "$(grep -c "$trace" <<<"$output")" = 1 ]
	run -5 as meldpunt queue drop "$trace"
	run -2 as meldpunt queue drop zz
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
