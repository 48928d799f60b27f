#!/bin/sh
# A family that the kernel lacks is a warning as long as the other one is left.
. "${srcdir:-.}/tests/integration/lib.sh"
need perl nc
case $(uname -m) in
x86_64) nr=41 ;;
aarch64) nr=198 ;;
*) skip_all "the number of socket(2) is not known here" ;;
esac

# socket(AF_INET6, ...) is EAFNOSUPPORT for this program: a filter of
# seccomp(2) with six instructions.
cat >"$T/without6" <<'PERL'
my $nr = shift;
my $filter = join '', map { pack 'SCCL', @$_ }
    [ 0x20, 0, 0, 0 ],			# the system call
    [ 0x15, 0, 3, $nr ],
    [ 0x20, 0, 0, 16 ],			# its first argument
    [ 0x15, 0, 1, 10 ],			# AF_INET6
    [ 0x06, 0, 0, 0x00050000 | 97 ],	# EAFNOSUPPORT
    [ 0x06, 0, 0, 0x7fff0000 ];
my $program = pack 'Sx6P', 6, $filter;
my $prctl = $nr == 41 ? 157 : 167;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no-new-privs: $!";
syscall($prctl, 22, 2, $program, 0, 0) == 0 or die "seccomp: $!";
exec { $ARGV[0] } @ARGV or die;
PERL
perl "$T/without6" "$nr" true 2>/dev/null || skip_all "no seccomp filter"
program=$BROOD
BROOD=$T/lacking
cat >"$BROOD" <<SH
#!/bin/sh
exec perl '$T/without6' $nr '$program' "\$@"
SH
chmod +x "$BROOD"

lacking() {
	brood_start '*:0' cat
	check "the family is warned of" log_has ' warn family-lacking .*\[::\]:0'
	is "one listener is left" "$(log_count ' info listen ')" 1
	check "and answers" answers
	check "it stops with 0" brood_stop
}

each_memory lacking
brood_fails 69 '.' '[::1]:0' cat
finish
