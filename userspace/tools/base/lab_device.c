// SPDX-License-Identifier: GPL-2.0-only
/* Opening the device of the catalogue's driver, and one clear sentence where that fails. */
#include <linux/ntpool_lab.h>
#include <string.h>

#include "base/alloc.h"
#include "base/lab_device.h"

#define STATUS_ACCESS_DENIED	     0xC0000022u
#define STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034u

static char *explain(uint32_t status)
{
	const char *name = ntpool_status_name(status);

	switch (status) {
	case STATUS_OBJECT_NAME_NOT_FOUND:
		return must_printf("the catalogue's driver is not loaded: load it as root with 'modprobe ntpool_lab', or with 'insmod /lib/ntpool/ntpool_lab.ko' in a test machine");
	case STATUS_ACCESS_DENIED:
		return must_printf("the catalogue's driver is for administrators only: run as root");
	default:
		return must_printf("cannot open %s: NTSTATUS 0x%08x %s",
				   NTPOOL_LAB_DEVICE, status, name ? name : "");
	}
}

char *open_lab_device(struct ntpool *session, uint64_t *device)
{
	uint32_t status = 0;
	int err = ntpool_device_open(session, NTPOOL_LAB_DEVICE,
				     NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
				     &status, device);

	if (err)
		return must_printf("cannot open %s: %s", NTPOOL_LAB_DEVICE,
				   strerror(-err));
	return NTPOOL_SUCCESS(status) ? NULL : explain(status);
}
