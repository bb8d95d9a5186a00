// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a driver whose buffers are locked while their owner forks, moves, unmaps
 * or truncates the memory; and memory that comes only when a thread of his brings it.
 */
#include "devices.h"

#include <linux/falloc.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A request on both pages of the buffer that the driver keeps. */
static struct ntpool_device_io locked(uint32_t method)
{
	struct ntpool_device_io io = device_io(method, ROOM);

	order(&(struct test_order){ .information = ROOM,
				    .answer = PENDING,
				    .when = TEST_KEEP,
				    .flags = TEST_MARK,
				    .fill = FILL,
				    .length = ROOM });
	send_io(&io);
	assert_int_equal(io.status, PENDING);
	return io;
}

/* Now the driver writes to the pages that it has locked. */
static void written(const struct ntpool_device_io *io)
{
	struct ntpool_device_wait wait;

	assert_int_equal(release_kept(), SUCCESS);
	wait = wait_io(io->request);
	assert_int_equal(wait.status, SUCCESS);
	assert_int_equal(wait.information, ROOM);
}

/* --- fork ------------------------------------------------------------------ */

/* A child that looks at the buffer when it is told to: 0 if it is all @value. */
struct child {
	pid_t pid;
	int go;
};

static struct child child_that_has(unsigned char value, bool writes)
{
	struct child child;
	int pipes[2];
	char byte;

	assert_int_equal(pipe(pipes), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid) {
		close(pipes[0]);
		child.go = pipes[1];
		return child;
	}
	close(pipes[1]);
	if (writes)
		memset(dev.out, value, ROOM);
	if (read(pipes[0], &byte, 1) != 1)
		_exit(2);
	_exit(!all(dev.out, ROOM, value));
}

static void expect_it_has(const struct child *child)
{
	int status;

	assert_int_equal(write(child->go, "!", 1), 1);
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_int_equal(status, 0);
	close(child->go);
}

static void a_child_that_writes_first_leaves_the_parent_its_locked_pages(void **state)
{
	(void)state;
	for (uint32_t method = 1; method <= 2; method++) {
		struct ntpool_device_io io = locked(method);
		struct child child = child_that_has(0x33, true);

		written(&io);
		assert_true(all(dev.out, ROOM, FILL));
		expect_it_has(&child);
		assert_true(all(dev.out, ROOM, FILL));
		memset(dev.out, POISON, ROOM);
	}
}

static void a_parent_that_writes_after_a_fork_keeps_its_locked_pages(void **state)
{
	(void)state;
	for (uint32_t method = 1; method <= 2; method++) {
		struct ntpool_device_io io = locked(method);
		struct child child = child_that_has(POISON, false);

		memset(dev.out, 0x44, ROOM);
		written(&io);
		assert_true(all(dev.out, ROOM, FILL));
		/* What the child has is of the moment of the fork. */
		expect_it_has(&child);
		memset(dev.out, POISON, ROOM);
	}
}

static void a_child_does_not_see_what_is_written_after_the_fork(void **state)
{
	struct ntpool_device_io io = locked(2);
	struct child child = child_that_has(POISON, false);

	(void)state;
	written(&io);
	expect_it_has(&child);
	assert_true(all(dev.out, ROOM, FILL));
}

/* --- moved, unmapped, dropped ------------------------------------------------ */

static void a_buffer_that_is_moved_has_the_data_where_it_is(void **state)
{
	struct ntpool_device_io io = locked(2);
	unsigned char *old = dev.out, *other;

	(void)state;
	other = mmap(NULL, ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	dev.out = mremap(old, ROOM, ROOM, MREMAP_MAYMOVE | MREMAP_FIXED, other);
	assert_ptr_equal(dev.out, other);
	written(&io);
	assert_true(all(dev.out, ROOM, FILL));
}

static void a_buffer_that_moves_away_leaves_nothing_behind(void **state)
{
	struct ntpool_device_io io = locked(2);
	unsigned char *moved;

	(void)state;
	moved = mremap(dev.out, ROOM, ROOM, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		       NULL);
	assert_ptr_not_equal(moved, MAP_FAILED);
	memset(dev.out, POISON, ROOM);
	written(&io);
	assert_true(all(moved, ROOM, FILL));
	assert_true(all(dev.out, ROOM, POISON));
	munmap(moved, ROOM);
}

static void what_is_mapped_in_its_place_is_left_alone(void **state)
{
	struct ntpool_device_io io = locked(2);
	void *again;

	(void)state;
	again = mmap(dev.out, ROOM, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	assert_ptr_equal(again, dev.out);
	memset(dev.out, POISON, ROOM);
	written(&io);
	assert_true(all(dev.out, ROOM, POISON));
}

static void a_buffer_made_inaccessible_is_written_all_the_same(void **state)
{
	struct ntpool_device_io io = locked(2);

	(void)state;
	assert_int_equal(mprotect(dev.out, ROOM, PROT_NONE), 0);
	written(&io);
	assert_int_equal(mprotect(dev.out, ROOM, PROT_READ | PROT_WRITE), 0);
	assert_true(all(dev.out, ROOM, FILL));
}

static void pages_given_up_are_written_and_not_seen(void **state)
{
	struct ntpool_device_io io = locked(2);

	(void)state;
	assert_int_equal(madvise(dev.out, ROOM, MADV_DONTNEED), 0);
	assert_true(all(dev.out, ROOM, 0));
	written(&io);
	assert_true(all(dev.out, ROOM, 0));
}

/* --- the file behind them ---------------------------------------------------- */

static int file_behind_buffer(void)
{
	int file = memfd_create("buffer", MFD_CLOEXEC);
	void *map;

	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, ROOM), 0);
	map = mmap(dev.out, ROOM, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_FIXED, file, 0);
	assert_ptr_equal(map, dev.out);
	memset(dev.out, POISON, ROOM);
	return file;
}

static void the_data_is_in_the_file_behind_the_buffer(void **state)
{
	int file = file_behind_buffer();
	struct ntpool_device_io io = locked(2);
	unsigned char bytes[ROOM];

	(void)state;
	written(&io);
	assert_int_equal(pread(file, bytes, ROOM, 0), ROOM);
	assert_true(all(bytes, ROOM, FILL));
	close(file);
}

static void locked_pages_survive_truncation_and_are_no_longer_the_files(void **state)
{
	int file = file_behind_buffer();
	struct ntpool_device_io io = locked(2);

	(void)state;
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(ftruncate(file, ROOM), 0);
	assert_true(all(dev.out, ROOM, 0));
	written(&io);
	assert_true(all(dev.out, ROOM, 0));
	close(file);
}

static void locked_pages_survive_a_hole_and_are_no_longer_the_files(void **state)
{
	int file = file_behind_buffer();
	struct ntpool_device_io io = locked(2);

	(void)state;
	assert_int_equal(fallocate(file,
				   FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				   PAGE, PAGE),
			 0);
	written(&io);
	assert_true(all(dev.out, PAGE, FILL));
	assert_true(all(dev.out + PAGE, PAGE, 0));
	close(file);
}

/* --- memory that a thread brings ---------------------------------------------- */

/* Faults in the buffer are from now on reported to the descriptor that is returned. */
static int watch_buffer(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register watch = {
		.range = { .start = (uintptr_t)dev.out, .len = ROOM },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, UFFDIO_API, &api), 0);
	madvise(dev.out, ROOM, MADV_DONTNEED);
	assert_int_equal(ioctl(fd, UFFDIO_REGISTER, &watch), 0);
	return fd;
}

static atomic_int brought;

/* Both pages come full of poison, after a while. */
static void *bring(void *arg)
{
	static unsigned char poison[PAGE];
	int fd = *(int *)arg;
	struct uffd_msg msg;

	memset(poison, POISON, PAGE);
	while (atomic_load(&brought) < 2 &&
	       read(fd, &msg, sizeof(msg)) == sizeof(msg)) {
		struct uffdio_copy copy = {
			.dst = msg.arg.pagefault.address & ~(PAGE - 1),
			.src = (uintptr_t)poison,
			.len = PAGE,
		};

		usleep(20000);
		atomic_fetch_add(&brought, 1);
		if (ioctl(fd, UFFDIO_COPY, &copy))
			break;
	}
	return NULL;
}

static void memory_that_a_thread_brings_is_waited_for_and_locked(void **state)
{
	(void)state;
	for (uint32_t method = 0; method <= 2; method++) {
		struct ntpool_device_io io;
		pthread_t thread;
		int fd;

		atomic_store(&brought, 0);
		fd = watch_buffer();
		assert_int_equal(pthread_create(&thread, NULL, bring, &fd), 0);
		io = locked(method);
		assert_int_equal(atomic_load(&brought), 2);
		written(&io);
		assert_true(all(dev.out, ROOM, FILL));
		assert_int_equal(pthread_join(thread, NULL), 0);
		close(fd);
	}
}

/* Sends a request whose buffer nobody brings. */
static void send_and_hang(uint32_t method, int tell)
{
	struct ntpool_device_io io = device_io(method, ROOM);
	int fd = watch_buffer();

	order(&(struct test_order){ .answer = SUCCESS });
	if (write(tell, &fd, sizeof(fd)) < 0)
		_exit(1);
	send_io(&io);
	_exit(fd);
}

static char state_of(pid_t pid)
{
	char path[40], line[512] = "", *at;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		return '?';
	close(fd);
	at = strrchr(line, ')');
	return at ? at[2] : '?';
}

/* It goes to sleep in the kernel, and stays there. */
static bool sleeps(pid_t pid)
{
	int asleep = 0;

	for (int tries = 0; tries < 1000 && asleep < 10; tries++) {
		char found = state_of(pid);

		asleep = found == 'S' || found == 'D' ? asleep + 1 : 0;
		usleep(20000);
	}
	return asleep == 10;
}

static void who_waits_for_memory_that_nobody_brings_can_be_killed(void **state)
{
	uint32_t started = seen().started;

	(void)state;
	for (uint32_t method = 0; method <= 2; method++) {
		int pipes[2], byte, status;
		pid_t pid;

		assert_int_equal(pipe(pipes), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			send_and_hang(method, pipes[1]);
		assert_int_equal(read(pipes[0], &byte, sizeof(byte)),
				 sizeof(byte));
		assert_true(sleeps(pid));
		assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);
		close(pipes[0]);
		close(pipes[1]);
	}
	/* The driver has not seen any of them. */
	assert_int_equal(seen().started, started);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_that_writes_first_leaves_the_parent_its_locked_pages),
		TEST(a_parent_that_writes_after_a_fork_keeps_its_locked_pages),
		TEST(a_child_does_not_see_what_is_written_after_the_fork),
		TEST(a_buffer_that_is_moved_has_the_data_where_it_is),
		TEST(a_buffer_that_moves_away_leaves_nothing_behind),
		TEST(what_is_mapped_in_its_place_is_left_alone),
		TEST(a_buffer_made_inaccessible_is_written_all_the_same),
		TEST(pages_given_up_are_written_and_not_seen),
		TEST(the_data_is_in_the_file_behind_the_buffer),
		TEST(locked_pages_survive_truncation_and_are_no_longer_the_files),
		TEST(locked_pages_survive_a_hole_and_are_no_longer_the_files),
		TEST(memory_that_a_thread_brings_is_waited_for_and_locked),
		TEST(who_waits_for_memory_that_nobody_brings_can_be_killed),
	};

	return cmocka_run_group_tests_name("devices, memory", tests, NULL, NULL);
}
