# shellcheck shell=bash
# What the guest may ask of QEMU's monitor: to plug, to unplug, and to look. The rest of the monitor is not for it: that
# can write the host's files and run programs there.

# relay_monitor RUN: takes the guest's requests, a line each, to the monitor, and its answers, in its JSON, back.
relay_monitor() {
    local request answer qmp_in qmp_out requests answers
    exec {qmp_in}>"$1/qmp.in" {qmp_out}<"$1/qmp.out" {requests}<"$1/requests.out" {answers}>"$1/requests.in"
    ask_qmp '{"execute": "qmp_capabilities"}'
    while IFS= read -r request <&"$requests"; do
        case $request in
        'device_add '* | 'device_del '* | 'info '*)
            request=${request//\\/\\\\}
            request=${request//\"/\\\"}
            ask_qmp '{"execute": "human-monitor-command", "arguments": {"command-line": "'"$request"'"}}'
            ;;
        *) answer='{"error": "only device_add, device_del and info are passed on"}' ;;
        esac
        printf '%s\n' "$answer" >&"$answers"
    done
}

# Events come between the answers, and are nobody's business here.
ask_qmp() {
    printf '%s\n' "$1" >&"$qmp_in"
    while IFS= read -r answer <&"$qmp_out"; do
        [[ $answer == '{"return"'* || $answer == '{"error"'* ]] && return
    done
}
