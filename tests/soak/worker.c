// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker: some threads, each with a session of its own, that send requests, take the
 * memory away from under them, fork, close what is in use, cancel each other's
 * requests, and end with requests under way or without.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak/soak.h"

/* What the threads of this process may disturb in each other. */
static struct peer {
	atomic_int fd;
	atomic_ulong device;
} peers[MAX_THREADS];

static void session_open(struct soaker *me)
{
	me->fd = open_session();
	me->device = open_test_device(me->fd);
	me->lower = open_lower_device(me->fd);
}

/* Its requests are cancelled, and what cannot be goes on. */
static void session_close(struct soaker *me)
{
	close(me->fd);
	for (int i = 0; i < SLOTS; i++) {
		if (!me->slots[i].request)
			continue;
		atomic_fetch_add(&soak->orphans, 1);
		me->maybe_told++;
		slot_renew(&me->slots[i]);
	}
}

static void device_reopen(struct soaker *me)
{
	struct ntpool_device_close close = { .device = me->device };

	if (call(me->fd, NTPOOL_IOC_DEVICE_CLOSE, &close))
		bad("the device cannot be closed");
	me->device = open_test_device(me->fd);
}

static void play_child(struct soaker *me)
{
	for (int i = 0; i < SLOTS; i++)
		slot_scribble(&me->slots[i]);
	/* It is a requester of its own, and ends with this under way. */
	if (pick(&me->random, 2)) {
		slot_renew(&me->slots[0]);
		me->event = eventfd(0, EFD_CLOEXEC);
		session_open(me);
		slot_start(me, &me->slots[0]);
	}
	_exit(0);
}

static void fork_child(struct soaker *me)
{
	pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		return;
	if (!pid)
		play_child(me);
	atomic_fetch_add(&soak->forks, 1);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	if (status)
		bad("a child ended with %#x", status);
}

/* He may have closed the session, or be about to: any answer will do. */
static void disturb_peer(struct soaker *me)
{
	struct peer *peer = &peers[pick(&me->random, MAX_THREADS)];
	struct ntpool_device_cancel cancel = {
		.device = atomic_load(&peer->device),
	};
	int fd = atomic_load(&peer->fd);

	if (fd > 0 && cancel.device &&
	    !call(fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel))
		atomic_fetch_add(&soak->cancels, cancel.cancelled);
}

static void step(struct soaker *me)
{
	struct slot *slot = &me->slots[pick(&me->random, SLOTS)];
	uint32_t chance = pick(&me->random, 100);

	if (!slot->request) {
		slot_start(me, slot);
		return;
	}
	if (chance < 60)
		slot_collect(me, slot);
	else if (chance < 75)
		slot_cancel(me, slot);
	else if (chance < 85)
		slot_remap(me, slot);
	else if (chance < 90)
		fork_child(me);
	else if (chance < 96)
		disturb_peer(me);
	else if (chance < 98)
		device_reopen(me);
	else {
		session_close(me);
		session_open(me);
	}
}

static void check_events(const struct soaker *me)
{
	uint64_t count = 0;

	if (read(me->event, &count, sizeof(count)) < 0 && errno != EAGAIN)
		bad("the eventfd cannot be read: %s", strerror(errno));
	count += me->signalled;
	if (count < me->told || count > me->told + me->maybe_told)
		bad("signalled %llu times instead of %u to %u",
		    (unsigned long long)count, me->told,
		    me->told + me->maybe_told);
}

/* Orderly, or with requests under way, in an open session or a closed one. */
static void leave(struct soaker *me)
{
	uint32_t way = pick(&me->random, 3);

	if (way == 1)
		session_close(me);
	if (way)
		return;
	for (int i = 0; i < SLOTS; i++)
		if (me->slots[i].request)
			slot_collect(me, &me->slots[i]);
	check_events(me);
	session_close(me);
}

struct start {
	uint64_t seed;
	int index;
	uint32_t steps;
};

static void *thread_run(void *arg)
{
	const struct start *start = arg;
	struct soaker *me = calloc(1, sizeof(*me));

	me->random = start->seed;
	me->way = pick(&me->random, WAYS);
	me->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	session_open(me);
	for (int i = 0; i < SLOTS; i++)
		slot_renew(&me->slots[i]);
	for (uint32_t i = 0; i < start->steps && !atomic_load(&soak->stop); i++) {
		atomic_store(&peers[start->index].fd, me->fd);
		atomic_store(&peers[start->index].device, me->device);
		step(me);
	}
	leave(me);
	return NULL;
}

/* The threads are gone, and with them their requests; the last may be on its way out. */
static void check_accounting(void)
{
	for (int tries = 0; tries < 3000; tries++) {
		if (!locked_kilobytes())
			return;
		pause_ms(10);
	}
	bad("%ld kB are still locked", locked_kilobytes());
}

static void on_signal(int number)
{
	(void)number;
}

void worker_run(uint64_t seed)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct start starts[MAX_THREADS];
	pthread_t threads[MAX_THREADS];
	uint64_t random = seed;
	int count = 1 + pick(&random, MAX_THREADS);

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < count; i++) {
		starts[i] = (struct start){ .seed = seed_of(seed, i),
					    .index = i,
					    .steps = 20 + pick(&random, 300) };
		if (pthread_create(&threads[i], NULL, thread_run, &starts[i]))
			bad("no thread");
	}
	/* A process that ends while its threads are at it. */
	if (!pick(&random, 4)) {
		pthread_join(threads[0], NULL);
		_exit(0);
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	check_accounting();
	_exit(0);
}
