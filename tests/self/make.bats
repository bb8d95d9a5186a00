#!/usr/bin/env bats
# What make chooses by itself: the kernel to build for, and where things are installed.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	place=$BATS_TEST_TMPDIR
	export NTPOOL_CACHE=$place/cache
	mkdir -p "$place"/{bin,boot,modules}
}

# headers RELEASE, image RELEASE: it is installed.
headers() {
	mkdir -p "$place/modules/$1/build"
	: >"$place/modules/$1/build/Makefile"
}

image() {
	: >"$place/boot/vmlinuz-$1"
}

# there COMMAND...: where these kernels are installed and no others.
there() {
	unshare --mount --map-root-user sh -c 'mount --bind "$0/modules" /lib/modules &&
		mount --bind "$0/boot" /boot && exec "$@"' "$place" "$@"
}

# stand_in NAME LINE: a program of that name that does this.
stand_in() {
	printf '%s\n' '#!/bin/sh' "$2" >"$place/bin/$1"
	chmod +x "$place/bin/$1"
}

# found NAME: what tests/vm/kernel tells of the stock kernel.
found() {
	there tests/vm/kernel stock | sed -n "s/^$1=//p"
}

# flavour RELEASE: what make builds for where that kernel is running.
flavour() {
	stand_in uname "echo $1"
	PATH=$place/bin:$PATH there make -s --eval 'flavour: ; @echo $(FLAVOUR)' flavour
}

@test "the stock kernel is the newest that can be started" {
	headers 6.1.0-9-amd64 && image 6.1.0-9-amd64
	headers 6.1.0-10-amd64 && image 6.1.0-10-amd64
	headers 6.1.0-11-amd64
	image 6.1.0-12-amd64
	[ "$(found kernel)" = 6.1.0-10-amd64 ]
	[ "$(found packed)" = /boot/vmlinuz-6.1.0-10-amd64 ]
}

@test "a kernel for clouds or real time is not the stock kernel" {
	headers 6.1.0-9-amd64 && image 6.1.0-9-amd64
	headers 6.1.0-10-cloud-amd64 && image 6.1.0-10-cloud-amd64
	headers 6.1.0-10-rt-amd64 && image 6.1.0-10-rt-amd64
	[ "$(found kernel)" = 6.1.0-9-amd64 ]
}

@test "headers alone are enough to build, and not to start a machine" {
	headers 6.1.0-9-amd64
	[ "$(found kdir)" = /lib/modules/6.1.0-9-amd64/build ]
	[ -z "$(found image)$(found packed)" ]
	run -2 there tests/vm/run --no-build -- true
	[ "$output" = "run: of the kernel 6.1.0-9-amd64 only the headers are installed; 'make deps' installs it" ]
}

@test "without any headers it says so" {
	image 6.1.0-9-amd64
	run -2 there tests/vm/kernel stock
	[[ $output == *"no Debian 6.1 kernel with headers is installed"* ]]
}

@test "make builds for the running kernel where its headers are, and else for the stock kernel" {
	headers 6.1.0-9-amd64 && image 6.1.0-9-amd64
	headers 6.1.0-10-amd64 && image 6.1.0-10-amd64
	headers 6.12.1-custom
	[ "$(flavour 6.1.0-10-amd64)" = stock ]
	[ "$(flavour 6.1.0-9-amd64)" = running ]
	[ "$(flavour 6.12.1-custom)" = running ]
	[ "$(flavour 6.18.0-other)" = stock ]
	[ "$(FLAVOUR=debug flavour 6.1.0-9-amd64)" = debug ]
	[ "$(KDIR=/usr/src/linux flavour 6.1.0-9-amd64)" = custom ]
}

@test "modules are installed for their kernel, wherever modinfo lies" {
	run -0 env PATH=/usr/local/bin:/usr/bin:/bin make -n install-module FLAVOUR=stock DESTDIR=/nowhere
	[[ $output =~ \ /nowhere/lib/modules/6\.1\.[0-9-]+-amd64/updates/ntpool\.ko ]]
}

@test "modules are not installed for no kernel" {
	stand_in modinfo :
	run -2 env PATH="$place/bin:$PATH" make -n install-module FLAVOUR=stock DESTDIR=/nowhere
	[[ $output == *"modinfo does not tell which kernel build/kernel/stock/ntpool.ko is for"* ]]
	[[ $output != *"install -D"* ]]
}

@test "the library is known to the loader once it is installed, and not where a package is made" {
	run -0 make -n install-userspace
	[[ $output == *ldconfig* ]]
	run -0 make -n install-userspace DESTDIR=/nowhere
	[[ $output != *ldconfig* ]]
}

@test "a kernel for another processor is refused in one sentence" {
	run -2 make --no-print-directory -f Kbuild CONFIG_MODULES=y
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"ntpool is for x86-64"* ]]
	run make -f Kbuild CONFIG_MODULES=y CONFIG_X86_64=y
	[[ $output != *x86-64* ]]
}
