#!/usr/bin/env bats
# What the tool does where there is no device; no machine is needed for this.

setup_file() {
	load common
	build_tool
}

setup() {
	load common
	# shellcheck disable=SC2154 # set by common
	ntpool=$root/build/bin/ntpool
	export NTPOOL_DEVICE=$BATS_TEST_TMPDIR/missing
}

@test "without a command the tool lists its commands and fails" {
	run "$ntpool"
	[ "$status" -eq 2 ]
	[[ $output == *"Usage: ntpool COMMAND"* ]]
}

@test "help lists every command" {
	run "$ntpool" help
	[ "$status" -eq 0 ]
	for command in status script tags find block pte map vm monitor verifier bugchecks split lab story help; do
		grep -Eq "^  $command " <<<"$output"
	done
}

@test "help COMMAND tells the options of that command" {
	run "$ntpool" help split
	[ "$status" -eq 0 ]
	[[ $output == *"Usage: ntpool split"* ]]
	[[ $output == *"--increaseuserva=MB"* ]]
}

@test "output that cannot be written is a failure, whatever was to be printed" {
	for command in help 'help split' 'split --help' 'split --usage' --help --version 'lab list' 'lab list --json' 'lab show fork'; do
		# shellcheck disable=SC2086 # a command and its arguments
		run sh -c '"$0" "$@" 2>&1 >/dev/full' "$ntpool" $command
		[ "$status" -eq 1 ]
		[ "$output" = "ntpool: cannot write the output" ]
	done
}

@test "an unknown command is named and help offered" {
	run "$ntpool" statsu
	[ "$status" -eq 2 ]
	[ "$output" = "ntpool: there is no command 'statsu'; 'ntpool help' lists those there are" ]
}

@test "an unknown option is a mistake in the command line" {
	for command in status script tags find block pte map vm monitor verifier bugchecks split lab 'lab list' 'lab show' 'lab run' story; do
		# shellcheck disable=SC2086 # a command of two words
		run "$ntpool" $command --no-such-option
		[ "$status" -eq 2 ]
	done
}

@test "the version is that of the tool and of the interface" {
	run "$ntpool" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^ntpool\ [0-9.]+,\ interface\ version\ 1$ ]]
}

@test "a missing device is one sentence with the way out" {
	for command in status script tags 'find Abcd' 'block 0' 'pte 0' map vm 'monitor --once' verifier bugchecks split 'lab run fork' 'lab run --all' story; do
		# shellcheck disable=SC2086 # a command and its argument
		run "$ntpool" $command
		[ "$status" -eq 1 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *"missing, because the module is not loaded: load it as root"* ]]
	done
}

@test "a device of somebody else is told as such" {
	NTPOOL_DEVICE=/dev/null run "$ntpool" status
	[ "$status" -eq 1 ]
	[ "$output" = "ntpool: /dev/null is not the device of ntpool: unset NTPOOL_DEVICE, or point it to the right one" ]
}

@test "a statement that does not exist is refused before anything is played" {
	for name in S0 S15 S 5 S1x T1; do
		run "$ntpool" story "$name"
		[ "$status" -eq 2 ]
		[[ $output == *"there is no statement '$name'; they are S1 to S14"* ]]
	done
}

@test "a layout or size of user space that does not exist is refused" {
	run "$ntpool" split --layout arm
	[ "$status" -eq 2 ]
	for size in 2047 3073 x 2048M ''; do
		run "$ntpool" split --increaseuserva "$size"
		[ "$status" -eq 2 ]
		[[ $output == *"is no number from 2048 to 3072"* ]]
	done
}

@test "a tag that cannot be is refused" {
	for tag in Abcde '?????' '' $'A\tb' 'é'; do
		run "$ntpool" tags "$tag"
		[ "$status" -eq 2 ]
		[[ $output == *"'$tag' is no tag: one to four characters, or * and ?"* ]]
		run "$ntpool" find "$tag"
		[ "$status" -eq 2 ]
		run "$ntpool" monitor --once -i "$tag"
		[ "$status" -eq 2 ]
		run "$ntpool" monitor --once -x "$tag"
		[ "$status" -eq 2 ]
	done
}

@test "find, block and pte need to be told what" {
	run "$ntpool" find
	[ "$status" -eq 2 ]
	[[ $output == *"which tag?"* ]]
	for command in block pte; do
		run "$ntpool" $command
		[ "$status" -eq 2 ]
		[[ $output == *"which address?"* ]]
	done
	run "$ntpool" find Abcd Efgh
	[ "$status" -eq 2 ]
	for command in block pte; do
		run "$ntpool" $command 1 2
		[ "$status" -eq 2 ]
	done
}

@test "an address that is none is refused" {
	for address in x 0x '' 12345678901234567 -1 '12 34' "'12"; do
		for command in block pte; do
			run "$ntpool" $command -- "$address"
			[ "$status" -eq 2 ]
			[[ $output == *"is no address: up to 16 hexadecimal digits"* ]]
		done
	done
}

@test "a process that is none is refused" {
	for pid in 0 -1 x '' 2147483648 1x; do
		run "$ntpool" pte --pid "$pid" 0
		[ "$status" -eq 2 ]
		[[ $output == *"'$pid' is no number of a process"* ]]
		run "$ntpool" map --pid "$pid"
		[ "$status" -eq 2 ]
	done
}

@test "tags sorts by one pool, and splits up by what there is" {
	run "$ntpool" tags -n -p
	[ "$status" -eq 2 ]
	[[ $output == *"the order is either by nonpaged or by paged pool"* ]]
	run "$ntpool" tags --by process
	[ "$status" -eq 2 ]
	[[ $output == *"'process' is neither module nor session"* ]]
}

@test "a tag file that is named must be there" {
	for command in tags 'block 0' 'monitor --once'; do
		# shellcheck disable=SC2086 # a command and its arguments
		run "$ntpool" $command --tagfile "$BATS_TEST_TMPDIR/none.txt"
		[ "$status" -eq 1 ]
		[ "$output" = "ntpool: cannot read the tag file $BATS_TEST_TMPDIR/none.txt: No such file or directory" ]
	done
}

@test "the monitor without a terminal says what needs none" {
	run "$ntpool" monitor </dev/null
	[ "$status" -eq 1 ]
	[ "$output" = "ntpool: the display needs a terminal; --once, --json, --csv, --quiet and -n need none" ]
}

@test "the monitor takes PoolMon's options with - and with /" {
	for option in p e '(' ')' t a f d b m l c g s s3 iAbcd 'iA*' xA?; do
		run "$ntpool" monitor --once "-$option"
		[ "$status" -eq 1 ]
		[[ $output == *"missing, because the module is not loaded"* ]]
		run "$ntpool" monitor --once "/$option"
		[ "$status" -eq 1 ]
		[[ $output == *"missing, because the module is not loaded"* ]]
	done
	run "$ntpool" monitor /n "$BATS_TEST_TMPDIR/snapshot" /p /p
	[ "$status" -eq 1 ]
	[[ $output == *"missing, because the module is not loaded"* ]]
}

@test "the monitor's help comes by each of its spellings" {
	for option in -h /h '-?' '/?' --help; do
		run "$ntpool" monitor "$option"
		[ "$status" -eq 0 ]
		[[ $output == *"Usage: ntpool monitor"* ]]
	done
}

@test "a word that is no option of PoolMon is none of the monitor" {
	for word in /y /pp /tmp/file p; do
		run "$ntpool" monitor --once "$word"
		[ "$status" -eq 2 ]
	done
	run "$ntpool" monitor --once /sx
	[ "$status" -eq 2 ]
	run "$ntpool" monitor --once -sx
	[ "$status" -eq 2 ]
	[[ $output == *"'x' is no number of a session"* ]]
}

@test "an interval, a count or a threshold that cannot be is refused" {
	for interval in 0 0.001 -1 x 1x ''; do
		run "$ntpool" monitor --interval="$interval"
		[ "$status" -eq 2 ]
		[[ $output == *"is no number of seconds"* ]]
	done
	for count in 0 -1 x ''; do
		run "$ntpool" monitor --count="$count"
		[ "$status" -eq 2 ]
		[[ $output == *"is no number of samples"* ]]
	done
	for threshold in Abcd Abcd= Abcd=x Abcd=-1 =1 Abcde=1 Abcd=++1; do
		run "$ntpool" monitor --threshold="$threshold"
		[ "$status" -eq 2 ]
		[[ $output == *"is no threshold: TAG=BYTES, or TAG=+BYTES for growth"* ]]
	done
	run "$ntpool" monitor --once --threshold Abcd=+1
	[ "$status" -eq 2 ]
	[[ $output == *"growth shows in two samples or more, not in one"* ]]
}

@test "a file's name that looks like an option of PoolMon is the file's name" {
	for option in --tagfile --tag; do
		run "$ntpool" monitor --once $option /i.txt
		[ "$status" -eq 1 ]
		[ "$output" = "ntpool: cannot read the tag file /i.txt: No such file or directory" ]
	done
	run "$ntpool" monitor --once -i /p
	[ "$status" -eq 1 ]
	[[ $output == *"missing, because the module is not loaded"* ]]
}

@test "colour is for terminals that have it, and for those who want it" {
	on_terminal() {
		env -u NO_COLOR "$@" script --quiet --return --command "'$ntpool' lab show fork" /dev/null
	}
	bold=$'\033[1m'
	run on_terminal TERM=xterm
	[ "$status" -eq 0 ]
	[[ $output == *"$bold"* ]]
	for without in NO_COLOR=1 TERM=dumb; do
		run on_terminal TERM=xterm $without
		[ "$status" -eq 0 ]
		[[ $output == *'What the code does'* ]]
		[[ $output != *$'\033'* ]]
	done
}

# options COMMAND: those that its help lists, one a line, but for those that all have
options() {
	# shellcheck disable=SC2086 # a command of two words
	"$ntpool" $1 --help | awk '
		/^ +-/ {
			sub(/^ +/, "")
			sub(/  .*/, "")
			words = split($0, word, ", ")
			for (i = 1; i <= words; i++) {
				sub(/[=[ ].*/, "", word[i])
				print word[i]
			}
		}' | grep -vxE -- '--help|--usage|-\?'
}

# flags PAGE: the options that it lists, one a line
flags() {
	awk '/^\.((It|Ss|Op) .*)?Fl / {
			for (i = 2; i <= NF; i++)
				if ($i != "Fl" && $(i - 1) ~ /^(\.?Fl|,|\|)$/)
					print "-" $i
		}' "$1"
}

@test "every option that a command's help lists is in its man page" {
	for command in status script tags find block pte map vm monitor verifier bugchecks split 'lab list' 'lab show' 'lab run' story; do
		page=$root/userspace/man/ntpool-${command%% *}.1
		[ -e "$page" ] || page=$root/userspace/man/ntpool.1
		mapfile -t options < <(options "$command")
		[ "${#options[@]}" -ge 1 ]
		for option in "${options[@]}"; do
			flags "$page" | grep -qxF -- "$option" || {
				echo "$option is missing in $page"
				false
			}
		done
	done
}

@test "the library knows every bug check that the module records, by the same name" {
	sed -nE 's/^#define BUGCHECK_\w+\s+(0x\w+)$/\1/p' "$root/module/core/core.h" >"$BATS_TEST_TMPDIR/codes"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/codes")" -ge 38 ]
	cat >"$BATS_TEST_TMPDIR/names.c" <<-'C'
		#include <ntpool.h>
		#include <stdio.h>
		#include <stdlib.h>
		int main(int argc, char **argv)
		{
			for (int i = 1; i < argc; i++) {
				const char *name = ntpool_bugcheck_name(strtoul(argv[i], NULL, 16));
				printf("\"%s\"\n", name ? name : "");
			}
			return 0;
		}
	C
	gcc -I"$root/userspace/lib" -I"$root/module/include/uapi" -o "$BATS_TEST_TMPDIR/names" "$BATS_TEST_TMPDIR/names.c" "$root/build/lib/libntpool.a"
	# The module's own table: each name stands in quotes behind its code.
	mapfile -t names < <(xargs "$BATS_TEST_TMPDIR/names" <"$BATS_TEST_TMPDIR/codes")
	[ "${#names[@]}" -ge 38 ]
	for name in "${names[@]}"; do
		grep -qF -- "$name }" "$root/module/core/bugcheck.c" || {
			echo "the module does not know $name"
			false
		}
	done
}

@test "the library exports what its header declares, and nothing else" {
	declared=$(grep -oE '\bntpool_[a-z0-9_]+\(' "$root/userspace/lib/ntpool.h" | tr -d '(' | sort -u)
	exported=$(nm -D --defined-only "$root/build/lib/libntpool.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
	[ "$(wc -l <<<"$exported")" -ge 50 ]
	# The comments of the header name calls, too.
	[ "$exported" = "$declared" ]
}

@test "every call of the library has a man page" {
	mapfile -t calls < <(nm -D --defined-only "$root/build/lib/libntpool.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }')
	[ "${#calls[@]}" -ge 50 ]
	for call in "${calls[@]}"; do
		grep -Eq "^\.Nm $call( ,)?$" "$root"/userspace/man/*.3 || {
			echo "no page for $call"
			false
		}
	done
}

@test "every parameter of the module is in its man page" {
	mapfile -t parameters < <(grep -rhoP '^module_param(_cb)?\(\K\w+' "$root/module")
	[ "${#parameters[@]}" -ge 10 ]
	for parameter in "${parameters[@]}"; do
		grep -Eq "^\.It Cm (.* )?$parameter( |$)" "$root/userspace/man/ntpool.4" || {
			echo "$parameter is missing"
			false
		}
	done
}

@test "every error of the interface is in its man page" {
	mapfile -t errors < <(sed -nE '/ENOTTY/,/EINTR/s/^ \*\t(E[A-Z]+).*/\1/p' "$root/module/include/uapi/linux/ntpool.h")
	[ "${#errors[@]}" -ge 14 ]
	for error in "${errors[@]}"; do
		grep -Eq "Er $error( |$)" "$root/userspace/man/ntpool.4" || {
			echo "$error is missing"
			false
		}
	done
}

@test "every tag that the module uses itself is in the tag file" {
	# As numbers, and as NT writes them: backwards.
	find "$root/module" -name '*.[ch]' -exec sed -nE "s/.*NTPOOL_TAG\('(.)', '(.)', '(.)', '(.)'\).*/\1\2\3\4/p; s/.*_TAG '(.)(.)(.)(.)'.*/\4\3\2\1/p" {} + |
		sort -u >"$BATS_TEST_TMPDIR/tags"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/tags")" -ge 10 ]
	while read -r tag; do
		grep -q "^$(printf %-4s "$tag") - " "$root/userspace/pooltag.txt" || {
			echo "$tag is missing"
			false
		}
	done <"$BATS_TEST_TMPDIR/tags"
}

@test "verifier refuses what makes no sense before it asks the module" {
	for wrong in '--flags 0' '--flags nothing' '--tag Abcd' '--flags 1 --tag toolong' '--flags 1 --size 0' \
		'--flags 1 --size 9-8' '--flags 4 --probability 10001' '--flags 4 --grace x' \
		'--flags 1 --process a-name-that-is-too-long' '--reset --flags 1'; do
		# shellcheck disable=SC2086 # options and their arguments
		run "$ntpool" verifier $wrong
		[ "$status" -eq 2 ]
	done
}

@test "lab lists every pitfall of the catalogue" {
	run "$ntpool" lab list
	[ "$status" -eq 0 ]
	for name in arbitrary-thread page-not-resident idle-thread requester-exits buffer-unmapped buffer-remapped fork \
		embedded-pointer information-leak information-overrun double-fetch mdl-left-locked mdl-unlocked-twice \
		cancel-frees-buffer completed-twice touched-after-completion stack-status-block pending-not-marked \
		marked-not-pending unprobed-address probe-misaligned probe-wraps probe-zero-length paged-in-dpc \
		pageable-lock pageable-event wait-in-dpc free-at-dispatch; do
		grep -Eq "^$name +(neither|buffered|direct|cancel|completion|probe|irql) " <<<"$output" || {
			echo "$name is missing"
			false
		}
	done
	[ "${#lines[@]}" -eq 29 ]
	[ "$("$ntpool" lab list --json | jq length)" -eq 28 ]
}

@test "lab shows each pitfall in all its parts, with wrong and right variants" {
	# shellcheck disable=SC2046 # a name is one word
	run "$ntpool" lab show $("$ntpool" lab list --json | jq -r '.[].name') --json
	[ "$status" -eq 0 ]
	jq -e 'length == 28 and all(.[]; all(.title, .what, .why, .windows, .right, .source; length > 10))' <<<"$output"
	jq -e 'all(.[]; [.variants[].variant] | any(startswith("wrong")) and any(startswith("right")))' <<<"$output"
	jq -e 'all(.[].variants[]; .expected | length > 10)' <<<"$output"
}

@test "lab show fits a terminal, and is not coloured in a file" {
	run "$ntpool" lab show arbitrary-thread double-fetch
	[ "$status" -eq 0 ]
	for heading in 'What the code does' 'Why it goes wrong' 'What Windows does' 'The right way' 'The rule'; do
		[ "$(grep -cx "  $heading" <<<"$output")" -eq 2 ]
	done
	[ "$(awk 'length > 80' <<<"$output")" = '' ]
	[[ $output != *$'\033'* ]]
}

@test "lab needs to be told what, and knows what there is" {
	run "$ntpool" lab
	[ "$status" -eq 2 ]
	[[ $output == *"Usage: ntpool lab list"* ]]
	run "$ntpool" lab play
	[ "$status" -eq 2 ]
	for wrong in show run 'run fork --all' 'show nothing' 'run nothing' 'run fork --variant left' \
		'run --all --variant left' 'list fork'; do
		# shellcheck disable=SC2086 # a command and its arguments
		run "$ntpool" lab $wrong
		[ "$status" -eq 2 ]
	done
	[[ $("$ntpool" lab show nothing 2>&1) == *"there is no pitfall 'nothing'; 'ntpool lab list' lists those there are"* ]]
}
