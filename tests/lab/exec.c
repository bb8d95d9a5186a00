// SPDX-License-Identifier: GPL-2.0-only
/*
 * A requester that executes another program: the driver that enters its process must not
 * write into that one, which has other memory at the same address.
 *
 * usage: lab-exec		sends the request, and executes itself as
 *	  lab-exec FD REQUEST	which says what it finds, and is 0 if that is right
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/ntpool_lab.h>

#define ADDRESS ((unsigned char *)0x10000000)
#define PAGE	4096
#define POISON	0xa5
#define PENDING 0x103u

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void command(int fd, unsigned long number, void *arg)
{
	if (ioctl(fd, number, arg))
		fail("lab-exec: ioctl");
}

static void map_poison(void)
{
	if (mmap(ADDRESS, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != ADDRESS)
		fail("lab-exec: mmap");
	memset(ADDRESS, POISON, PAGE);
}

static uint64_t open_lab(int fd)
{
	struct ntpool_device_open lab = { .name = NTPOOL_LAB_DEVICE };

	command(fd, NTPOOL_IOC_DEVICE_OPEN, &lab);
	return lab.device;
}

/* Long enough for an exec, also in a machine that is emulated. */
static void set_device(int fd, uint64_t device)
{
	struct ntpool_lab_device late = { .cpu = NTPOOL_CPU_CURRENT,
					  .delay_ns = 2000000000,
					  .data = "written" };
	struct ntpool_device_io io = { .device = device,
				       .major = NTPOOL_IO_CONTROL,
				       .code = NTPOOL_LAB_SET_DEVICE,
				       .input = (uintptr_t)&late,
				       .input_length = sizeof(late),
				       .eventfd = -1,
				       .flags = NTPOOL_IO_WAIT };

	command(fd, NTPOOL_IOC_DEVICE_IO, &io);
}

static uint64_t send_request(int fd, uint64_t device)
{
	struct ntpool_device_io io = { .device = device,
				       .major = NTPOOL_IO_CONTROL,
				       .code = NTPOOL_LAB_ATTACH,
				       .output = (uintptr_t)ADDRESS,
				       .output_length = NTPOOL_LAB_DATA,
				       .eventfd = -1 };

	command(fd, NTPOOL_IOC_DEVICE_IO, &io);
	printf("pending: %s\n", io.status == PENDING ? "yes" : "no");
	return io.request;
}

static void send_and_execute(void)
{
	int fd = open("/dev/ntpool", O_RDWR); /* stays open */
	char fd_text[16], request_text[32];
	uint64_t device;

	if (fd < 0)
		fail("lab-exec: /dev/ntpool");
	map_poison();
	device = open_lab(fd);
	set_device(fd, device);
	snprintf(fd_text, sizeof(fd_text), "%d", fd);
	snprintf(request_text, sizeof(request_text), "%llu",
		 (unsigned long long)send_request(fd, device));
	fflush(stdout);
	execl("/proc/self/exe", "lab-exec", fd_text, request_text, NULL);
	fail("lab-exec: exec");
}

static int look(int fd, uint64_t request)
{
	struct ntpool_device_wait wait = { .request = request };
	int written = 0;

	map_poison();
	command(fd, NTPOOL_IOC_DEVICE_WAIT, &wait);
	for (int i = 0; i < PAGE; i++)
		written += ADDRESS[i] != POISON;
	printf("status %#x, bytes written: %d\n", wait.status, written);
	return written || wait.status < 0xc0000000u;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return look(atoi(argv[1]), strtoull(argv[2], NULL, 0));
	send_and_execute();
	return 1;
}
