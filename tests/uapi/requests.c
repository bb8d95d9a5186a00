// SPDX-License-Identifier: GPL-2.0-only
/* Requests: the four variants, and every outcome. */
#include "uapi.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DATA   0x8877665544332211ull
#define DELAY  (20 * MILLISECOND)
#define THEIRS 0x3c

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
}

static int last_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) - 1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

static uint64_t start_at(int fd, uint32_t variant, uint32_t cpu,
			 uint64_t length, uint64_t delay)
{
	struct ntpool_request request = {
		.variant = variant,
		.cpu = cpu,
		.buffer = rig.buffer,
		.length = length,
		.delay_ns = delay,
		.data = DATA,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_REQUEST, &request), 0);
	assert_int_equal(request.status, NTPOOL_STATUS_PENDING);
	assert_int_not_equal(request.request, 0);
	return request.request;
}

static uint64_t start(uint32_t variant)
{
	return start_at(rig.fd, variant, last_cpu(), 8, DELAY);
}

static struct ntpool_result result_of(uint64_t request)
{
	struct ntpool_result result;

	memset(&result, POISON, sizeof(result));
	result.request = request;
	result.timeout_ns = 5 * SECOND;
	result.flags = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &result), 0);
	assert_int_equal(result.pad, 0);
	return result;
}

static bool has_data(uint64_t length)
{
	const uint64_t data = DATA;
	uint64_t i;

	for (i = 0; i < length; i++)
		if (buffer()[i] != ((unsigned char *)&data)[i % 8])
			return false;
	return true;
}

/* --- the right ways ------------------------------------------------------- */

static void assert_delivered(const struct ntpool_result *result,
			     uint32_t variant, uint64_t length)
{
	assert_int_equal(result->variant, variant);
	assert_int_equal(result->status, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(result->outcome, NTPOOL_OUTCOME_DELIVERED);
	assert_int_equal(result->information, length);
	assert_int_equal(result->address, rig.buffer);
	assert_int_equal(result->interrupt_irql, NTPOOL_IRQL_DEVICE);
	assert_true(result->delivery_ns >= result->interrupt_ns);
	assert_int_equal(result->bugcheck, 0);
	assert_int_equal(result->requester.pid, getpid());
	assert_true(has_data(length));
	assert_int_equal(buffer()[length], FILLER);
}

static void check_way(uint32_t variant, uint64_t length)
{
	uint64_t request = start_at(rig.fd, variant, last_cpu(), length, DELAY);
	struct ntpool_result result;

	/* Nothing is there before the interrupt. */
	assert_int_equal(buffer()[0], FILLER);
	result = result_of(request);
	assert_delivered(&result, variant, length);
	assert_int_equal(result.interrupt_cpu, last_cpu());
}

static void test_buffered(void **state)
{
	(void)state;
	check_way(NTPOOL_VARIANT_BUFFERED, 8);
}

static void test_direct(void **state)
{
	(void)state;
	check_way(NTPOOL_VARIANT_DIRECT, 8);
}

static void test_attach(void **state)
{
	(void)state;
	check_way(NTPOOL_VARIANT_ATTACH, 8);
}

/* Odd lengths across pages; the pattern goes on and stops where it must. */
static void test_lengths(void **state)
{
	uint32_t variant;

	(void)state;
	for (variant = NTPOOL_VARIANT_BUFFERED;
	     variant <= NTPOOL_VARIANT_ATTACH; variant++) {
		memset(buffer(), FILLER, BUFFER_SIZE);
		check_way(variant, 1);
		memset(buffer(), FILLER, BUFFER_SIZE);
		check_way(variant, 2 * PAGE + 13);
	}
}

static void test_where_it_is_written(void **state)
{
	struct ntpool_result result;

	(void)state;
	result = result_of(start(NTPOOL_VARIANT_BUFFERED));
	assert_int_equal(result.delivery_irql, NTPOOL_IRQL_APC);
	assert_int_equal(result.writer, gettid());
	result = result_of(start(NTPOOL_VARIANT_ATTACH));
	assert_int_equal(result.delivery_irql, NTPOOL_IRQL_PASSIVE);
	assert_int_not_equal(result.writer, gettid());
	assert_int_not_equal(result.writer, 0);
	result = result_of(start(NTPOOL_VARIANT_DIRECT));
	assert_int_equal(result.delivery_cpu, result.interrupt_cpu);
	assert_int_equal(result.writer, 0);
}

static void test_long_ones_are_written_by_the_dpc(void **state)
{
	uint64_t request = start_at(rig.fd, NTPOOL_VARIANT_DIRECT, last_cpu(),
				    PAGE + 1, DELAY);
	struct ntpool_result result = result_of(request);

	(void)state;
	assert_delivered(&result, NTPOOL_VARIANT_DIRECT, PAGE + 1);
	assert_int_equal(result.delivery_irql, NTPOOL_IRQL_DISPATCH);
	assert_int_equal(result.writer, 0);
	result = result_of(start_at(rig.fd, NTPOOL_VARIANT_DIRECT, last_cpu(),
				    PAGE, DELAY));
	assert_int_equal(result.delivery_irql, NTPOOL_IRQL_DEVICE);
}

/* In many turns of their DPCs, between which others have theirs. */
static void test_the_longest_are_written_whole(void **state)
{
	const uint64_t length = NTPOOL_REQUEST_MAX_LENGTH - 3;
	uint64_t small = rig.buffer, request[4];
	struct ntpool_result result;
	unsigned char *large;
	unsigned int i;

	(void)state;
	large = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(large, MAP_FAILED);
	rig.buffer = (uintptr_t)large;
	for (i = 0; i < 4; i++)
		request[i] = start_at(rig.fd,
				      i % 2 ? NTPOOL_VARIANT_DIRECT : NTPOOL_VARIANT_BUFFERED,
				      last_cpu(), length, DELAY);
	for (i = 0; i < 4; i++) {
		result = result_of(request[i]);
		assert_int_equal(result.status, NTPOOL_STATUS_SUCCESS);
		assert_int_equal(result.information, length);
		if (i % 2)
			assert_int_equal(result.delivery_irql, NTPOOL_IRQL_DISPATCH);
	}
	assert_true(has_data(length));
	rig.buffer = small;
	assert_int_equal(munmap(large, length), 0);
}

/* --- the wrong way -------------------------------------------------------- */

static struct ntpool_result run_until_interrupted(void)
{
	uint64_t request = start_at(rig.fd, NTPOOL_VARIANT_NAIVE,
				    NTPOOL_CPU_CURRENT, 8, DELAY);
	struct ntpool_result result;

	do {
		result = (struct ntpool_result){
			.request = request,
			.flags = NTPOOL_RESULT_NOWAIT,
		};
	} while (call(rig.fd, NTPOOL_IOC_RESULT, &result) == EAGAIN);
	return result;
}

/* The requester itself is running when the interrupt comes: the bug hides. */
static void test_naive_hits_requester(void **state)
{
	struct ntpool_result result;
	int tries = 10;

	(void)state;
	run_on(last_cpu());
	/* Now and then it is a thread of the kernel's that runs there. */
	do
		result = run_until_interrupted();
	while (result.outcome == NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE &&
	       --tries);
	run_on(0);
	assert_int_equal(result.outcome, NTPOOL_OUTCOME_DELIVERED);
	assert_int_equal(result.interrupted.pid, getpid());
	assert_int_equal(result.writer, 0);
	assert_true(has_data(8));
}

/* What another process that has the session gets, as it tells by its exit. */
static int asked_by_another(uint64_t request)
{
	static const unsigned char nothing[NTPOOL_EVIDENCE_BYTES];
	struct ntpool_result result = { .request = request,
					.timeout_ns = 5 * SECOND };
	const struct ntpool_party *party = &result.interrupted;
	pid_t child = fork();
	int status;

	if (!child) {
		if (call(rig.fd, NTPOOL_IOC_RESULT, &result) ||
		    result.outcome != NTPOOL_OUTCOME_DELIVERED)
			_exit(2);
		_exit(party->flags & NTPOOL_PARTY_MAPPED || party->frame ||
		      memcmp(party->before, nothing, sizeof(nothing)) ||
		      memcmp(party->after, nothing, sizeof(nothing)));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The requester is interrupted itself, and has volunteered nothing. */
static void test_others_see_no_requester(void **state)
{
	int tries = 10, seen;

	(void)state;
	run_on(last_cpu());
	do {
		uint64_t request = start_at(rig.fd, NTPOOL_VARIANT_NAIVE,
					    NTPOOL_CPU_CURRENT, 8, DELAY);

		for (uint64_t end = now_ns() + 10 * DELAY; now_ns() < end;)
			continue;
		seen = asked_by_another(request);
	} while (seen == 2 && --tries);
	run_on(0);
	assert_int_equal(seen, 0);
}

enum consent { STRANGER,
	       VOLUNTEER,
	       OTHER_RANGE,
	       NOT_RESIDENT,
	       WITHDRAWN };

struct bystander {
	pid_t pid;
	struct report {
		atomic_bool ready, stop;
		unsigned char first, second;
		atomic_ullong frame;
	} * report;
};

static void volunteer(int fd, uint64_t start, uint64_t length)
{
	struct ntpool_volunteer range = { .start = start, .length = length };

	if (call(fd, NTPOOL_IOC_VOLUNTEER, &range))
		_exit(1);
}

static void consent_to(int fd, enum consent consent)
{
	switch (consent) {
	case STRANGER:
		break;
	case OTHER_RANGE:
		volunteer(fd, rig.buffer + PAGE, PAGE);
		break;
	case NOT_RESIDENT:
		madvise(buffer(), PAGE, MADV_DONTNEED);
		volunteer(fd, rig.buffer, PAGE);
		break;
	case WITHDRAWN:
		volunteer(fd, rig.buffer, PAGE);
		volunteer(fd, 0, 0);
		break;
	case VOLUNTEER:
		volunteer(fd, rig.buffer, PAGE);
		break;
	}
}

static void live(struct report *report, enum consent consent)
{
	int fd = open("/dev/ntpool", O_RDWR);

	run_on(last_cpu());
	memset(buffer(), THEIRS, BUFFER_SIZE);
	consent_to(fd, consent);
	report->ready = true;
	while (!report->stop)
		;
	report->first = buffer()[0];
	report->second = buffer()[8];
	_exit(0);
}

static struct bystander start_bystander(enum consent consent)
{
	struct bystander bystander = {
		.report = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	};

	bystander.pid = fork();
	if (bystander.pid == 0)
		live(bystander.report, consent);
	while (!bystander.report->ready)
		assert_int_equal(waitpid(bystander.pid, NULL, WNOHANG), 0);
	usleep(20000);
	return bystander;
}

/* Its memory at the requester's address, and behind what was to be written. */
static void stop_bystander(struct bystander *bystander, unsigned char *first,
			   unsigned char *second)
{
	bystander->report->stop = true;
	assert_int_equal(waitpid(bystander->pid, NULL, 0), bystander->pid);
	*first = bystander->report->first;
	*second = bystander->report->second;
	munmap(bystander->report, PAGE);
}

struct clash {
	struct ntpool_result result;
	pid_t pid;
	unsigned char first, second;
};

/* Retried where the kernel happened to run something else just then. */
static struct clash clash(uint32_t variant, enum consent consent)
{
	struct clash clash = { 0 };
	int tries;

	run_on(0);
	for (tries = 0; tries < 10; tries++) {
		struct bystander bystander = start_bystander(consent);

		clash.pid = bystander.pid;
		clash.result = result_of(start(variant));
		stop_bystander(&bystander, &clash.first, &clash.second);
		if (clash.result.interrupted.pid == (uint32_t)clash.pid)
			break;
	}
	assert_int_equal(clash.result.interrupted.pid, clash.pid);
	return clash;
}

static void test_naive_is_misdelivered(void **state)
{
	struct clash c = clash(NTPOOL_VARIANT_NAIVE, VOLUNTEER);
	const uint64_t data = DATA;

	(void)state;
	assert_int_equal(c.result.outcome, NTPOOL_OUTCOME_MISDELIVERED);
	assert_int_equal(c.result.information, 8);
	assert_int_equal(c.first, 0x11);
	assert_int_equal(c.second, THEIRS);
	assert_int_equal(buffer()[0], FILLER);
	assert_int_equal(c.result.interrupted.flags,
			 NTPOOL_PARTY_MAPPED | NTPOOL_PARTY_VOLUNTEER);
	assert_int_equal(c.result.interrupted.before[0], THEIRS);
	assert_memory_equal(c.result.interrupted.after, &data, 8);
	assert_int_equal(c.result.requester.before[0], FILLER);
	assert_int_equal(c.result.requester.after[0], FILLER);
	assert_int_not_equal(c.result.interrupted.frame, 0);
	assert_int_not_equal(c.result.interrupted.frame,
			     c.result.requester.frame);
	assert_int_equal(c.result.delivery_irql, NTPOOL_IRQL_DEVICE);
	assert_int_equal(c.result.delivery_cpu, last_cpu());
}

static void assert_refused(const struct clash *clash, uint32_t outcome)
{
	assert_int_equal(clash->result.outcome, outcome);
	assert_int_equal(clash->result.information, 0);
	assert_int_equal(clash->first, THEIRS);
	assert_int_equal(buffer()[0], FILLER);
}

/* Not a byte of a stranger's memory may be shown, nor whether it is mapped. */
static void test_stranger_is_spared(void **state)
{
	struct clash c = clash(NTPOOL_VARIANT_NAIVE, STRANGER);
	unsigned char zero[NTPOOL_EVIDENCE_BYTES] = { 0 };

	(void)state;
	assert_refused(&c, NTPOOL_OUTCOME_REFUSED_STRANGER);
	assert_int_equal(c.result.interrupted.flags, 0);
	assert_int_equal(c.result.interrupted.frame, 0);
	assert_memory_equal(c.result.interrupted.before, zero, sizeof(zero));
	assert_memory_equal(c.result.interrupted.after, zero, sizeof(zero));
}

static void test_other_range_is_spared(void **state)
{
	struct clash c = clash(NTPOOL_VARIANT_NAIVE, OTHER_RANGE);

	(void)state;
	assert_refused(&c, NTPOOL_OUTCOME_REFUSED_STRANGER);
}

static void test_withdrawn_is_spared(void **state)
{
	struct clash c = clash(NTPOOL_VARIANT_NAIVE, WITHDRAWN);

	(void)state;
	assert_refused(&c, NTPOOL_OUTCOME_REFUSED_STRANGER);
}

static void test_not_resident_is_d1(void **state)
{
	struct clash c = clash(NTPOOL_VARIANT_NAIVE, NOT_RESIDENT);
	struct ntpool_event event = next_event(rig.fd);

	(void)state;
	assert_int_equal(c.result.outcome, NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT);
	assert_int_equal(c.result.status, NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_int_not_equal(c.result.bugcheck, 0);
	/* The page came when it read it: as zeroes, not as the data. */
	assert_int_equal(c.first, 0);
	while (event.type && event.seq != c.result.bugcheck)
		event = next_event(rig.fd);
	assert_int_equal(event.code, 0xd1);
	assert_int_equal(event.param[0], rig.buffer);
	assert_int_equal(event.param[1], NTPOOL_IRQL_DEVICE);
	assert_int_equal(event.param[2], 1);
}

static void test_idle_has_no_user_space(void **state)
{
	struct ntpool_result result;
	int tries;

	(void)state;
	run_on(0);
	for (tries = 0; tries < 10; tries++) {
		result = result_of(start(NTPOOL_VARIANT_NAIVE));
		if (result.interrupted.flags & NTPOOL_PARTY_IDLE)
			break;
	}
	assert_int_equal(result.outcome, NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE);
	assert_int_equal(result.interrupted.pid, 0);
	assert_int_equal(buffer()[0], FILLER);
}

/* spin_on(-1): on none. */
static void spin_on(int cpu)
{
	int fd = open("/sys/module/ntpool_test/parameters/spin", O_WRONLY);

	assert_true(dprintf(fd, "%d", cpu) > 0);
	close(fd);
}

static int stop_spinning(void **state)
{
	spin_on(-1);
	return rig_teardown(state);
}

static void test_system_thread_has_no_user_space(void **state)
{
	struct ntpool_result result;

	(void)state;
	run_on(0);
	spin_on(last_cpu());
	result = result_of(start(NTPOOL_VARIANT_NAIVE));
	assert_int_equal(result.outcome, NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE);
	assert_int_equal(result.status, NTPOOL_STATUS_UNSUCCESSFUL);
	assert_int_equal(result.information, 0);
	assert_int_equal(result.interrupted.flags, NTPOOL_PARTY_KTHREAD);
	assert_int_not_equal(result.interrupted.pid, 0);
	assert_string_equal(result.interrupted.comm, "ntpool-spin");
	assert_int_equal(result.interrupt_cpu, last_cpu());
	assert_int_equal(buffer()[0], FILLER);
}

static void check_right_beside_bystander(uint32_t variant)
{
	struct clash c = clash(variant, VOLUNTEER);

	assert_delivered(&c.result, variant, 8);
	assert_int_equal(c.first, THEIRS);
}

static void test_right_ways_spare_bystander(void **state)
{
	uint32_t variant;

	(void)state;
	for (variant = NTPOOL_VARIANT_BUFFERED;
	     variant <= NTPOOL_VARIANT_ATTACH; variant++) {
		memset(buffer(), FILLER, BUFFER_SIZE);
		check_right_beside_bystander(variant);
	}
}

/* --- memory that goes away ------------------------------------------------ */

static void check_gone(uint32_t variant, uint32_t outcome)
{
	uint64_t request = start(variant);
	struct ntpool_result result;

	assert_int_equal(mprotect(buffer(), BUFFER_SIZE, PROT_READ), 0);
	result = result_of(request);
	assert_int_equal(result.outcome, outcome);
	assert_int_equal(result.status, NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_int_equal(buffer()[0], FILLER);
	assert_int_equal(mprotect(buffer(), BUFFER_SIZE, PROT_READ | PROT_WRITE),
			 0);
}

static void test_buffered_meets_read_only(void **state)
{
	(void)state;
	check_gone(NTPOOL_VARIANT_BUFFERED, NTPOOL_OUTCOME_FAULTED);
}

static void test_attach_meets_read_only(void **state)
{
	(void)state;
	check_gone(NTPOOL_VARIANT_ATTACH, NTPOOL_OUTCOME_FAULTED);
}

/* An MDL pins pages, not addresses: a new page there stays untouched. */
static void test_direct_pins_pages(void **state)
{
	uint64_t request = start(NTPOOL_VARIANT_DIRECT);
	struct ntpool_result result;
	void *again;

	(void)state;
	again = mmap(buffer(), BUFFER_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	assert_ptr_equal(again, buffer());
	memset(again, FILLER, BUFFER_SIZE);
	result = result_of(request);
	assert_int_equal(result.outcome, NTPOOL_OUTCOME_DELIVERED);
	assert_int_equal(buffer()[0], FILLER);
}

static void test_direct_probes_at_the_start(void **state)
{
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_DIRECT,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = rig.buffer,
		.length = 8,
		.request = 77,
	};
	struct ntpool_stats before = stats_of(rig.fd);

	(void)state;
	assert_int_equal(mprotect(buffer(), BUFFER_SIZE, PROT_READ), 0);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_REQUEST, &request), 0);
	assert_int_equal(request.status, NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_int_equal(request.request, 0);
	assert_int_equal(stats_of(rig.fd).requests_started,
			 before.requests_started);
}

/* --- waiting, and not waiting any more ------------------------------------ */

static void test_result_is_given_once(void **state)
{
	uint64_t request = start(NTPOOL_VARIANT_BUFFERED);
	struct ntpool_result again = { .request = request };

	(void)state;
	result_of(request);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &again), ENOENT);
}

static void test_others_cannot_ask(void **state)
{
	uint64_t request = start(NTPOOL_VARIANT_BUFFERED);
	struct ntpool_result result = { .request = request };

	(void)state;
	assert_int_equal(call(rig.other, NTPOOL_IOC_RESULT, &result), ENOENT);
	result_of(request);
}

static void test_time_out_keeps_the_request(void **state)
{
	uint64_t request = start(NTPOOL_VARIANT_BUFFERED);
	struct ntpool_result result = { .request = request, .timeout_ns = 1 };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &result), ETIMEDOUT);
	assert_int_equal(result_of(request).outcome, NTPOOL_OUTCOME_DELIVERED);
}

/* Handles of requests to devices are others. */
static void test_handles_name_their_own_kind(void **state)
{
	struct ntpool_result result = { .request = rig.done };
	struct ntpool_device_wait wait = { .request = rig.request };
	struct ntpool_device_cancel cancel = { .request = rig.request };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &result), ENOENT);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), ENOENT);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel), ENOENT);
}

static void on_alarm(int number)
{
	(void)number;
}

static void test_signal_interrupts(void **state)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value = { 0, 50000 } };
	struct ntpool_result result = { .request = rig.request };

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &result), EINTR);
	assert_int_equal(result.outcome, 0);
}

/* After close nothing may come any more, whatever was under way. */
static void test_close_cancels(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);
	uint32_t variant;

	(void)state;
	for (variant = 0; variant < 4; variant++) {
		int fd = open_device(0);

		start_at(fd, variant, NTPOOL_CPU_CURRENT, 8, 50 * MILLISECOND);
		start_at(fd, variant, last_cpu(), 8, 50 * MILLISECOND);
		close(fd);
	}
	usleep(100000);
	assert_int_equal(buffer()[0], FILLER);
	assert_int_equal(stats_of(rig.fd).requests_started,
			 before.requests_started + 8);
	assert_int_equal(stats_of(rig.fd).requests_completed,
			 before.requests_completed + 8);
}

static uint64_t under_way(void)
{
	struct ntpool_stats now = stats_of(rig.fd);

	return now.requests_started - now.requests_completed;
}

/* At any moment of their lives, on either processor. */
static void test_close_at_any_moment(void **state)
{
	uint64_t before = under_way();
	int i, tries = 100;
	uint32_t variant;

	(void)state;
	for (i = 0; i < 100; i++) {
		int fd = open_device(0);

		for (variant = 0; variant < 4; variant++)
			start_at(fd, variant, i % 2 ? last_cpu() : 0, 8,
				 i % 50 * 20000);
		close(fd);
	}
	while (under_way() != before && --tries)
		usleep(20000);
	assert_int_equal(under_way(), before);
}

static void *start_and_leave(void *request)
{
	/* Long enough that the thread is gone before the interrupt comes. */
	*(uint64_t *)request = start_at(rig.fd, NTPOOL_VARIANT_BUFFERED,
					last_cpu(), 8, SECOND);
	return NULL;
}

/* "A request whose requester exits is cancelled." */
static void test_exit_of_the_requester_cancels(void **state)
{
	struct ntpool_result result;
	uint64_t request = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, start_and_leave,
					&request),
			 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	result = result_of(request);
	assert_int_equal(result.outcome, NTPOOL_OUTCOME_CANCELLED);
	assert_int_equal(result.status, NTPOOL_STATUS_CANCELLED);
	assert_int_equal(buffer()[0], FILLER);
}

static void verify_io(uint32_t flags)
{
	struct ntpool_verifier verifier = {
		.set = 1,
		.flags = flags,
		.probability = NTPOOL_VERIFIER_PROBABILITY,
		.grace = NTPOOL_VERIFIER_GRACE,
	};

	assert_int_equal(call(rig.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
}

/* Completed and cancelled, in each way. */
static void test_driver_keeps_the_rules(void **state)
{
	struct ntpool_event event;
	uint32_t variant;
	int fd;

	(void)state;
	verify_io(NTPOOL_VERIFIER_IO);
	fd = open_device(0);
	for (variant = NTPOOL_VARIANT_NAIVE; variant <= NTPOOL_VARIANT_ATTACH;
	     variant++) {
		result_of(start(variant));
		start_at(fd, variant, last_cpu(), 8, SECOND);
	}
	close(fd);
	while (event = next_event(rig.fd), event.type)
		assert_int_not_equal(event.code, 0xc9);
	verify_io(0);
}

static void test_counted(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd), after;

	(void)state;
	result_of(start(NTPOOL_VARIANT_BUFFERED));
	after = stats_of(rig.fd);
	assert_int_equal(after.requests_started, before.requests_started + 1);
	assert_int_equal(after.requests_completed,
			 before.requests_completed + 1);
}

static void test_many_at_once(void **state)
{
	uint64_t requests[100];
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		requests[i] = start_at(rig.fd, 1 + i % 3, i % (last_cpu() + 1),
				       8, (100 - i) * 100000);
	for (i = 0; i < 100; i++)
		assert_int_equal(result_of(requests[i]).outcome,
				 NTPOOL_OUTCOME_DELIVERED);
	assert_true(has_data(8));
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a buffered request is delivered", test_buffered),
		TEST("a direct request is delivered", test_direct),
		TEST("an attaching request is delivered", test_attach),
		TEST("requests of all lengths stay within them", test_lengths),
		TEST("each way writes where it should", test_where_it_is_written),
		TEST("more than a page is written by the DPC", test_long_ones_are_written_by_the_dpc),
		TEST("the longest are written whole", test_the_longest_are_written_whole),
		TEST("another process sees nothing of a requester that was interrupted", test_others_see_no_requester),
		TEST("a naive request that hits its requester hides the bug", test_naive_hits_requester),
		TEST("a naive request lands in the volunteer it interrupts", test_naive_is_misdelivered),
		TEST("a stranger is neither written nor looked at", test_stranger_is_spared),
		TEST("a volunteer's other pages are spared", test_other_range_is_spared),
		TEST("who has withdrawn is spared", test_withdrawn_is_spared),
		TEST("a naive write to a page that is out is 0xD1", test_not_resident_is_d1),
		TEST("an idle CPU has no user space to write to", test_idle_has_no_user_space),
		{ "a system thread has no user space to write to", test_system_thread_has_no_user_space,
		  rig_setup, stop_spinning, NULL },
		TEST("the right ways spare the process interrupted", test_right_ways_spare_bystander),
		TEST("a buffered request finds its buffer read-only", test_buffered_meets_read_only),
		TEST("an attaching request finds its buffer read-only", test_attach_meets_read_only),
		TEST("a direct request has pinned pages, not addresses", test_direct_pins_pages),
		TEST("a direct request probes its buffer at the start", test_direct_probes_at_the_start),
		TEST("a result is given once", test_result_is_given_once),
		TEST("another session cannot ask for a result", test_others_cannot_ask),
		TEST("a handle names a request of its own kind", test_handles_name_their_own_kind),
		TEST("a time-out leaves the request as it is", test_time_out_keeps_the_request),
		TEST("a signal ends the wait", test_signal_interrupts),
		TEST("closing the session cancels its requests", test_close_cancels),
		TEST("a session can be closed at any moment of its requests", test_close_at_any_moment),
		TEST("the exit of the requester cancels its request", test_exit_of_the_requester_cancels),
		TEST("the driver has nothing to fear from I/O verification", test_driver_keeps_the_rules),
		TEST("requests are counted", test_counted),
		TEST("a hundred requests at once are all delivered", test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
