#!/usr/bin/env bats
# The runner of the test VM, on the stock kernel.  None of this needs ntpool.ko.
# shellcheck disable=SC2154 # bats sets output and status

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s vm-tests FLAVOUR=stock
	export place=$BATS_FILE_TMPDIR
	play_ordinary
	play_endless
}

# One machine for all that an ordinary run has to show, with commas in its paths.  What it
# took is the measure for time-outs.
play_ordinary() {
	local status=0 since=$SECONDS
	export shared=$place/shared,readonly=on
	mkdir "$shared" "$place/a,b"
	echo from outside >"$shared/in"
	cat >"$shared/ordinary" <<-'SH'
		part() { echo "=== $1"; }
		part arguments
		printf '<%s>' "$@"
		echo
		part share
		cat /share/in
		echo from inside >/share/out
		part machine
		nproc
		free -m | awk '/^Mem/ { print ($2 > 180 && $2 <= 256) }'
		awk 'NR > 1 { print $3 }' /proc/swaps
		part smap
		grep -cw smap /proc/cpuinfo
		part first
		kill -9 1
		kill -TERM 1
		sleep 1
		echo alive
		part signals
		awk '/^SigIgn/ { print $2 }' /proc/self/status
		part refused
		insmod /lib/ntpool/vm_crash.ko fault=refuse 2>&1
		echo "status $?"
		part end
		echo a word >/dev/kmsg
		sleep 1000 &
		setsid sleep 1000 &
		exit 3
	SH
	TMPDIR=$place/a,b tests/vm/run --no-build --no-module --mem 256M --swap 100M --smp 1 --share "$shared" \
		--log "$place/log" -- sh /share/ordinary 'a b' "it's" '$HOME *' '' $'two\nlines' >"$place/said" || status=$?
	echo "$status" >"$place/status"
	export limit=$((12 + 2 * (SECONDS - since)))
}

# Two that only end by their time-out, one after the other, while the tests go on.
play_endless() {
	{
		endless hang 'echo started; sleep 1000'
		endless lockup 'echo started; sleep 2; insmod /lib/ntpool/vm_crash.ko fault=lockup'
	} 3>&- &
}

# endless NAME SCRIPT
endless() {
	local status=0
	vm --timeout "$limit" -- sh -c "$2" >"$place/$1.out" 2>"$place/$1.err" || status=$?
	echo "$status" >"$place/$1.new"
	mv "$place/$1.new" "$place/$1.status"
}

# ended NAME: waits for it, and takes what came of it for the test to look at.
ended() {
	while [ ! -e "$place/$1.status" ]; do sleep 0.2; done
	status=$(cat "$place/$1.status")
	output=$(cat "$place/$1.out")
	stderr=$(cat "$place/$1.err")
}

# part NAME: what the ordinary run said there.
part() {
	run awk -v name="$1" '/=== / { on = $2 == name; next } on' "$place/said"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	export TMPDIR=$BATS_TEST_TMPDIR
}

# No run leaves its directory behind, however it ends.
teardown() {
	[ -z "$(find "$BATS_TEST_TMPDIR" -name 'ntpool-vm.*')" ]
}

vm() {
	tests/vm/run --no-build --no-module --swap 0 --smp 1 "$@"
}

crash() {
	vm -- insmod /lib/ntpool/vm_crash.ko fault="$1"
}

@test "a command that succeeds ends with 0 and nothing of the boot is printed" {
	run --separate-stderr crash none
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -z "$stderr" ]
}

@test "the status of the command is the status of the runner" {
	[ "$(cat "$place/status")" = 3 ]
}

@test "arguments arrive as they were given" {
	part arguments
	[ "$output" = $'<a b><it\'s><$HOME *><><two\nlines>' ]
}

@test "a shared directory is read and written from both sides" {
	part share
	[ "$output" = "from outside" ]
	[ "$(cat "$shared/out")" = "from inside" ]
}

@test "memory, swap and processors are as asked for" {
	part machine
	[ "$output" = $'1\n1\n102396' ]
}

@test "a processor has SMAP unless it is asked for without" {
	part smap
	[ "$output" = 1 ]
	run -1 vm --no-smap -- grep -cw smap /proc/cpuinfo
	[ "$output" = 0 ]
}

# Whether the boot loader's part has moved the kernel is bit 1 of a byte that it hands on, see
# Documentation/arch/x86/boot.rst.
@test "a kernel is started as a boot loader does, and with a driver, where that is asked for" {
	local look='hexdump -s 529 -n 1 -e "1/1 \"%d\n\"" /sys/kernel/boot_params/data; grep -c "^zram " /proc/modules'
	run -0 vm --packed --kmod zram -- sh -c "$look"
	[ $((lines[0] & 2)) = 2 ]
	[ "${lines[1]}" = 1 ]
	run -1 vm -- sh -c "$look"
	[ $((lines[0] & 2)) = 0 ]
	[ "${lines[1]}" = 0 ]
}

@test "a command that tries to kill the first process gets nowhere" {
	part first
	[ "$output" = alive ]
}

@test "a command has no signals ignored" {
	part signals
	[ "$output" = 0000000000000000 ]
}

@test "the kernel log can be kept" {
	grep -q 'Linux version 6.1' "$place/log"
	grep -q 'a word' "$place/log"
}

@test "what the command leaves running does not keep the machine alive" {
	grep -q '=== end' "$place/said"
	# Else it would have been the time-out's.
	[ "$(cat "$place/status")" = 3 ]
}

@test "standard output and standard error come through byte by byte, each on its own" {
	head -c 1000000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	vm -- sh -c 'tee /dev/stderr' <"$BATS_TEST_TMPDIR/data" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	cmp "$BATS_TEST_TMPDIR/data" "$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/data" "$BATS_TEST_TMPDIR/err"
}

@test "standard input can be opened by name when all of it has come" {
	run -0 vm --timeout "$limit" -- sh -c 'cat && cat /dev/stdin && echo end' <<<hello
	[ "$output" = $'hello\nend' ]
}

@test "output comes while the command is still running" {
	mkfifo "$BATS_TEST_TMPDIR/talk"
	vm -- sh -c 'echo ready; read -r answer; echo "$answer"' \
		<"$BATS_TEST_TMPDIR/talk" >"$BATS_TEST_TMPDIR/out" &
	exec 7>"$BATS_TEST_TMPDIR/talk"
	for _ in {1..600}; do
		if grep -q ready "$BATS_TEST_TMPDIR/out"; then break; fi
		sleep 0.1
	done
	echo go >&7
	exec 7>&-
	wait $!
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = $'ready\ngo' ]
}

@test "two machines run side by side" {
	vm -- sh -c 'sleep 1; echo one' >"$BATS_TEST_TMPDIR/one" &
	local first=$!
	vm -- sh -c 'sleep 1; echo two' >"$BATS_TEST_TMPDIR/two"
	wait $first
	[ "$(cat "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two")" = $'one\ntwo' ]
}

@test "an oops is status 125, with the report on standard error" {
	run -125 --separate-stderr crash oops
	[ -z "$output" ]
	[[ $stderr == *"BUG: kernel NULL pointer dereference"*"do_oops"* ]]
}

@test "a warning is status 125, though the command succeeds, and the report is not the whole log" {
	run -125 --separate-stderr vm -- sh -c 'insmod /lib/ntpool/vm_crash.ko fault=warn && echo fine'
	[ "$output" = fine ]
	[[ $stderr == *"vm_crash was asked to warn"*"WARNING:"*"do_warn"* ]]
	[[ $stderr != *"Run /init"* ]]
}

@test "sleeping in atomic context is status 125" {
	run -125 crash atomic
	[[ $output == *"BUG: scheduling while atomic"*"do_atomic"* ]]
}

@test "a module that cannot be unloaded is status 125" {
	run -125 crash pinned
	[[ $output == *"vm_crash cannot be unloaded"* ]]
}

@test "a module that refuses to load is the command's own failure" {
	part refused
	[[ $output == *"No such device"*"status 19" ]]
	[ "$(cat "$place/status")" = 3 ]
}

@test "a panic is status 125" {
	run -125 vm -- sh -c 'echo c >/proc/sysrq-trigger'
	[[ $output == *"Kernel panic"* ]]
}

@test "a command that restarts the machine cannot pass" {
	run -125 vm -- sh -c 'echo b >/proc/sysrq-trigger; sleep 60'
	[[ $output == *"went down before the command had ended"* ]]
}

@test "a command that switches the machine off cannot pass" {
	run -125 vm -- sh -c 'poweroff -f; sleep 60'
	[[ $output == *"went down before the command had ended"* ]]
}

@test "a command that cannot be found is status 127" {
	run -127 vm -- no-such-command
}

@test "a command gets the caller's terminal" {
	run -4 script --quiet --return --command "stty rows 33 cols 111; tests/vm/run --no-build --no-module --swap 0 --tty -- \
		sh -c 'test -t 0 && test -t 1 && stty size; exit 4'" "$BATS_TEST_TMPDIR/typescript" </dev/null
	[[ $output == *"33 111"* ]]
}

@test "without a terminal there is none to give" {
	run -2 vm --tty -- true
}

@test "output that cannot be written is no success, and does not stop the machine" {
	run -2 sh -c 'tests/vm/run --no-build --no-module --swap 0 --timeout 200 -- seq 300000 >/dev/full'
	[[ $output == *"could not be written"* ]]
}

@test "an interrupted runner leaves nothing behind" {
	setsid tests/vm/run --no-build --no-module --swap 64M -- sleep 1000 3>&- &
	local runner=$!
	for _ in {1..300}; do
		machine=$(pgrep -f "qemu-system-x86_64.*$BATS_TEST_TMPDIR") && break
		sleep 0.1
	done
	[ -n "$machine" ]
	kill -TERM $runner
	local status=0
	wait $runner || status=$?
	[ $status -eq 143 ]
	run -1 pgrep -f "qemu-system-x86_64.*$BATS_TEST_TMPDIR"
}

# machine_runs: waits until QEMU is there.  machine_is_gone: waits for its end.
machine_runs() {
	for _ in {1..300}; do
		! looked_for_machine 0 || return 0
		sleep 0.1
	done
	return 1
}

machine_is_gone() {
	for _ in {1..100}; do
		! looked_for_machine 1 || return 0
		sleep 0.1
	done
	return 1
}

# looked_for_machine STATUS: pgrep ends with 0 where it finds one, with 1 where it finds none.
looked_for_machine() {
	local status=0
	pgrep -f "qemu-system-x86_64.*$BATS_TEST_TMPDIR" >/dev/null || status=$?
	[ $status = "$1" ]
}

@test "an interrupted runner leaves its input to who reads next" {
	mkfifo "$BATS_TEST_TMPDIR/talk"
	exec 7<>"$BATS_TEST_TMPDIR/talk"
	tests/vm/run --no-build --no-module --swap 0 -- sleep 1000 <&7 3>&- 7>&- &
	machine_runs
	kill -TERM $!
	wait $! || [ $? -eq 143 ]
	echo mine >&7
	sleep 1
	read -r -t 10 word <&7
	exec 7>&-
	[ "$word" = mine ]
}

@test "a runner with the terminal is ended by a signal, and QEMU does not outlive it" {
	cat >"$BATS_TEST_TMPDIR/session" <<-SH
		sh -c 'echo \$\$ >"$BATS_TEST_TMPDIR/pid"; exec tests/vm/run --no-build --no-module --swap 0 --tty -- sleep 1000'
		echo \$? >"$BATS_TEST_TMPDIR/ended"
		sleep 1000
	SH
	for signal in TERM KILL; do
		script --quiet --command "sh $BATS_TEST_TMPDIR/session" "$BATS_TEST_TMPDIR/typescript" </dev/null >/dev/null 3>&- &
		machine_runs
		kill "-$signal" "$(cat "$BATS_TEST_TMPDIR/pid")"
		machine_is_gone
		while [ ! -s "$BATS_TEST_TMPDIR/ended" ]; do sleep 0.1; done
		[ "$(cat "$BATS_TEST_TMPDIR/ended")" -eq $((128 + $(kill -l $signal))) ]
		rm "$BATS_TEST_TMPDIR/ended"
		kill $!
	done
	rm -rf "$BATS_TEST_TMPDIR"/ntpool-vm.*
}

@test "a QEMU that crashes before the machine has started is started again, once" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/qemu-system-x86_64" <<-SH
		#!/bin/sh
		echo x >>"$BATS_TEST_TMPDIR/starts"
		[ "\$(wc -l <"$BATS_TEST_TMPDIR/starts")" -lt 2 ] || exec "$(command -v qemu-system-x86_64)" "\$@"
		kill -SEGV \$\$
	SH
	chmod +x "$BATS_TEST_TMPDIR/bin/qemu-system-x86_64"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -3 --separate-stderr vm -- sh -c 'cat; exit 3' <<<hello
	[ "$output" = hello ]
	[[ $stderr == *"QEMU crashed (signal 11)"*"once more"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "an option that is not there is one sentence and status 2" {
	run -2 vm --speed 3 -- true
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"no option --speed"* ]]
}

@test "a size that is none, a shared directory that is none, and no command are refused" {
	run -2 vm --mem lots -- true
	run -2 vm --swap 3 -- true
	run -2 vm --smp 0 -- true
	run -2 vm --timeout soon -- true
	run -2 vm --share /no/such/place -- true
	run -2 vm
	run -2 vm --mem
}

@test "a log that cannot be written is one sentence and status 2, before anything is started" {
	run -2 vm --log /no/such/place -- true
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"--log /no/such/place"* ]]
}

@test "a kernel that is not there is one sentence and status 2" {
	run -2 vm --kernel 2.4 -- true
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"2.4"* ]]
}

@test "a missing driver is one sentence and status 2" {
	run -2 vm --kmod no_such_driver -- true
	[[ $output == *"no driver no_such_driver"* ]]
}

@test "a disk that is too small for the swap disk is one sentence and status 2" {
	run -2 tests/vm/run --no-build --no-module --swap 900000G -- true
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"MiB free"* ]]
}

# Last, since they have taken their time meanwhile.
@test "a command that hangs is a time-out" {
	ended hang
	[ "$status" = 124 ]
	[ "$output" = started ]
	[[ $stderr == *"not finished after $limit s"* ]]
}

@test "a machine that locks up is a time-out" {
	ended lockup
	[ "$status" = 124 ]
	[ "$output" = started ]
}
