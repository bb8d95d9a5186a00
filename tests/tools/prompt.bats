#!/usr/bin/env bats
# The prompt of script, on a terminal.

setup_file() {
	load common
	load terminal
	start_machine <<-'GUEST'
		cd /tmp
		export HOME=/tmp
		PS1='ready> ' exec sh
	GUEST
	type_line 'ntpool script'
	sees '^ntpool>$'
}

teardown_file() {
	load common
	load terminal
	server kill-server 2>/dev/null || :
}

setup() {
	load common
	load terminal
}

@test "a mistake is told, and the prompt goes on" {
	type_line bogus
	sees "^there is no command 'bogus'; see 'help'$"
	type_line 'alloc longname paged 4K Demo'
	sees "^longname: 4 KiB paged pool, tag 'Demo'"
	sees '^ntpool>$'
}

@test "the tabulator completes commands, and names of blocks" {
	server send-keys -l ver
	press Tab
	sees '^ntpool> verify'
	server send-keys -l ' long'
	press Tab
	sees '^ntpool> verify +longname'
	press Enter
	sees "^'longname' was not filled: give the seed$"
}

@test "the arrows bring back the lines before" {
	press Up Up
	sees '^ntpool> alloc longname paged 4K Demo$'
	press Enter
	sees "^there is a block 'longname' already$"
}

@test "quit ends it, although there were mistakes" {
	type_line quit
	sees '^ready>$'
	type_line 'echo ended with $?'
	sees '^ended with 0$'
}

@test "what was typed is kept, and is there the next time" {
	type_line 'clear; grep -x bogus .ntpool_history'
	sees '^bogus$'
	type_line 'clear; ntpool script'
	sees '^ntpool>$'
	press Up
	sees '^ntpool> quit$'
	press C-c
	sees '^ready>$'
}

@test "the end of the input ends it" {
	type_line 'clear; ntpool script'
	sees '^ntpool>$'
	press C-d
	sees '^ready>$'
}

@test "the machine ends without a complaint" {
	end_machine
}
