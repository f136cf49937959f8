package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The back-off between restarts doubles from the first to the last of these.
// (A real kubelet's go from 10 s to 5 min; tests have no time for that.)
const (
	firstBackOff = time.Second
	lastBackOff  = 8 * time.Second
)

// noChange says that a state stays as it is.
const noChange = time.Duration(-1)

// life is what has become of one container some time after its start.
type life struct {
	state    corev1.ContainerState
	last     corev1.ContainerState
	restarts int32
	ready    bool
	over     bool // terminated, and not started again
	failed   bool // over, with an exit code other than 0
	// next is how long from now the next change is, or noChange.
	next time.Duration
}

// lifeOf tells a container's state at now, if it first started at start: a
// pure function, so that nothing has to be remembered between two looks.
func lifeOf(w wishes, policy corev1.RestartPolicy, id string, start, now time.Time) life {
	made := life{}
	for {
		code, ends := w.run(int(made.restarts))
		finish := start.Add(w.runFor)
		if !ends || now.Before(finish) {
			made.running(w, start, now)
			if ends {
				made.next = sooner(made.next, finish.Sub(now))
			}
			return made
		}
		end := termination(w, code, id, start, finish)
		if policy == corev1.RestartPolicyNever || policy == corev1.RestartPolicyOnFailure && code == 0 {
			made.state = end
			made.over, made.failed, made.next = true, code != 0, noChange
			return made
		}
		made.last = end
		pause := min(firstBackOff<<min(made.restarts, 16), lastBackOff)
		again := finish.Add(pause)
		if now.Before(again) {
			made.state.Waiting = &corev1.ContainerStateWaiting{
				Reason:  "CrashLoopBackOff",
				Message: fmt.Sprintf("back-off %s restarting failed container", pause),
			}
			made.next = again.Sub(now)
			return made
		}
		made.restarts++
		start = again
	}
}

// running fills in a container that runs since start.
func (l *life) running(w wishes, start, now time.Time) {
	l.state.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(start)}
	l.next = noChange
	readyAt := start.Add(w.readyAfter)
	switch {
	case w.neverReady:
	case now.Before(readyAt):
		l.next = readyAt.Sub(now)
	default:
		l.ready = true
	}
}

func termination(w wishes, code int32, id string, start, finish time.Time) corev1.ContainerState {
	reason := "Completed"
	switch {
	case w.oomKilled && code != 0:
		reason = "OOMKilled"
	case code != 0:
		reason = "Error"
	}
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode:    code,
		Reason:      reason,
		StartedAt:   metav1.NewTime(start),
		FinishedAt:  metav1.NewTime(finish),
		ContainerID: id,
	}}
}

// sooner returns the shorter of two spans, where noChange is the longest.
func sooner(a, b time.Duration) time.Duration {
	if a == noChange || b != noChange && b < a {
		return b
	}
	return a
}
