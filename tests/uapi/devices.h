/* SPDX-License-Identifier: GPL-2.0-only */
/* The test driver's device, for tests of requests to drivers. */
#ifndef UAPI_DEVICES_H
#define UAPI_DEVICES_H

#include <fcntl.h>

#include "uapi.h"

#include "driver/order.h"

#define ROOM	 (2 * PAGE)
#define FILL	 0x5a
#define DELAY_US 2000

#define SUCCESS	     0x00000000u
#define PENDING	     0x00000103u
#define NAME_EXISTS  0x40000000u
#define OVERFLOW_    0x80000005u
#define UNSUCCESSFUL 0xc0000001u
#define CANCELLED    0xc0000120u
#define NO_RESOURCES 0xc000009au
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
/* What a request has needed goes a little after it. */
void assert_nothing_kept(void);

/* Orders: completed in the dispatch routine; kept until it is released. */
void at_once(uint64_t information, uint64_t length);
void kept(uint32_t flags, uint32_t answer);

/* A request to the device by @method; nothing is waited for unless asked. */
struct ntpool_device_io device_io(uint32_t method, uint64_t length);
void send_io(struct ntpool_device_io *io);
struct ntpool_device_wait wait_io(uint64_t request);
/* A control code that is waited for; its status. */
uint32_t control(uint32_t code, void *in, uint32_t in_length, void *out,
		 uint32_t out_length, uint64_t *information);

/* NTPOOL_VERIFIER_* for all drivers; 0x200 for every call, not only for some. */
void verify_io(uint32_t flags);
void force_pending(bool on);

/* Are all @length bytes @value? */
bool all(const unsigned char *bytes, size_t length, unsigned char value);
/* The number of this process's next bug check like that; 0 for none. */
uint64_t newest_bugcheck(uint32_t code, uint64_t first);

#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)

#endif
