/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver in NT's manner within the KUnit module, loaded and unloaded by a test. */
#ifndef NTPOOL_KUNIT_NT_DRIVER_H
#define NTPOOL_KUNIT_NT_DRIVER_H

#include <ntpool/driver.h>
#include <ntpool/irp.h>
#include <ntpool/string.h>

#include "io/namespace.h"

#define NT_STRING(text) ((UNICODE_STRING)RTL_CONSTANT_STRING(text))

static inline NTSTATUS nt_make_device(DRIVER_OBJECT *driver, PCWSTR name,
				      ULONG extension, BOOLEAN exclusive,
				      DEVICE_OBJECT **device)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return IoCreateDevice(driver, extension, name ? &string : NULL,
			      FILE_DEVICE_UNKNOWN, 0, exclusive, device);
}

/* Open and close at once: what opening says. */
static inline NTSTATUS nt_try_open(const char *name)
{
	DEVICE_OBJECT *top;
	NTSTATUS status = io_device_lookup(name, &top, NULL);

	if (NT_SUCCESS(status))
		io_device_put(top);
	return status;
}

#endif /* NTPOOL_KUNIT_NT_DRIVER_H */
