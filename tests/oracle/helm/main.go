// Command helm answers what Helm's own packages make of a thing: one JSON
// question a line on standard input, one JSON answer a line on standard output.
// README.md, one folder up, has the questions.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"
)

const (
	maxLine = 256 << 20
	patient = 20 * time.Second
	// Questions that are asked many times over take longer.
	veryPatient = 5 * time.Minute
)

// answer holds what applies; Error is empty if all went well.
type answer struct {
	Error string `json:"error"`
	// JSON is the value, with the integers that Go has as such marked.
	JSON any `json:"json,omitempty"`
	// YAML is the value as Helm writes it.
	YAML string `json:"yaml,omitempty"`
	// Output is a text that was asked for.
	Output string `json:"output,omitempty"`
	// Files are rendered files by name.
	Files map[string]string `json:"files,omitempty"`
	// Documents are manifests or hooks in Helm's order.
	Documents []document `json:"documents,omitempty"`
	Hooks     []document `json:"hooks,omitempty"`
	// Is is the answer to a question that has yes and no.
	Is *bool `json:"is,omitempty"`
	// Nanoseconds is the shortest time that something took.
	Nanoseconds int64 `json:"nanoseconds,omitempty"`
}

// A respondent answers the questions of one kind.
type respondent func(line []byte) answer

var respondents = map[string]respondent{
	"yaml":      askYAML,
	"set":       askSet,
	"overrides": askOverrides,
	"render":    askRender,
	"release":   askRelease,
	"template":  askTemplate,
	"sort":      askSort,
	"split":     askSplit,
	"semver":    askSemver,
	"time":      askTime,
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	debug.SetMaxStack(1 << 30)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := write(os.Stdout, respond(lines.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, "helm:", err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "helm:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, a answer) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil {
		// Such as a NaN: say so instead.
		line.Reset()
		if err := encoder.Encode(answer{Error: "oracle: " + err.Error()}); err != nil {
			return err
		}
	}
	_, err := out.Write(line.Bytes())
	return err
}

func respond(line []byte) answer {
	var kind struct {
		Ask string `json:"ask"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return answer{Error: "oracle: " + err.Error()}
	}
	ask, ok := respondents[kind.Ask]
	if !ok {
		return answer{Error: fmt.Sprintf("oracle: unknown question %q", kind.Ask)}
	}
	// The scanner reuses its buffer, and a question that took too long is still read.
	own := bytes.Clone(line)
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- answer{Error: fmt.Sprint("oracle: panic: ", r)}
			}
		}()
		done <- ask(own)
	}()
	wait := patient
	if kind.Ask == "time" {
		wait = veryPatient
	}
	select {
	case a := <-done:
		return a
	case <-time.After(wait):
		return answer{Error: "oracle: no answer in time"}
	}
}

// failed is the answer to a question that Helm has an error for.
func failed(err error) answer {
	return answer{Error: err.Error()}
}

// question reads the fields of one.
func question[T any](line []byte) (T, error) {
	var q T
	err := json.Unmarshal(line, &q)
	if err != nil {
		err = fmt.Errorf("oracle: %w", err)
	}
	return q, err
}
