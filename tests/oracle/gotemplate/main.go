// Command gotemplate answers what Go's own text/template makes of a template:
// one JSON question a line on standard input, one JSON answer a line on
// standard output. README.md, one folder up, has the fields.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"text/template"
	"time"
	"unicode/utf8"
)

// question is one template and what it is run with.
type question struct {
	Template string `json:"template"`
	// Name is the template's name in error texts; "t" when empty.
	Name string `json:"name"`
	// Associated are parsed before Template, into the same set.
	Associated []associated `json:"associated"`
	// Data is the dot; see decode for how types other than JSON's are written.
	Data json.RawMessage `json:"data"`
	// MissingKey is Go's option of that name; "zero", Helm's, when empty.
	MissingKey string `json:"missingkey"`
	// ParseOnly leaves the template unrun and answers with its tree's text.
	ParseOnly bool `json:"parse_only"`
	// TimeoutMS is how long it may run; 2000 when zero.
	TimeoutMS int `json:"timeout_ms"`
}

type associated struct {
	Name     string `json:"name"`
	Template string `json:"template"`
}

// answer is what came of it. Output holds what was written before an error.
type answer struct {
	Output string `json:"output"`
	// OutputHex stands in for Output where that is not valid UTF-8.
	OutputHex string `json:"output_hex,omitempty"`
	Error     string `json:"error"`
	// Stage says where the error arose: "parse", "exec", "panic", "timeout", or
	// "question" for a line that is no question.
	Stage string `json:"stage,omitempty"`
}

const (
	maxLine   = 64 << 20
	maxOutput = 16 << 20
)

var errCut = errors.New("oracle: output ends here")

// page collects output until it is too long or too late.
type page struct {
	bytes.Buffer
	deadline time.Time
}

func (p *page) Write(text []byte) (int, error) {
	if p.Len()+len(text) > maxOutput || time.Now().After(p.deadline) {
		return 0, errCut
	}
	return p.Buffer.Write(text)
}

func main() {
	// A template that calls itself for ever ends in Go's own depth error, not
	// in the death of this process.
	debug.SetMaxStack(1 << 30)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	out := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		line, err := encode(respond(lines.Bytes()))
		if err == nil {
			_, err = out.Write(line)
		}
		// The asker may wait for this answer before it sends the next question.
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "gotemplate:", err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "gotemplate:", err)
		os.Exit(1)
	}
}

func encode(a answer) ([]byte, error) {
	if !utf8.ValidString(a.Output) {
		a.OutputHex, a.Output = fmt.Sprintf("%x", a.Output), ""
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(a)
	return line.Bytes(), err
}

func respond(line []byte) answer {
	q := question{Name: "t", MissingKey: "zero", TimeoutMS: 2000}
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Error: err.Error(), Stage: "question"}
	}
	data, err := decode(q.Data)
	if err != nil {
		return answer{Error: err.Error(), Stage: "question"}
	}
	limit := time.Duration(q.TimeoutMS) * time.Millisecond
	done := make(chan answer, 1)
	go func() { done <- run(q, data, time.Now().Add(limit)) }()
	select {
	case a := <-done:
		return a
	case <-time.After(limit + limit/2):
		// It loops without writing. Go cannot stop it; the next question gets
		// a goroutine of its own.
		return answer{Error: "oracle: no answer in time", Stage: "timeout"}
	}
}

func run(q question, data any, deadline time.Time) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprint(r), Stage: "panic"}
		}
	}()
	set := template.New("associated").Option("missingkey=" + q.MissingKey).Funcs(functions())
	for _, one := range q.Associated {
		if _, err := set.New(one.Name).Parse(one.Template); err != nil {
			return answer{Error: err.Error(), Stage: "parse"}
		}
	}
	t, err := set.New(q.Name).Parse(q.Template)
	if err != nil {
		return answer{Error: err.Error(), Stage: "parse"}
	}
	if q.ParseOnly {
		if t.Tree == nil {
			return answer{}
		}
		return answer{Output: t.Tree.Root.String()}
	}
	out := &page{deadline: deadline}
	err = t.Execute(out, data)
	a = answer{Output: out.String()}
	if errors.Is(err, errCut) {
		return answer{Error: err.Error(), Stage: "timeout"}
	}
	if err != nil {
		a.Error, a.Stage = err.Error(), "exec"
	}
	return a
}
