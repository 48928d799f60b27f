/* test_lookout.c - names that come and go. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/lookout.h"

static char folder[64], name[96], other[96];
static struct lookout lookout;

static void
touch(const char *path)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fclose(f);
}

static bool
heard(void)
{
	bool news = lookout_heard(&lookout);

	if (news)
		lookout_follow(&lookout);
	return news;
}

static void
begin(void)
{
	strcpy(folder, "/tmp/brood-unit.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	strcat(folder, "/in");
	cr_assert_eq(mkdir(folder, 0700), 0);
	snprintf(name, sizeof name, "%s/name", folder);
	snprintf(other, sizeof other, "%s/name2", folder);
	cr_assert_eq(lookout_open(&lookout, name), 0);
}

static void
end(void)
{
	lookout_close(&lookout);
	unlink(name);
	unlink(other);
	rmdir(folder);
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

TestSuite(lookout, .init = begin, .fini = end);

Test(lookout, hears_that_a_name_comes_and_goes)
{
	cr_assert_not(heard());
	touch(name);
	cr_assert(heard());
	cr_assert_not(heard());
	unlink(name);
	cr_assert(heard());
}

Test(lookout, another_name_is_no_news)
{
	touch(other);
	unlink(other);
	cr_assert_not(heard());
}

Test(lookout, hears_a_rename_to_and_from_it)
{
	touch(other);
	cr_assert_not(heard());
	rename(other, name);
	cr_assert(heard());
	rename(name, other);
	cr_assert(heard());
}

Test(lookout, finds_a_folder_that_is_made_again)
{
	rmdir(folder);
	cr_assert(heard());
	mkdir(folder, 0700);
	cr_assert(heard());
	touch(name);
	cr_assert(heard());
}

Test(lookout, waits_for_folders_that_were_never_there)
{
	snprintf(name, sizeof name, "%s/one/two/name", folder);
	lookout_close(&lookout);
	cr_assert_eq(lookout_open(&lookout, name), 0);
	touch(other);
	cr_assert_not(heard());
	snprintf(name, sizeof name, "%s/one", folder);
	mkdir(name, 0700);
	cr_assert(heard());
	strcat(name, "/two");
	mkdir(name, 0700);
	cr_assert(heard());
	strcat(name, "/name");
	touch(name);
	cr_assert(heard());
	unlink(name);
	for (int i = 0; i < 2; i++) {
		*strrchr(name, '/') = '\0';
		rmdir(name);
	}
}
