// Command cluster is a Kubernetes control plane for tests, in one binary.
//
// Its first argument names the component to be. Each runs as a process of its
// own, because their signal handlers and registries belong to a whole process.
package main

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: cluster COMPONENT [FLAG…]")
	}
	dieWithParent()
	component := os.Args[1]
	os.Args = os.Args[1:]
	switch component {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	case "fake-kubelet":
		runKubelet(os.Args[1:])
	case "pki":
		runPKI(os.Args[1:])
	default:
		fail("unknown component: " + component)
	}
}

// fail ends the process with a message.
func fail(message string) {
	fmt.Fprintln(os.Stderr, "cluster:", message)
	os.Exit(1)
}
