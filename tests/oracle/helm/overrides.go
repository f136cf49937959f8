package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// overrides are what a command line gives: texts of values files, and flags.
type overrides struct {
	Values, JSON, Set, String, File, Literal []string
	// Files are those that `--set-file` may name.
	Files map[string]string
}

// askOverrides merges what a command line gives. Helm's `values.Options` does so
// in the same steps; it is not called because all that can fetch files over a
// network comes with it.
func askOverrides(line []byte) answer {
	q, err := question[overrides](line)
	if err != nil {
		return failed(err)
	}
	base := map[string]any{}
	for _, text := range q.Values {
		values, err := loader.LoadValues(strings.NewReader(text))
		if err != nil {
			return failed(fmt.Errorf("failed to parse values.yaml: %w", err))
		}
		base = loader.MergeMaps(base, values)
	}
	for _, text := range q.JSON {
		if base, err = withJSON(base, text); err != nil {
			return failed(err)
		}
	}
	for _, flag := range []struct {
		name  string
		texts []string
		parse func(string, map[string]any) error
	}{
		{"--set", q.Set, strvals.ParseInto},
		{"--set-string", q.String, strvals.ParseIntoString},
		{"--set-file", q.File, func(text string, into map[string]any) error {
			return strvals.ParseIntoFile(text, into, q.read)
		}},
		{"--set-literal", q.Literal, strvals.ParseLiteralInto},
	} {
		for _, text := range flag.texts {
			if err := flag.parse(text, base); err != nil {
				return failed(fmt.Errorf("failed parsing %s data: %w", flag.name, err))
			}
		}
	}
	return answer{JSON: marked(base)}
}

func withJSON(base map[string]any, text string) (map[string]any, error) {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		if err := strvals.ParseJSON(text, base); err != nil {
			return nil, fmt.Errorf("failed parsing --set-json data %s", text)
		}
		return base, nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(trimmed), &values); err != nil {
		return nil, fmt.Errorf("failed parsing --set-json data JSON: %s", text)
	}
	return loader.MergeMaps(base, values), nil
}

// read is Helm's `readFile`, which takes a name for a URL first.
func (o overrides) read(name []rune) (any, error) {
	if strings.TrimSpace(string(name)) == "-" {
		return "", nil // an empty standard input
	}
	if _, err := url.Parse(string(name)); err != nil {
		return nil, err
	}
	content, ok := o.Files[string(name)]
	if !ok {
		return nil, fmt.Errorf("open %s: no such file or directory", string(name))
	}
	return content, nil
}
