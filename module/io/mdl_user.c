// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MDL's pages in a process: memory that a driver shares with a program
 * ("MmMapLockedPagesSpecifyCache" with UserMode, Windows driver documentation).
 *
 * Pages that the MDL has of its own, from MmAllocatePagesForMdl(), and no others: Linux
 * gives anonymous pages and slabs no second address in a process.  The mapping is one of
 * a file that nobody can open; its release, when the last address is gone, lets go of the
 * pages.  So the process may unmap it, or end, and the driver free the pages, in
 * whatever order.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/ntpool_exception.h>
#include <linux/slab.h>

#include "core/core.h"
#include "io/mdl.h"

/**
 * struct mdl_user_map - a mapping of an MDL's pages in a process
 * @mdl: the MDL, for comparing only
 * @user: the hold whose pages they are; a user of it
 * @pages: the first
 * @count: how many
 */
struct mdl_user_map {
	const MDL *mdl;
	struct mdl_hold *user;
	struct page **pages;
	unsigned long count;
};

/* A child has no part in it, as on NT, where there are none. */
static int map_into(struct file *file, struct vm_area_struct *vma)
{
	const struct mdl_user_map *map = file->private_data;
	unsigned long left = map->count;

	if (vma->vm_pgoff || vma_pages(vma) != map->count)
		return -EINVAL;
	vm_flags_set(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	vm_flags_clear(vma, VM_MAYEXEC);
	return vm_insert_pages(vma, vma->vm_start, map->pages, &left);
}

static int released(struct inode *inode, struct file *file)
{
	struct mdl_user_map *map = file->private_data;

	mdl_hold_unuse(map->user);
	kfree(map);
	return 0;
}

static const struct file_operations user_map_fops = {
	.owner = THIS_MODULE,
	.mmap = map_into,
	.release = released,
};

/* The reference to the user is the file's, also where there is none. */
static struct file *make_file(const MDL *mdl, struct mdl_hold *user,
			      unsigned long first, bool write)
{
	struct mdl_user_map *map = kmalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	struct file *file = ERR_PTR(-ENOMEM);

	if (map) {
		*map = (struct mdl_user_map){
			.mdl = mdl,
			.user = user,
			.pages = user->pages + first,
			.count = mdl_pages_of(mdl),
		};
		file = anon_inode_getfile("[ntpool-mdl]", &user_map_fops, map,
					  write ? O_RDWR : O_RDONLY);
	}
	if (IS_ERR(file)) {
		mdl_hold_unuse(user);
		kfree(map);
	}
	return file;
}

static unsigned long map_file(struct file *file, unsigned long at, bool write)
{
	const struct mdl_user_map *map = file->private_data;

	return vm_mmap(file, at, map->count << PAGE_SHIFT,
		       PROT_READ | (write ? PROT_WRITE : 0),
		       MAP_SHARED | (at ? MAP_FIXED_NOREPLACE : 0), 0);
}

/**
 * mdl_user_map() - map pages of an MDL's own into the running process
 * @mdl: the MDL
 * @user: the hold that has its pages, as MDL_OF_ITS_OWN; a user of it, which is passed on
 * @first: its first page there
 * @at: where, or 0 for anywhere
 * @write: may the program write
 *
 * Context: IRQL <= APC, in a process.
 * Return: the first page's address, or -errno.
 */
unsigned long mdl_user_map(const MDL *mdl, struct mdl_hold *user,
			   unsigned long first, unsigned long at, bool write)
{
	struct file *file = make_file(mdl, user, first, write);
	unsigned long start;

	if (IS_ERR(file))
		return PTR_ERR(file);
	start = map_file(file, at, write);
	fput(file);
	return start;
}

static bool is_map_of(const struct vm_area_struct *vma, const MDL *mdl,
		      unsigned long address)
{
	const struct mdl_user_map *map;

	if (!vma || vma->vm_start > address || !vma->vm_file ||
	    vma->vm_file->f_op != &user_map_fops)
		return false;
	map = vma->vm_file->private_data;
	return map->mdl == mdl;
}

/**
 * mdl_user_unmap() - undo mdl_user_map(), in the same process
 * @mdl: the MDL
 * @address: in the first page
 *
 * The process' own threads may change what is mapped there meanwhile: the loss is theirs.
 *
 * Context: IRQL <= APC.
 * Return: whether it was mapped there.
 */
bool mdl_user_unmap(const MDL *mdl, unsigned long address)
{
	unsigned long start = 0, size = 0;
	struct vm_area_struct *vma;

	if (!current->mm)
		return false;
	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, address);
	if (is_map_of(vma, mdl, address)) {
		start = vma->vm_start;
		size = vma->vm_end - vma->vm_start;
	}
	mmap_read_unlock(current->mm);
	return size && !vm_munmap(start, size);
}
