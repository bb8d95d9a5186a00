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

# L"" has 16 bits in the kernel anyway; tags are literals as 'gaTx'; a CHAR has a sign.
ccflags-y += -I$(nt-driver-include)/nt -I$(nt-driver-include) -include ntpool/driver.h
ccflags-y += -fshort-wchar -fsigned-char -fms-extensions -Wno-multichar -Wno-unknown-pragmas
ccflags-y += -Wno-declaration-after-statement -Wno-strict-prototypes -Wno-pointer-sign
ccflags-y += -Wno-missing-prototypes -Wno-missing-declarations -Wno-comment
ccflags-y += -Wno-old-style-declaration

# What is an error in Linux's sources and at most a warning for NT's compiler: a
# PETHREAD * is passed for a PVOID *, the log is told when the driver was built.
ccflags-y += -Wno-incompatible-pointer-types -Wno-int-conversion -Wno-date-time

# UCHAR Data[1] at the end of a structure stands for as many as there are, and fields that
# follow one another are copied in one go.
ccflags-y += $(call cc-option,-fstrict-flex-arrays=0) -D__NO_FORTIFY
UBSAN_SANITIZE := n

# A function of a header that is FORCEINLINE and not static is in each file, and is one.
ldflags-y += -z muldefs

# Under an exception handler bad addresses may be touched, whose shadow is bad, too.
KASAN_SANITIZE := n
