#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The systemd unit: what it leaves open, and that systemd understands it.

setup() {
	UNIT="$BATS_TEST_TMPDIR/sluisd.service"
	sed "s#@SBINDIR@/sluisd#$SLUISD#g; s#@DOCDIR@#/usr/share/doc/sluis#g" "$BATS_TEST_DIRNAME/../../dist/sluisd.service" >"$UNIT"
}

@test "the exposure of the unit is 1.5 or less" {
	run systemd-analyze security --offline=true --no-pager --threshold=15 "$UNIT"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a unit without its sandbox would be seen" {
	grep -vE '^(Protect|Private|Restrict|SystemCall|Capab|NoNew|User=)' "$UNIT" >"$BATS_TEST_TMPDIR/bare.service"
	run systemd-analyze security --offline=true --no-pager --threshold=15 "$BATS_TEST_TMPDIR/bare.service"
	[ "$status" -ne 0 ]
}

@test "systemd knows every line of it" {
	run systemd-analyze verify "$UNIT"
	echo "$output"
	[[ "$output" != *"Unknown"* ]]
	[[ "$output" != *"Failed to parse"* ]]
	[[ "$output" != *"sluisd.service:"*[0-9]":"* ]]
}

@test "it starts what is installed where the pages say" {
	cd "$BATS_TEST_DIRNAME/../.." # its paths are those of the prefix of when it was made
	[ "$(jq -r '.configurePresets[] | select(.name == "release").cacheVariables.CMAKE_INSTALL_PREFIX' CMakePresets.json)" = /usr ]
	grep -q '^cmake --install build/release  ' docs/administrator.md
	grep -q '^ExecStart=/usr/bin/sluis ' docs/administrator.md
}

@test "what an administrator has to look at is not tried again and again" {
	# RestartPreventExitStatus= counts for the main process only
	grep -q '^RestartPreventExitStatus=2 6$' "$UNIT"
	run ! grep -q '^ExecStartPre=' "$UNIT"
}
