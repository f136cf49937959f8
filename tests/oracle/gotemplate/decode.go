package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// decode reads the dot. JSON's own types become Go's as Helm has them
// (map[string]any, []any, float64, string, bool, nil); a map with one key that
// starts with `$` is a value of the type that the key names.
func decode(text json.RawMessage) (any, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return typed(value)
}

func typed(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		return value.Float64()
	case []any:
		return typedList(value)
	case map[string]any:
		for key, inner := range value {
			if len(value) == 1 && len(key) > 1 && key[0] == '$' {
				return named(key[1:], inner)
			}
		}
		for key, inner := range value {
			replaced, err := typed(inner)
			if err != nil {
				return nil, err
			}
			value[key] = replaced
		}
		return value, nil
	default:
		return value, nil
	}
}

func typedList(list []any) ([]any, error) {
	for i := range list {
		replaced, err := typed(list[i])
		if err != nil {
			return nil, err
		}
		list[i] = replaced
	}
	return list, nil
}

// named makes a value of a Go type that JSON does not have.
func named(kind string, inner any) (any, error) {
	text := fmt.Sprint(inner)
	switch kind {
	case "int":
		number, err := strconv.ParseInt(text, 10, 64)
		return int(number), err
	case "int64":
		return strconv.ParseInt(text, 10, 64)
	case "int32":
		number, err := strconv.ParseInt(text, 10, 32)
		return int32(number), err
	case "uint8":
		number, err := strconv.ParseUint(text, 10, 8)
		return uint8(number), err
	case "uint32":
		number, err := strconv.ParseUint(text, 10, 32)
		return uint32(number), err
	case "uint64":
		return strconv.ParseUint(text, 10, 64)
	case "float64":
		return strconv.ParseFloat(text, 64) // also NaN, Inf
	case "bytes":
		return []byte(text), nil
	}
	return container(kind, inner)
}

// container makes a slice or map whose elements have a type of their own.
func container(kind string, inner any) (any, error) {
	text, err := json.Marshal(inner)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "strings":
		return into[[]string](text)
	case "ints":
		return into[[]int](text)
	case "int64s":
		return into[[]int64](text)
	case "maps":
		return into[[]map[string]any](text)
	case "string_map":
		return into[map[string]string](text)
	case "int_map":
		return into[map[string]int](text)
	}
	return nil, fmt.Errorf("unknown type $%s", kind)
}

func into[T any](text []byte) (any, error) {
	var value T
	err := json.Unmarshal(text, &value)
	return value, err
}
