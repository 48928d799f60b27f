/* complete.c - two scripts with the table's rows in their middle. */
#include "ctl/complete.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl/verbs.h"

/* What an argument may be, by how the help calls it. */
static const struct {
	const char *in_args;
	const char *words;
} kinds[] = {
	{ "SERVICE",  "$(_broodctl_services)" },
	{ "WORD",     "minimum-available maximum-connected maximum-available" },
	{ "LEVEL",    "error warn info debug" },
	{ "bash|zsh", "bash zsh" },
};

static bool
takes_file(const struct verb *v)
{
	return strstr(v->args, "FILE") != NULL;
}

/* Between the two texts; nothing at all if it has none. */
static void
print_words(const char *before, const struct verb *v, const char *behind)
{
	bool any = false;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strstr(v->args, kinds[i].in_args) != NULL) {
			printf("%s%s", any ? " " : before, kinds[i].words);
			any = true;
		}
	for (size_t i = 0; verb_flags[i].name != NULL; i++)
		if ((v->flags & verb_flags[i].bit) != 0) {
			printf("%s--%s", any ? " " : before,
			    verb_flags[i].name);
			any = true;
		}
	printf("%s", any ? behind : "");
}

/* A case for each verb that has an argument: files, or words, as the shell
 * does it. */
static void
print_cases(const char *files, const char *words, const char *behind)
{
	for (size_t i = 0; verbs[i].name != NULL; i++) {
		char before[64];

		if (takes_file(&verbs[i]))
			printf("	%s) %s", verbs[i].name, files);
		snprintf(before, sizeof before, "	%s) %s",
		    verbs[i].name, words);
		print_words(before, &verbs[i], behind);
	}
}

static void
print_names(void)
{
	for (size_t i = 0; verbs[i].name != NULL; i++)
		printf("%s%s", i > 0 ? " " : "", verbs[i].name);
}

/* The names of services, by broodctl itself, where its options lead.  Only
 * such in which a shell finds nothing to expand. */
static const char services[] =
"_broodctl_services() {\n"
"	broodctl ${socket:+-s \"$socket\"} --timeout 1s status 2>/dev/null |\n"
"	    awk 'NR > 1 && $1 ~ /^[A-Za-z0-9_.:,-]+$/ { print $1 }' | sort -u\n"
"}\n"
"\n";

#define FILES "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"

static void
print_bash(void)
{
	printf("# Completion of broodctl for bash; by "
	    "`broodctl completion bash'.\n\n%s"
	    "_broodctl() {\n"
	    "	local cur=${COMP_WORDS[COMP_CWORD]} i\n"
	    "	local verb='' socket='' words=''\n"
	    "	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "		case ${COMP_WORDS[i]} in\n"
	    "		-s) socket=${COMP_WORDS[i + 1]}; ((i++)) ;;\n"
	    "		--timeout) ((i++)) ;;\n"
	    "		-*) ;;\n"
	    "		*) verb=${COMP_WORDS[i]}; break ;;\n"
	    "		esac\n"
	    "	done\n"
	    "	case ${COMP_WORDS[COMP_CWORD - 1]} in\n"
	    "	-s | --timeout) verb=${COMP_WORDS[COMP_CWORD - 1]} ;;\n"
	    "	esac\n"
	    "	case $verb in\n"
	    "	-s) " FILES
	    "	--timeout) words='1s 30s 5m' ;;\n"
	    "	'') words='-s --timeout --json --help --version ", services);
	print_names();
	printf("' ;;\n");
	print_cases(FILES, "words=\"", "\" ;;\n");
	printf("	esac\n"
	    "	mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "}\n"
	    "complete -F _broodctl broodctl\n");
}

/* In single quotes, where a colon ends the name. */
static void
print_zsh_help(const char *help)
{
	for (; *help != '\0'; help++)
		if (*help == '\'')
			printf("'\\''");
		else
			printf("%s%c", *help == ':' ? "\\" : "", *help);
}

static void
print_zsh(void)
{
	printf("#compdef broodctl\n"
	    "# Completion of broodctl for zsh; by `broodctl completion zsh'.\n"
	    "\n%s"
	    "_broodctl() {\n"
	    "	local context state line verb socket\n"
	    "	local -a verbs\n"
	    "	typeset -A opt_args\n"
	    "	verbs=(\n", services);
	for (size_t i = 0; verbs[i].name != NULL; i++) {
		printf("		'%s:", verbs[i].name);
		print_zsh_help(verbs[i].help);
		printf("'\n");
	}
	printf("	)\n"
	    "	_arguments -C \\\n"
	    "	    '-s[the control socket]:socket:_files' \\\n"
	    "	    '--timeout[how long to wait]:time:(1s 30s 5m)' \\\n"
	    "	    '--json[print JSON]' \\\n"
	    "	    '--help[print help]' \\\n"
	    "	    '--version[print the version]' \\\n"
	    "	    '1:verb:->verb' \\\n"
	    "	    '*::argument:->argument'\n"
	    "	socket=${opt_args[-s]}\n"
	    "	if [[ $state = verb ]]; then\n"
	    "		_describe verb verbs\n"
	    "		return\n"
	    "	fi\n"
	    "	case $line[1] in\n");
	print_cases("_files ;;\n", "compadd -- ", " ;;\n");
	printf("	esac\n"
	    "}\n"
	    "\n"
	    "_broodctl \"$@\"\n");
}

int
complete_print(const char *shell, struct err *e)
{
	if (strcmp(shell, "bash") == 0) {
		print_bash();
		return 0;
	}
	if (strcmp(shell, "zsh") == 0) {
		print_zsh();
		return 0;
	}
	err_set(e, EXIT_USAGE, "completion %.60s: expected bash or zsh", shell);
	return EXIT_USAGE;
}
