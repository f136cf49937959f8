package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	nodeName  = "node-0"
	nodeIP    = "127.0.0.1"
	heartbeat = 10 * time.Second
	// marker is the ConfigMap in kube-system by which tests know that they may
	// write to a cluster.
	marker = "rutter-test-cluster"
)

// runKubelet is a node that runs nothing: it says of each pod bound to it what
// the pod's annotations want said.
func runKubelet(args []string) error {
	flags := flag.NewFlagSet("fake-kubelet", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	port := flags.Int("port", 0, "port for container logs")
	ready := flags.String("ready-file", "", "file to create once the cluster can be used")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 2000, 4000
	config.UserAgent = "fake-kubelet"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := insist(ctx, func() error { return register(ctx, client, *port) }); err != nil {
		return err
	}
	keeper := newKeeper(client)
	served := make(chan error, 1)
	go func() { served <- serveLogs(*port, keeper) }()
	go keeper.run(ctx)
	if err := insist(ctx, func() error { return usable(ctx, client) }); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Clean(*ready), nil, 0o600); err != nil {
		return err
	}
	return beat(ctx, client, *port, served)
}

// insist repeats an attempt until it succeeds: the API server is still starting.
func insist(ctx context.Context, attempt func() error) error {
	for {
		err := attempt()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last: %w", ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// register creates the node and says that it is ready.
func register(ctx context.Context, client kubernetes.Interface, port int) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: nodeName,
		Labels: map[string]string{
			corev1.LabelHostname:   nodeName,
			corev1.LabelOSStable:   "linux",
			corev1.LabelArchStable: "amd64",
		},
	}}
	_, err := client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return report(ctx, client, port)
}

// report brings the node's status up to date.
func report(ctx context.Context, client kubernetes.Interface, port int) error {
	node, err := client.CoreV1().Nodes().Get(ctx, nodeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	room := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("1000"),
		corev1.ResourceMemory:           resource.MustParse("4Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("10Ti"),
		corev1.ResourcePods:             resource.MustParse("10000"),
	}
	node.Status.Capacity, node.Status.Allocatable = room, room
	node.Status.Addresses = []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: nodeIP}, {Type: corev1.NodeHostName, Address: nodeName},
	}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(port)
	node.Status.NodeInfo.KubeletVersion = "v1.37.2"
	node.Status.NodeInfo.OperatingSystem, node.Status.NodeInfo.Architecture = "linux", "amd64"
	now, since := metav1.Now(), metav1.Now()
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
			since = condition.LastTransitionTime
		}
	}
	node.Status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady",
		Message:           "pretending",
		LastHeartbeatTime: now, LastTransitionTime: since,
	}}
	_, err = client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{})
	return err
}

// usable succeeds once a pod could be created, and leaves the marker.
func usable(ctx context.Context, client kubernetes.Interface) error {
	core := client.CoreV1()
	if _, err := core.ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return err
	}
	node, err := core.Nodes().Get(ctx, nodeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if len(node.Spec.Taints) > 0 {
		return fmt.Errorf("the node is tainted: %v", node.Spec.Taints)
	}
	mark := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: marker, Namespace: "kube-system"},
		Data:       map[string]string{"purpose": "tests may write to this cluster: it was made for them"},
	}
	_, err = core.ConfigMaps("kube-system").Create(ctx, mark, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// beat keeps the node ready until the end.
func beat(ctx context.Context, client kubernetes.Interface, port int, served <-chan error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-served:
			return err
		case <-time.After(heartbeat):
			if err := report(ctx, client, port); err != nil {
				fmt.Fprintln(os.Stderr, "heartbeat:", err)
			}
		}
	}
}
