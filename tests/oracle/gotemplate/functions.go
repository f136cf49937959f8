package main

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// functions are a few with telling signatures: fixed and variadic, typed and
// untyped, with and without an error, one that panics. None belongs to sprig,
// whose functions the other oracle has, but those named alike act alike.
func functions() template.FuncMap {
	return template.FuncMap{
		"list": func(items ...any) []any { return items },
		"dict": func(pairs ...any) map[string]any {
			made := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				made[fmt.Sprint(pairs[i])] = nil
				if i+1 < len(pairs) {
					made[fmt.Sprint(pairs[i])] = pairs[i+1]
				}
			}
			return made
		},
		"strs":    func(items ...string) []string { return items },
		"upper":   strings.ToUpper,
		"repeat":  func(count int, text string) string { return strings.Repeat(text, count) },
		"inc":     func(number int) int { return number + 1 },
		"add64":   func(a, b int64) int64 { return a + b },
		"half":    func(number float64) float64 { return number / 2 },
		"invert":  func(value bool) bool { return !value },
		"keys":    func(m map[string]any) int { return len(m) },
		"same":    func(value any) any { return value },
		"nothing": func() any { return nil },
		"typeOf":  func(value any) string { return fmt.Sprintf("%T", value) },
		"fail":    func(message string) (string, error) { return "", errors.New(message) },
		"explode": func() string { panic("exploded") },
		"bytesOf": func(text string) []byte { return []byte(text) },
		"join":    func(separator string, items []string) string { return strings.Join(items, separator) },
		"firstOf": func(items []any) any { return items[0] },
		"sumOf":   func(first int, rest ...int) int { return sum(first, rest) },
	}
}

func sum(total int, numbers []int) int {
	for _, number := range numbers {
		total += number
	}
	return total
}
