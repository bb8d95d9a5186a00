// SPDX-License-Identifier: GPL-2.0-only
/* What the catalogue's driver gets from here: the naive write, with evidence. */
#include <linux/export.h>
#include <linux/ntpool_lab.h>
#include <linux/pid.h>

#include "core/core.h"
#include "io/naive.h"
#include "pool/special.h"

static const u32 status_of[] = {
	[NTPOOL_LAB_WRITTEN] = NTPOOL_STATUS_SUCCESS,
	[NTPOOL_LAB_STRANGER] = NTPOOL_STATUS_UNSUCCESSFUL,
	[NTPOOL_LAB_NO_USER_SPACE] = NTPOOL_STATUS_ACCESS_VIOLATION,
	[NTPOOL_LAB_NOT_RESIDENT] = NTPOOL_STATUS_ACCESS_VIOLATION,
};

static void lab_show(struct ntpool_lab_evidence *evidence,
		     const struct io_party *party)
{
	evidence->pid = pid_nr(party->tgid);
	evidence->tid = pid_nr(party->tid);
	evidence->flags = party->flags;
	memcpy(evidence->comm, party->comm, sizeof(evidence->comm));
	memcpy(evidence->before, party->before, sizeof(evidence->before));
	memcpy(evidence->after, party->after, sizeof(evidence->after));
}

/**
 * ntpool_lab_write_user() - write to a user's address, whoever is running
 * @address: in user space, it is hoped; the write stays in its page
 * @data: what
 * @length: bytes
 * @evidence: filled with what was found and done
 *
 * No page is brought in.  Where there is none to be written, that is bug check 0xD1
 * at DISPATCH_LEVEL and above, as on NT, and an access violation below.
 *
 * Context: any.
 * Return: the NTSTATUS that an exception handler around the write would have got.
 */
u32 ntpool_lab_write_user(unsigned long address, const void *data, size_t length,
			  struct ntpool_lab_evidence *evidence)
{
	struct io_party party = {};
	struct io_hit hit = { .party = &party, .address = address };

	*evidence = (struct ntpool_lab_evidence){
		.address = address,
		.cpu = raw_smp_processor_id(),
		.irql = ntpool_irql(),
	};
	io_hit_begin(&hit, NULL);
	evidence->outcome = io_hit_write(&hit, data, length);
	io_hit_end(&hit);
	lab_show(evidence, &party);
	io_party_release(&party);
	evidence->status = status_of[evidence->outcome];
	if (evidence->status == NTPOOL_STATUS_ACCESS_VIOLATION &&
	    evidence->irql >= NTPOOL_IRQL_DISPATCH)
		evidence->bugcheck =
			ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
					address, evidence->irql,
					NTPOOL_ACCESS_WRITE, _THIS_IP_);
	return evidence->status;
}
EXPORT_SYMBOL_GPL(ntpool_lab_write_user);

/**
 * ntpool_lab_in_special_pool() - is nobody harmed by a touch of this address?
 * @address: of a block, live or freed
 *
 * Context: any.
 * Return: whether it is one of special pool's.
 */
bool ntpool_lab_in_special_pool(const void *address)
{
	return special_contains((unsigned long)address);
}
EXPORT_SYMBOL_GPL(ntpool_lab_in_special_pool);
