// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-out on request: trimmed pages go to swap now, and their frames are free
 * when the call returns.
 *
 * Writing is what reclaim does to a page: its dirty flag is cleared, the file
 * system gives it a swap slot and moves it from the file to swap's cache, and
 * the disk writes it.  Many pages are on their way at once; those that the disk
 * has are dropped from swap's cache while it writes the next.
 */
#include <linux/blkdev.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "kcompat/folio_batch.h"
#include "paging/internal.h"

#define FLIGHT_PAGES 1024

/**
 * struct flight - pages on their way to the disk, first in first out
 * @err: 0, or what has become of a page that is not on the disk: -ENOSPC where there
 *	 was no room in swap, -EIO where the disk failed
 * @busy: pages passed over because somebody else holds them
 * @sent: pages submitted
 * @landed: of these, pages waited for; they are the oldest
 * @written: of these, pages that the disk has
 * @folio: ring, each with a reference of ours
 */
struct flight {
	int err;
	unsigned long busy;
	unsigned long sent;
	unsigned long landed;
	unsigned long written;
	struct folio *folio[FLIGHT_PAGES];
};

/* A page that is unmapped, whole and has something to write. */
static bool is_writable(struct folio *folio, struct address_space *mapping)
{
	return folio->mapping == mapping && folio_test_uptodate(folio) &&
	       !folio_test_large(folio) && !folio_test_writeback(folio) &&
	       folio_test_dirty(folio);
}

/*
 * Nobody but the file and we holds it.  A mapped page has the page table's
 * reference as well, so this is also what keeps page-in and write-out apart.
 */
static bool is_unshared(struct folio *folio)
{
	return folio_ref_count(folio) == 2;
}

static bool start_write_locked(struct flight *flight, struct folio *folio,
			       struct address_space *mapping)
{
	if (!is_writable(folio, mapping))
		return false;
	if (!is_unshared(folio)) {
		flight->busy++;
		return false;
	}
	if (!folio_clear_dirty_for_io(folio))
		return false;
	if (!kcompat_writeout(folio))
		return true;
	flight->err = flight->err ?: -ENOSPC;
	return false;
}

/* Start writing; takes the caller's reference over. */
static void start_write(struct flight *flight, struct folio *folio,
			struct address_space *mapping)
{
	if (!folio_trylock(folio)) {
		flight->busy++;
		folio_put(folio);
	} else if (start_write_locked(flight, folio, mapping)) {
		flight->folio[flight->sent++ % FLIGHT_PAGES] = folio;
	} else {
		folio_unlock(folio);
		folio_put(folio);
	}
}

/*
 * Wait for a page's write, and give its frame back.  What the disk did not take is
 * dirty again, and stays in swap's cache.
 */
static void end_write(struct flight *flight, struct folio *folio)
{
	folio_wait_writeback(folio);
	if (folio_test_swapcache(folio) && folio_test_dirty(folio))
		flight->err = flight->err ?: -EIO;
	else
		flight->written++;
	drop_swap_copy(folio);
	folio_put(folio);
}

/* Wait for the oldest pages until at most @left are on their way. */
static void land(struct flight *flight, unsigned long left)
{
	while (flight->sent - flight->landed > left)
		end_write(flight,
			  flight->folio[flight->landed++ % FLIGHT_PAGES]);
}

/* Send pages @next to @last, as many as there is room for; returns the next. */
static pgoff_t send(struct flight *flight, struct address_space *mapping,
		    pgoff_t next, pgoff_t last)
{
	struct folio_batch batch;
	const unsigned long room = FLIGHT_PAGES - ARRAY_SIZE(batch.folios);
	struct blk_plug plug;
	unsigned int i;

	blk_start_plug(&plug);
	while (flight->sent - flight->landed <= room) {
		folio_batch_init(&batch);
		if (next > last ||
		    !filemap_get_folios(mapping, &next, last, &batch)) {
			next = last + 1;
			break;
		}
		for (i = 0; i < folio_batch_count(&batch); i++)
			start_write(flight, batch.folios[i], mapping);
	}
	blk_finish_plug(&plug);
	return next;
}

/* One pass over a range; whoever is being killed does not finish it. */
static void write_pass(struct flight *flight, struct address_space *mapping,
		       pgoff_t next, pgoff_t last)
{
	flight->busy = 0;
	while (next <= last && !fatal_signal_pending(current)) {
		next = send(flight, mapping, next, last);
		land(flight, FLIGHT_PAGES / 2);
		cond_resched();
	}
	land(flight, 0);
}

/**
 * write_out() - write a range's unmapped pages to swap
 * @seg: the segment
 * @index: first page
 * @pages: how many, at least 1
 * @written: pages that the disk has now are added to it
 *
 * Pages that are mapped, clean or busy are passed over.
 *
 * Context: may sleep, waits for the disk.
 * Return: 0; -ENOSPC where swap had no room for some, -EIO where the disk did not take
 * them: they stay in memory.  -ENOMEM; -EINTR where the caller is being killed.
 */
int write_out(struct segment *seg, unsigned long index, unsigned long pages,
	      unsigned long *written)
{
	struct address_space *mapping = segment_mapping(seg);
	struct flight *flight = kvmalloc(sizeof(*flight), GFP_KERNEL);
	pgoff_t last = index + pages - 1;
	int err;

	if (!flight)
		return -ENOMEM;
	flight->err = 0;
	flight->sent = 0;
	flight->landed = 0;
	flight->written = 0;
	/* Pages just made are held by the CPUs that made them: this one's first. */
	kcompat_drain_lru(false);
	write_pass(flight, mapping, index, last);
	if (flight->busy) {
		kcompat_drain_lru(true);
		write_pass(flight, mapping, index, last);
	}
	*written += flight->written;
	paging_count(written, flight->written);
	err = fatal_signal_pending(current) ? -EINTR : flight->err;
	kvfree(flight);
	return err;
}
