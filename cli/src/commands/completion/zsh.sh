#compdef PROGRAM
# Completion of PROGRAM for zsh. Load it with: source <(PROGRAM completion zsh)
# or save it as _PROGRAM in a folder of $fpath.

_PROGRAM() {
    local -a lines choices
    local line name text directive
    lines=("${(@f)$(${~words[1]} REQUEST "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
    directive=${lines[-1]#:}
    [[ $directive == <-> ]] || return 1
    (( directive & 1 )) && return 1
    [[ $PREFIX == -*=* ]] && compset -P '*='
    for line in "${(@)lines[1,-2]}"; do
        name=${line%%$'\t'*}
        [[ -z $name || $name == _activeHelp_* ]] && continue
        text=
        [[ $line == *$'\t'* ]] && text=${line#*$'\t'}
        choices+=("${name//:/\\:}${text:+:$text}")
    done
    local -a options
    (( directive & 2 )) && options=(-S '')
    if (( ${#choices} )) && _describe 'choice' choices "${options[@]}"; then
        return 0
    fi
    (( directive & 4 )) || _files
}

# As a file of $fpath this is the body of the function itself.
if [ "$funcstack[1]" = "_PROGRAM" ]; then
    _PROGRAM "$@"
else
    compdef _PROGRAM PROGRAM
fi
