# SPDX-License-Identifier: GPL-2.0-only
# What a driver written for NT is compiled with.  Its Kbuild is
#
#	NTPOOL := <this tree, or what `make install` put in /usr/local/share/ntpool>
#	include $(NTPOOL)/module/nt-driver.mk
#	obj-m := mydriver.o
#	mydriver-y := driver.o glue.o
#
# where driver.c is NT's source and glue.c the line NTPOOL_DRIVER("mydriver", "GPL");
nt-driver-include := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))include)

# L"" has 16 bits in the kernel anyway; tags are literals as 'gaTx'.
ccflags-y += -I$(nt-driver-include)/nt -I$(nt-driver-include) -include ntpool/driver.h
ccflags-y += -fshort-wchar -fms-extensions -Wno-multichar -Wno-unknown-pragmas
ccflags-y += -Wno-declaration-after-statement -Wno-strict-prototypes -Wno-pointer-sign
ccflags-y += -Wno-missing-prototypes -Wno-missing-declarations -Wno-comment

# Under an exception handler bad addresses may be touched, whose shadow is bad, too.
KASAN_SANITIZE := n
