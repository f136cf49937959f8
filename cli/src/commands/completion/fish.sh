# Completion of PROGRAM for fish. Load it with: PROGRAM completion fish | source

function __PROGRAM_choices
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] REQUEST $words[2..-1] "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string replace -r '^:' '' -- $lines[-1])
    set -e lines[-1]
    string match -qr '^[0-9]+$' -- $directive; or return
    test (math "$directive % 2") -eq 0; or return
    # fish completes the whole word, flag and all.
    set -l before ''
    if string match -qr '^-.*=' -- $current
        set before (string replace -r '=.*' '=' -- $current)
    end
    set -l choices (string match -rv '^_activeHelp_' -- $lines)
    for choice in $choices
        echo -- "$before$choice"
    end
    # Bit 4: no files.
    if test (math "floor($directive / 4) % 2") -eq 0; and test (count $choices) -eq 0
        __fish_complete_path "$current"
    end
end

complete -c PROGRAM -e
complete -c PROGRAM -f -a '(__PROGRAM_choices)'
