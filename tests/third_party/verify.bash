#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
#
# verify.bash - a receipt or an export checked with openssl and sha256sum, and nothing of
# ours: what anybody can do at a prompt, written down.
#
#	verify.bash VKEY receipt FILE
#	verify.bash VKEY tiles DIR		(a process for each node: for small journals)
#
# Ends with 0, or with 6 and why.  Hashes are handled as hex.
set -Eeuo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bad() {
	echo "verify.bash: $*" >&2
	exit 6
}

trap 'exit 6' ERR # whatever cannot be read does not verify

hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { # the bytes of the hex $1
	local digits=$1 escaped=
	while [ -n "$digits" ]; do escaped+="\\x${digits:0:2}" digits=${digits:2}; done
	printf '%b' "$escaped"
}
unbase64() { # the hex of the base64 $1, in its one spelling
	base64 -d <<<"$1" >"$work/raw" 2>/dev/null || bad "no base64: $1"
	[ "$(base64 -w 0 <"$work/raw")" = "$1" ] || bad "no canonical base64: $1"
	hex <"$work/raw"
}
sha256() { sha256sum | cut -d ' ' -f 1; } # of stdin
node() { unhex "01$1$2" | sha256; }
leaf() { { printf '\0'; cat; } | sha256; } # of stdin

# --- the verifier key: name+key id+base64(01 || public key)
name=${1%%+*}
rest=${1#*+}
id=${rest%%+*}
public=$(unbase64 "${rest#*+}")
[[ ${#public} -eq 66 && ${public:0:2} = 01 ]] || bad 'no Ed25519 verifier key'
[ "$({ printf '%s\n' "$name"; unhex "$public"; } | sha256 | cut -c 1-8)" = "$id" ] ||
	bad 'the key does not fit its name'
unhex "302a300506032b6570032100${public:2}" | openssl pkey -pubin -inform DER -out "$work/key.pem"

# open_head FILE: check the signed note and set size and root
open_head() {
	local cut
	[ "$(tail -c 1 "$1" | hex)" = 0a ] || bad 'the note is cut short'
	cut=$(grep -n '^$' "$1" | tail -n 1 | cut -d : -f 1)
	[ -n "$cut" ] || bad 'no signatures'
	head -n "$((cut - 1))" "$1" >"$work/text"
	mapfile -t lines < <(tail -n +"$((cut + 1))" "$1")
	local good=no line blob
	for line in "${lines[@]}"; do
		[ "${line#'— '}" != "$line" ] || bad 'a signature line is malformed'
		line=${line#'— '}
		[ "${line%% *}" = "$name" ] || continue
		blob=$(unbase64 "${line#* }")
		[ "${blob:0:8}" = "$id" ] || continue
		unhex "${blob:8}" >"$work/sig"
		openssl pkeyutl -verify -rawin -pubin -inkey "$work/key.pem" -in "$work/text" \
			-sigfile "$work/sig" >"$work/said" 2>&1 || bad 'the signature does not hold'
		good=yes
	done
	[ "$good" = yes ] || bad 'the log did not sign it'
	[ "$(sed -n 1p "$work/text")" = "$name" ] || bad 'another log'
	size=$(sed -n 2p "$work/text")
	root=$(unbase64 "$(sed -n 3p "$work/text")")
	[[ $size =~ ^(0|[1-9][0-9]{0,17})$ && ${#root} -eq 64 ]] || bad 'no checkpoint'
}

hash_at() { # hash $1 of the proof in $path
	[ "$1" -lt ${#path[@]} ] || bad 'the proof is too short'
	unbase64 "${path[$1]}"
}

# --- a receipt: the path from the leaf to the root (RFC 6962 2.1.1)
receipt() {
	local cut index extra n hash h last at=0 path
	[ "$(sed -n 1p "$1")" = c2sp.org/tlog-proof@v1 ] || bad 'no tlog-proof'
	cut=$(grep -n '^$' "$1" | head -n 1 | cut -d : -f 1)
	[ -n "$cut" ] || bad 'no checkpoint'
	tail -n +"$((cut + 1))" "$1" >"$work/note"
	open_head "$work/note"
	extra=$(sed -n 2p "$1")
	[ "${extra#extra }" != "$extra" ] || bad 'no entry'
	extra=$(unbase64 "${extra#extra }")
	n=$((16#${extra:0:4} * 2))
	[ $((${#extra} - 4)) -ge "$n" ] || bad 'the entry is cut short'
	hash=$(unhex "${extra:4:n}" | leaf)
	index=$(sed -n 3p "$1")
	index=${index#index }
	[[ $index =~ ^(0|[1-9][0-9]{0,17})$ ]] || bad 'no index'
	mapfile -t path < <(sed -n "4,$((cut - 1))p" "$1")
	for h in "${path[@]}"; do
		[ "$(unbase64 "$h" | wc -c)" -eq 64 ] || bad 'a hash has a wrong length'
	done
	[ "$index" -lt "$size" ] || bad 'the index lies outside the tree'
	last=$((size - 1))
	while [ "$last" -gt 0 ]; do
		if [ $((index % 2)) -eq 1 ]; then
			hash=$(node "$(hash_at "$at")" "$hash")
			at=$((at + 1))
		elif [ "$index" -lt "$last" ]; then
			hash=$(node "$hash" "$(hash_at "$at")")
			at=$((at + 1))
		fi
		index=$((index / 2)) last=$((last / 2))
	done
	[ "$at" -eq ${#path[@]} ] || bad 'the proof is too long'
	[ "$hash" = "$root" ] || bad 'the entry is not in the tree'
}

# --- an export: every entry again, level by level, and every tile against that
digits() { # tile index $1 in groups of three
	local n=$1 out
	out=$(printf '%03d' "$((n % 1000))")
	while n=$((n / 1000)) && [ "$n" -gt 0 ]; do out=$(printf 'x%03d/%s' "$((n % 1000))" "$out"); done
	printf '%s' "$out"
}

tile() { # DIR LEVEL INDEX WIDTH: the file
	local w=$4
	[ "$w" -eq 256 ] || w=256.p/$4
	w=${w#256}
	printf '%s/tile/%s/%s%s' "$1" "$2" "$(digits "$3")" "$w"
}

tiles() {
	local at width all n hashes=() next i want level=0
	open_head "$1/checkpoint"
	for ((at = 0; at < size; at += 256)); do
		width=$((size - at < 256 ? size - at : 256))
		all=$(hex <"$(tile "$1" entries "$((at / 256))" "$width")") ||
			bad "bundle $((at / 256)) is missing"
		for ((i = 0; i < width; i++)); do
			[ ${#all} -ge 4 ] || bad 'a bundle is cut short'
			n=$((16#${all:0:4} * 2))
			[ $((${#all} - 4)) -ge "$n" ] || bad 'a bundle is cut short'
			hashes+=("$(unhex "${all:4:n}" | leaf)")
			all=${all:4+n}
		done
		[ -z "$all" ] || bad 'a bundle is too long'
	done
	while [ ${#hashes[@]} -gt 0 ]; do # one level of tiles
		next=()
		for ((at = 0; at < ${#hashes[@]}; at += 256)); do
			width=$((${#hashes[@]} - at < 256 ? ${#hashes[@]} - at : 256))
			want=$(printf '%s' "${hashes[@]:at:width}")
			[ "$(hex <"$(tile "$1" "$level" "$((at / 256))" "$width")")" = "$want" ] ||
				bad "tile $level/$((at / 256)) does not agree"
			[ "$width" -lt 256 ] || next+=("$(top "${hashes[@]:at:256}")")
		done
		[ "$level" -gt 0 ] || found=$(top "${hashes[@]}")
		hashes=("${next[@]}") level=$((level + 1))
	done
	[ "${found:-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}" = "$root" ] ||
		bad 'the entries do not give the root'
}

top() { # the root over the hashes in the arguments
	local list=("$@") up i
	while [ ${#list[@]} -gt 1 ]; do
		up=()
		for ((i = 0; i + 1 < ${#list[@]}; i += 2)); do up+=("$(node "${list[i]}" "${list[i + 1]}")"); done
		[ $((${#list[@]} % 2)) -eq 0 ] || up+=("${list[-1]}")
		list=("${up[@]}")
	done
	printf '%s' "${list[0]}"
}

case "$2" in
receipt) receipt "$3" ;;
tiles) tiles "$3" ;;
*) exit 2 ;;
esac
echo "verified with openssl and sha256sum: $name, size $size"
