/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the examples share.  An example is a pitfall of drivers, brought about in a few
 * lines; each of its variants runs in a process of its own, and prints what it found:
 *
 *	wrong
 *	  key                    what was found
 *	  [yes] a claim that holds
 *	  [NO]  a claim that does not
 *
 * The driver is ntpool_lab.ko, whose control codes are in <linux/ntpool_lab.h>.
 */
#ifndef EXAMPLES_LAB_H
#define EXAMPLES_LAB_H

#include <linux/ntpool_lab.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bystander.h"
#include "base/process.h"
#include "ntpool.h"

/* NTSTATUS values that only the examples speak of. */
#define STATUS_SUCCESS		     0x00000000u
#define STATUS_PENDING		     0x00000103u
#define STATUS_TIMEOUT		     0x00000102u
#define STATUS_DATATYPE_MISALIGNMENT 0x80000002u
#define STATUS_BUFFER_OVERFLOW	     0x80000005u
#define STATUS_ACCESS_VIOLATION	     0xC0000005u
#define STATUS_INVALID_PARAMETER     0xC000000Du
#define STATUS_BUFFER_TOO_SMALL	     0xC0000023u
#define STATUS_DEVICE_NOT_READY	     0xC00000A3u
#define STATUS_CANCELLED	     0xC0000120u

struct variant {
	const char *name;
	void (*play)(void);
};

/* The whole of main(): plays the variants that are named, or all. */
int lab_main(int argc, char **argv, const struct variant *variants);

/* Where the device's interrupt comes: the last CPU, and nothing else runs there. */
unsigned int device_cpu(void);

/* --- what is printed ------------------------------------------------------ */

void tell(const char *key, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool check(bool holds, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes as letters where they are letters: for tell() and check(). */
const char *letters(const void *bytes, size_t length);

/* --- the driver ----------------------------------------------------------- */

/* What the device delivers. */
#define DATA   "DEVICE!!"
#define LENGTH 8

/* The next request's interrupt: where, and how long after it. */
void set_device(unsigned int cpu, unsigned int delay_ms);

/* A request from start to end; what came of it is printed. */
struct result {
	uint32_t status;
	uint64_t information;
	bool done; /* false: it did not end in five seconds, or the time given */
};

struct result control(uint32_t code, const void *input, size_t input_length,
		      void *output, size_t output_length);
/* The two halves of one: its handle, and the wait for it. */
uint64_t start(uint32_t code, const void *input, size_t input_length,
	       void *output, size_t output_length);
struct result finish(uint64_t request);
struct result finish_within(uint64_t request, unsigned int ms);
/* The same with all that the ABI has: .device, .major and .eventfd are filled in. */
void start_io(struct ntpool_device_io *io);
void cancel(uint64_t request);

/*
 * The driver's last write to an address of a program's, printed; where the device has
 * come since and nothing was written so, only who was running then.
 */
struct ntpool_lab_evidence evidence(void);
/* The block in system space that such a write may hit. */
struct ntpool_lab_decoy decoy(void);

/* --- the module ----------------------------------------------------------- */

/* Has there been one since the variant began?  0 asks for any.  All are printed. */
bool bugcheck(uint32_t code);
/* One with this first parameter. */
bool bugcheck_of(uint32_t code, uint64_t parameter);
/* How many there have been, of all. */
unsigned int bugcheck_count(void);

/* The calling process lets the driver write into this page. */
void volunteer(void *page);

/* Driver Verifier for the lab's driver, or for blocks with @tag; off at the end. */
void verify(uint32_t flags, const char *tag);

/* Computes for that long, without leaving its CPU. */
void spin(unsigned int ms);
void rest(unsigned int ms);

#endif
