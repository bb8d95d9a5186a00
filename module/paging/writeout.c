// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-out on request: trimmed pages go to swap now, and their frames are free
 * when the call returns.
 *
 * Writing is what reclaim does to a page: its dirty flag is cleared, the file
 * system gives it a swap slot and moves it from the file to swap's cache, and
 * the disk writes it.  A chunk of pages is on its way at once; when the disk has
 * them, they are dropped from swap's cache.
 */
#include <linux/blkdev.h>
#include <linux/pagevec.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "paging/internal.h"

#define CHUNK_PAGES 512

/**
 * struct chunk - pages on their way to the disk
 * @count: elements of @folio
 * @folio: each with a reference of ours
 */
struct chunk {
	unsigned int count;
	struct folio *folio[CHUNK_PAGES];
};

/*
 * A page may go if the file and we are the only ones who hold it: a mapped page
 * has the page table's reference as well.
 */
static bool may_write(struct folio *folio, struct address_space *mapping)
{
	return folio->mapping == mapping && folio_test_uptodate(folio) &&
	       !folio_test_large(folio) && !folio_test_writeback(folio) &&
	       folio_ref_count(folio) == 2 && folio_test_dirty(folio);
}

/* Start writing; true if it is on its way. */
static bool start_write(struct folio *folio, struct address_space *mapping)
{
	if (!folio_trylock(folio))
		return false;
	if (!may_write(folio, mapping) || !folio_clear_dirty_for_io(folio)) {
		folio_unlock(folio);
		return false;
	}
	folio_set_reclaim(folio);
	if (kcompat_writeout(folio)) {
		folio_clear_reclaim(folio);
		folio_unlock(folio);
		return false;
	}
	return true;
}

/* Submit pages @next to @last until the chunk is full or there are no more. */
static pgoff_t fill_chunk(struct chunk *chunk, struct address_space *mapping,
			  pgoff_t next, pgoff_t last)
{
	struct folio_batch batch;
	struct blk_plug plug;
	unsigned int i;

	folio_batch_init(&batch);
	blk_start_plug(&plug);
	while (chunk->count + PAGEVEC_SIZE <= CHUNK_PAGES &&
	       filemap_get_folios(mapping, &next, last, &batch)) {
		for (i = 0; i < folio_batch_count(&batch); i++) {
			struct folio *folio = batch.folios[i];

			if (start_write(folio, mapping))
				chunk->folio[chunk->count++] = folio;
			else
				folio_put(folio);
		}
		folio_batch_init(&batch);
	}
	blk_finish_plug(&plug);
	return next;
}

/* Wait for a page's write, and give its frame back. */
static void end_write(struct folio *folio)
{
	folio_wait_writeback(folio);
	if (folio_trylock(folio)) {
		/* On success the cache's reference is gone, ours is the last. */
		if (folio_test_swapcache(folio) && !folio_test_dirty(folio))
			kcompat_drop_swapcache(folio);
		folio_unlock(folio);
	}
	folio_put(folio);
}

/**
 * write_out() - write a range's unmapped pages to swap
 * @seg: the segment
 * @index: first page
 * @pages: how many, at least 1
 *
 * Context: may sleep, waits for the disk.
 * Return: pages written; pages that are mapped, clean or busy are passed over,
 * and all are if there is no room in swap.  -ENOMEM.
 */
long write_out(struct segment *seg, unsigned long index, unsigned long pages)
{
	struct address_space *mapping = segment_mapping(seg);
	pgoff_t next = index, last = index + pages - 1;
	struct chunk *chunk;
	long written = 0;
	unsigned int i;

	chunk = kvmalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	do {
		chunk->count = 0;
		next = fill_chunk(chunk, mapping, next, last);
		for (i = 0; i < chunk->count; i++)
			end_write(chunk->folio[i]);
		written += chunk->count;
		cond_resched();
	} while (chunk->count && next <= last);
	kvfree(chunk);
	paging_count(written, written);
	return written;
}
