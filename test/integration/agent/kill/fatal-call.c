/*
 * Loaded into a process (LD_PRELOAD), this kills it at one of the calls with which it changes files below a
 * directory. A call is known by its name and its paths there, such as "rename state/a state/b". One that writes has three
 * moments: "open", "write", and "half-write" when the first half is written.
 *
 * FATAL_CALL_DIRECTORY  the directory; a file "fatal-call" in it holds a pattern (fnmatch) and, in a line before it, which
 *                       of the calls that it matches is the one to die at, from 1
 * FATAL_CALL_SIGNAL     the signal's number, SIGKILL if there is none
 * FATAL_CALL_LOG        a file to which every call is appended as a line
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* What a path is below the directory; NULL if it is outside. */
static const char *below(const char *path)
{
	const char *directory = getenv("FATAL_CALL_DIRECTORY");
	size_t length = directory ? strlen(directory) : 0;
	int inside = length > 0 && path && strncmp(path, directory, length) == 0 && path[length] == '/';
	return inside ? path + length + 1 : NULL;
}

/* Past the functions below, or they would never end. */
static void append(const char *path, const char *line)
{
	int file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (file < 0)
		return;
	syscall(SYS_write, file, line, strlen(line));
	syscall(SYS_close, file);
}

static int read_pattern(char *pattern, size_t size)
{
	char path[PATH_MAX], text[PATH_MAX] = "";
	snprintf(path, sizeof path, "%s/fatal-call", getenv("FATAL_CALL_DIRECTORY"));
	int file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	syscall(SYS_read, file, text, sizeof text - 1);
	syscall(SYS_close, file);
	char *end = strchr(text, '\n');
	snprintf(pattern, size, "%s", end ? end + 1 : "");
	return atoi(text);
}

static int is_fatal(const char *call, const char *one, const char *two)
{
	static atomic_int matches;
	char line[3 * PATH_MAX], pattern[PATH_MAX] = "";
	one = below(one);
	two = below(two);
	if (!one && !two)
		return 0;
	int length = snprintf(line, sizeof line - 1, "%s%s%s%s%s", call, one ? " " : "", one ? one : "",
			      two ? " " : "", two ? two : "");
	int nth = read_pattern(pattern, sizeof pattern);
	int fatal = nth > 0 && fnmatch(pattern, line, 0) == 0 && atomic_fetch_add(&matches, 1) + 1 == nth;
	memcpy(line + length, "\n", 2);
	if (getenv("FATAL_CALL_LOG"))
		append(getenv("FATAL_CALL_LOG"), line);
	return fatal;
}

static void die(void)
{
	const char *number = getenv("FATAL_CALL_SIGNAL");
	kill(getpid(), number ? atoi(number) : SIGKILL);
}

static void enter(const char *call, const char *one, const char *two)
{
	if (is_fatal(call, one, two))
		die();
}

/* Where the kernel says that an open file is. */
static int place_of(int file, char *path, size_t size)
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, size - 1);
	path[length > 0 ? length : 0] = '\0';
	return length > 0;
}

#define OPEN(name)                                                            \
	int name(const char *path, int flags, ...)                            \
	{                                                                     \
		va_list rest;                                                 \
		va_start(rest, flags);                                        \
		mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;     \
		va_end(rest);                                                 \
		if (flags & (O_CREAT | O_TRUNC))                              \
			enter("open", path, NULL);                            \
		return REAL(name)(path, flags, mode);                         \
	}
OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t size)
{
	char path[PATH_MAX];
	if (place_of(file, path, sizeof path) && below(path)) {
		enter("write", path, NULL);
		if (is_fatal("half-write", path, NULL)) {
			ssize_t written = REAL(write)(file, bytes, size / 2);
			die();
			return written;
		}
	}
	return REAL(write)(file, bytes, size);
}

#define OF_ONE(name, type)                                                    \
	int name(const char *path, type mode)                                 \
	{                                                                     \
		enter(#name, path, NULL);                                     \
		return REAL(name)(path, mode);                                \
	}
OF_ONE(mkdir, mode_t)
OF_ONE(chmod, mode_t)

#define REMOVAL(name)                                                         \
	int name(const char *path)                                            \
	{                                                                     \
		enter(#name, path, NULL);                                     \
		return REAL(name)(path);                                      \
	}
REMOVAL(remove)
REMOVAL(unlink)
REMOVAL(rmdir)

int unlinkat(int directory, const char *name, int flags)
{
	char path[2 * PATH_MAX] = "";
	if (name[0] != '/' && directory != AT_FDCWD && place_of(directory, path, PATH_MAX))
		strcat(path, "/");
	strncat(path, name, PATH_MAX - 1);
	enter(flags & AT_REMOVEDIR ? "rmdir" : "unlink", path, NULL);
	return REAL(unlinkat)(directory, name, flags);
}

#define OF_TWO(name)                                                          \
	int name(const char *from, const char *to)                            \
	{                                                                     \
		enter(#name, from, to);                                       \
		return REAL(name)(from, to);                                  \
	}
OF_TWO(rename)
OF_TWO(link)
OF_TWO(symlink)
