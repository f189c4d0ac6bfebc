# shellcheck shell=bash
# How the demonstration talks: sourced by its parts.

# One stream, so that what a command says stands below it.
exec 2>&1

bold=''
plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$'\e[1m'
    plain=$'\e[0m'
fi

say() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }

# Prints a command as it is run, and runs it. What hostdev is called with is what a user would type.
show() {
    printf '%s$ %s%s\n' "$bold" "${*//"$HOSTDEV"/hostdev}" "$plain"
    "$@"
}

# The same for one that is to fail.
show_refused() {
    if show "$@"; then
        echo "this was to fail" >&2
        exit 1
    fi
    return 0
}
