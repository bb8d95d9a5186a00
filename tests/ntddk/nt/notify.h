/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs ask the notifying driver for. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <devioctl.h>

/* Completed when as many milliseconds have passed as the ULONG says. */
#define IOCTL_NOTIFY_REGISTER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* How many seconds the device's own timer has seen: a ULONG. */
#define IOCTL_NOTIFY_SECONDS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif /* NOTIFY_H */
