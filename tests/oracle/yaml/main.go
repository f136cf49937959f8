// Command yaml answers what sigs.k8s.io/yaml reads and writes, and what go-yaml
// v3 writes as Helm's toYamlPretty uses it: one JSON question a line on standard
// input, one JSON answer a line on standard output. README.md, one folder up,
// has the questions.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
	pretty "sigs.k8s.io/yaml/goyaml.v3"
)

const maxLine = 256 << 20

type question struct {
	YAML  *string         `json:"yaml"`
	Hex   *string         `json:"yaml_hex"`
	Value json.RawMessage `json:"value"`
}

type answer struct {
	Error       string          `json:"error"`
	StrictError string          `json:"strict_error,omitempty"`
	JSON        json.RawMessage `json:"json,omitempty"`
	Raw         string          `json:"raw,omitempty"`
	YAML        string          `json:"yaml"`
	YAMLError   string          `json:"yaml_error,omitempty"`
	Pretty      string          `json:"pretty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for lines.Scan() {
		if err := answers.Encode(respond(lines.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func respond(line []byte) (a answer) {
	defer func() {
		if fault := recover(); fault != nil {
			a = answer{Error: "panic"}
		}
	}()
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Error: "question: " + err.Error()}
	}
	switch {
	case q.Value != nil:
		var value any
		if err := json.Unmarshal(q.Value, &value); err != nil {
			return answer{Error: "question: " + err.Error()}
		}
		a.write(value)
	case q.Hex != nil:
		text, err := hex.DecodeString(*q.Hex)
		if err != nil {
			return answer{Error: "question: " + err.Error()}
		}
		a.read(text)
	case q.YAML != nil:
		a.read([]byte(*q.YAML))
	default:
		return answer{Error: "question: nothing is asked"}
	}
	return a
}

func (a *answer) read(text []byte) {
	var value, strict any
	if err := yaml.UnmarshalStrict(text, &strict); err != nil {
		a.StrictError = err.Error()
	}
	if err := yaml.Unmarshal(text, &value); err != nil {
		a.Error = err.Error()
		return
	}
	a.JSON, _ = json.Marshal(value)
	raw, _ := yaml.YAMLToJSON(text)
	a.Raw = string(raw)
	a.write(value)
}

func (a *answer) write(value any) {
	text, err := yaml.Marshal(value)
	a.YAML = string(text)
	if err != nil {
		a.YAMLError = err.Error()
	}
	var out bytes.Buffer
	encoder := pretty.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err == nil {
		a.Pretty = out.String()
	}
}
