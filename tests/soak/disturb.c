// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the supervisor does to its workers: it kills, interrupts, takes memory away, and
 * has the driver complete what it keeps.
 */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "soak/supervisor.h"

static void kill_one(struct supervisor *me)
{
	int index = pick(&me->random, WORKERS);

	if (!me->workers[index] || me->condemned[index])
		return;
	me->condemned[index] = true;
	me->killed++;
	kill(me->workers[index], SIGKILL);
}

/* Waits in place end early; those of ioctl() are begun again. */
static void interrupt_one(struct supervisor *me)
{
	int index = pick(&me->random, WORKERS);

	/* It has no handler yet if it has only just been started. */
	if (me->workers[index] && !me->condemned[index])
		kill(me->workers[index], SIGUSR1);
}

static void trim_all(struct supervisor *me)
{
	struct ntpool_trim trim = { .flags = pick(&me->random, 4) ?
						     0 :
						     NTPOOL_TRIM_WRITE_OUT };

	me->trims++;
	if (call(me->fd, NTPOOL_IOC_TRIM, &trim))
		bad("no trim");
}

static void use_paged_pool(struct supervisor *me)
{
	uint64_t *block = &me->blocks[pick(&me->random, BLOCKS)];
	static unsigned char data[16384];
	struct ntpool_free free = { .handle = *block };
	struct ntpool_alloc alloc = { .pool_flags = 0x100, .size = sizeof(data), .tag = 0x6b616f53 };
	struct ntpool_rw rw = { .buffer = (uintptr_t)data,
				.length = sizeof(data) };

	if (*block && !pick(&me->random, 3)) {
		if (call(me->fd, NTPOOL_IOC_FREE, &free))
			bad("a block cannot be freed");
		*block = 0;
		return;
	}
	if (!*block && !call(me->fd, NTPOOL_IOC_ALLOC, &alloc))
		*block = alloc.handle;
	rw.handle = *block;
	if (*block && call(me->fd, NTPOOL_IOC_WRITE, &rw))
		bad("a block cannot be written");
}

/* Some pages of everybody go to swap. */
static void press(void)
{
	size_t size = sysconf(_SC_PHYS_PAGES) / 3 * 4096ul;
	pid_t pid = fork();
	char *memory;

	if (pid)
		return;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; memory != MAP_FAILED && i < size; i += 4096)
		memory[i] = 1;
	_exit(0);
}

void disturb_release(struct supervisor *me)
{
	while (control(me->fd, me->device, TEST_RELEASE, NULL, 0, NULL, 0) ==
	       STATUS_SUCCESS)
		;
}

void disturb(struct supervisor *me)
{
	uint32_t chance = pick(&me->random, 1000);

	disturb_release(me);
	if (chance < 60)
		kill_one(me);
	else if (chance < 300)
		interrupt_one(me);
	else if (chance < 400)
		trim_all(me);
	else if (chance < 600)
		use_paged_pool(me);
	else if (chance < 602)
		press();
}
