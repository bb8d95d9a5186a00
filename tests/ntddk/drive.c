// SPDX-License-Identifier: GPL-2.0-only
/*
 * drive NAME WORD...: opens a device and does what the words say, one after the other,
 * and prints what comes of it.
 *
 *	read N		reads N bytes
 *	ask now		reads a number
 *	write TEXT	writes
 *	ioctl CODE N	sends a control code with the number N, room for a number
 *	start WORD...	does that without waiting for its end
 *	wait		waits for the end of what was started first
 *	cancel		cancels what was started last
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntpool.h>

#define MOST 8
#define ROOM 64

struct request {
	struct ntpool_device_io io;
	char buffer[ROOM];
	uint32_t number;
};

static struct ntpool *session;
static uint64_t device;
static struct request requests[MOST];
static int first, last;

static void need(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "drive: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void say(const char *what, const struct request *request)
{
	const struct ntpool_device_io *io = &request->io;
	const char *name = ntpool_status_name(io->status);

	printf("%s: %s, %llu", what, name ? name : "?", (unsigned long long)io->information);
	if (NTPOOL_SUCCESS(io->status) && io->information) {
		if (io->output == (uintptr_t)request->buffer)
			printf(": %.*s", (int)io->information, request->buffer);
		else if (io->output)
			printf(": %u", request->number);
	}
	printf("\n");
}

/* Returns how many words it took. */
static int fill(struct request *request, char **word)
{
	struct ntpool_device_io *io = &request->io;

	*request = (struct request){ .io = { .device = device, .eventfd = -1 } };
	if (!word[0] || !word[1])
		exit(2);
	if (!strcmp(word[0], "read")) {
		io->major = NTPOOL_IO_READ;
		io->output = (uintptr_t)request->buffer;
		io->output_length = atoi(word[1]);
		return io->output_length <= ROOM ? 2 : (exit(2), 0);
	}
	if (!strcmp(word[0], "ask")) {
		io->major = NTPOOL_IO_READ;
		io->output = (uintptr_t)&request->number;
		io->output_length = sizeof(request->number);
		return 2;
	}
	if (!strcmp(word[0], "write")) {
		io->major = NTPOOL_IO_WRITE;
		io->input = (uintptr_t)word[1];
		io->input_length = strlen(word[1]);
		return 2;
	}
	if (strcmp(word[0], "ioctl") || !word[2])
		exit(2);
	io->major = NTPOOL_IO_CONTROL;
	io->code = strtoul(word[1], NULL, 16);
	request->number = atoi(word[2]);
	io->input = (uintptr_t)&request->number;
	io->output = io->input;
	io->input_length = sizeof(request->number);
	io->output_length = io->input_length;
	return 3;
}

/* Whatever disturbs it: another request that ends does. */
static void wait_for(struct request *request)
{
	uint64_t information;
	uint32_t status;
	int err;

	do
		err = ntpool_device_wait(session, request->io.request, 0, 0, &status,
					 &information);
	while (err == -EINTR);
	need(err, "wait");
	request->io.status = status;
	request->io.information = information;
}

static int do_and_wait(char **word)
{
	struct request request;
	int words = fill(&request, word);

	request.io.flags = NTPOOL_IO_WAIT;
	need(ntpool_device_start(session, &request.io), word[0]);
	if (request.io.request)
		wait_for(&request);
	say(word[0], &request);
	return words;
}

static int do_start(char **word)
{
	struct request *request = &requests[last++ % MOST];
	int words = fill(request, word);

	need(ntpool_device_start(session, &request->io), word[0]);
	if (request->io.request)
		return words;
	say("at once", request);
	last--;
	return words;
}

static void do_wait(void)
{
	struct request *request = &requests[first++ % MOST];

	wait_for(request);
	say("ended", request);
}

static void do_cancel(void)
{
	uint32_t cancelled = 0;

	need(ntpool_device_cancel(session, 0, requests[(last - 1) % MOST].io.request,
				  &cancelled),
	     "cancel");
	printf("cancelled: %u\n", cancelled);
}

static void do_words(char **word)
{
	while (*word) {
		if (!strcmp(*word, "start"))
			word += 1 + do_start(word + 1);
		else if (!strcmp(*word, "wait"))
			do_wait(), word++;
		else if (!strcmp(*word, "cancel"))
			do_cancel(), word++;
		else
			word += do_and_wait(word);
	}
}

int main(int argc, char **argv)
{
	uint32_t status;

	if (argc < 2)
		return 2;
	need(ntpool_open(&session, NULL, 0), "ntpool_open");
	need(ntpool_device_open(session, argv[1], NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
				&status, &device),
	     "ntpool_device_open");
	printf("open: %s\n", ntpool_status_name(status));
	if (NTPOOL_SUCCESS(status))
		do_words(argv + 2);
	ntpool_close(session);
	return 0;
}
