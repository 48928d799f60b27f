#!/bin/sh
# broodctl tells of itself the same everywhere: help, manual and completion.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
LOG=$T/err
page=$srcdir/src/ctl/broodctl.8

# A verb is a line of its own, or the option of one.
"$BROODCTL" --help >"$T/help"
sed -n 's/^  \([a-z][a-z]*\).*/\1/p' "$T/help" | sort >"$T/verbs"
sed -n '/^\.Sh VERBS/,/^\.Sh EXPR/p' "$page" |
    sed -n -e 's/^\.It Cm \([a-z]*\).*/\1/p' -e 's/^\.Cm set$/set/p' |
    sort >"$T/verbs.page"
check "the help has verbs" test "$(wc -l <"$T/verbs")" -ge 20
check "the manual has the same" diff "$T/verbs" "$T/verbs.page"

grep -o -- '--[a-z][a-z]*' "$T/help" | sort -u >"$T/flags"
sed -n 's/.*Fl -\([a-z][a-z]*\).*/--\1/p' "$page" | sort -u >"$T/flags.page"
check "and the same options" diff "$T/flags" "$T/flags.page"

sed -n 's/^	EXIT_[A-Z]* *= \([0-9]*\).*/\1/p' "$srcdir/src/tools/err.h" |
    sort >"$T/statuses"
sed -n '/^\.Sh EXIT/,/^\.Sh EX.M/p' "$page" |
    sed -n 's/^\.It \([0-9][0-9]*\).*/\1/p' | grep -vx 1 | sort >"$T/statuses.page"
check "and all exit statuses" diff "$T/statuses" "$T/statuses.page"
if command -v mandoc >/dev/null; then
	is "mandoc finds no fault" "$(mandoc -T lint "$page" |
	    grep -v 'referenced manual not found')" ""
else
	skip "no mandoc"
fi

# ---- completion

"$BROODCTL" completion bash >"$T/bash"
"$BROODCTL" completion zsh >"$T/zsh"
check "the completion for bash is that of the table" \
    cmp "$T/bash" "$srcdir/etc/completion/broodctl.bash"
check "that for zsh, too" cmp "$T/zsh" "$srcdir/etc/completion/_broodctl"
if command -v shellcheck >/dev/null; then
	check "shellcheck finds no fault" shellcheck -s bash "$T/bash"
else
	skip "no shellcheck"
fi
if command -v zsh >/dev/null; then
	check "zsh reads it" zsh -n "$T/zsh"
else
	skip "no zsh"
fi

# completes WORD...: what the last word of a command may become.
completes() {
	bash -c '. "$1"; shift
	broodctl() { printf "SERVICE X\n(supervisor) x\ngit x\ngut x\n"; }
	COMP_WORDS=(broodctl "$@") COMP_CWORD=$#
	_broodctl; echo "${COMPREPLY[*]}"' bash "$T/bash" "$@"
}
if command -v bash >/dev/null; then
	is "verbs are completed" "$(completes re)" "resume renew reload"
	is "behind options, too" "$(completes -s x --timeout 1s --json sto)" stop
	is "services are asked for" "$(completes status g)" "git gut"
	is "words of a service" "$(completes set git minimum-available 4 maximum)" \
	    "maximum-connected maximum-available"
	is "flags of a verb" "$(completes stop --)" "--now"
	is "levels" "$(completes log gi)" git
	# shellcheck disable=SC2016	# nobody shall expand it
	: >"$T/\$(touch pwned)x"
	(cd "$T" && completes plan '$' >"$T/out")
	# shellcheck disable=SC2016
	is "a file's name is a name" "$(cat "$T/out")" '$(touch pwned)x'
	check "and nothing that is done" test ! -e "$T/pwned"
	for verb in $(cat "$T/verbs"); do
		[ "$(completes "$verb")" = "$verb" ] || echo "$verb"
	done >"$T/out"
	is "every verb is known" "$(cat "$T/out")" ""
else
	skip "no bash"
fi
finish
