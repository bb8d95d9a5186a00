/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver and the programs that use it have to agree on. */
#ifndef ECHO_PUBLIC_H
#define ECHO_PUBLIC_H

#define ECHO_CODE(function, method) \
	CTL_CODE(0x22 /* FILE_DEVICE_UNKNOWN */, function, method, 0 /* FILE_ANY_ACCESS */)

/* The output is the input. */
#define IOCTL_ECHO_BUFFERED ECHO_CODE(0x800, METHOD_BUFFERED)

/* Keep the second buffer, which the driver reads; give it back. */
#define IOCTL_ECHO_KEEP ECHO_CODE(0x801, METHOD_IN_DIRECT)
#define IOCTL_ECHO_GIVE ECHO_CODE(0x802, METHOD_OUT_DIRECT)

/* As IOCTL_ECHO_BUFFERED, by the caller's own addresses. */
#define IOCTL_ECHO_NEITHER ECHO_CODE(0x803, METHOD_NEITHER)

/* As IOCTL_ECHO_BUFFERED, when the device's timer has expired.  The first four bytes tell
 * in how many milliseconds from now that is to be, for all that wait for it already, too.
 */
#define IOCTL_ECHO_LATER ECHO_CODE(0x804, METHOD_BUFFERED)

/* The same with the accessors for user memory, which work with SMAP as well. */
#define IOCTL_ECHO_CAPTURE ECHO_CODE(0x805, METHOD_NEITHER)

#define ECHO_KEEPS_AT_MOST 4096

#endif /* ECHO_PUBLIC_H */
