# shellcheck shell=bash
# What is made once and used by every run.

# cached KIND NAME COMMAND [ARGUMENT…]: the path of the file KIND-NAME in the cache, which COMMAND makes, given the path
# to write to as its last argument. Two runs may make it at once: each makes its own, and the name only ever means a
# whole file. Others of its kind are old, and go; but not those of today, which a run may be about to use.
cached() {
    local directory=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/hostdev-guest kind=$1 file=$1-$2
    shift 2
    mkdir -p -- "$directory"
    if [[ ! -e $directory/$file ]]; then
        (
            made=$(mktemp "$directory/$file.XXXXXX")
            trap 'rm -f -- "$made"' EXIT
            "$@" "$made" && mv -- "$made" "$directory/$file"
        ) || return 1
        find "$directory" -type f -name "$kind-*" -mtime +0 -delete
    fi
    printf '%s\n' "$directory/$file"
}
