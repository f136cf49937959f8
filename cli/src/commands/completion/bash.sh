# Completion of PROGRAM for bash 4 and later. Load it with: source <(PROGRAM completion bash)

# The words up to the cursor, in `words`. What bash divides at = and : belongs together.
__PROGRAM_words() {
    local rest=${COMP_LINE:0:COMP_POINT} piece i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        if [[ $i -eq 0 || $rest == [[:space:]]* || -z $piece ]]; then
            rest=${rest#"${rest%%[![:space:]]*}"}
            words+=("${piece:0:${#rest}}")
        else
            words[${#words[@]}-1]+=${piece:0:${#rest}}
        fi
        rest=${rest#"$piece"}
    done
}

__PROGRAM_complete() {
    COMPREPLY=()
    local -a words lines choices texts
    __PROGRAM_words
    local current=${words[${#words[@]}-1]} call=${words[0]/#\~/$HOME}
    type -P "$call" >/dev/null || call=PROGRAM
    mapfile -t lines < <("$call" REQUEST "${words[@]:1}" 2>/dev/null)
    [[ ${#lines[@]} -gt 0 ]] || return
    local directive=${lines[${#lines[@]}-1]#:}
    unset "lines[${#lines[@]}-1]"
    [[ $directive =~ ^[0-9]+$ ]] || return
    (((directive & 1) == 0)) || return

    # The value behind = is completed alone, and so is what stands behind the last colon.
    [[ $current == -*=* ]] && current=${current#*=}
    local line name text before=
    [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && before=${current%"${current##*:}"}
    local longest=0
    for line in "${lines[@]}"; do
        name=${line%%$'\t'*}
        text=
        [[ $line == *$'\t'* ]] && text=${line#*$'\t'}
        [[ $name == "$current"* && $name != _activeHelp_* ]] || continue
        name=${name#"$before"}
        choices+=("$name")
        texts+=("$text")
        ((${#name} > longest)) && longest=${#name}
    done

    if ((directive & 4)); then
        compopt +o default 2>/dev/null
    elif [[ ${#choices[@]} -eq 0 ]]; then
        compopt -o default -o filenames 2>/dev/null
    fi
    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi

    # Descriptions are for the eye: not where a choice is put into the line.
    local i
    for i in "${!choices[@]}"; do
        if [[ ${#choices[@]} -eq 1 || -z ${texts[i]} || $COMP_TYPE -eq 37 || $COMP_TYPE -eq 42 ]]; then
            COMPREPLY+=("$(printf '%q' "${choices[i]}")")
        else
            printf -v line '%-*s  (%s)' "$longest" "${choices[i]}" "${texts[i]}"
            COMPREPLY+=("${line:0:${COLUMNS:-80}}")
        fi
    done
}

complete -o default -F __PROGRAM_complete PROGRAM
