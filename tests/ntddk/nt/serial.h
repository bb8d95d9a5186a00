/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs, and other drivers, ask the serial driver for. */
#ifndef SERIAL_H
#define SERIAL_H

#include <devioctl.h>

#define SERIAL_DEVICE 0x8001

/* How many packets StartIo has had: a ULONG. */
#define IOCTL_SERIAL_STARTED CTL_CODE(SERIAL_DEVICE, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif /* SERIAL_H */
