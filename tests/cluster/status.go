package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// outlook is a pod's status at a moment, and what follows from it.
type outlook struct {
	status corev1.PodStatus
	// notices are the warnings that a real kubelet would have sent as events.
	notices []notice
	next    time.Duration // until the status changes by itself, or noChange
}

type notice struct{ reason, message string }

// outlookOf tells a pod's status at now, if the kubelet met it at start.
func outlookOf(pod *corev1.Pod, ip string, start, now time.Time) outlook {
	o := outlook{status: *pod.Status.DeepCopy(), next: noChange}
	o.status.ObservedGeneration = pod.Generation
	o.status.HostIP, o.status.HostIPs = nodeIP, []corev1.HostIP{{IP: nodeIP}}
	if o.status.StartTime == nil {
		at := metav1.NewTime(start)
		o.status.StartTime = &at
	}
	if message, ok := wish(pod, "evicted", ""); ok && message != "false" {
		o.evict(pod, message)
		return o
	}
	begin := start.Add(span(pod, "start-after", "", 0))
	if now.Before(begin) {
		o.next = begin.Sub(now)
		o.status.InitContainerStatuses = waiting(pod.Spec.InitContainers, "PodInitializing")
		o.status.ContainerStatuses = waiting(pod.Spec.Containers, "ContainerCreating")
		o.conclude(pod, corev1.PodPending, len(pod.Spec.InitContainers) == 0, now)
		return o
	}
	o.status.PodIP, o.status.PodIPs = ip, []corev1.PodIP{{IP: ip}}
	if !o.initialise(pod, begin, now) {
		return o
	}
	o.main(pod, begin, now)
	return o
}

// initialise fills in the init containers; false if the pod stops there.
func (o *outlook) initialise(pod *corev1.Pod, start, now time.Time) bool {
	o.status.InitContainerStatuses = nil
	code, fails := wish(pod, "init-failure", "")
	for i, container := range pod.Spec.InitContainers {
		sidecar := container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
		w := wishes{ends: !sidecar}
		if fails && code != "false" && !sidecar {
			w = wishes{crashes: -1, exitCode: int32(number(code, 1)), runFor: shortRun}
			fails = false
		}
		policy := pod.Spec.RestartPolicy
		if policy == corev1.RestartPolicyAlways && !sidecar {
			policy = corev1.RestartPolicyOnFailure // an init container ends once it has done its work
		}
		l := lifeOf(w, policy, containerID(pod, container.Name), start, now)
		o.next = sooner(o.next, l.next)
		o.status.InitContainerStatuses = append(o.status.InitContainerStatuses, o.statusOf(pod, container, l))
		if sidecar || l.over && !l.failed {
			continue
		}
		rest := pod.Spec.InitContainers[i+1:]
		o.status.InitContainerStatuses = append(o.status.InitContainerStatuses, waiting(rest, "PodInitializing")...)
		o.status.ContainerStatuses = waiting(pod.Spec.Containers, "PodInitializing")
		phase := corev1.PodPending
		if l.over {
			phase, o.next = corev1.PodFailed, noChange
		}
		o.conclude(pod, phase, false, now)
		return false
	}
	return true
}

// main fills in the containers proper, and what they add up to.
func (o *outlook) main(pod *corev1.Pod, start, now time.Time) {
	o.status.ContainerStatuses = nil
	over, failed, pulling := true, false, false
	for _, container := range pod.Spec.Containers {
		w := wishesOf(pod, container.Name)
		var l life
		if w.pullFailure != "" && w.pullFailure != "false" {
			l = o.pullFailure(container, w, start, now)
			pulling = true
		} else {
			l = lifeOf(w, pod.Spec.RestartPolicy, containerID(pod, container.Name), start, now)
		}
		o.next = sooner(o.next, l.next)
		over, failed = over && l.over, failed || l.failed
		o.status.ContainerStatuses = append(o.status.ContainerStatuses, o.statusOf(pod, container, l))
	}
	phase := corev1.PodRunning
	switch {
	case over && failed:
		phase = corev1.PodFailed
	case over:
		phase = corev1.PodSucceeded
	case pulling:
		phase = corev1.PodPending
	}
	o.conclude(pod, phase, true, now)
}

// pullFailure is the life of a container whose image cannot be had.
func (o *outlook) pullFailure(container corev1.Container, w wishes, start, now time.Time) life {
	why := w.pullFailure
	if why == "true" {
		why = "not found"
	}
	failure := fmt.Sprintf("Failed to pull image %q: %s", container.Image, why)
	backOff := fmt.Sprintf("Back-off pulling image %q", container.Image)
	o.notices = append(o.notices, notice{"Failed", failure}, notice{"Failed", "Error: ErrImagePull"})
	reason, message, next := "ErrImagePull", failure, start.Add(time.Second).Sub(now)
	if next <= 0 {
		reason, message, next = "ImagePullBackOff", backOff+": ErrImagePull: "+why, noChange
		o.notices = append(o.notices, notice{"BackOff", backOff}, notice{"Failed", "Error: ImagePullBackOff"})
	}
	return life{
		state: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
		next:  next,
	}
}

// statusOf is a container's status, with the warnings that go with it.
func (o *outlook) statusOf(pod *corev1.Pod, container corev1.Container, l life) corev1.ContainerStatus {
	started := l.state.Running != nil
	if started && !l.ready {
		o.notices = append(o.notices, notice{"Unhealthy", "Readiness probe failed: the pod's annotations ask for it"})
	}
	if l.state.Waiting != nil && l.state.Waiting.Reason == "CrashLoopBackOff" {
		o.notices = append(o.notices, notice{"BackOff", fmt.Sprintf(
			"Back-off restarting failed container %s in pod %s", container.Name, pod.Name)})
	}
	made := corev1.ContainerStatus{
		Name:                 container.Name,
		Image:                container.Image,
		State:                l.state,
		LastTerminationState: l.last,
		Ready:                l.ready || l.over && !l.failed && isInit(pod, container.Name),
		RestartCount:         l.restarts,
		Started:              &started,
	}
	if l.state.Waiting == nil || l.restarts > 0 || l.last.Terminated != nil {
		made.ContainerID = containerID(pod, container.Name)
		made.ImageID = "fake://" + container.Image
	}
	return made
}

func isInit(pod *corev1.Pod, name string) bool {
	for _, container := range pod.Spec.InitContainers {
		if container.Name == name {
			return true
		}
	}
	return false
}

// evict ends the pod as a node under pressure does.
func (o *outlook) evict(pod *corev1.Pod, message string) {
	if message == "true" {
		message = "The node was low on resource: memory. "
	}
	o.status.Phase, o.status.Reason, o.status.Message = corev1.PodFailed, "Evicted", message
	o.notices = append(o.notices, notice{"Evicted", message})
}

// conclude sets the phase and the conditions that follow from the containers.
func (o *outlook) conclude(pod *corev1.Pod, phase corev1.PodPhase, initialised bool, now time.Time) {
	o.status.Phase = phase
	done := phase == corev1.PodSucceeded || phase == corev1.PodFailed
	unready := ""
	for _, status := range o.status.ContainerStatuses {
		if !status.Ready {
			unready += " " + status.Name
		}
	}
	ready := phase == corev1.PodRunning && unready == ""
	reason, message := "ContainersNotReady", fmt.Sprintf("containers with unready status: [%s]", trimmed(unready))
	if done {
		reason, message = "PodCompleted", ""
	}
	o.condition(corev1.PodReadyToStartContainers, o.status.PodIP != "" && !done, "", "", now)
	if initialised {
		o.condition(corev1.PodInitialized, true, "", "", now)
	} else {
		o.condition(corev1.PodInitialized, false, "ContainersNotInitialized", "containers with incomplete status", now)
	}
	o.condition(corev1.PodReady, ready, reason, message, now)
	o.condition(corev1.ContainersReady, ready, reason, message, now)
	o.condition(corev1.PodScheduled, true, "", "", now)
}

func trimmed(names string) string {
	if names == "" {
		return ""
	}
	return names[1:]
}

// condition sets one condition, keeping the time of its last transition.
func (o *outlook) condition(kind corev1.PodConditionType, holds bool, reason, message string, now time.Time) {
	made := corev1.PodCondition{
		Type:               kind,
		Status:             corev1.ConditionTrue,
		LastTransitionTime: metav1.NewTime(now),
		ObservedGeneration: o.status.ObservedGeneration,
	}
	if !holds {
		made.Status, made.Reason, made.Message = corev1.ConditionFalse, reason, message
	}
	for i, old := range o.status.Conditions {
		if old.Type != kind {
			continue
		}
		if old.Status == made.Status {
			made.LastTransitionTime = old.LastTransitionTime
		}
		o.status.Conditions[i] = made
		return
	}
	o.status.Conditions = append(o.status.Conditions, made)
}

// waiting is the status of containers that have not started.
func waiting(containers []corev1.Container, reason string) []corev1.ContainerStatus {
	var made []corev1.ContainerStatus
	for _, container := range containers {
		no := false
		made = append(made, corev1.ContainerStatus{
			Name:    container.Name,
			Image:   container.Image,
			State:   corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
			Started: &no,
		})
	}
	return made
}

func containerID(pod *corev1.Pod, container string) string {
	return fmt.Sprintf("fake://%s/%s", pod.UID, container)
}
