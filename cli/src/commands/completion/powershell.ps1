# Completion of PROGRAM for PowerShell. Load it with:
# PROGRAM completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock {
    param($current, $line, $cursor)
    $words = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    $typed = @($words | Select-Object -Skip 1)
    if ($current -eq '') {
        # Before 7.3 an empty argument got lost.
        if ($PSVersionTable.PSVersion -lt [version]'7.3') { $typed += '""' } else { $typed += '' }
    }
    $lines = @(& $words[0] REQUEST @typed 2>$null)
    if ($lines.Count -eq 0 -or $lines[-1] -notmatch '^:(\d+)$') { return }
    $directive = [int]$Matches[1]
    if ($directive -band 1) { return }
    $before = ''
    $begun = $current
    if ($current -match '^(-[^=]*=)(.*)$') { $before = $Matches[1]; $begun = $Matches[2] }
    $choices = @($lines | Select-Object -SkipLast 1 | Where-Object { $_ -notlike '_activeHelp_*' } | ForEach-Object {
        $name, $text = $_ -split "`t", 2
        if ($name.StartsWith($begun)) {
            $tail = if ($directive -band 2) { '' } else { ' ' }
            if (-not $text) { $text = $name }
            [System.Management.Automation.CompletionResult]::new("$before$name$tail", $name, 'ParameterValue', $text)
        }
    })
    # Nothing at all lets the shell offer files; an empty text keeps it from that.
    if ($choices.Count -eq 0 -and ($directive -band 4)) { return '' }
    $choices
}
