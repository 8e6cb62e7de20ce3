#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
#
# The sluis command against a real region: every verb, and what each refuses.
# SLUIS and SLUISD name the binaries, SLUIS_LIB_EXAMPLE a program on libsluis.so
# (ctest sets them).  One region serves the whole file; teardown_file ends it.

bats_require_minimum_version 1.5.0

SIGNALS=$BATS_TEST_DIRNAME/../signals
VECTORS=$BATS_TEST_DIRNAME/../vectors/tlog-tiles
VECTOR_KEY='example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'

setup_file() {
	export D=$BATS_FILE_TMPDIR/region
	export LC_ALL=C NO_COLOR=1 SLUIS_SLUISD=$SLUISD
	"$SLUIS" demo up --cover 0 --dir "$D"
	# another region, for its keys only
	export OTHER=$BATS_FILE_TMPDIR/other
	"$SLUIS" demo up --cover 0 --dir "$OTHER"
	"$SLUIS" demo down --dir "$OTHER"
}

teardown_file() {
	"$SLUIS" demo down --dir "$D"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../python/catalogue.py" "$D"
}

# sluis as party NAME: as meldpunt signal list
as() {
	local name=$1
	shift
	"$SLUIS" --party "$D/parties/$name" "$@"
}

# Does process PID still run?  (One that waits for its parent to look has ended.)
is_running() {
	[ -r "/proc/$1/stat" ] && ! grep -q ') [ZX] ' "/proc/$1/stat"
}

# The route that the municipality may take: zorg 1 hulpverlening, to care.
CARE=(--convenant zorg --phase 1 --purpose hulpverlening --to "zorgcoordinator,veiligthuis")
CASE=(--convenant zvh --phase 1 --purpose casusoverleg)

send_care() {
	as meldpunt --json signal send "$SIGNALS/05-niece-in-the-household.json" "${CARE[@]}"
}

# --- demo up, and what it leaves ----------------------------------------------------

@test "demo up leaves the documented folders with private keys private" {
	for name in meldpunt aandacht politie nla zorgcoordinator veiligthuis om belastingdienst kmar auditor; do
		for file in party.json certificate.pem private-key.pem keys.json binding.bin chain.pem; do
			[ -s "$D/parties/$name/$file" ]
		done
		[ "$(stat -c %a "$D/parties/$name/keys.json")" = 600 ]
		[ "$(stat -c %a "$D/parties/$name/private-key.pem")" = 600 ]
	done
	[ -s "$D/region.json" ]
	jq -e '.parties | length == 16' "$D/region.json"
	jq -e '.broker_curve_public | length == 40' "$D/region.json"
	[ -s "$D/ca/crl.pem" ]
	[ -s "$D/broker/policy/parties.yaml" ]
	[ -s "$D/sluisd.pid" ]
}

@test "demo up on a running demo changes nothing" {
	pid=$(cat "$D/sluisd.pid")
	run -0 "$SLUIS" demo up --dir "$D" --json
	jq -e .origin <<<"$output"
	[ "$(cat "$D/sluisd.pid")" = "$pid" ]
}

@test "demo up prints paths that a shell takes as they stand" {
	dir="$BATS_TEST_TMPDIR/two words"
	run -0 "$SLUIS" demo up --dir "$dir"
	next=$(grep 'export SLUIS_PARTY=' <<<"$output")
	(eval "$next" && [ -s "$SLUIS_PARTY/party.json" ])
	eval "$(grep 'demo down' <<<"$output" | sed "s|sluis|'$SLUIS'|")"
}

@test "a signal to one recipient named twice is one delivery" {
	run -0 as meldpunt --json signal send "$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1 --purpose hulpverlening --to zorgcoordinator,zorgcoordinator
	[ "$(jq '.outcomes | length' <<<"$output")" = 1 ]
}

@test "a refused signal is shown as refused" {
	run -3 as meldpunt --json signal send "$SIGNALS/09-criminal-intelligence.json" "${CASE[@]}" --to politie
	run -0 as meldpunt signal show "$(jq -r .trace_id <<<"$output")"
	[[ $output == *cie_information_refused* ]]
}

@test "what would change a ruling is Dutch in Dutch" {
	run as meldpunt --lang nl signal preview "$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 9 --purpose hulpverlening --to zorgcoordinator
	[[ $output == *'een fase van zorg: 1'* ]]
}

@test "demo up names the file of its authority that is damaged" {
	dir="$BATS_TEST_TMPDIR/d"
	"$SLUIS" demo up --cover 0 --dir "$dir" --quiet
	"$SLUIS" demo down --dir "$dir"
	cp "$dir/ca/revoked" "$BATS_TEST_TMPDIR/revoked"
	echo rubbish >"$dir/ca/revoked"
	run -2 "$SLUIS" demo up --dir "$dir"
	[[ $output == *"$dir/ca/revoked"*damaged* ]]
	cp "$BATS_TEST_TMPDIR/revoked" "$dir/ca/revoked"
	mv "$dir/ca/serial" "$BATS_TEST_TMPDIR/serial"
	run -5 "$SLUIS" demo up --dir "$dir"
	[[ $output == *"$dir/ca/serial"*"it is gone"* ]]
	mv "$BATS_TEST_TMPDIR/serial" "$dir/ca/serial"
	run -0 "$SLUIS" demo up --dir "$dir"
	"$SLUIS" demo down --dir "$dir"
}

@test "demo up does not pretend to change the policy of a region" {
	run -2 "$SLUIS" demo up --dir "$D" --policy "$BATS_TEST_DIRNAME/../../policy"
	[[ $output == *'keeps its policy'* ]]
}

@test "demo up refuses a folder with other things in it and leaves them alone" {
	dir=$BATS_TEST_TMPDIR/mine
	mkdir "$dir"
	echo keep >"$dir/file"
	run -2 "$SLUIS" demo up --dir "$dir"
	[ "$(cat "$dir/file")" = keep ]
	[ "$(ls "$dir")" = file ]
}

@test "demo up that fails half-way leaves nothing behind" {
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/sluisd"
	chmod +x "$BATS_TEST_TMPDIR/sluisd"
	run -2 "$SLUIS" demo up --dir "$BATS_TEST_TMPDIR/new" --sluisd "$BATS_TEST_TMPDIR/sluisd"
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
}

@test "demo up says so when there is no sluisd or no policy" {
	run -5 "$SLUIS" demo up --dir "$BATS_TEST_TMPDIR/new" --sluisd /nonexistent/sluisd
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
	run "$SLUIS" demo up --dir "$BATS_TEST_TMPDIR/new" --policy /nonexistent
	[ "$status" -ne 0 ]
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
}

@test "demo down never signals a process that is not its sluisd" {
	dir=$BATS_TEST_TMPDIR/fake
	mkdir -p "$dir/broker"
	touch "$dir/broker/sluisd.yaml"
	sleep 300 3>&- &
	other=$!
	echo "$other" >"$dir/sluisd.pid"
	run -0 "$SLUIS" demo down --dir "$dir"
	kill -0 "$other"
	kill "$other"
	# the sluisd of another region is not ours either
	cp "$D/sluisd.pid" "$dir/sluisd.pid"
	run -0 "$SLUIS" demo down --dir "$dir"
	kill -0 "$(cat "$D/sluisd.pid")"
}

@test "demo down without a demo is not found" {
	run -5 "$SLUIS" demo down --dir "$BATS_TEST_TMPDIR"
	run -5 "$SLUIS" demo down --dir "$BATS_TEST_TMPDIR/nothing"
	run -2 "$SLUIS" demo down
}

@test "a demo goes down and comes up again with its history" {
	dir=$BATS_TEST_TMPDIR/again
	"$SLUIS" demo up --dir "$dir"
	pid=$(cat "$dir/sluisd.pid")
	"$SLUIS" demo down --dir "$dir"
	run ! is_running "$pid"
	run -0 "$SLUIS" demo down --dir "$dir"
	"$SLUIS" demo up --dir "$dir"
	run -0 "$SLUIS" --party "$dir/parties/auditor" audit verify
	"$SLUIS" demo down --dir "$dir"
}

# --- use ------------------------------------------------------------------------------

@test "help, version and usage errors" {
	run -0 "$SLUIS" --version
	[[ $output == sluis\ * ]]
	run -0 "$SLUIS" -h
	run -0 "$SLUIS" signal send -h
	[[ $output == *--convenant* ]]
	run -0 "$SLUIS" help exit
	[[ $output == *history_forked* ]]
	local codes
	codes=$(grep -c '^	X(RC_' "$BATS_TEST_DIRNAME/../../proto/rc.h")
	run -0 "$SLUIS" --lang nl help exit
	[[ ${#lines[@]} -eq $((codes + 1)) && $output == *BETEKENIS* ]]
	run -0 --separate-stderr "$SLUIS" --json help exit
	[[ $(jq '.codes | length' <<<"$output") -eq $codes ]]
	run -0 "$SLUIS" help signal
	[[ $output == *'signal send FILE'* && $output != *'inbox'* ]]
	run -0 "$SLUIS" signal --help
	[[ $output == *'signal send FILE'* && $output != *'inbox list'* ]]
	run -0 "$SLUIS" help signal send
	[[ $output == *'Usage: sluis signal send OPTIONS FILE'* ]]
	run -5 "$SLUIS" help nothing
	run -5 "$SLUIS" help signal nothing
	run -2 "$SLUIS" signal send file --to
	[[ $output == *'sluis signal send --help'* ]]
	run -2 "$SLUIS"
	run -2 "$SLUIS" signl list
	[[ $output == *signal* ]]
	run -2 "$SLUIS" signal list --nope
	run -2 "$SLUIS" signal list
	[[ $output == *SLUIS_PARTY* ]]
}

@test "messages are Dutch when no locale is set and data never are" {
	run -2 env -u LC_ALL -u LANG -u LC_MESSAGES "$SLUIS" signal
	[[ $output == *"zo wordt de opdracht niet gebruikt"* ]]
	run -2 env LC_ALL=nl_NL.UTF-8 "$SLUIS" signal
	[[ $output == *"opdracht"* ]]
	run -2 env LC_ALL=C "$SLUIS" signal
	[[ $output == *"not how the command is used"* ]]
	run -2 "$SLUIS" --lang nl signal
	[[ $output == *"opdracht"* ]]
	run -0 as meldpunt --lang nl --json party list
	jq -e '.parties[0].role == "municipality"' <<<"$output"
}

@test "an error with --json is JSON on stderr and stdout stays empty" {
	out=$(as meldpunt --json explain 00000000000000000000000000000000 2>"$BATS_TEST_TMPDIR/err") && false
	[ -z "$out" ]
	jq -e '.error.code == "not_found"' "$BATS_TEST_TMPDIR/err"
}

@test "a full disk is no success" {
	# shellcheck disable=SC2016
	run -1 sh -c '"$1" --party "$2" party list >/dev/full' sh "$SLUIS" "$D/parties/meldpunt"
}

# --- signal ---------------------------------------------------------------------------

@test "a preview shows each field for each recipient and journals nothing" {
	before=$(as auditor --json audit list --max 1 | jq -r .checkpoint | sed -n 2p)
	run -8 as meldpunt signal preview "$SIGNALS/01-older-friend.json" "${CASE[@]}" --to politie,zorgcoordinator,nla
	[[ $output == *persons.bsn*release* ]]
	[[ $output == *reporter.name*withhold* ]]
	[[ $output == *"not served, recipient_not_entitled"* ]]
	after=$(as auditor --json audit list --max 1 | jq -r .checkpoint | sed -n 2p)
	[ "$after" -eq $((before + 1)) ] # the auditor's own read
}

@test "obligations are told in the language of the reader, where the policy at hand says the same" {
	local care=("$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1 --purpose hulpverlening --to zorgcoordinator)
	run -0 as meldpunt --lang en signal preview "${care[@]}"
	[[ $output == *'obligation secrecy: Medical and youth secrecy stay in force. ('* ]]
	run -0 as meldpunt --lang nl signal preview "${care[@]}"
	[[ $output == *'verplichting secrecy: Het medisch en jeugdgeheim blijft gelden. ('* ]]
	as meldpunt --quiet signal send --no-preview "${care[@]}"
	id=$(as zorgcoordinator --json inbox list | jq -r '.deliveries[-1].id')
	run -0 as zorgcoordinator --lang en inbox show "$id"
	[[ $output == *'obligation secrecy: Medical and youth secrecy stay in force. ('* ]]
	run -0 as zorgcoordinator --lang en --json inbox show "$id"
	jq -e '[.obligations[].text] | index("Het medisch en jeugdgeheim blijft gelden.")' <<<"$output"
	# what this side only knows in other words is not translated
	cp -r "$BATS_TEST_DIRNAME/../../policy" "$BATS_TEST_TMPDIR/policy"
	sed -i 's/Het medisch en jeugdgeheim blijft gelden/Geheim blijft geheim/' "$BATS_TEST_TMPDIR/policy/zorg.yaml"
	SLUIS_POLICY_DIR=$BATS_TEST_TMPDIR/policy run -0 as zorgcoordinator --lang en inbox show "$id"
	[[ $output == *'obligation secrecy: Het medisch en jeugdgeheim blijft gelden. ('* ]]
	[[ $output == *'obligation retain: Keep as long as'* ]]
}

@test "an urgent signal says to call 112 first, before anything is sent, and when it is read" {
	local urgent=("$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1 --purpose hulpverlening --to zorgcoordinator)
	jq '.meta.urgent = true' "${urgent[0]}" >"$BATS_TEST_TMPDIR/urgent.json"
	urgent[0]=$BATS_TEST_TMPDIR/urgent.json
	as meldpunt --quiet --lang nl signal preview "${urgent[@]}" 2>"$BATS_TEST_TMPDIR/err" >/dev/null
	[[ $(head -1 "$BATS_TEST_TMPDIR/err") == '!!! SPOED: bel nu 112'* ]]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ]
	as meldpunt --lang en signal preview "${urgent[@]}" 2>"$BATS_TEST_TMPDIR/err" >/dev/null
	[[ $(head -1 "$BATS_TEST_TMPDIR/err") == '!!! URGENT: call 112 now'* ]]
	[[ $(sed -n 2p "$BATS_TEST_TMPDIR/err") == *'Veilig Thuis'* ]]
	as meldpunt --json signal send "${urgent[@]}" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	jq -es '.[-1].hints[0] == "call_112"' "$BATS_TEST_TMPDIR/out"
	as zorgcoordinator inbox list 2>"$BATS_TEST_TMPDIR/err" >/dev/null
	[[ $(head -1 "$BATS_TEST_TMPDIR/err") == '!!! '*112* ]]
}

@test "a signal that nothing is urgent about has no call to 112" {
	run -0 --separate-stderr as meldpunt signal preview "$SIGNALS/systems/m-report.json" --convenant intern --phase 1 \
		--purpose verrijking --to "analist"
	[[ $stderr != *112* ]]
	[[ $stderr == *'meldpunt ondermijning'* ]]
}

@test "send serves the entitled, refuses the others, and exits 8" {
	run -8 as meldpunt signal send "$SIGNALS/01-older-friend.json" "${CASE[@]}" --to politie,zorgcoordinator,nla
	[[ $output == *"politie: served, entry"* ]]
	[[ $output == *"nla: not served, recipient_not_entitled"* ]]
	[[ $output == *"would change it:"* ]]
}

@test "send to entitled recipients only exits 0, and keeps request and receipts" {
	run -0 --separate-stderr send_care
	id=$(jq -r .trace_id <<<"$output")
	jq -e '.outcomes | length == 2 and all(.code == "ok" and .entry >= 0)' <<<"$output"
	[ "$(stat -c %a "$D/parties/meldpunt/store.db")" = 600 ]
	[ "$(stat -c %a "$D/parties/meldpunt/store.key")" = 600 ]
	run ! grep -q zorgcoordinator "$D"/parties/meldpunt/store.*
	run -0 as meldpunt signal show "$id"
	[[ $output == *zorg*served* ]]
	run -0 as meldpunt signal show "${id:0:12}"
	run -0 as meldpunt signal list
	[[ $output == *"$id"* ]]
}

@test "sending the same request again has the same outcome and no second effect" {
	first=$(send_care)
	id=$(jq -r .trace_id <<<"$first")
	again=$(as meldpunt --json signal resend "$id")
	[ "$(jq -c '[.outcomes[].entry]' <<<"$first")" = "$(jq -c '[.outcomes[].entry]' <<<"$again")" ]
}

@test "send takes roles, aliases and OINs for recipients" {
	run -0 as meldpunt --json signal preview "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening --to regiocoordinator,00000099000000050000
	jq -e '[.outcomes[].oin] == ["00000099000000040000", "00000099000000050000"]' <<<"$output"
}

@test "criminal intelligence is refused, journalled, and exits 3" {
	run -3 as meldpunt signal send "$SIGNALS/09-criminal-intelligence.json" \
		--convenant riec --phase 1 --purpose casusoverleg --to politie
	[[ $output == *cie_information_refused* ]]
	run -0 as auditor --json audit list --max 1000
	jq -e 'any(.entries[]; .kind == "refused" and .code == "cie_information_refused")' <<<"$output"
}

@test "what the convenant denies exits 3" {
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening --to kmar
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant nothing --phase 1 --purpose hulpverlening --to veiligthuis
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 9 --purpose hulpverlening --to veiligthuis
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose reclame --to veiligthuis
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening --to 00000099000009990000
}

@test "nobody is reached by an empty or misspelt audience" {
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening --to ''
	run -3 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening --to veiligthuis,veiligtuis
	[[ $output == *veiligtuis* ]]
	run -2 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" \
		--convenant zorg --phase 1 --purpose hulpverlening
	run -2 as meldpunt signal send "$SIGNALS/05-niece-in-the-household.json" --to veiligthuis
}

@test "an invalid signal is refused here, with the field and never the value" {
	echo '{"persons":[{"role":"VICTIM","bsn":"123456789"}]}' >"$BATS_TEST_TMPDIR/s.json"
	run -2 as meldpunt signal send "$BATS_TEST_TMPDIR/s.json" "${CARE[@]}"
	[[ $output == *"persons[0].bsn"* ]]
	[[ $output != *123456789* ]]
	echo '{"person":[]}' >"$BATS_TEST_TMPDIR/s.json"
	run -2 as meldpunt signal send "$BATS_TEST_TMPDIR/s.json" "${CARE[@]}"
	echo 'nonsense' >"$BATS_TEST_TMPDIR/s.json"
	run -2 as meldpunt signal preview "$BATS_TEST_TMPDIR/s.json" "${CARE[@]}"
	run -5 as meldpunt signal preview "$BATS_TEST_TMPDIR/none.json" "${CARE[@]}"
}

@test "a signal that was erased at the broker has its lines still, and they say why no id" {
	send_care
	id=$(as meldpunt --json signal list | jq -r '.entries[0].trace_id')
	entry=$(as meldpunt --json signal list | jq -r '.entries[0].index')
	as meldpunt recall erase "$id"
	run -0 --separate-stderr as meldpunt signal list
	[[ $output == *$'\n'-\ * ]]
	[[ $output != *"$id"* ]]
	[[ $stderr == *"erased at the broker"*"sluis explain ENTRY"* ]]
	run -0 as meldpunt explain "$entry"
	run -0 --separate-stderr as meldpunt --quiet signal list
	[ -z "$stderr" ]
}

@test "show, resend and explain know no signal of another desk" {
	id=$(send_care | jq -r .trace_id)
	run -5 as politie signal show "$id"
	run -5 as politie signal resend "$id"
	run -5 as politie explain "$id"
	run -5 as aandacht explain "$id"
	run -2 as politie explain nonsense
	run -2 as politie explain ../../meldpunt/sent/x
}

# --- inbox ----------------------------------------------------------------------------

@test "a delivery waits, is shown, kept, acknowledged, and stays readable here" {
	id=$(send_care | jq -r .trace_id)
	entry=$(as meldpunt --json signal show "$id" | jq '.outcomes[] | select(.oin == "00000099000000050000") | .entry')
	delivery=$(as veiligthuis --json inbox list | jq -r --argjson e "$entry" '.deliveries[] | select(.entry == $e) | .id')
	run -5 as veiligthuis inbox show "${delivery:0:8}" # no folder holds it yet
	[[ $output == *"named by all 32 digits"* ]]
	run -0 as veiligthuis inbox show "$delivery"
	[[ $output == *"persons[0]"* ]]
	[[ $output == *obligation* ]]
	[[ $output != *reporter* ]]
	run -0 as veiligthuis --json inbox list
	jq -e --arg id "$delivery" '.deliveries[] | select(.id == $id) | .state == "waiting"' <<<"$output"
	run -0 as veiligthuis inbox ack "$delivery"
	run -0 as veiligthuis inbox show "${delivery:0:8}"
	run -0 as veiligthuis inbox ack "$delivery"
	run -5 as veiligthuis explain "$delivery"
	[[ $output == *"audit why --trace"* ]]
	run -0 as veiligthuis --json inbox list
	jq -e --arg id "$delivery" '.deliveries[] | select(.id == $id) | .state == "acknowledged"' <<<"$output"
}

@test "watch shows what comes, and --ack acknowledges it" {
	as zorgcoordinator inbox ack --all
	send_care
	run -0 --separate-stderr as zorgcoordinator --json inbox watch --count 1
	jq -e '.convenant == "zorg"' <<<"$output"
	run -0 --separate-stderr as zorgcoordinator --json inbox watch --count 1 --ack
	id=$(jq -r .id <<<"$output")
	run -0 --separate-stderr as zorgcoordinator --json inbox list
	jq -e --arg id "$id" '.deliveries[] | select(.id == $id) | .state == "acknowledged"' <<<"$output"
}

@test "ack --all leaves nothing waiting" {
	send_care
	run -0 as veiligthuis inbox ack --all
	run -0 as veiligthuis --json inbox list
	jq -e 'all(.deliveries[]; .state == "acknowledged")' <<<"$output"
	run -0 as veiligthuis inbox ack --all
}

@test "one desk cannot see or acknowledge the deliveries of another" {
	as veiligthuis inbox ack --all
	send_care
	delivery=$(as veiligthuis --json inbox list | jq -r '.deliveries[] | select(.state == "waiting") | .id')
	run -5 as politie inbox show "$delivery"
	run -5 as politie inbox ack "$delivery"
	run -0 as veiligthuis --json inbox list
	jq -e 'any(.deliveries[]; .state == "waiting")' <<<"$output"
}

@test "inbox refuses what is no id" {
	run -5 as politie inbox show 00000000000000000000000000000000
	run -2 as politie inbox show ..
	run -2 as politie inbox ack
	run -2 as politie inbox watch --count x
}

@test "a kept delivery with one changed byte is an alarm" {
	as veiligthuis inbox ack --all
	send_care
	as veiligthuis inbox ack --all
	id=$(as veiligthuis --json inbox list | jq -r '.deliveries[-1].id')
	store=$D/parties/veiligthuis/store.db
	cp "$store" "$BATS_TEST_TMPDIR/copy"
	for change in "substr(value, 1, 99) || x'00' || substr(value, 101)" "x'00'" head; do
		cp "$BATS_TEST_TMPDIR/copy" "$store"
		sqlite3 "$store" "UPDATE entry SET value = CAST($change AS BLOB)"
		run -6 as veiligthuis inbox show "$id"
		[[ $output == *ALARM* ]]
	done
	cp "$BATS_TEST_TMPDIR/copy" "$store"
	run -0 as veiligthuis inbox show "$id"
}

# looks_into PARTY VERB...: over a store whose entries were changed it is an alarm with the file
looks_into() {
	store=$D/parties/$1/store.db
	cp "$store" "$BATS_TEST_TMPDIR/copy"
	sqlite3 "$store" "UPDATE entry SET head = x'00'"
	for verb in "${@:2}"; do
		run -6 as "$1" $verb
		[[ $output == *ALARM*"$store"*"the store is damaged"* ]]
	done
	cp "$BATS_TEST_TMPDIR/copy" "$store"
}

@test "whatever looks into a damaged store names it, and is not done" {
	as veiligthuis inbox ack --all
	proof="--out $BATS_TEST_TMPDIR/proof"
	looks_into veiligthuis "inbox list" "inbox ack --all" "inbox show abcd" \
		"audit prove abcd $proof" "audit why --party veiligthuis --trace abcd"
	looks_into meldpunt "signal show abcd" "signal resend abcd" "explain abcd" \
		"audit prove abcd $proof"
}

@test "without its key the store is refused, and no new one is made" {
	as veiligthuis inbox ack --all
	mv "$D/parties/veiligthuis/store.key" "$BATS_TEST_TMPDIR/key"
	run -2 as veiligthuis inbox list
	[[ $output == *store.key* ]]
	[ ! -e "$D/parties/veiligthuis/store.key" ]
	mv "$BATS_TEST_TMPDIR/key" "$D/parties/veiligthuis/store.key"
	run -0 as veiligthuis inbox list
}

# --- explain --------------------------------------------------------------------------

@test "explain gives every field with rule and article to the sender" {
	id=$(send_care | jq -r .trace_id)
	run -0 as meldpunt explain "$id"
	[[ $output == *reporter.name*withhold* ]]
	[[ $output == *ARTICLE* ]]
	[[ $output == *"silence means no"* ]]
	run -0 as meldpunt --json explain "$id"
	jq -e 'any(.outcomes[].fields[]; .action == "withhold")' <<<"$output"
}

@test "a recipient's explanation does not tell what was withheld" {
	send_care
	entry=$(as veiligthuis --json inbox list | jq '.deliveries[-1].entry')
	run -0 as veiligthuis --json explain "$entry"
	[[ $output != *withhold* ]]
	[[ $output != *reporter* ]]
	run -0 as veiligthuis explain "$entry"
	[[ $output == *"What was withheld is not told here"* ]]
	[[ $output != *"silence means no"* ]]
}

# --- audit ----------------------------------------------------------------------------

@test "the auditor lists, shows with proof, verifies and exports" {
	send_care
	run -0 as auditor audit list
	[[ $output == *enrolled* ]]
	run -0 as auditor audit show 5 --proof "$BATS_TEST_TMPDIR/p.tlog-proof"
	[ "$(head -1 "$BATS_TEST_TMPDIR/p.tlog-proof")" = c2sp.org/tlog-proof@v1 ]
	run -0 as auditor audit verify
	[[ $output == verified:* ]]
	run -0 as auditor audit export "$BATS_TEST_TMPDIR/export"
	key=$(jq -r .verifier "$D/region.json")
	run -0 "$SLUIS" --json audit verify --tiles "$BATS_TEST_TMPDIR/export" --key "$key"
	jq -e '.verified and .size > 10' <<<"$output"
	run -0 as auditor audit verify --tiles "$BATS_TEST_TMPDIR/export"
	run -0 as auditor audit export "$BATS_TEST_TMPDIR/export" # goes on where it ended
	run -0 as auditor audit verify --tiles "$BATS_TEST_TMPDIR/export"
}

@test "one changed byte of an export exits 6" {
	as auditor audit export "$BATS_TEST_TMPDIR/export"
	for file in checkpoint tile/entries/000.p/* tile/0/000.p/* details/*; do
		for path in "$BATS_TEST_TMPDIR"/export/$file; do
			cp "$path" "$BATS_TEST_TMPDIR/copy"
			other=X # unless an X stands there
			[ "$(tail -c +31 "$path" | head -c 1 | tr -d '\0')" = X ] && other=Y
			printf %s "$other" | dd of="$path" bs=1 seek=30 conv=notrunc status=none
			run -6 as auditor audit verify --tiles "$BATS_TEST_TMPDIR/export"
			cp "$BATS_TEST_TMPDIR/copy" "$path"
			[[ $file == details/* ]] && break
		done
	done
	run -0 as auditor audit verify --tiles "$BATS_TEST_TMPDIR/export"
}

@test "an auditor who saw another history raises the alarm" {
	cp -r "$D/parties/auditor" "$BATS_TEST_TMPDIR/auditor"
	sed -i "s|../../region.json|$D/region.json|" "$BATS_TEST_TMPDIR/auditor/party.json"
	"$SLUIS" --party "$BATS_TEST_TMPDIR/auditor" audit verify
	# a head of the same journal, but with another root: signed by nobody
	sed -i '3s/^..../AAAA/' "$BATS_TEST_TMPDIR/auditor/checkpoint"
	run -6 "$SLUIS" --party "$BATS_TEST_TMPDIR/auditor" audit verify
}

@test "the public tlog-tiles vector verifies, and only with its key" {
	run -0 "$SLUIS" audit verify --tiles "$VECTORS" --key "$VECTOR_KEY"
	run -0 "$SLUIS" audit verify --tiles "$VECTORS" --key "$VECTOR_KEY" --checkpoint "$VECTORS/checkpoint.7"
	run -6 as auditor audit verify --tiles "$VECTORS"
	run -2 "$SLUIS" audit verify --tiles "$VECTORS" --key nonsense
	run -2 "$SLUIS" audit verify --key "$VECTOR_KEY"
}

@test "agencies do not read the journal and auditors do not share" {
	run -4 as politie audit list
	run -4 as politie audit verify
	run -4 as auditor signal list
	run -4 as auditor inbox list
	run -4 as auditor signal send "$SIGNALS/05-niece-in-the-household.json" "${CARE[@]}"
	run -5 as auditor audit show 999999
	run -2 as auditor audit show x
}

# --- policy ---------------------------------------------------------------------------

@test "policy check accepts the shipped policy and names what is wrong in another" {
	run -0 "$SLUIS" policy check "$D/broker/policy"
	[[ $output == *zorg* ]]
	cp -r "$D/broker/policy" "$BATS_TEST_TMPDIR/policy"
	echo 'surprise: true' >>"$BATS_TEST_TMPDIR/policy/zorg.yaml"
	run -2 "$SLUIS" policy check "$BATS_TEST_TMPDIR/policy"
	[[ $output =~ zorg.yaml:[0-9]+:[0-9]+ ]]
	run -2 "$SLUIS" --json policy check "$BATS_TEST_TMPDIR/policy"
	jq -e '.accepted == false and (.findings | length > 0)' <<<"$output"
	run ! "$SLUIS" policy check "$BATS_TEST_TMPDIR/nothing"
}

@test "policy matrix as table, CSV and JSON" {
	run -0 "$SLUIS" policy matrix "$D/broker/policy" --convenant zorg --phase 1 --from municipality --to veilig_thuis
	[[ $output == *Health* ]]
	run -0 "$SLUIS" policy matrix "$D/broker/policy" --convenant zorg --cells
	[[ $output == *health* ]]
	run -0 "$SLUIS" policy matrix "$D/broker/policy" --convenant zorg --csv
	[[ $output == '"convenant","phase"'* ]]
	run -0 "$SLUIS" --json policy matrix "$D/broker/policy" --convenant zorg
	jq -e '.cells | length > 0' <<<"$output"
	run -5 "$SLUIS" policy matrix "$D/broker/policy" --convenant nothing
}

# --- party and key --------------------------------------------------------------------

@test "party list names everybody, without a key" {
	run -0 "$SLUIS" party list --region "$D/region.json"
	[[ $output == *Politie* ]]
	run -0 as meldpunt --json party list
	jq -e '.parties | length == 16' <<<"$output"
}

@test "a new party is made, enrolled, and can receive" {
	rm -rf "$D/parties/nieuw"
	run -0 "$SLUIS" party create "$D/parties/nieuw" --ca "$D/ca" --name nieuw \
		--organisation 'Openbaar Ministerie Rivierenland' --oin 00000099000000060000 --desk beleid \
		--policy "$D/broker/policy"
	[[ $output == *"next: sluis --party $D/parties/nieuw key enrol"* ]]
	[[ $output == *'next: add this to "parties" in the region.json of everybody'* ]]
	# what it prints is what region.json lacks, and it says so until it is there
	jq -e '.name == "nieuw" and .oin == "00000099000000060000" and .desk == "beleid" and .role == "om"' \
		<<<"${lines[-1]}"
	jq --argjson row "${lines[-1]}" '.parties += [$row]' "$D/region.json" >"$BATS_TEST_TMPDIR/region.json"
	run -0 "$SLUIS" --lang nl party create "$BATS_TEST_TMPDIR/nieuw" --ca "$D/ca" --name nieuw \
		--organisation X --oin 00000099000000060000 --desk beleid --role om --region "$D/region.json"
	[[ $output == *'verder: zet dit bij "parties" in de region.json van iedereen'* ]]
	run -0 "$SLUIS" party create "$BATS_TEST_TMPDIR/weer" --ca "$D/ca" --name nieuw \
		--organisation X --oin 00000099000000060000 --desk beleid --role om \
		--region "$BATS_TEST_TMPDIR/region.json"
	[[ $output != *parties\"* ]]
	run -0 "$SLUIS" party create "$BATS_TEST_TMPDIR/ander" --ca "$D/ca" --name nieuw \
		--organisation X --oin 00000099000000060000 --desk ander --role om \
		--region "$BATS_TEST_TMPDIR/region.json"
	[[ $output == *parties\"* ]]
	run -4 as nieuw inbox list # not enrolled: OM has other keys at this desk
	run -2 "$SLUIS" party create "$D/parties/nieuw" --ca "$D/ca" --name nieuw \
		--organisation X --oin 00000099000000060000 --desk beleid --role om
	run -2 "$SLUIS" party create "$D/parties/ander" --ca "$D/ca" --name ander \
		--organisation X --oin 123 --desk beleid --role om
	[ ! -e "$D/parties/ander" ]
	run -1 "$SLUIS" party create "$BATS_TEST_TMPDIR/none/ander" --ca "$D/ca" --name ander \
		--organisation X --oin 00000099000000060000 --desk beleid --role om --region "$D/region.json"
	[[ $output == *"is the folder above it there"* ]]
}

@test "a certificate of another authority is not enrolled" {
	mkdir -p "$BATS_TEST_TMPDIR/x/parties"
	cp "$D/region.json" "$BATS_TEST_TMPDIR/x/region.json"
	"$SLUIS" party ca "$BATS_TEST_TMPDIR/ca" --name 'Andere CA'
	"$SLUIS" party create "$BATS_TEST_TMPDIR/x/parties/vals" --ca "$BATS_TEST_TMPDIR/ca" --name vals \
		--organisation 'Vals' --oin 00000099000000020000 --desk avim --role police
	run -4 "$SLUIS" --party "$BATS_TEST_TMPDIR/x/parties/vals" key enrol
	[[ $output == *certificate_refused* ]]
	run -0 as politie inbox list
}

@test "rotated keys replace the old, which are refused" {
	cp -r "$D/parties/aandacht" "$BATS_TEST_TMPDIR/old"
	sed -i "s|../../region.json|$D/region.json|" "$BATS_TEST_TMPDIR/old/party.json"
	run -0 as aandacht key rotate
	run -0 as aandacht --json key show
	jq -e '.sequence == 2' <<<"$output"
	run -0 as aandacht inbox list
	run -4 "$SLUIS" --party "$BATS_TEST_TMPDIR/old" inbox list
	[ ! -e "$D/parties/aandacht/keys.json.next" ]
	[ "$(stat -c %a "$D/parties/aandacht/keys.json")" = 600 ]
}

@test "a rotation that stopped half-way is finished by the next one" {
	cp -r "$D/parties/aandacht" "$BATS_TEST_TMPDIR/before"
	as aandacht key rotate
	sequence=$(as aandacht --json key show | jq .sequence)
	# enrolled, but not yet moved into place
	cp "$D/parties/aandacht/keys.json" "$BATS_TEST_TMPDIR/keys.next"
	cp "$D/parties/aandacht/binding.bin" "$BATS_TEST_TMPDIR/binding.next"
	cp -p "$BATS_TEST_TMPDIR"/before/{keys.json,binding.bin} "$D/parties/aandacht/"
	run -4 as aandacht inbox list
	cp -p "$BATS_TEST_TMPDIR/keys.next" "$D/parties/aandacht/keys.json.next"
	chmod 600 "$D/parties/aandacht/keys.json.next"
	cp "$BATS_TEST_TMPDIR/binding.next" "$D/parties/aandacht/binding.bin.next"
	run -0 as aandacht key rotate
	[ "$(as aandacht --json key show | jq .sequence)" = "$sequence" ]
	run -0 as aandacht inbox list
}

@test "a desk that another client has is told so, and takes it over on purpose" {
	X=$BATS_TEST_TMPDIR/other
	other() { "$SLUIS" --party "$X" "$@"; }
	cp -r "$D/parties/aandacht" "$X"
	sed -i "s|../../region.json|$D/region.json|" "$X/party.json"
	as aandacht key rotate
	run -4 other key enrol # the keys that it has are not the desk's any more
	[[ $output == *superseded*'sluis key rotate --take-over'* ]]
	for _ in 1 2; do # the second goes on with what the first has made
		run -4 other --lang en key rotate
		[[ $output == *superseded*'another client of this desk'*'next:'*'sluis key rotate --take-over'* ]]
	done
	run -4 other --lang nl key rotate
	[[ $output == *'een andere client van dit loket'*'sluis key rotate --take-over'* ]]
	run -0 as aandacht inbox list
	run -0 other key rotate --take-over
	run -0 other inbox list
	[ ! -e "$X/keys.json.next" ]
	run -4 as aandacht inbox list
	run -0 other key rotate # from there it counts on
	run -0 as aandacht key rotate --take-over
	run -0 as aandacht inbox list
}

@test "key new refuses to overwrite, and a folder without keys is refused" {
	run -2 as kmar key new
	cp -r "$D/parties/kmar" "$BATS_TEST_TMPDIR/kmar"
	sed -i "s|../../region.json|$D/region.json|" "$BATS_TEST_TMPDIR/kmar/party.json"
	rm "$BATS_TEST_TMPDIR/kmar/keys.json"
	run -5 "$SLUIS" --party "$BATS_TEST_TMPDIR/kmar" inbox list
	run -0 "$SLUIS" --party "$BATS_TEST_TMPDIR/kmar" key new
	[ -s "$BATS_TEST_TMPDIR/kmar/keys.json" ]
}

@test "a key file that others may read is refused" {
	cp -r "$D/parties/kmar" "$BATS_TEST_TMPDIR/kmar"
	sed -i "s|../../region.json|$D/region.json|" "$BATS_TEST_TMPDIR/kmar/party.json"
	chmod 644 "$BATS_TEST_TMPDIR/kmar/keys.json"
	run -2 "$SLUIS" --party "$BATS_TEST_TMPDIR/kmar" inbox list
	[[ $output == *keys.json* ]]
}

@test "a revoked certificate is refused at once, also on what it enrolled" {
	run -0 as belastingdienst inbox list
	run -0 "$SLUIS" party revoke "$D/parties/belastingdienst" --demo "$D"
	for _ in $(seq 100); do
		as belastingdienst --timeout 2000 inbox list || break
		sleep 0.05
	done
	run -4 as belastingdienst inbox list
	run -4 as belastingdienst key enrol
	run -2 "$SLUIS" party revoke "$D/parties/belastingdienst"
}

@test "a list is renewed: the next number, the same revoked, and the broker takes it" {
	run -0 "$SLUIS" party revoke "$D/parties/belastingdienst" --ca "$D/ca"
	before=$(openssl crl -in "$D/ca/crl.pem" -noout -crlnumber)
	run -0 --separate-stderr "$SLUIS" --json party ca "$D/ca" --renew
	jq -e --arg d "$D" '.list == $d + "/ca/crl.pem" and .revoked >= 1 and
		(.until_ms / 86400000 - now / 86400 | . > 29.9 and . <= 30)' <<<"$output"
	[ "crlNumber=0x$(printf %02X "$(jq .number <<<"$output")")" = \
		"$(openssl crl -in "$D/ca/crl.pem" -noout -crlnumber)" ]
	[ "$(openssl crl -in "$D/ca/crl.pem" -noout -crlnumber)" != "$before" ]
	openssl crl -in "$D/ca/crl.pem" -noout -text >"$BATS_TEST_TMPDIR/list"
	grep -q "Serial Number: $(openssl x509 -in "$D/parties/belastingdienst/certificate.pem" -noout -serial |
		cut -d= -f2)" "$BATS_TEST_TMPDIR/list"
	n=$(grep -c TRUST-RELOADED "$D/broker/sluisd.log" || true)
	kill -HUP "$(cat "$D/sluisd.pid")"
	for _ in $(seq 100); do
		[ "$(grep -c TRUST-RELOADED "$D/broker/sluisd.log" || true)" -gt "$n" ] && break
		sleep 0.05
	done
	[ "$(grep -c TRUST-RELOADED "$D/broker/sluisd.log")" -gt "$n" ]
	run -0 as politie inbox list
	run -4 as belastingdienst inbox list
	run -0 "$SLUIS" --lang nl party ca "$D/ca" --renew
	[[ $output == *vernieuwd*crl.pem* && $output == *SIGHUP* ]]
	run -0 --separate-stderr "$SLUIS" --lang en --quiet party ca "$D/ca" --renew
	[[ $output == "renewed $D/ca/crl.pem: number "*" revoked, until "*" UTC" && -z $stderr ]]
}

@test "a list of nobody, or of somebody else, is not renewed, and the file is named" {
	X=$BATS_TEST_TMPDIR
	run -5 "$SLUIS" party ca "$X/none" --renew
	[[ $output == *"$X/none/ca.pem"*"no authority is there"* ]]
	"$SLUIS" party ca "$X/a" --name 'CA'
	"$SLUIS" party ca "$X/b" --name 'CA'
	run -2 "$SLUIS" party ca "$X/b" --name 'CA'
	[[ $output == *"is there already; --renew"* ]]
	before=$(sha256sum <"$X/a/crl.pem")
	run -2 "$SLUIS" party ca "$X/a" --renew --name 'CA'
	cp "$X/a/ca-key.pem" "$X/key"
	rm "$X/a/ca-key.pem"
	run -5 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/ca-key.pem"*"its key is not here"* ]]
	cp "$X/b/ca-key.pem" "$X/a/"
	run -2 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/ca-key.pem"*"not the key of ca.pem"* ]]
	cp "$X/key" "$X/a/ca-key.pem"
	chmod 640 "$X/a/ca-key.pem"
	run -2 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/ca-key.pem"*"only its owner"* ]]
	chmod 600 "$X/a/ca-key.pem"
	mv "$X/a/revoked" "$X/revoked"
	run -5 "$SLUIS" --json party ca "$X/a" --renew
	[[ $output == *"$X/a/revoked"*"would let back in"* ]]
	echo rubbish >"$X/a/revoked"
	run -2 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/revoked"*damaged* ]]
	cp "$X/revoked" "$X/a/revoked"
	mv "$X/a/serial" "$X/serial"
	run -5 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/serial"*"lower number"* ]]
	[ "$before" = "$(sha256sum <"$X/a/crl.pem")" ]
	cp "$X/serial" "$X/a/serial"
	mv "$X/a/crl.pem" "$X/crl.pem"
	run -5 "$SLUIS" party ca "$X/a" --renew
	[[ $output == *"$X/a/crl.pem"*"put it back"* ]]
	cp "$X/crl.pem" "$X/a/crl.pem"
	run -0 "$SLUIS" party ca "$X/a" --renew
}

@test "a list that would let somebody back in is not made, and the file is named" {
	run -0 "$SLUIS" party revoke "$D/parties/belastingdienst" --ca "$D/ca"
	X=$BATS_TEST_TMPDIR
	cp -r "$D/ca" "$X/ca"
	: >"$X/ca/revoked"
	run -6 "$SLUIS" party ca "$X/ca" --renew
	[[ $output == *state_older_than_published*"$X/ca/revoked"*"put it back"* && $output != *--accept* ]]
	run -6 "$SLUIS" party revoke "$D/parties/politie" --ca "$X/ca"
	[[ $output == *"$X/ca/revoked"*"put it back"* && $output != *--accept* ]]
	cmp "$D/ca/crl.pem" "$X/ca/crl.pem"
}

# --- the network ----------------------------------------------------------------------

@test "no broker is unreachable, a wrong broker key is a refused handshake" {
	mkdir -p "$BATS_TEST_TMPDIR/r/parties"
	cp -r "$D/parties/politie" "$BATS_TEST_TMPDIR/r/parties/politie"
	jq '.endpoint = "tcp://127.0.0.1:1"' "$D/region.json" >"$BATS_TEST_TMPDIR/r/region.json"
	run -7 "$SLUIS" --timeout 500 --party "$BATS_TEST_TMPDIR/r/parties/politie" inbox list
	[[ $output == *broker_unreachable* ]]
	jq --arg k "$(jq -r .broker_curve_public "$OTHER/region.json")" '.broker_curve_public = $k' \
		"$D/region.json" >"$BATS_TEST_TMPDIR/r/region.json"
	run -4 "$SLUIS" --party "$BATS_TEST_TMPDIR/r/parties/politie" inbox list
	[[ $output == *broker_refused_our_key* ]]
}

@test "keys of another region are refused at the handshake" {
	mkdir -p "$BATS_TEST_TMPDIR/r/parties"
	cp -r "$OTHER/parties/politie" "$BATS_TEST_TMPDIR/r/parties/politie"
	cp "$D/region.json" "$BATS_TEST_TMPDIR/r/region.json"
	run -4 "$SLUIS" --party "$BATS_TEST_TMPDIR/r/parties/politie" inbox list
	[[ $output == *broker_refused_our_key* ]]
}

@test "what is kept here is listed without the broker too, which is said" {
	as meldpunt --quiet signal send --no-preview "$SIGNALS/05-niece-in-the-household.json" "${CARE[@]}"
	as zorgcoordinator inbox ack --all
	run -0 as zorgcoordinator --json inbox list
	kept=$(jq -c '[.deliveries[] | select(.state != "waiting")]' <<<"$output")
	[ "$(jq length <<<"$kept")" -ge 1 ]
	mkdir -p "$BATS_TEST_TMPDIR/r/parties"
	cp -r "$D/parties/zorgcoordinator" "$BATS_TEST_TMPDIR/r/parties/"
	cp "$D/anchors.pem" "$D/trust" "$BATS_TEST_TMPDIR/r/"
	jq '.endpoint = "tcp://127.0.0.1:1"' "$D/region.json" >"$BATS_TEST_TMPDIR/r/region.json"
	away() { "$SLUIS" --timeout 500 --party "$BATS_TEST_TMPDIR/r/parties/zorgcoordinator" "$@"; }
	run -7 --separate-stderr away --lang nl inbox list
	[[ $output == *"$(jq -r '.[0].id' <<<"$kept")"*bevestigd* ]]
	[[ $stderr == *broker_unreachable*'alleen wat hier is bewaard'* ]]
	run -7 --separate-stderr away --json inbox list
	[ "$(jq -c .deliveries <<<"$output")" = "$kept" ]
	jq -e '.error.code == "broker_unreachable"' <<<"$stderr"
	run -7 --separate-stderr away --lang en --quiet inbox list
	[[ $output == *acknowledged* && $stderr != *'only what is kept here'* ]]
}

@test "a broker that hangs is a time-out, and asking again has one effect" {
	kill -STOP "$(cat "$D/sluisd.pid")"
	run -7 as politie --timeout 400 inbox list
	[[ $output == *timed_out* ]]
	run -7 as meldpunt --timeout 400 signal send --no-preview "$SIGNALS/05-niece-in-the-household.json" "${CARE[@]}"
	kill -CONT "$(cat "$D/sluisd.pid")"
	[[ $output =~ signal\ resend\ ([0-9a-f]{32}) ]]
	id=${BASH_REMATCH[1]}
	run -0 as meldpunt --json signal resend "$id"
	run -0 as meldpunt --json signal resend "$id"
	run -0 as meldpunt --json signal list
	jq -e --arg id "$id" '[.entries[] | select(.trace_id == $id)] | length == 2' <<<"$output"
}

@test "a broker that went back to a backup is found out by whoever saw more" {
	dir=$BATS_TEST_TMPDIR/rollback
	"$SLUIS" demo up --dir "$dir"
	"$SLUIS" demo down --dir "$dir"
	cp -r "$dir/broker/state" "$BATS_TEST_TMPDIR/backup"
	"$SLUIS" demo up --dir "$dir"
	auditor=("$SLUIS" --party "$dir/parties/auditor")
	run -8 "$SLUIS" --party "$dir/parties/meldpunt" signal send \
		"$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1 --purpose hulpverlening \
		--to veiligthuis,politie
	for _ in 1 2 3; do "${auditor[@]}" audit verify; done
	"$SLUIS" demo down --dir "$dir"
	rm -rf "$dir/broker/state"
	cp -r "$BATS_TEST_TMPDIR/backup" "$dir/broker/state"
	if "$SLUIS" demo up --dir "$dir"; then
		run -6 "${auditor[@]}" audit verify
		[[ $output == *ALARM* ]]
		# and when the new history has outgrown the old one
		for _ in $(seq 20); do "$SLUIS" --party "$dir/parties/veiligthuis" explain 999999 || true; done
		run -6 "${auditor[@]}" audit verify
		run -6 "$SLUIS" --party "$dir/parties/meldpunt" signal send \
			"$SIGNALS/05-niece-in-the-household.json" --convenant zorg --phase 1 --purpose hulpverlening \
			--to veiligthuis
	fi
	"$SLUIS" demo down --dir "$dir"
}

@test "a region.json with another verifier key makes every receipt an alarm" {
	mkdir -p "$BATS_TEST_TMPDIR/r/parties"
	cp -r "$D/parties/meldpunt" "$BATS_TEST_TMPDIR/r/parties/meldpunt"
	rm -f "$BATS_TEST_TMPDIR/r/parties/meldpunt/checkpoint"
	jq --arg v "$(jq -r .verifier "$OTHER/region.json")" '.verifier = $v' \
		"$D/region.json" >"$BATS_TEST_TMPDIR/r/region.json"
	run -6 "$SLUIS" --party "$BATS_TEST_TMPDIR/r/parties/meldpunt" signal send \
		"$SIGNALS/05-niece-in-the-household.json" "${CARE[@]}"
	[[ $output == *signed_note_refused* ]]
}

# --- the library ----------------------------------------------------------------------

@test "a program on libsluis.so sends, receives and acknowledges" {
	as veiligthuis inbox ack --all
	run -0 "$SLUIS_LIB_EXAMPLE" "$D/parties/meldpunt" "$D/parties/veiligthuis" \
		"$SIGNALS/05-niece-in-the-household.json" 00000099000000050000
	[[ $output == *acknowledged* ]]
	run -0 as veiligthuis --json inbox list
	jq -e 'all(.deliveries[]; .state == "acknowledged")' <<<"$output"
}

@test "libsluis.so shows nothing but sluis_ names and needs no header of ours" {
	run -0 nm -D --defined-only "$SLUIS_LIB"
	! awk '{print $3}' <<<"$output" | grep -v '^sluis_[a-z]' || false
	echo '#include "sluis.h"' | cc -std=c99 -pedantic -Wall -Werror -x c -fsyntax-only \
		-I "$BATS_TEST_DIRNAME/../../client" -
	echo '#include "sluis.h"' | c++ -x c++ -fsyntax-only -I "$BATS_TEST_DIRNAME/../../client" - ||
		! command -v c++
}

@test "a past decision is explained from an exported journal, by the policy that made it" {
	as meldpunt signal send "$SIGNALS/03-forced-to-steal.json" --convenant zvh --phase 1 \
		--purpose casusoverleg --to politie,om --no-preview
	as auditor audit export "$BATS_TEST_TMPDIR/copy"
	local entry
	entry=$(as auditor --json audit list | jq '[.entries[] | select(.kind == "ruling" and .convenant == "zvh")][-1].index')
	run "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry "$entry"
	[ "$status" -eq 0 ]
	[[ $output == *"this policy decided it, and still decides it so"* ]]
	[[ $output == *"identity"*"release"*"lost if:"* ]]
	[[ $output == *"The export was taken as it is: verify it with --key." ]]
	# with the key of the broker it is verified, with another it is not
	run "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry "$entry" \
		--key "$(jq -r .verifier "$D/region.json")"
	[ "$status" -eq 0 ]
	[[ $output != *"taken as it is"* ]]
	run -6 "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry "$entry" \
		--key "$(jq -r .verifier "$OTHER/region.json")"
	run -2 "$SLUIS" policy explain "$D/broker/policy" --what-if "$D/region.json" --key x
	# an altered entry, or detail, shows without a key, and nothing is explained
	for altered in "$(find "$BATS_TEST_TMPDIR/copy/tile/entries" -type f | head -1)" \
		"$BATS_TEST_TMPDIR/copy/details/$entry"; do
		cp "$altered" "$BATS_TEST_TMPDIR/kept"
		printf 'x' | dd of="$altered" bs=1 seek=40 conv=notrunc status=none
		run -6 --separate-stderr "$SLUIS" --lang en policy explain "$D/broker/policy" \
			--journal "$BATS_TEST_TMPDIR/copy" --entry "$entry"
		[ -z "$output" ]
		cp "$BATS_TEST_TMPDIR/kept" "$altered"
	done
	# another version of it decides the same, and is said to be another
	cp -r "$D/broker/policy" "$BATS_TEST_TMPDIR/other"
	sed -i 's/^version: .*/version: 99/' "$BATS_TEST_TMPDIR/other/parties.yaml"
	run "$SLUIS" --lang en policy explain "$BATS_TEST_TMPDIR/other" --journal "$BATS_TEST_TMPDIR/copy" --entry "$entry"
	[ "$status" -eq 0 ]
	[[ $output == *"another policy decided it; this one decides the same"* ]]
	# what is no decision, or is not there, is said so
	run "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry 0
	[ "$status" -eq 2 ]
	run "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry 999999
	[ "$status" -eq 5 ]
	run "$SLUIS" --lang en policy explain "$D/broker/policy" --journal "$BATS_TEST_TMPDIR/copy" --entry x
	[ "$status" -eq 2 ]
}
