/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * penguin: a small kernel that uses the hypervisor as Linux does, to be tortured from inside.
 *
 * A process has a space (areas of virtual memory and a root of page tables), a kernel stack,
 * files and signals. Kernel code is not preempted; it runs with interrupts on in system calls and
 * in page faults, whose handlers only note what happened.
 *
 * The parts stand here in the order of who calls whom: each uses those above it only. For
 * the files of this guest.
 */
#ifndef PENGUIN_H
#define PENGUIN_H

#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define PENGUIN_INIT_SIZE 0x00200000u /* what the bzImage's header promises; image/setup.S */

#define HZ		 100u
#define TASKS		 96
#define FILES		 24
#define SIGNALS		 32
#define STACK_BYTES	 8192u
#define USER_TOP	 0xbffff000u
#define USER_STACK_BYTES 0x10000u
#define MMAP_BASE	 0xa0000000u
#define MMAP_TOP	 0xbf000000u

#define EINTR  4
#define ECHILD 10
#define ENOMEM 12
#define EFAULT 14
#define EINVAL 22
#define EMFILE 24
#define EBADF  9
#define EPIPE  32
#define ENOSYS 38
#define ESRCH  3

#define PROT_WRITE 2u
#define SIGILL	   4
#define SIGTRAP	   5
#define SIGFPE	   8
#define SIGKILL	   9
#define SIGSEGV	   11
#define SIGPIPE	   13
#define SIGALRM	   14

/* ---- area.c: what of its memory a process uses --------------------------------------------- */
#define AREAS 256

struct area {
	u32 start, end;
	u8 prot;
	bool shared;
};

/* One page. */
struct space {
	u32 root, count, resident;
	struct area area[AREAS];
};

_Static_assert(sizeof(struct space) <= PAGE_SIZE, "a space fits a page");

struct area *area_find(struct space *s, u32 at); /* NULL: none is there */
bool area_overlaps(struct space *s, u32 start, u32 end);
bool area_cut(struct space *s, u32 at);	    /* the area that goes across `at` in two there */
void area_join(struct space *s);	    /* neighbours that are alike, together again */
u32 space_find(struct space *s, u32 bytes); /* a hole; 0: none */
/* The whole range is in areas that allow it. */
bool space_allows(struct space *s, u32 at, u32 bytes, bool write);

/* ---- tables.c: pages and page tables ------------------------------------------------------ */
/* A leaf entry that is not present is 0, or says where the page is. */
#define PTE_PROT_NONE 0x100u /* in memory, but nobody may touch it */
#define PTE_SWAPPED   0x200u /* slot number in place of the frame */
#define PTE_FRAME     0xfffff000u

void tables_init(void);
u32 root_make(void); /* 0: out of memory */
void root_drop(u32 root);
void drop_table(u32 root, u32 va);
void drop_middles(u32 root);
void set_pte(u32 root, u32 va, void *slot, u32 entry);
void lazy_begin(void); /* page-table changes are queued in the ring ... */
void lazy_end(void);   /* ... until here */
u32 user_page(void);   /* a zeroed page with one reference, if need be after make_room; 0: none */
extern bool (*make_room)(void); /* false: there is none to be made */
void page_get(u32 gpa);
void page_put(u32 gpa);
u32 page_refs(u32 gpa); /* many for a page of the kernel's image */

/* ---- swap.c ------------------------------------------------------------------------------- */
struct swap_counts {
	u32 out, in, kills;
};
extern struct swap_counts swap_counts;
void swap_init(u32 disk); /* use this disk, all of it */
u32 swap_slots_used(void);
bool swap_full(void);
u32 swap_next(void); /* the entry for a slot that is free; not when full */
bool swap_write(u32 entry, u32 gpa);
bool swap_in(u32 entry, u32 gpa);
void swap_get(u32 entry);
void swap_put(u32 entry);

/* ---- space.c: the pages of processes ------------------------------------------------------- */
struct space *space_new(void);
struct space *space_copy(struct space *s); /* fork; NULL: out of memory */
void space_clear(struct space *s);	   /* every area and page gone */
void space_free(struct space *s);
bool space_map(struct space *s, u32 start, u32 end, u32 prot, bool shared);
void space_unmap(struct space *s, u32 start, u32 end);
bool space_protect(struct space *s, u32 start, u32 end, u32 prot);
u32 space_move(struct space *s, u32 at, u32 bytes, u32 new_bytes); /* mremap; 0: no */
/* Put a page of the program's file at va, without write permission. */
bool space_file_page(struct space *s, u32 va, u32 gpa);
/* The fault was the process's right and is repaired. */
bool space_fault(struct space *s, u32 at, u32 error);

/* ---- task.c ------------------------------------------------------------------------------- */
struct file {
	struct pipe *pipe; /* NULL: see console */
	bool writes, console;
};

enum task_state { TASK_FREE, TASK_READY, TASK_WAITING, TASK_ZOMBIE };

struct sigaction {
	u32 handler, mask, flags, restorer;
};

struct task {
	enum task_state state;
	u32 pid, exit_status;
	struct task *parent;
	struct space *space; /* NULL: a kernel thread */
	u32 esp;
	bool (*ready)(u32 arg);
	u32 ready_arg;
	struct file file[FILES];
	struct sigaction action[SIGNALS];
	u32 pending, blocked;
	u32 alarm_at, alarm_every; /* ticks; 0: none */
	u32 tls[GDT_TLS_COUNT][2];
	u8 fpu[512] ALIGNED(16);
};
extern struct task tasks[TASKS];
extern struct task *current;

struct task *task_find(u32 pid);
bool user_ok(u32 at, u32 bytes, bool write); /* as space_allows, for the current process */
u32 signal_mask(u32 signal);
bool signal_waits(const struct task *t);
void signal_send(struct task *t, u32 signal);

/* ---- fpu.c -------------------------------------------------------------------------------- */
void fpu_init(void);
bool fpu_present(void);
void fpu_clean(u8 *to); /* as a new program finds it */
void fpu_save(u8 *to);	/* the current task's registers */
void fpu_load(const u8 *from);
void fpu_leave(struct task *previous, const struct task *next); /* at a switch, before its flush */
void fpu_arrive(const struct task *next);			/* and after it */
void fpu_forget(const struct task *t);				/* it ends */
/* Between these registers are exchanged on demand; all other tasks must be gone at the end. */
void fpu_lazy_begin(void);
void fpu_lazy_end(void);
extern u32 fpu_traps; /* #NM since fpu_lazy_begin() */

/* ---- schedule.c, switch.S ----------------------------------------------------------------- */
void tasks_init(void); /* the caller becomes the first task */
u8 *task_stack_top(const struct task *t);
/* Wait until ready(arg); false: a signal came first. */
bool task_wait(bool (*ready)(u32), u32 arg);
void task_yield(void);
bool task_sleep(u32 ticks);
void task_turn_ends(void);
void load_tls(void);

/* ---- files.c: pipes and the console ------------------------------------------------------- */
s32 file_read(struct file *f, u32 to, u32 n);
s32 file_write(struct file *f, u32 from, u32 n);
void file_share(struct file *f); /* another descriptor for the same */
void file_close(struct file *f);
bool file_pipe(struct file *reader, struct file *writer);

/* ---- exec.c: begin the program anew with these arguments, which lie in kernel memory ------- */
bool task_exec(struct frame *f, u32 argc, const char *const *argv);

/* ---- process.c ---------------------------------------------------------------------------- */
NORETURN void task_exit(u32 status);
s32 task_fork(const struct frame *f);
s32 task_spawn(const char *const *argv); /* a process of its own from the kernel */
s32 task_reap(u32 pid, u32 *status);	 /* pid 0: any child */

/* ---- signal.c ----------------------------------------------------------------------------- */
void signal_force(u32 signal); /* for a fault of the current process */
void signal_deliver(struct frame *f);
s32 signal_return(struct frame *f);

/* ---- syscall.c, fault.c, reclaim.c, drivers.c ---------------------------------------------- */
void syscalls_init(void);
void faults_init(void);
void reclaim_init(void); /* make_room() swaps, then kills */
extern u32 disks;
void drivers_init(void);
void show_initrd(void); /* what the loader gave besides the kernel, if anything */

#endif
