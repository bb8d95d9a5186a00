// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 32-bit program that asks the device of the path given for its own split, and
 * prints it as "bits end stack": hexadecimal numbers, the last an address of its
 * own.  Statuses: 2 the device cannot be opened, 3 it does not answer.
 */
#include <linux/ntpool.h>

#include "syscall32.h"

#define O_RDWR 2

static void print_hex(unsigned long long value)
{
	char text[17];
	int i;

	for (i = 15; i >= 0; i--, value >>= 4)
		text[i] = "0123456789abcdef"[value & 15];
	text[16] = '\0';
	print(text);
}

static int main32(void)
{
	struct ntpool_split split = { 0 };
	int device;

	if (!argument32)
		return 2;
	device = syscall3(NR_open, ptr32(argument32), O_RDWR, 0);
	if (device < 0)
		return 2;
	if (syscall3(NR_ioctl, device, NTPOOL_IOC_SPLIT, ptr32(&split)))
		return 3;
	print_hex(split.caller_bits);
	print(" ");
	print_hex(split.caller_end);
	print(" ");
	print_hex(ptr32(&split));
	print("\n");
	return 0;
}
