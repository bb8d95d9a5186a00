#!/usr/bin/env bats
# The whole catalogue again and again in the debug kernel, with requesters killed at random
# moments: nothing of it stays.  NTPOOL_LAB_ROUNDS says how often; make soak has 100.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	load ../tools/common
	export said=$BATS_FILE_TMPDIR/said
	rounds=${NTPOOL_LAB_ROUNDS:-1}
	build_tool
	# shellcheck disable=SC2154 # set by common
	cp "$root/tests/lab/guest-repeat" "$BATS_FILE_TMPDIR/"
	set -o pipefail
	# The runner ends with 125 where the kernel warned, or lost memory.
	"$root/tests/vm/run" --kernel debug --mem 512M --timeout $((600 + rounds * 300)) --share "$BATS_FILE_TMPDIR" \
		-- /share/guest-repeat "$rounds" |
		tee "$said" | sed -nu 's/^round /# round /p' >&3
}

setup() {
	load ../tools/common
}

# number NAME: what the guest has counted.
number() {
	awk -v name="$1" '$1 == name { print $2 }' "$said"
}

@test "the catalogue was played, and requesters were killed meanwhile" {
	[ "$(number rounds)" -ge 1 ]
	[ "$(number killed)" -ge "$(number rounds)" ]
}

@test "the verifier is off, though programs that had set it were killed" {
	[ "$(number verifier)" = 0x0 ]
}

@test "afterwards every variant ends as expected" {
	sed -n '/^=== after/,/^=== tags/p' "$said"
	[ "$(number status)" = 0 ]
}

@test "no page is pinned" {
	[ "$(number pinned)" = 0 ]
}

@test "no byte of the driver's, of requests and of their buffers is left" {
	sed -n '/^=== tags/,/^=== end of tags/p' "$said" | sed '1d;$d' >"$BATS_TEST_TMPDIR/tags"
	jq -e 'length > 0' "$BATS_TEST_TMPDIR/tags" >/dev/null
	for tag in 'NLab' 'Irp ' 'IoSB' 'Mdl '; do
		jq -e --arg tag "$tag" '[.[] | select(.tag == $tag) | .paged_bytes, .nonpaged_bytes] | all(. == 0)' "$BATS_TEST_TMPDIR/tags" || {
			jq --arg tag "$tag" '.[] | select(.tag == $tag)' "$BATS_TEST_TMPDIR/tags"
			false
		}
	done
}

@test "both modules unload" {
	[ "$(number unloaded)" = 0 ]
}

# With bugcheck=oops: a machine of its own, which says so in the end.
@test "a requester that a bug check ends is taken down, and the driver serves the next" {
	run "$root/tests/vm/run" --kernel debug --smp 1 --module-args bugcheck=oops \
		--log "$BATS_TEST_TMPDIR/log" --no-leak-check -- sh -c '
		echo 0 >/proc/sys/kernel/panic_on_oops
		insmod /lib/ntpool/ntpool_lab.ko
		cd /usr/local/libexec/ntpool/examples
		./information-overrun wrong
		./information-overrun right
		echo "next: $?"'
	echo "$output"
	[ "$status" = 125 ]
	[[ $output == *"next: 0"* ]]
	grep -q 'STOP: 0x000000C9 (0x0000000000000312' "$BATS_TEST_TMPDIR/log"
	[ "$(grep -c 'end trace' "$BATS_TEST_TMPDIR/log")" = 1 ]
}
