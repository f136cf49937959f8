package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// keeper keeps the status of the node's pods.
type keeper struct {
	client   kubernetes.Interface
	informer cache.SharedIndexInformer
	lister   listers.PodLister
	queue    workqueue.TypedRateLimitingInterface[string]
	events   record.EventRecorder

	lock sync.Mutex
	pods map[types.UID]*acquaintance
	met  int
}

// acquaintance is what is remembered of a pod: when it was met, and the address
// it was given. All else follows from its annotations and the time.
type acquaintance struct {
	since time.Time
	ip    string
	told  map[notice]bool
}

func newKeeper(client kubernetes.Interface) *keeper {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0,
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", nodeName).String()
		}))
	pods := factory.Core().V1().Pods()
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})
	k := &keeper{
		client:   client,
		informer: pods.Informer(),
		lister:   pods.Lister(),
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[string](5*time.Millisecond, time.Second)),
		events: broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "kubelet", Host: nodeName}),
		pods:   map[types.UID]*acquaintance{},
	}
	return k
}

// run follows the node's pods until the end.
func (k *keeper) run(ctx context.Context) {
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			k.queue.Add(key)
		}
	}
	_, err := k.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, object any) { enqueue(object) },
		DeleteFunc: func(object any) {
			if pod, ok := object.(*corev1.Pod); ok {
				k.forget(pod.UID)
			}
		},
	})
	if err != nil {
		exit(err)
	}
	go k.informer.Run(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), k.informer.HasSynced) {
		return
	}
	for range 8 {
		go k.work(ctx)
	}
	<-ctx.Done()
	k.queue.ShutDown()
}

func (k *keeper) work(ctx context.Context) {
	for {
		key, closed := k.queue.Get()
		if closed {
			return
		}
		next, err := k.tend(ctx, key)
		switch {
		case err != nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err):
			fmt.Fprintf(os.Stderr, "%s: %v\n", key, err)
			k.queue.AddRateLimited(key)
		case err != nil:
			k.queue.AddRateLimited(key)
		default:
			k.queue.Forget(key)
			if next != noChange {
				k.queue.AddAfter(key, next)
			}
		}
		k.queue.Done(key)
	}
}

// tend brings one pod up to date, and says when to look at it again.
func (k *keeper) tend(ctx context.Context, key string) (time.Duration, error) {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return noChange, err
	}
	pod, err := k.lister.Pods(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		return noChange, nil
	}
	if err != nil {
		return noChange, err
	}
	if pod.DeletionTimestamp != nil {
		return k.end(ctx, pod)
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return noChange, nil
	}
	known := k.meet(pod)
	o := outlookOf(pod, known.ip, known.since, time.Now())
	k.tell(pod, known, o.notices)
	if equality.Semantic.DeepEqual(pod.Status, o.status) {
		return o.next, nil
	}
	changed := pod.DeepCopy()
	changed.Status = o.status
	_, err = k.client.CoreV1().Pods(namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return o.next, err
}

// end lets a pod go that is being deleted.
func (k *keeper) end(ctx context.Context, pod *corev1.Pod) (time.Duration, error) {
	asked := pod.DeletionTimestamp.Time
	if pod.DeletionGracePeriodSeconds != nil {
		asked = asked.Add(-time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second)
	}
	if left := time.Until(asked.Add(span(pod, "stop-after", "", 0))); left > 0 {
		return left, nil
	}
	now := int64(0)
	err := k.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: &now,
		Preconditions:      &metav1.Preconditions{UID: &pod.UID},
	})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return noChange, nil
	}
	return noChange, err
}

func (k *keeper) meet(pod *corev1.Pod) *acquaintance {
	k.lock.Lock()
	defer k.lock.Unlock()
	known := k.pods[pod.UID]
	if known == nil {
		k.met++
		known = &acquaintance{
			since: time.Now(),
			ip:    fmt.Sprintf("10.244.%d.%d", k.met/250%250, k.met%250+1),
			told:  map[notice]bool{},
		}
		k.pods[pod.UID] = known
	}
	return known
}

func (k *keeper) forget(uid types.UID) {
	k.lock.Lock()
	defer k.lock.Unlock()
	delete(k.pods, uid)
}

// tell sends each warning once.
func (k *keeper) tell(pod *corev1.Pod, known *acquaintance, notices []notice) {
	k.lock.Lock()
	defer k.lock.Unlock()
	for _, n := range notices {
		if !known.told[n] {
			known.told[n] = true
			k.events.Event(pod, corev1.EventTypeWarning, n.reason, n.message)
		}
	}
}
