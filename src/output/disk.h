/* The system calls of the output stage: one locked folder, and files below it reached without following a link. */
#ifndef HLGEN_OUTPUT_DISK_H
#define HLGEN_OUTPUT_DISK_H

#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "base/str.h"

struct arena;

enum { HASH_BYTES = 32 }; /* SHA-256 */

enum disk_status {
	DISK_OK,
	DISK_ABSENT,
	DISK_SYMLINK,  /* the file or a folder above it is a symbolic link */
	DISK_OBSTACLE, /* something else stands where a regular file or a folder must be */
	DISK_FAILED    /* see struct disk_failure */
};

/* What went wrong last: "cannot ACTION 'PATH': strerror(ERROR)". For DISK_SYMLINK and DISK_OBSTACLE only the path. */
struct disk_failure {
	const char *action;
	struct str path; /* below the folder; empty for the folder itself */
	int error;
};

struct disk {
	struct arena *arena;
	struct arena *wiped; /* holds the reading buffer: what passes through it may be secret */
	unsigned char *buffer;
	int root; /* the opened and locked folder; -1 when it does not exist */
	dev_t device;
	int folder; /* the folder that was entered last; -1: none */
	struct str folder_path;
	enum disk_status folder_status;
	bool folder_elsewhere; /* on another file system, which syncfs of the root does not reach */
	LIST(struct str) made; /* folders made in this run */
	struct disk_failure failure;
};

struct disk_file {
	uint32_t mode;
	uint8_t sha256[HASH_BYTES];
};

/* Opens and locks the output folder; waits while another process has it. To write, it is made when absent, with the
 * folders above it; to read, a missing folder is DISK_ABSENT and every file below it is absent too. */
enum disk_status disk_open(struct disk *disk, struct arena *arena, const char *directory, bool to_write);
void disk_close(struct disk *disk);

/* Mode and hash of a file; `path` is relative and safe (see path_problem()). */
enum disk_status disk_examine(struct disk *disk, struct str path, struct disk_file *file);
/* A whole file into `arena`. */
enum disk_status disk_read(struct disk *disk, struct str path, struct arena *arena, struct str *bytes);

/* Everything below returns false after a failure and then fills disk->failure. */

/* Writes `bytes` into a temporary beside `path`, with its final mode whatever the umask; makes the folders above it. */
bool disk_stage(struct disk *disk, struct str path, uint32_t mode, struct str bytes);
/* Renames the temporary of `path` into its place. */
bool disk_commit(struct disk *disk, struct str path);
/* Removes the temporary of `path`, if there is one. Best effort, for the way out after a failure. */
void disk_discard(struct disk *disk, struct str path);
bool disk_chmod(struct disk *disk, struct str path, uint32_t mode);
/* Removes a file; one that is gone already is fine. */
bool disk_remove(struct disk *disk, struct str path);
/* Removes the folder and those above it, as long as they are empty. */
bool disk_prune(struct disk *disk, struct str folder);
/* Removes the folders made in this run that are still empty. Best effort. */
void disk_unmake(struct disk *disk);
/* Renames a file of the output folder itself. */
bool disk_rename(struct disk *disk, struct str from, struct str to);
/* Makes all that was written so far durable. */
bool disk_sync(struct disk *disk);
/* Makes the names in the output folder itself durable. */
bool disk_sync_root(struct disk *disk);
/* Removes temporaries that a killed run left anywhere in the tree. */
bool disk_sweep(struct disk *disk);

#endif
