package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// askYAML reads a text as Helm reads values, and writes it again.
func askYAML(line []byte) answer {
	q, err := question[struct{ Text string }](line)
	if err != nil {
		return failed(err)
	}
	var value any
	if err := yaml.Unmarshal([]byte(q.Text), &value); err != nil {
		return failed(err)
	}
	return valued(value)
}

// askSet lays one flag's text over values.
func askSet(line []byte) answer {
	q, err := question[struct {
		Kind, Text, Values string
		Files              map[string]string
	}](line)
	if err != nil {
		return failed(err)
	}
	read, err := common.ReadValues([]byte(q.Values))
	if err != nil {
		return failed(err)
	}
	values := map[string]any(read)
	switch q.Kind {
	case "", "set":
		err = strvals.ParseInto(q.Text, values)
	case "string":
		err = strvals.ParseIntoString(q.Text, values)
	case "json":
		err = strvals.ParseJSON(q.Text, values)
	case "literal":
		err = strvals.ParseLiteralInto(q.Text, values)
	case "file":
		err = strvals.ParseIntoFile(q.Text, values, func(name []rune) (any, error) {
			content, ok := q.Files[string(name)]
			if !ok {
				return nil, fmt.Errorf("open %s: no such file or directory", string(name))
			}
			return content, nil
		})
	default:
		err = errors.New("oracle: kind is set, string, json, literal or file")
	}
	if err != nil {
		return failed(err)
	}
	return valued(values)
}

// askSemver says whether a version satisfies a constraint.
func askSemver(line []byte) answer {
	q, err := question[struct{ Constraint, Version string }](line)
	if err != nil {
		return failed(err)
	}
	constraint, err := semver.NewConstraint(q.Constraint)
	if err != nil {
		return failed(err)
	}
	version, err := semver.NewVersion(q.Version)
	if err != nil {
		return failed(err)
	}
	holds := constraint.Check(version)
	return answer{Is: &holds, Output: version.String()}
}

// valued is the answer that shows a value in both forms.
func valued(value any) answer {
	text, err := yaml.Marshal(value)
	if err != nil {
		return failed(err)
	}
	return answer{JSON: marked(value), YAML: string(text)}
}

// marked tells Go's types apart where JSON does not: {"$int64": 1} is no
// float64, {"$float64": "NaN"} is no string.
func marked(value any) any {
	switch value := value.(type) {
	case int:
		return map[string]any{"$int": value}
	case int64:
		return map[string]any{"$int64": value}
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return map[string]any{"$float64": fmt.Sprint(value)}
		}
		return value
	case []any:
		made := make([]any, len(value))
		for i := range value {
			made[i] = marked(value[i])
		}
		return made
	case map[string]any:
		made := make(map[string]any, len(value))
		for key, inner := range value {
			made[key] = marked(inner)
		}
		return made
	default:
		return value
	}
}
