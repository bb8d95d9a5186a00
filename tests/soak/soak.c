// SPDX-License-Identifier: GPL-2.0-only
/*
 * The supervisor: keeps workers going until enough requests are sent, disturbs them,
 * kills some at random moments, takes memory away from all; and at the end looks
 * whether anything is left of it.  Prints TAP.
 *
 * usage: soak [--seed N] REQUESTS
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "soak/soak.h"

#define WORKERS	   4
#define STALLED_NS 180000000000ull

struct soak *soak;

struct supervisor {
	uint64_t seed;
	uint64_t random;
	int fd;
	uint64_t device;
	uint64_t started; /* workers */
	uint64_t killed;
	uint64_t trims;
	pid_t workers[WORKERS];
	bool condemned[WORKERS];
	uint64_t blocks[16]; /* of paged pool, to be trimmed and touched */
};

/* What there is, before and after. */
struct counts {
	struct ntpool_stats stats;
	long acquired;
	long released;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void pause_ms(unsigned int milliseconds)
{
	struct timespec pause = { .tv_nsec = milliseconds * 1000000l };

	nanosleep(&pause, NULL);
}

static long vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	char found[128];
	long value = -1, number;

	while (file && fscanf(file, "%127s %ld", found, &number) == 2)
		if (!strcmp(found, name))
			value = number;
	if (file)
		fclose(file);
	return value;
}

static struct counts count_all(int fd)
{
	struct counts counts;
	struct ntpool_stats_get get = {
		.stats = (uintptr_t)&counts.stats,
		.size = sizeof(counts.stats),
	};

	memset(&counts, 0, sizeof(counts));
	if (call(fd, NTPOOL_IOC_STATS, &get))
		bad("no statistics");
	counts.acquired = vmstat("nr_foll_pin_acquired");
	counts.released = vmstat("nr_foll_pin_released");
	return counts;
}

static struct test_seen seen(const struct supervisor *me)
{
	struct test_seen answer = { 0 };

	control(me->fd, me->device, TEST_SEEN, NULL, 0, &answer,
		sizeof(answer));
	return answer;
}

static void start_worker(struct supervisor *me, int index)
{
	uint64_t seed = seed_of(me->seed, me->started++);
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		worker_run(seed);
	if (pid < 0)
		bad("no worker: %s", strerror(errno));
	me->workers[index] = pid > 0 ? pid : 0;
	me->condemned[index] = false;
}

static void reap(struct supervisor *me, bool replace)
{
	for (int i = 0; i < WORKERS; i++) {
		int status;

		if (me->workers[i]) {
			if (waitpid(me->workers[i], &status, WNOHANG) <= 0)
				continue;
			if (status && !(me->condemned[i] && WIFSIGNALED(status) &&
					WTERMSIG(status) == SIGKILL))
				bad("worker %d ended with %#x", me->workers[i],
				    status);
			me->workers[i] = 0;
		}
		if (replace)
			start_worker(me, i);
	}
}

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
	uint64_t *block = &me->blocks[pick(&me->random, 16)];
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

static void release(struct supervisor *me)
{
	while (control(me->fd, me->device, TEST_RELEASE, NULL, 0, NULL, 0) ==
	       STATUS_SUCCESS)
		;
}

static void disturb(struct supervisor *me)
{
	uint32_t chance = pick(&me->random, 1000);

	release(me);
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

static bool stalled(uint32_t *last, uint64_t *since)
{
	uint32_t sent = atomic_load(&soak->sent);

	if (sent != *last) {
		*last = sent;
		*since = now_ns();
	}
	return now_ns() - *since > STALLED_NS;
}

static void play(struct supervisor *me)
{
	uint32_t last = 0;
	uint64_t since = now_ns();

	while (atomic_load(&soak->sent) < soak->goal) {
		reap(me, true);
		disturb(me);
		pause_ms(5);
		if (stalled(&last, &since)) {
			bad("no request for %llu s", STALLED_NS / 1000000000);
			return;
		}
	}
}

static bool any_worker(const struct supervisor *me)
{
	for (int i = 0; i < WORKERS; i++)
		if (me->workers[i])
			return true;
	return false;
}

/* All end of themselves, and their requests with them. */
static void finish(struct supervisor *me)
{
	uint64_t end = now_ns() + STALLED_NS;

	atomic_store(&soak->stop, 1);
	while (any_worker(me) && now_ns() < end) {
		release(me);
		reap(me, false);
		pause_ms(5);
	}
	if (any_worker(me))
		bad("a worker does not end");
	/* Whoever took the memory away ends as well. */
	while (waitpid(-1, NULL, any_worker(me) ? WNOHANG : 0) > 0)
		;
	for (int i = 0; i < 16; i++) {
		struct ntpool_free free = { .handle = me->blocks[i] };

		if (me->blocks[i])
			call(me->fd, NTPOOL_IOC_FREE, &free);
	}
}

static bool at_rest(const struct counts *before, const struct counts *now)
{
	return now->stats.requests_started == now->stats.requests_completed &&
	       now->stats.nonpaged_bytes == before->stats.nonpaged_bytes &&
	       now->stats.sessions == before->stats.sessions &&
	       now->acquired - before->acquired ==
		       now->released - before->released;
}

/* What a killed process leaves is cleaned up a little after its end has been told. */
static struct counts settle(struct supervisor *me, const struct counts *before)
{
	struct counts now;

	for (int tries = 0; tries < 2000; tries++) {
		now = count_all(me->fd);
		if (at_rest(before, &now))
			break;
		pause_ms(5);
	}
	return now;
}

static int tests, failed;

__attribute__((format(printf, 2, 3))) static void result(bool good,
							 const char *format, ...)
{
	va_list args;

	printf("%s %d - ", good ? "ok" : "not ok", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failed += !good;
}

static void judge(struct supervisor *me, const struct counts *before)
{
	struct counts now = settle(me, before);
	struct test_seen was = seen(me);

	result(!atomic_load(&soak->bad),
	       "each buffer holds its own request's data, or is untouched (%u compared)",
	       atomic_load(&soak->verified));
	result(was.started == was.completed + was.cancelled,
	       "the driver has completed as many as it got: %u of %u, and %u cancelled",
	       was.completed, was.started, was.cancelled);
	result(!was.kept, "it has kept none (%u)", was.kept);
	result(now.stats.requests_started == now.stats.requests_completed,
	       "all requests have ended: %llu of %llu",
	       now.stats.requests_completed, now.stats.requests_started);
	result(now.stats.nonpaged_bytes == before->stats.nonpaged_bytes,
	       "nonpaged pool is as full as before: %llu bytes, %llu before",
	       now.stats.nonpaged_bytes, before->stats.nonpaged_bytes);
	result(now.stats.sessions == before->stats.sessions,
	       "no session is left (%llu, %llu before)", now.stats.sessions,
	       before->stats.sessions);
	result(now.acquired - before->acquired ==
		       now.released - before->released,
	       "no page is pinned: %ld taken, %ld given back",
	       now.acquired - before->acquired, now.released - before->released);
	result(now.stats.bugchecks == before->stats.bugchecks,
	       "no bug check was recorded (%llu)",
	       now.stats.bugchecks - before->stats.bugchecks);
	printf("# %u requests by %llu workers, %llu of them killed; %u cancelled, %u forks, %u remaps, %u left under way, %u interrupted, %llu trims\n",
	       atomic_load(&soak->sent), (unsigned long long)me->started,
	       (unsigned long long)me->killed, atomic_load(&soak->cancels),
	       atomic_load(&soak->forks), atomic_load(&soak->remaps),
	       atomic_load(&soak->orphans), atomic_load(&soak->interrupted),
	       (unsigned long long)me->trims);
}

static uint64_t read_arguments(int argc, char **argv)
{
	uint64_t seed = now_ns();

	if (argc == 4 && !strcmp(argv[1], "--seed")) {
		seed = strtoull(argv[2], NULL, 0);
		argv += 2;
		argc -= 2;
	}
	soak->goal = argc == 2 ? strtoul(argv[1], NULL, 0) : 0;
	if (!soak->goal) {
		fprintf(stderr, "usage: soak [--seed N] REQUESTS\n");
		exit(2);
	}
	return seed;
}

int main(int argc, char **argv)
{
	struct supervisor me = { 0 };
	struct counts before;

	soak = mmap(NULL, sizeof(*soak), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	me.seed = read_arguments(argc, argv);
	me.random = seed_of(me.seed, UINT64_MAX / 2);
	printf("# seed %llu, %u requests\n", (unsigned long long)me.seed,
	       soak->goal);
	/* A signal that comes before a worker's handler is there. */
	signal(SIGUSR1, SIG_IGN);
	me.fd = open_session();
	me.device = open_test_device(me.fd);
	seen(&me);
	before = count_all(me.fd);
	play(&me);
	finish(&me);
	judge(&me, &before);
	printf("1..%d\n", tests);
	return failed > 0;
}
