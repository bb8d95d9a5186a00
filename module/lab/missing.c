// SPDX-License-Identifier: GPL-2.0-only
/*
 * Touches of system addresses behind which there may be no memory.  Guard: the fault is
 * handled, so that there is an end to it after the bug check.  Built without KASAN,
 * as the shadow of such addresses is bad too.
 */
#include "lab/lab.h"

/**
 * LabTouchRead() - Value = *Address
 * @Address: in system space
 * @Value: what is there
 *
 * Context: any.
 * Return: NTSTATUS of the touch.
 */
noinline NTSTATUS LabTouchRead(PVOID Address, PULONG Value)
{
	volatile ULONG Word = 0;

	__try {
		Word = *(volatile ULONG *)Address;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	*Value = Word;
	return STATUS_SUCCESS;
}

/**
 * LabTouchWrite() - *Address = 'X'
 * @Address: in system space
 *
 * Context: any.
 * Return: NTSTATUS of the touch.
 */
noinline NTSTATUS LabTouchWrite(PVOID Address)
{
	__try {
		*(volatile CHAR *)Address = 'X';
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}
