// SPDX-License-Identifier: GPL-2.0-only
/*
 * A segment: address space from the vmalloc range, its page tables, and the
 * shmem file whose pages will be mapped there.
 *
 * Address space without memory comes from vmap_pfn() of a frame number that no
 * machine has; vmap() would refuse more pages than there is RAM.  It leaves the
 * page tables allocated and filled with that number, which is taken out again
 * before anybody learns the address.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "paging/internal.h"

static unsigned long impossible_frame(void)
{
	return (1UL << (boot_cpu_data.x86_phys_bits - PAGE_SHIFT)) - 1;
}

static unsigned long reserve_addresses(unsigned long pages)
{
	unsigned long *frames = kvmalloc_array(pages, sizeof(*frames),
					       GFP_KERNEL | __GFP_NOWARN);
	void *start;

	if (!frames)
		return 0;
	memset64((u64 *)frames, impossible_frame(), pages);
	start = vmap_pfn(frames, pages, PAGE_KERNEL);
	kvfree(frames);
	return (unsigned long)start;
}

/* Find the page tables, and make every entry none. */
static void adopt_tables(struct segment *seg)
{
	unsigned long index = 0, n, i;
	struct table *table;
	unsigned int level;

	for (n = 0; n < seg->tables_count; n++) {
		unsigned long address = segment_address(seg, index);

		table = &seg->tables[n];
		table->first = index;
		table->pages = min(TABLE_PAGES - pte_index(address),
				   seg->pages - index);
		table->pte = lookup_address(address, &level);
		WARN_ON_ONCE(level != PG_LEVEL_4K);
		for (i = 0; i < table->pages; i++)
			native_ptep_get_and_clear(table->pte + i);
		index += table->pages;
		cond_resched();
	}
	WARN_ON_ONCE(index != seg->pages);
}

static unsigned long count_tables(unsigned long start, unsigned long pages)
{
	unsigned long last = start + (pages << PAGE_SHIFT) - 1;

	return (last >> PMD_SHIFT) - (start >> PMD_SHIFT) + 1;
}

/*
 * It reserves no memory: paging_alloc() does the accounting.  Mapped pages do not
 * migrate, so none is to come from where all must.  And each is mapped, trimmed and
 * written by itself, so none is to be huge, whatever shmem_enabled says: the kernel
 * gives huge pages to regular files only.
 */
static struct file *make_file(unsigned long pages)
{
	struct file *file = kcompat_shmem_file("ntpool",
					       (loff_t)pages << PAGE_SHIFT);

	if (IS_ERR(file))
		return NULL;
	mapping_set_gfp_mask(file->f_mapping, GFP_HIGHUSER);
	file_inode(file)->i_mode &= ~S_IFMT;
	return file;
}

static void drop_file(struct file *file)
{
	file_inode(file)->i_mode |= S_IFREG;
	fput(file);
}

/**
 * segment_create() - make a segment
 * @pages: its length, at least 1, at most UINT_MAX
 *
 * Context: may sleep.
 * Return: the segment, not in any list yet, or ERR_PTR(-ENOMEM).
 */
struct segment *segment_create(unsigned long pages)
{
	unsigned long start = reserve_addresses(pages), tables;
	struct segment *seg = NULL;
	struct file *file;

	if (!start)
		return ERR_PTR(-ENOMEM);
	tables = count_tables(start, pages);
	file = make_file(pages);
	if (file)
		seg = kvzalloc(struct_size(seg, tables, tables), GFP_KERNEL);
	if (!seg) {
		if (file)
			drop_file(file);
		vunmap((void *)start);
		return ERR_PTR(-ENOMEM);
	}
	seg->start = start;
	seg->pages = pages;
	seg->file = file;
	seg->tables_count = tables;
	xa_init(&seg->pins);
	adopt_tables(seg);
	paging_flush_tlb();
	return seg;
}

/**
 * segment_destroy() - undo segment_create()
 * @seg: in no list any more; nothing of it is mapped
 *
 * Context: may sleep.
 */
void segment_destroy(struct segment *seg)
{
	WARN_ON_ONCE(!xa_empty(&seg->pins));
	zap_range(seg, 0, seg->pages);
	xa_destroy(&seg->pins);
	vunmap((void *)seg->start);
	drop_file(seg->file);
	kvfree(seg);
}
