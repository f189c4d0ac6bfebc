# shellcheck shell=bash
# What the benchmarks of the whole program have in common: sourced by them, in the repository's folder.

# Builds the program as it is installed and a benchmark, and lets that measure the program in namespaces of its own:
#
#     measure BENCHMARK [--with PROGRAM] [quick]
#
# The benchmark gets the paths of the program, of PROGRAM and of the folder that its report goes to.
measure() {
    local benchmark=$1 products=("$1") built folder=docs/benchmarks program others=()
    shift
    if [ "${1:-}" = --with ]; then
        products+=("$2")
        others=("Benchmarks/.build/release/$2")
        shift 2
    fi
    built=$(scripts/release)
    for product in "${products[@]}"; do
        swift build --configuration release --package-path Benchmarks --product "$product"
    done
    scratch=$(mktemp -d)
    trap clean EXIT
    # As it is installed: without the symbols, whose loading would be measured too.
    program=$scratch/hostdev
    install -m 755 --strip "$built" "$program"
    # A quick run is for a look.
    [ $# -eq 0 ] || folder=$(mktemp -d)
    mkdir -p "$folder"
    unshare --net --mount --pid --fork --kill-child --mount-proc \
        "Benchmarks/.build/release/$benchmark" "$program" "${others[@]}" "$folder" "$@" &
    runner=$!
    wait "$runner"
    echo "written to $folder"
}

# What runs ends with its process namespace, also when a measurement fails or the script is ended; the control groups that
# engines made do not, and neither does what a benchmark made on the machine itself.
clean() {
    [ -z "${runner:-}" ] || { kill -KILL "$runner" && wait "$runner"; } 2>/dev/null || true
    if declare -F clean_more >/dev/null; then clean_more; fi
    find /sys/fs/cgroup -depth -type d \( -path '*hostdev-benchmark*' -o -name lxc.pivot -o -name machine \) \
        -exec rmdir {} + 2>/dev/null || true
    rm -rf "$scratch"
}
