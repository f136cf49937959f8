package main

import (
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)
var _ = informers.NewSharedInformerFactory
var _ = kubernetes.NewForConfig
var _ = cache.MetaNamespaceKeyFunc
var _ = clientcmd.BuildConfigFromFlags
func runKubelet(args []string) {}
