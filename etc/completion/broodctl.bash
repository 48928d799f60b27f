# Completion of broodctl for bash; by `broodctl completion bash'.

_broodctl_services() {
	broodctl ${socket:+-s "$socket"} --timeout 1s status 2>/dev/null |
	    awk 'NR > 1 && $1 ~ /^[A-Za-z0-9_.:,-]+$/ { print $1 }' | sort -u
}

_broodctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} i
	local verb='' socket='' words=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s) socket=${COMP_WORDS[i + 1]}; ((i++)) ;;
		--timeout) ((i++)) ;;
		-*) ;;
		*) verb=${COMP_WORDS[i]}; break ;;
		esac
	done
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-s | --timeout) verb=${COMP_WORDS[COMP_CWORD - 1]} ;;
	esac
	case $verb in
	-s) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--timeout) words='1s 30s 5m' ;;
	'') words='-s --timeout --json --help --version status services children connections addresses why wait plan ping version set pause resume renew kick log reload drain stop completion' ;;
	status) words="$(_broodctl_services)" ;;
	children) words="$(_broodctl_services)" ;;
	connections) words="$(_broodctl_services)" ;;
	addresses) words="$(_broodctl_services)" ;;
	why) words="$(_broodctl_services)" ;;
	plan) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	set) words="$(_broodctl_services) minimum-available maximum-connected maximum-available --save" ;;
	pause) words="$(_broodctl_services) --refuse" ;;
	resume) words="$(_broodctl_services)" ;;
	renew) words="$(_broodctl_services)" ;;
	kick) words="$(_broodctl_services)" ;;
	log) words="$(_broodctl_services) error warn info debug" ;;
	stop) words="--now" ;;
	completion) words="bash zsh" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _broodctl broodctl
