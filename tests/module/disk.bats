#!/usr/bin/env bats
# Paged pool on a swap disk that fails, or is slow.
# shellcheck disable=SC2154 # bats sets output, status, modules and kernel

# null_blk with what it needs, in the order they are loaded in: a disk whose sectors can be
# made bad, and whose speed can be set.
copy_null_blk() {
	local number=0 file
	eval "$(tests/vm/kernel "${NTPOOL_KERNEL:-stock}")"
	# shellcheck disable=SC2154 # set by that
	PATH=$PATH:/sbin:/usr/sbin modprobe -d "$modules" -S "$kernel" --show-depends null_blk |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | while read -r file; do
		number=$((number + 1))
		case $file in
		*.xz) xz -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$1/$number.ko"
	done
}

setup_file() {
	export said=$BATS_FILE_TMPDIR/said share=$BATS_FILE_TMPDIR/share
	cd "$BATS_TEST_DIRNAME/../.." || return
	mkdir "$share"
	copy_null_blk "$share"
	tests/vm/run --mem 512M --swap 0 --timeout 900 --share "$share" -- \
		sh -c "$(cat tests/module/guest-disk)" >"$said" 2>&1
}

part() {
	awk -v name="$1" '/^=== / { on = $2 == name; next } on' "$said"
}

@test "the machine went through all parts" {
	grep -qx '=== end' "$said"
}

@test "without a page file a write-out says that it could not write, and the pages stay" {
	run part no-swap
	[[ $output == *"a: 16 pages trimmed, 0 written to swap"* ]]
	[[ $output == *"STATUS_UNSUCCESSFUL"* ]]
	[[ $output == *"word for word"* ]]
}

@test "a disk that fails to write: the write-out says so, and nothing is lost" {
	run part bad-write
	[[ $output == *"a: 16 pages trimmed, 0 written to swap"* ]]
	[[ $output == *"STATUS_UNSUCCESSFUL"* ]]
	[[ $output == *"a: 64 KiB as filled from seed 7, word for word"* ]]
	# When it works again they go.
	[[ $output == *"a: 16 pages trimmed, 16 written to swap"* ]]
}

@test "a disk that fails to read: STATUS_IN_PAGE_ERROR and bug check 0x7A" {
	run part bad-read
	[[ $output == *"STATUS_IN_PAGE_ERROR (0xc0000006)"* ]]
	[[ $output == *"0x7A KERNEL_DATA_INPAGE_ERROR (0x"*", 0xc0000006, 0x0, 0x"* ]]
}

@test "a page that the disk did not give back is lost and shown as lost, and no other is" {
	run part bad-read-after
	[ "$(grep -c 'STATUS_IN_PAGE_ERROR' <<<"$output")" = 1 ]
	[ "$(grep -cE '^ +8 +1 +swapped +- +- +l$' <<<"$output")" = 1 ]
	[ "$(grep -cE 'read at [0-9]+ at PASSIVE_LEVEL: 0x' <<<"$output")" = 2 ]
	[[ $output == *"a: freed"* ]]
}

@test "a process that is killed while it writes out ends before the disk has all" {
	run part slow-disk
	[[ $output =~ gone\ after\ ([0-9]+)\ s ]]
	[ "${BASH_REMATCH[1]}" -lt 8 ]
}
