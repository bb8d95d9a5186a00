// SPDX-License-Identifier: GPL-2.0-only
/*
 * The supervisor: keeps workers going until enough requests are sent, disturbs them,
 * kills some at random moments, takes memory away from all; and at the end looks
 * whether anything is left of it.  Prints TAP.
 *
 * usage: soak [--seed N] [--verifier BITS] REQUESTS
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "soak/supervisor.h"

#define STALLED_NS 180000000000ull

struct soak *soak;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static struct ntpool_verifier verifier(const struct supervisor *me)
{
	struct ntpool_verifier now = { .set = 0 };

	if (call(me->fd, NTPOOL_IOC_VERIFIER, &now))
		bad("the verifier cannot be asked");
	return now;
}

static void verify(const struct supervisor *me, uint32_t flags)
{
	struct ntpool_verifier wanted = {
		.set = 1,
		.flags = flags,
		.probability = NTPOOL_VERIFIER_PROBABILITY,
		.grace = NTPOOL_VERIFIER_GRACE,
	};

	if (soak->verifier && call(me->fd, NTPOOL_IOC_VERIFIER, &wanted))
		bad("the verifier cannot be set to %#x", flags);
}

/* With 0x200 some must have been, or it was not tried. */
static void tell_forced(const struct supervisor *me)
{
	uint64_t forced = verifier(me).forced_pending;

	if (soak->verifier & NTPOOL_VERIFIER_FORCE_PENDING)
		result(forced, "calls of drivers were made pending by force (%llu)",
		       (unsigned long long)forced);
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

static bool stalled(uint32_t *last, uint64_t *since)
{
	uint32_t sent = atomic_load(&soak->sent);

	if (sent != *last) {
		*last = sent;
		*since = now_ns();
	}
	return now_ns() - *since > STALLED_NS;
}

/* A line each minute: how far it is, and how fast. */
static void tell_progress(uint64_t start, uint64_t *told)
{
	uint64_t now = now_ns();
	uint32_t sent = atomic_load(&soak->sent);

	if (now - *told < 60000000000ull)
		return;
	*told = now;
	printf("# %u of %u requests, %.0f a second\n", sent, soak->goal,
	       sent * 1e9 / (now - start));
}

static void play(struct supervisor *me)
{
	uint32_t last = 0;
	uint64_t start = now_ns(), since = start, told = start;

	while (atomic_load(&soak->sent) < soak->goal) {
		reap(me, true);
		disturb(me);
		tell_progress(start, &told);
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
		disturb_release(me);
		reap(me, false);
		pause_ms(5);
	}
	if (any_worker(me))
		bad("a worker does not end");
	/* Whoever took the memory away ends as well. */
	while (waitpid(-1, NULL, any_worker(me) ? WNOHANG : 0) > 0)
		;
	for (int i = 0; i < BLOCKS; i++) {
		struct ntpool_free free = { .handle = me->blocks[i] };

		if (me->blocks[i])
			call(me->fd, NTPOOL_IOC_FREE, &free);
	}
}

static void tell_bugchecks(const struct supervisor *me)
{
	struct ntpool_event event;

	while (read(me->fd, &event, sizeof(event)) == sizeof(event))
		if (event.type == NTPOOL_EVENT_BUGCHECK)
			printf("# bug check %#x (%#llx, %#llx, %#llx, %#llx) at IRQL %u in %u (%.*s)\n",
			       event.code, event.param[0], event.param[1],
			       event.param[2], event.param[3], event.irql,
			       event.pid, (int)sizeof(event.comm), event.comm);
}

static void judge(struct supervisor *me, const struct counts *before)
{
	struct counts now = settle(me->fd, before);
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
	result(!pinned_since(before, &now), "no page is pinned (%ld)",
	       pinned_since(before, &now));
	result(now.stats.bugchecks == before->stats.bugchecks,
	       "no bug check was recorded (%llu)",
	       now.stats.bugchecks - before->stats.bugchecks);
	tell_bugchecks(me);
	tell_forced(me);
}

static void tell_figures(const struct supervisor *me)
{
	printf("# %u requests by %llu workers, %llu of them killed; %u cancelled, %u forks, %u remaps, %u left under way, %u interrupted, %u read of, %u signalled, %llu trims\n",
	       atomic_load(&soak->sent), (unsigned long long)me->started,
	       (unsigned long long)me->killed, atomic_load(&soak->cancels),
	       atomic_load(&soak->forks), atomic_load(&soak->remaps),
	       atomic_load(&soak->orphans), atomic_load(&soak->interrupted),
	       atomic_load(&soak->read), atomic_load(&soak->signalled),
	       (unsigned long long)me->trims);
}

static void usage(void)
{
	fprintf(stderr, "usage: soak [--seed N] [--verifier BITS] REQUESTS\n");
	exit(2);
}

static uint64_t read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "verifier", required_argument, NULL, 'v' },
		{ 0 },
	};
	uint64_t seed = now_ns();
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (option == 'v')
			soak->verifier = strtoul(optarg, NULL, 0);
		else
			usage();
	}
	soak->goal = optind == argc - 1 ? strtoul(argv[optind], NULL, 0) : 0;
	if (!soak->goal)
		usage();
	return seed;
}

int main(int argc, char **argv)
{
	struct supervisor me = { 0 };
	struct counts before;

	soak = mmap(NULL, sizeof(*soak), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Seen as it comes, and not twice because of a fork. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	me.seed = read_arguments(argc, argv);
	me.random = seed_of(me.seed, UINT64_MAX / 2);
	printf("# seed %llu, %u requests, verifier %#x\n",
	       (unsigned long long)me.seed, soak->goal, soak->verifier);
	/* A signal that comes before a worker's handler is there. */
	signal(SIGUSR1, SIG_IGN);
	me.fd = open_session();
	me.device = open_test_device(me.fd);
	seen(&me);
	prove_checks(me.fd);
	verify(&me, soak->verifier);
	before = calm(me.fd);
	play(&me);
	finish(&me);
	judge(&me, &before);
	verify(&me, 0);
	tell_figures(&me);
	return results_end() > 0;
}
