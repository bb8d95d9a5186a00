// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MDL's pages in a process: memory that a driver shares with a program
 * ("MmMapLockedPagesSpecifyCache" with UserMode, Windows driver documentation).
 *
 * Pages that the MDL has of its own, from MmAllocatePagesForMdl(), and no others: Linux
 * gives anonymous pages and slabs no second address in a process.  The mapping is one of
 * a file that nobody can open; its release, when the last address is gone, lets go of the
 * pages.  So the process may unmap it, or end, and the driver free the pages, in
 * whatever order.  A driver that unmaps what the process has got rid of has made no
 * mistake: the hold remembers where it has mapped its pages.
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
	unsigned long count = mdl_pages_of(mdl);
	struct file *file = ERR_PTR(-EINVAL);
	struct mdl_user_map *map = NULL;

	/* The MDL is the driver's, and may say more than there is. */
	if (count && first + count <= user->count) {
		map = kmalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
		file = ERR_PTR(-ENOMEM);
	}
	if (map) {
		*map = (struct mdl_user_map){
			.mdl = mdl,
			.user = user,
			.pages = user->pages + first,
			.count = count,
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

static unsigned long map_pages(const MDL *mdl, struct mdl_hold *user,
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

/* It owns @place, also where the MDL has been unlocked meanwhile. */
static void enter_place(const MDL *mdl, struct mdl_place *place)
{
	struct mdl_hold *hold;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	hold = mdl_hold_find_locked(mdl);
	if (hold) {
		list_add(&place->node, &hold->places);
		place = NULL;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	kfree(place);
}

static struct mdl_place *find_place_locked(const MDL *mdl, unsigned long address)
{
	struct mdl_hold *hold = mdl_hold_find_locked(mdl);
	struct mdl_place *place;

	if (!hold)
		return NULL;
	list_for_each_entry(place, &hold->places, node)
		if (place->address == (address & PAGE_MASK))
			return place;
	return NULL;
}

/* Whether it was known. */
static bool forget_place(const MDL *mdl, unsigned long address)
{
	struct mdl_place *place;
	unsigned long flags;
	bool known;

	spin_lock_irqsave(&mdl_table_lock, flags);
	place = find_place_locked(mdl, address);
	known = place;
	if (known)
		list_del(&place->node);
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	kfree(place);
	return known;
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
	struct mdl_place *place = kmalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);
	unsigned long start;

	if (!place) {
		mdl_hold_unuse(user);
		return -ENOMEM;
	}
	start = map_pages(mdl, user, first, at, write);
	if (IS_ERR_VALUE(start)) {
		kfree(place);
		return start;
	}
	place->address = start;
	enter_place(mdl, place);
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

static bool unmap_here(const MDL *mdl, unsigned long address)
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

/**
 * mdl_user_unmap() - undo mdl_user_map(), in the same process
 * @mdl: the MDL
 * @address: in the first page
 *
 * The process' own threads may change what is mapped there meanwhile: the loss is theirs.
 * Nothing is left to be done where they have unmapped it, and where the process has left
 * its address space, as when its exit closes the driver's device.
 *
 * Context: IRQL <= APC.
 * Return: whether it is mapped there, or has been as far as the driver knows.
 */
bool mdl_user_unmap(const MDL *mdl, unsigned long address)
{
	bool known = forget_place(mdl, address);

	return unmap_here(mdl, address) || known;
}
