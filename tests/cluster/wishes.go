package main

import (
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// prefix starts the annotations by which a pod asks for its fate. README.md
// has the list of them.
const prefix = "fake.kubelet/"

// How long a container of a pod that is meant to end runs, if nothing is said.
const shortRun = 200 * time.Millisecond

// wishes are what one container's annotations ask for.
type wishes struct {
	pullFailure string
	crashes     int // this many runs end badly, then one lasts; -1: all do
	ends        bool
	exitCode    int32
	oomKilled   bool
	runFor      time.Duration
	neverReady  bool
	readyAfter  time.Duration
}

// wish returns an annotation's value: the one for this container, else for all.
func wish(pod *corev1.Pod, name, container string) (string, bool) {
	if value, ok := pod.Annotations[prefix+name+"."+container]; ok {
		return value, true
	}
	value, ok := pod.Annotations[prefix+name]
	return value, ok
}

// wishesOf reads the annotations that concern one container.
func wishesOf(pod *corev1.Pod, container string) wishes {
	made := wishes{runFor: shortRun, ends: pod.Spec.RestartPolicy != corev1.RestartPolicyAlways}
	made.pullFailure, _ = wish(pod, "image-pull", container)
	if value, ok := wish(pod, "exit-code", container); ok {
		made.exitCode, made.ends = int32(number(value, 1)), true
	}
	if value, ok := wish(pod, "oom-killed", container); ok && isYes(value) {
		made.oomKilled, made.exitCode, made.ends = true, 137, true
	}
	if value, ok := wish(pod, "crash-loop", container); ok && value != "false" {
		made.crashes = number(value, -1)
		if made.exitCode == 0 {
			made.exitCode = 1
		}
	}
	if value, ok := wish(pod, "never-ready", container); ok {
		made.neverReady = isYes(value)
	}
	made.readyAfter = span(pod, "ready-after", container, 0)
	made.runFor = span(pod, "run-for", container, shortRun)
	return made
}

// run says how the run with this number (0 is the first) ends: after runFor
// with this exit code, or never.
func (w wishes) run(index int) (code int32, ends bool) {
	switch {
	case w.crashes < 0 || index < w.crashes:
		return w.exitCode, true
	case w.crashes > 0:
		return 0, w.ends // recovered
	default:
		return w.exitCode, w.ends
	}
}

func isYes(value string) bool {
	return value != "" && value != "false"
}

// number reads an integer; other words, such as "true", give the default.
func number(value string, otherwise int) int {
	if parsed, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return parsed
	}
	return otherwise
}

// span reads a duration: seconds, or in Go's form.
func span(pod *corev1.Pod, name, container string, otherwise time.Duration) time.Duration {
	value, ok := wish(pod, name, container)
	if !ok {
		return otherwise
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return time.Duration(seconds * float64(time.Second))
	}
	if parsed, err := time.ParseDuration(value); err == nil {
		return parsed
	}
	return otherwise
}
