/* Where is what a file includes: all small names of folders, by glob(3). */
#include <criterion/criterion.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/beside.h"

static const char *
seen(const char *file, const char *pattern)
{
	static char to[64];

	cr_assert_leq(beside_size(file, pattern), sizeof to);
	beside(file, pattern, to);
	cr_assert_lt(strlen(to), beside_size(file, pattern));
	return to;
}

Test(beside, it_is_in_the_folder_of_the_file)
{
	cr_assert_str_eq(seen("/etc/brood.conf", "d/*"), "/etc/d/*");
	cr_assert_str_eq(seen("etc/brood.conf", "d"), "etc/d");
	cr_assert_str_eq(seen("/brood.conf", "d"), "/d");
	cr_assert_str_eq(seen("brood.conf", "d"), "./d");
	cr_assert_str_eq(seen("/e*/b", "[ab]"), "/e\\*/[ab]");
	cr_assert_str_eq(seen("[]/***", "d"), "\\[]/d");
	cr_assert_str_eq(seen("?*/", ""), "\\?\\*/");
}

Test(beside, an_absolute_one_is_where_it_says)
{
	cr_assert_str_eq(seen("/e*/brood.conf", "/d/*"), "/d/*");
	cr_assert_str_eq(seen("brood.conf", "/"), "/");
}

static void
try_folder(const char *name)
{
	char file[16];
	glob_t g;

	snprintf(file, sizeof file, "%s/all", name);
	cr_assert_eq(mkdir(name, 0700), 0, "%s", name);
	fclose(fopen(file, "w"));
	cr_assert_eq(glob(seen(file, "a*"), 0, NULL, &g), 0, "%s", name);
	cr_assert_eq(g.gl_pathc, 1, "%s", name);
	cr_assert_str_eq(g.gl_pathv[0], file);
	globfree(&g);
	unlink(file);
	rmdir(name);
}

Test(beside, glob_finds_it_whatever_the_folder_is_called)
{
	static const char bytes[] = "a*?[]\\-!";
	char folder[] = "/tmp/test_beside.XXXXXX", name[4] = "";
	size_t n = sizeof bytes - 1;

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	for (size_t i = 0; i < n * n * n; i++) {
		name[0] = bytes[i % n];
		name[1] = bytes[i / n % n];
		name[2] = bytes[i / n / n];
		try_folder(name);
	}
	cr_assert_eq(chdir("/"), 0);
	rmdir(folder);
}
