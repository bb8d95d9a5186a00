/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The annotations of older NT sources (specstrings.h of the Windows driver kit).  They
 * are words that Linux may use, so this comes after all of its headers.
 */
#ifndef _NTPOOL_SAL_WORDS_H
#define _NTPOOL_SAL_WORDS_H

#define __in
#define __in_opt
#define __in_bcount(size)
#define __in_ecount(size)
#define __in_bcount_opt(size)
#define __in_ecount_opt(size)
#define __in_z
#define __in_z_opt
#define __in_bcount_z(size)
#define __in_ecount_z(size)
#define __out
#define __out_opt
#define __out_bcount(size)
#define __out_ecount(size)
#define __out_bcount_opt(size)
#define __out_ecount_opt(size)
#define __out_z
#define __out_z_opt
#define __out_bcount_z(size)
#define __out_ecount_z(size)
#define __inout
#define __inout_opt
#define __inout_bcount(size)
#define __inout_ecount(size)
#define __inout_bcount_opt(size)
#define __inout_ecount_opt(size)
#define __inout_z
#define __inout_z_opt
#define __inout_bcount_z(size)
#define __inout_ecount_z(size)
#define __out_bcount_full(size)
#define __out_ecount_full(size)
#define __out_bcount_part(size, count)
#define __out_ecount_part(size, count)
#define __out_bcount_full_opt(size)
#define __out_ecount_full_opt(size)
#define __out_bcount_part_opt(size, count)
#define __out_ecount_part_opt(size, count)
#define __inout_bcount_full(size)
#define __inout_ecount_full(size)
#define __inout_bcount_part(size, count)
#define __inout_ecount_part(size, count)
#define __inout_bcount_full_opt(size)
#define __inout_ecount_full_opt(size)
#define __inout_bcount_part_opt(size, count)
#define __inout_ecount_part_opt(size, count)
#define __deref_in
#define __deref_in_opt
#define __deref_in_bcount(size)
#define __deref_in_ecount(size)
#define __deref_out
#define __deref_out_opt
#define __deref_out_bcount(size)
#define __deref_out_ecount(size)
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_out_bcount_opt(size)
#define __deref_out_ecount_opt(size)
#define __deref_inout
#define __deref_inout_opt
#define __deref_out_range(low, high)
#define __in_range(low, high)
#define __out_range(low, high)
#define __in_data_source(source)
#define __reserved
#define __checkReturn
#define __success(condition)
#define __nullterminated
#define __notnull
#define __maybenull
#define __typefix(type)
#define __post
#define __pre
#define __valid
#define __callback
#define __control_entrypoint(kind)
#define __analysis_assume(condition)
#define __analysis_noreturn
#define __field_bcount(size)
#define __field_ecount(size)
#define __field_bcount_opt(size)
#define __field_ecount_opt(size)
#define __struct_bcount(size)
#define __override
#define __format_string
#define __range(low, high)
#define __bcount(size)
#define __ecount(size)
#define __in_awcount(condition, size)
#define __writableTo(size)
#define __readableTo(size)
#define __elem_writableTo(size)
#define __allocator
#define __out_xcount(size)
#define __in_xcount(size)

#endif /* _NTPOOL_SAL_WORDS_H */
