#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Write every text that people see (of client/, what proto/ says of a signal and policy/ of a policy) to the .pot file named as $1.
# After changing texts:  client/po/extract.sh /tmp/s.pot && msgmerge -U client/po/nl.po /tmp/s.pot
set -eu
pot=$(realpath -m "$1")
cd "$(dirname "$0")/.."
xgettext --language=C --from-code=UTF-8 --no-location --sort-output --no-wrap \
	--package-name=sluis --copyright-holder= \
	--keyword=tr --keyword=N_ --keyword=error_set:4 --keyword=handle_fail:4 \
	--keyword=fail:4 --keyword=complain:4 \
	--keyword=fail:2 --keyword=refuse:2 --keyword=refuse_field:3 --keyword=refuse_in:5 \
	--keyword=read_complain:3 --keyword=yaml_complain:3 --keyword=yaml_warn:3 \
	--keyword=finding_add:4 --keyword=complain_of_file:3 --keyword=bad_yaml:3 --keyword=say:3 --keyword=read_is_map:3 \
	--keyword=trail_fail:3 --keyword=fail_at:4 --flag=tr:1:pass-c-format \
	-o "$pot" ./*.c ./command/*.c ./command/*/*.c ./command/audit/*.h ../proto/pbjson_read.c ../proto/signal_check.c ../proto/signal_forms.c ../policy/*.c ../policy/*/*.c
