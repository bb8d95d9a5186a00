/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libntpool: the device /dev/ntpool from C.
 *
 * One manner for all calls that ask the module:
 *
 *  - A call returns 0, or a negative errno when the kernel found the call
 *    malformed or not allowed.  Then the answer is unspecified.
 *    ntpool_open_condition() returns a file descriptor instead of 0.
 *  - What NT says of a well-formed call is in the answer's @status, and
 *    @bugcheck is the number of the bug check it would have been, or 0.  Ask
 *    NTPOOL_SUCCESS() of the status; a return of 0 alone does not mean that
 *    there is a block.
 *  - @answer is the ABI's own struct (see <linux/ntpool.h>), filled with the
 *    answer.  Other calls fill an array, or a number or two.  No pointer to
 *    what is filled may be NULL, unless it says so below.
 *
 * A session may be used by several threads at once; only ntpool_close() must
 * be the last.
 */
#ifndef NTPOOL_H
#define NTPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <linux/ntpool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NTPOOL_DEVICE "/dev/ntpool"

/* NT_SUCCESS() of the Windows headers: success and information, no error. */
#define NTPOOL_SUCCESS(status) ((int32_t)(status) >= 0)

/* An open session; what it owns is freed when it is closed. */
struct ntpool;

/* ntpool_open: ntpool_read_event() returns -EAGAIN instead of waiting. */
#define NTPOOL_OPEN_NONBLOCK (1u << 0)

/*
 * Opens a session on @path, or on NTPOOL_DEVICE where that is NULL.
 * -EPROTONOSUPPORT: the module speaks another version of the ABI.
 */
int ntpool_open(struct ntpool **session, const char *path, unsigned int flags);
void ntpool_close(struct ntpool *session);

/* The file descriptor, for poll(); it stays the session's. */
int ntpool_fd(const struct ntpool *session);

int ntpool_features(struct ntpool *session, struct ntpool_features *answer);
int ntpool_stats(struct ntpool *session, struct ntpool_stats *answer);

/* The whole tag table, sorted by tag, in memory that free() releases. */
int ntpool_tags(struct ntpool *session, struct ntpool_tag **rows,
		size_t *count);

/* The tag table by module or session (enum ntpool_by), likewise. */
int ntpool_usage(struct ntpool *session, uint32_t by,
		 struct ntpool_usage_row **rows, size_t *count);

/*
 * All blocks of both pools, and what is at an address; for CAP_SYS_ADMIN.
 * @count: in: elements of @array; out: filled.  @from: out: 0 at the end.
 */
int ntpool_blocks(struct ntpool *session, uint64_t *from,
		  struct ntpool_block *array, uint32_t *count);
int ntpool_slots(struct ntpool *session, uint64_t address,
		 struct ntpool_slot *array, uint32_t count,
		 struct ntpool_slots *answer);

/*
 * The verifier: the settings in force and what has come of them, or other
 * settings (for CAP_SYS_ADMIN): @verifier holds those and gets the answer.
 */
int ntpool_verifier(struct ntpool *session, struct ntpool_verifier *answer);
int ntpool_set_verifier(struct ntpool *session,
			struct ntpool_verifier *verifier);
/* Whether the blocks that this session allocates come from special pool. */
int ntpool_special_pool(struct ntpool *session, int on);

/* Blocks */
int ntpool_alloc(struct ntpool *session, uint64_t pool_flags, uint64_t size,
		 uint32_t tag, struct ntpool_alloc *answer);
int ntpool_free(struct ntpool *session, uint64_t handle, uint32_t tag,
		struct ntpool_free *answer);
int ntpool_read(struct ntpool *session, uint64_t handle, uint64_t offset,
		void *buffer, uint64_t length, struct ntpool_rw *answer);
int ntpool_write(struct ntpool *session, uint64_t handle, uint64_t offset,
		 const void *buffer, uint64_t length, struct ntpool_rw *answer);

/* What a process (0: the calling one) is charged with, and its limits */
int ntpool_quota(struct ntpool *session, uint32_t pid,
		 struct ntpool_quota *answer);
int ntpool_set_quota(struct ntpool *session, uint32_t pid, uint64_t paged,
		     uint64_t nonpaged, struct ntpool_quota *answer);

/* A file descriptor to poll: POLLIN as long as the pool event is set. */
int ntpool_open_condition(struct ntpool *session,
			  enum ntpool_condition condition, uint32_t flags);

/* Where a block's pages are, and moving them */
int ntpool_query(struct ntpool *session, uint64_t handle,
		 struct ntpool_query *answer);
/* @count: in: elements of @array; out: elements filled. */
int ntpool_pages(struct ntpool *session, uint64_t handle, uint64_t first,
		 struct ntpool_page *array, uint32_t *count);
int ntpool_trim(struct ntpool *session, uint64_t handle, uint64_t offset,
		uint64_t length, uint32_t flags, struct ntpool_trim *answer);
/* @value: the byte to store; 0 for a load. */
int ntpool_touch(struct ntpool *session, uint64_t handle, uint64_t offset,
		 uint32_t irql, uint32_t access, uint8_t value,
		 struct ntpool_touch *answer);

/* Address spaces */
int ntpool_split(struct ntpool *session, struct ntpool_split *answer);
int ntpool_set_split(struct ntpool *session, enum ntpool_layout layout,
		     uint32_t user_mb, struct ntpool_split *answer);
int ntpool_walk_address(struct ntpool *session, uint64_t address,
			struct ntpool_walk *answer);
/* A user address of process @pid; for CAP_SYS_ADMIN. */
int ntpool_walk_process(struct ntpool *session, uint32_t pid, uint64_t address,
			struct ntpool_walk *answer);
int ntpool_walk_block(struct ntpool *session, uint64_t handle, uint64_t offset,
		      struct ntpool_walk *answer);

/*
 * The address space of paged pool; for CAP_SYS_ADMIN.  @grain: 0, or where to cut, a
 * power of 2 pages.  @from and @count as of ntpool_blocks().
 */
int ntpool_regions(struct ntpool *session, uint64_t *from, uint32_t grain,
		   struct ntpool_region *array, uint32_t *count);

/* Deferred I/O */
int ntpool_volunteer(struct ntpool *session, void *start, uint64_t length);
int ntpool_withdraw(struct ntpool *session);
/* @request holds the question and gets the answer: it has eight fields. */
int ntpool_start(struct ntpool *session, struct ntpool_request *request);
/* @timeout_ns 0 waits without end; see NTPOOL_RESULT_NOWAIT. */
int ntpool_result(struct ntpool *session, uint64_t request,
		  uint64_t timeout_ns, uint32_t flags,
		  struct ntpool_result *answer);

/* Drivers' devices.  @status gets the NTSTATUS, @information what the driver says. */
int ntpool_device_open(struct ntpool *session, const char *name,
		       uint32_t access, uint32_t *status, uint64_t *device);
int ntpool_device_close(struct ntpool *session, uint64_t device);

/* These wait, whatever signals come. */
int ntpool_device_io_control(struct ntpool *session, uint64_t device,
			     uint32_t code, const void *input,
			     uint32_t input_length, void *output,
			     uint32_t output_length, uint32_t *status,
			     uint64_t *information);
int ntpool_device_read(struct ntpool *session, uint64_t device, void *buffer,
		       uint32_t length, uint64_t offset, uint32_t *status,
		       uint64_t *information);
int ntpool_device_write(struct ntpool *session, uint64_t device,
			const void *buffer, uint32_t length, uint64_t offset,
			uint32_t *status, uint64_t *information);

/* @io holds the question and gets the answer; .eventfd -1 for none. */
int ntpool_device_start(struct ntpool *session, struct ntpool_device_io *io);
int ntpool_device_wait(struct ntpool *session, uint64_t request,
		       uint64_t timeout_ns, uint32_t flags, uint32_t *status,
		       uint64_t *information);
/* One request, or with @request 0 all on @device; @cancelled may be NULL. */
int ntpool_device_cancel(struct ntpool *session, uint64_t device,
			 uint64_t request, uint32_t *cancelled);

/* Back to the oldest bug check that the module still has (CAP_SYS_ADMIN). */
int ntpool_rewind_events(struct ntpool *session);

/* The next bug check or completion. */
int ntpool_read_event(struct ntpool *session, struct ntpool_event *answer);

/* Tags: "Abcd" to its number (-EINVAL if it is none) and back. */
int ntpool_tag_pack(const char *text, uint32_t *tag);
#define NTPOOL_TAG_TEXT 5
char *ntpool_tag_unpack(uint32_t tag, char text[NTPOOL_TAG_TEXT]);

/* Names; NULL for a number that has none here. */
const char *ntpool_status_name(uint32_t status);
const char *ntpool_bugcheck_name(uint32_t code);
const char *ntpool_page_state_name(uint32_t state);
const char *ntpool_fault_name(uint32_t fault);
const char *ntpool_irql_name(uint32_t irql);
const char *ntpool_layout_name(uint32_t layout);
const char *ntpool_class_name(uint32_t kind);
const char *ntpool_region_name(uint32_t kind);
const char *ntpool_variant_name(uint32_t variant);
const char *ntpool_outcome_name(uint32_t outcome);
const char *ntpool_target_name(uint32_t target);
const char *ntpool_condition_name(uint32_t condition);

#ifdef __cplusplus
}
#endif

#endif /* NTPOOL_H */
