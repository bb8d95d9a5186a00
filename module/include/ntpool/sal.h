/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The annotations of NT's sources (sal.h, driverspecs.h and concurrencysal.h of the
 * Windows driver kit; "SAL annotations for Windows drivers").  Microsoft's checker
 * reads them; for other compilers they are nothing.  The words that could be names in
 * Linux's headers, __in and the like, are in sal_words.h.
 */
#ifndef _NTPOOL_SAL_H
#define _NTPOOL_SAL_H

/* Parameters that are read */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_NLS_string_(size)
#define _In_defensive_(annotations)
#define _In_bound_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_reads_z_(size)
#define _In_reads_opt_z_(size)
#define _In_reads_or_z_(size)
#define _In_reads_or_z_opt_(size)
#define _In_reads_to_ptr_(end)
#define _In_reads_to_ptr_opt_(end)
#define _In_reads_to_ptr_z_(end)
#define _In_reads_to_ptr_opt_z_(end)
#define _In_range_(low, high)
#define _Out_range_(low, high)
#define _Inout_range_(low, high)
#define _Ret_range_(low, high)
#define _Field_range_(low, high)
#define _Deref_in_range_(low, high)
#define _Deref_out_range_(low, high)
#define _Pre_range_(low, high)
#define _Post_range_(low, high)

/* Parameters that are read and written */
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_opt_z_
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_z_(size)
#define _Inout_updates_opt_z_(size)
#define _Inout_updates_all_(size)
#define _Inout_updates_all_opt_(size)
#define _Inout_updates_bytes_(size)
#define _Inout_updates_bytes_opt_(size)
#define _Inout_updates_bytes_all_(size)
#define _Inout_updates_bytes_all_opt_(size)
#define _Inout_updates_to_(size, count)
#define _Inout_updates_to_opt_(size, count)
#define _Inout_updates_bytes_to_(size, count)
#define _Inout_updates_bytes_to_opt_(size, count)

/* Parameters that are written */
#define _Out_
#define _Out_opt_
#define _Out_bound_
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_z_(size)
#define _Out_writes_opt_z_(size)
#define _Out_writes_all_(size)
#define _Out_writes_all_opt_(size)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_bytes_all_(size)
#define _Out_writes_bytes_all_opt_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_to_opt_(size, count)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_bytes_to_opt_(size, count)
#define _Out_writes_to_ptr_(end)
#define _Out_writes_to_ptr_opt_(end)
#define _Out_writes_to_ptr_z_(end)
#define _Out_writes_to_ptr_opt_z_(end)

/* Pointers that are written */
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_z_
#define _Outptr_opt_result_z_
#define _Outptr_result_maybenull_z_
#define _Outptr_opt_result_maybenull_z_
#define _Outptr_result_nullonfailure_
#define _Outptr_opt_result_nullonfailure_
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _COM_Outptr_result_maybenull_
#define _COM_Outptr_opt_result_maybenull_
#define _Outptr_result_buffer_(size)
#define _Outptr_opt_result_buffer_(size)
#define _Outptr_result_bytebuffer_(size)
#define _Outptr_opt_result_bytebuffer_(size)
#define _Outptr_result_buffer_all_(size)
#define _Outptr_opt_result_buffer_all_(size)
#define _Outptr_result_bytebuffer_all_(size)
#define _Outptr_opt_result_bytebuffer_all_(size)
#define _Outptr_result_buffer_maybenull_(size)
#define _Outptr_opt_result_buffer_maybenull_(size)
#define _Outptr_result_bytebuffer_maybenull_(size)
#define _Outptr_opt_result_bytebuffer_maybenull_(size)
#define _Outptr_result_buffer_all_maybenull_(size)
#define _Outptr_result_bytebuffer_all_maybenull_(size)
#define _Outptr_result_buffer_to_(size, count)
#define _Outptr_opt_result_buffer_to_(size, count)
#define _Outptr_result_bytebuffer_to_(size, count)
#define _Outptr_opt_result_bytebuffer_to_(size, count)
#define _Outptr_result_buffer_to_maybenull_(size, count)
#define _Outptr_result_bytebuffer_to_maybenull_(size, count)
#define _Outref_
#define _Outref_result_maybenull_
#define _Outref_result_nullonfailure_
#define _Outref_result_buffer_(size)
#define _Outref_result_bytebuffer_(size)
#define _Outref_result_buffer_all_(size)
#define _Outref_result_bytebuffer_all_(size)

/* What is returned, and fields */
#define _Ret_z_
#define _Ret_notnull_
#define _Ret_maybenull_
#define _Ret_null_
#define _Ret_valid_
#define _Ret_maybenull_z_
#define _Field_z_
#define _Ret_writes_(size)
#define _Ret_writes_z_(size)
#define _Ret_writes_bytes_(size)
#define _Ret_writes_maybenull_(size)
#define _Ret_writes_maybenull_z_(size)
#define _Ret_writes_bytes_maybenull_(size)
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_full_(size)
#define _Field_size_full_opt_(size)
#define _Field_size_bytes_(size)
#define _Field_size_bytes_opt_(size)
#define _Field_size_bytes_full_(size)
#define _Field_size_bytes_full_opt_(size)
#define _Struct_size_bytes_(size)
#define _Ret_writes_to_(size, count)
#define _Ret_writes_bytes_to_(size, count)
#define _Ret_writes_to_maybenull_(size, count)
#define _Ret_writes_bytes_to_maybenull_(size, count)
#define _Field_size_part_(size, count)
#define _Field_size_part_opt_(size, count)
#define _Field_size_bytes_part_(size, count)
#define _Field_size_bytes_part_opt_(size, count)

/* Before and after */
#define _Pre_
#define _Post_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_null_
#define _Pre_valid_
#define _Pre_invalid_
#define _Pre_opt_valid_
#define _Pre_z_
#define _Pre_defensive_
#define _Post_defensive_
#define _Post_notnull_
#define _Post_maybenull_
#define _Post_null_
#define _Post_valid_
#define _Post_invalid_
#define _Post_ptr_invalid_
#define _Post_z_
#define _Prepost_z_
#define _Prepost_valid_
#define _Prepost_opt_valid_
#define _Deref_pre_valid_
#define _Deref_post_valid_
#define _Deref_post_notnull_
#define _Deref_post_maybenull_
#define _Deref_post_null_
#define _Deref_post_z_
#define _Deref_prepost_z_
#define _Deref_out_
#define _Deref_out_opt_
#define _Deref_opt_out_
#define _Deref_opt_out_opt_
#define _Notnull_
#define _Maybenull_
#define _Null_
#define _Valid_
#define _Notvalid_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Const_
#define _Points_to_data_
#define _Literal_
#define _Notliteral_
#define _Reserved_
#define _Strict_type_match_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Pre_readable_size_(size)
#define _Pre_readable_byte_size_(size)
#define _Pre_writable_size_(size)
#define _Pre_writable_byte_size_(size)
#define _Post_readable_size_(size)
#define _Post_readable_byte_size_(size)
#define _Post_writable_size_(size)
#define _Post_writable_byte_size_(size)
#define _Readable_bytes_(size)
#define _Readable_elements_(size)
#define _Writable_bytes_(size)
#define _Writable_elements_(size)
#define _Deref_post_bytecap_(size)
#define _Deref_post_bytecount_(size)
#define _Pre_satisfies_(condition)
#define _Post_satisfies_(condition)
#define _Satisfies_(condition)
#define _Pre_equal_to_(condition)
#define _Post_equal_to_(condition)
#define _Success_(condition)
#define _On_failure_(condition)
#define _Always_(condition)
#define _Analysis_assume_(condition)
#define _Analysis_assume_nullterminated_(condition)
#define _Return_type_success_(condition)
#define _Ret_satisfies_(condition)
#define _At_(target, annotations)
#define _When_(target, annotations)
#define _At_buffer_(target, index, bound, annotations)
#define _Group_(annotations)
#define _Must_inspect_result_
#define _Check_return_
#define _Check_return_opt_
#define _Result_nullonfailure_
#define _Result_zeroonfailure_
#define _Use_decl_annotations_
#define _Notref_
#define _Analysis_noreturn_
#define _Raises_SEH_exception_
#define _Maybe_raises_SEH_exception_
#define _No_competing_thread_
#define _Enum_is_bitflag_
#define _Unchanged_(target)
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Scanf_s_format_string_
#define _Printf_format_string_params_(position)
#define _Analysis_mode_(index)
#define _Analysis_suppress_lock_checking_(index)
#define _Translates_Win32_to_HRESULT_(file)
#define _Translates_NTSTATUS_to_HRESULT_(file)

/* The older names, with counts */
#define _In_count_(size)
#define _In_opt_count_(size)
#define _In_bytecount_(size)
#define _In_opt_bytecount_(size)
#define _Inout_count_(size)
#define _Inout_bytecount_(size)
#define _Inout_cap_(size)
#define _Inout_bytecap_(size)
#define _Out_cap_(size)
#define _Out_opt_cap_(size)
#define _Out_bytecap_(size)
#define _Out_opt_bytecap_(size)
#define _Out_z_cap_(size)
#define _Out_opt_z_cap_(size)
#define _Ret_count_(size)
#define _Ret_cap_(size)
#define _Ret_bytecount_(size)
#define _Ret_bytecap_(size)

/* Functions, IRQL, locks (driverspecs.h and concurrencysal.h) */
#define _Function_class_(name)
#define _Dispatch_type_(name)
#define _Kernel_clear_do_init_(name)
#define _Kernel_entry_
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Kernel_acquires_resource_(kind)
#define _Kernel_releases_resource_(kind)
#define _Kernel_float_saved_
#define _Kernel_float_restored_
#define _Kernel_float_used_
#define _IRQL_requires_same_
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_uses_cancel_
#define _IRQL_is_cancel_
#define _IRQL_always_function_max_(level)
#define _IRQL_always_function_min_(level)
#define _IRQL_requires_(level)
#define _IRQL_requires_max_(level)
#define _IRQL_requires_min_(level)
#define _IRQL_raises_(level)
#define _IRQL_saves_global_(kind, target)
#define _IRQL_restores_global_(kind, target)
#define _Acquires_lock_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Acquires_nonreentrant_lock_(lock)
#define _Releases_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Releases_nonreentrant_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Requires_exclusive_lock_held_(lock)
#define _Requires_shared_lock_held_(lock)
#define _Create_lock_(lock)
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Has_lock_kind_(lock)
#define _Has_lock_level_(lock)
#define _Post_same_lock_(first, second)
#define _Lock_level_order_(first, second)
#define _Interlocked_
#define _Interlocked_operand_
#define _Requires_no_locks_held_
#define _Benign_race_begin_
#define _Benign_race_end_

/* driverspecs.h in its older spelling */
#define __drv_maxIRQL(level)
#define __drv_minIRQL(level)
#define __drv_requiresIRQL(level)
#define __drv_setsIRQL(level)
#define __drv_raisesIRQL(level)
#define __drv_maxFunctionIRQL(level)
#define __drv_minFunctionIRQL(level)
#define __drv_sameIRQL
#define __drv_savesIRQL
#define __drv_restoresIRQL
#define __drv_useCancelIRQL
#define __drv_isCancelIRQL
#define __drv_aliasesMem
#define __drv_strictTypeMatch(mode)
#define __drv_isObjectPointer
#define __drv_formatString(kind)
#define __drv_preferredFunction(name, why)
#define __drv_reportError(why)
#define __drv_valueIs(values)
#define __drv_inTry
#define __drv_notInTry
#define __drv_in(annotations)
#define __drv_out(annotations)
#define __drv_in_deref(annotations)
#define __drv_out_deref(annotations)
#define __drv_ret(annotations)
#define __drv_deref(annotations)
#define __drv_arg(name, annotations)
#define __drv_when(condition, annotations)
#define __drv_nop(annotations)
#define __drv_interlocked
#define __drv_floatUsed
#define __drv_floatSaved
#define __drv_floatRestored
#define __drv_clearDoInit(value)
#define __drv_functionClass(name)
#define __drv_dispatchType(kind)
#define __drv_dispatchType_other
#define __drv_completionType(kind)
#define __drv_callbackType(kind)
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_acquiresExclusiveResource(kind)
#define __drv_releasesExclusiveResource(kind)
#define __drv_mustHold(kind)
#define __drv_neverHold(kind)
#define __drv_mustHoldCriticalRegion
#define __drv_neverHoldCriticalRegion
#define __drv_acquiresCriticalRegion
#define __drv_releasesCriticalRegion
#define __drv_mustHoldCancelSpinLock
#define __drv_neverHoldCancelSpinLock
#define __drv_acquiresCancelSpinLock
#define __drv_releasesCancelSpinLock
#define __drv_mustHoldGlobal(kind, target)
#define __drv_neverHoldGlobal(kind, target)
#define __drv_acquiresResource(kind)
#define __drv_releasesResource(kind)
#define __drv_acquiresResourceGlobal(kind, target)
#define __drv_releasesResourceGlobal(kind, target)
#define __drv_savesIRQLGlobal(kind, target)
#define __drv_restoresIRQLGlobal(kind, target)
#define __drv_innerMustHoldGlobal(kind, target)
#define __drv_constant
#define __drv_nonConstant
#define __drv_defined(name)
#define __drv_strictType(type, mode)
#define __drv_notPointer
#define __drv_isPointer
#define __kernel_code
#define __kernel_driver

#endif /* _NTPOOL_SAL_H */
