/* SPDX-License-Identifier: GPL-2.0-only */
/* The test driver's device, for tests of requests to drivers. */
#ifndef UAPI_DEVICES_H
#define UAPI_DEVICES_H

#include <fcntl.h>

#include "uapi.h"

#include "driver/order.h"

#define SUCCESS	     0x00000000u
#define PENDING	     0x00000103u
#define OVERFLOW_    0x80000005u
#define UNSUCCESSFUL 0xc0000001u
#define CANCELLED    0xc0000120u
#define DENIED	     0xc0000022u

extern struct device_rig {
	int fd;		 /* a session */
	uint64_t device; /* the test driver's */
	unsigned char *out;
} dev;

int device_setup(void **state);
int device_teardown(void **state);

uint64_t open_test_device(int fd);
void order(const struct test_order *what);
struct test_seen seen(void);
uint32_t release_kept(void);

/* A request to the device by @method; nothing is waited for unless asked. */
struct ntpool_device_io device_io(uint32_t method, uint64_t length);
void send_io(struct ntpool_device_io *io);
struct ntpool_device_wait wait_io(uint64_t request);

#endif
