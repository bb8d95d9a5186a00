// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that uses a driver written for NT: module/examples/echo.  It opens the
 * device, sends each of its control codes, and prints what came of it; or, with the
 * word hold, keeps the device open until it is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntpool.h>

/* What Windows' winioctl.h has for programs. */
#define METHOD_BUFFERED	  0
#define METHOD_IN_DIRECT  1
#define METHOD_OUT_DIRECT 2
#define METHOD_NEITHER	  3
#define CTL_CODE(type, function, method, access) \
	((uint32_t)(type) << 16 | (access) << 14 | (function) << 2 | (method))

#include "module/examples/echo/public.h"

#define LATER_MS 50

/* An address of user space where nothing is. */
#define NOWHERE ((void *)0x10000)

static struct ntpool *session;
static uint64_t device;

static void need(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "ntpool-echo: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void say(const char *what, uint32_t status, uint64_t information,
		const char *data)
{
	const char *name = ntpool_status_name(status);

	printf("%s: %s, %llu bytes", what, name ? name : "?",
	       (unsigned long long)information);
	if (NTPOOL_SUCCESS(status) && data)
		printf(": %.*s", (int)information, data);
	printf("\n");
}

static void open_device(void)
{
	uint32_t status;

	need(ntpool_open(&session, NULL, 0), "ntpool_open");
	need(ntpool_device_open(session, "\\\\.\\NtpoolEcho", 0, &status, &device),
	     "ntpool_device_open");
	if (!NTPOOL_SUCCESS(status)) {
		say("open", status, 0, NULL);
		exit(2);
	}
}

static void control(const char *what, uint32_t code, const void *in,
		    uint32_t in_length, void *out, uint32_t out_length)
{
	uint64_t information;
	uint32_t status;

	need(ntpool_device_io_control(session, device, code, in, in_length, out,
				      out_length, &status, &information),
	     what);
	say(what, status, information, out);
}

/* The two buffers of each method, and one too small. */
static void methods(void)
{
	char out[64] = "";

	control("buffered", IOCTL_ECHO_BUFFERED, "hello", 5, out, sizeof(out));
	control("too small", IOCTL_ECHO_BUFFERED, "hello", 5, out, 4);
	strcpy(out, "kept by the driver");
	control("keep", IOCTL_ECHO_KEEP, NULL, 0, out, strlen(out));
	memset(out, 0, sizeof(out));
	control("give", IOCTL_ECHO_GIVE, NULL, 0, out, sizeof(out));
	control("neither", IOCTL_ECHO_NEITHER, "plain", 5, out, sizeof(out));
	control("capture", IOCTL_ECHO_CAPTURE, "caught", 6, out, sizeof(out));
}

/* Addresses where nothing is, for reading and for writing, and those of the kernel. */
static void bad_addresses(void)
{
	char out[64] = "";

	control("neither from nowhere", IOCTL_ECHO_NEITHER, NOWHERE, 8, out,
		sizeof(out));
	control("capture from nowhere", IOCTL_ECHO_CAPTURE, NOWHERE, 8, out,
		sizeof(out));
	control("capture to nowhere", IOCTL_ECHO_CAPTURE, "lost", 4, NOWHERE, 8);
	control("capture to the kernel", IOCTL_ECHO_CAPTURE, "poke", 4,
		(void *)0xffff888000000000ul, 8);
}

static void later(void)
{
	char in[12] = "....in time", out[sizeof(in)] = "";
	uint32_t delay = LATER_MS, status, cancelled;
	uint64_t information;
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_CONTROL,
		.code = IOCTL_ECHO_LATER,
		.input = (uintptr_t)in,
		.input_length = sizeof(in) - 1,
		.output = (uintptr_t)out,
		.output_length = sizeof(out),
		.eventfd = -1,
	};

	memcpy(in, &delay, sizeof(delay));
	need(ntpool_device_start(session, &io), "ntpool_device_start");
	say("later", io.status, io.information, NULL);
	need(ntpool_device_wait(session, io.request, 0, 0, &status, &information),
	     "ntpool_device_wait");
	say("in the end", status, information, NULL);
	printf("its data: %s\n", out + sizeof(delay));

	delay = 100 * 1000;
	memcpy(in, &delay, sizeof(delay));
	need(ntpool_device_start(session, &io), "ntpool_device_start");
	need(ntpool_device_cancel(session, device, io.request, &cancelled),
	     "ntpool_device_cancel");
	need(ntpool_device_wait(session, io.request, 0, 0, &status, &information),
	     "ntpool_device_wait");
	say("cancelled", status, information, NULL);
}

int main(int argc, char **argv)
{
	open_device();
	if (argc == 2 && !strcmp(argv[1], "hold")) {
		printf("held\n");
		fflush(stdout);
		pause();
	}
	methods();
	bad_addresses();
	later();
	need(ntpool_device_close(session, device), "ntpool_device_close");
	ntpool_close(session);
	return 0;
}
