package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// serveLogs answers what `kubectl logs` asks the API server and that the
// kubelet. The API server does not look at the certificate.
func serveLogs(port int, k *keeper) error {
	certificate, err := ownCertificate()
	if err != nil {
		return err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs)
	server := &http.Server{
		Addr:              fmt.Sprintf("%s:%d", nodeIP, port),
		Handler:           routes,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}},
		ReadHeaderTimeout: 10 * time.Second,
	}
	return server.ListenAndServeTLS("", "")
}

// logs writes the lines that the pod's annotations put into its mouth. Of the
// query, tailLines, limitBytes and timestamps count; the rest, such as follow,
// is accepted and changes nothing.
func (k *keeper) logs(w http.ResponseWriter, r *http.Request) {
	namespace, container := r.PathValue("namespace"), r.PathValue("container")
	pod, err := k.lister.Pods(namespace).Get(r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	text := strings.Join(logLines(pod, container, r.URL.Query().Get("timestamps") == "true"), "")
	query := r.URL.Query()
	if tail, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		lines = lines[max(0, len(lines)-tail):]
		text = strings.Join(lines, "")
		if text != "" {
			text += "\n"
		}
	}
	if limit, err := strconv.Atoi(query.Get("limitBytes")); err == nil && limit < len(text) {
		text = text[:limit]
	}
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprint(w, text)
}

func logLines(pod *corev1.Pod, container string, timestamps bool) []string {
	text, ok := wish(pod, "logs", container)
	if !ok {
		text = fmt.Sprintf("%s/%s/%s runs on %s", pod.Namespace, pod.Name, container, nodeName)
	}
	if text == "" {
		return nil
	}
	var made []string
	for line := range strings.Lines(strings.TrimSuffix(text, "\n") + "\n") {
		if timestamps {
			line = pod.CreationTimestamp.UTC().Format(time.RFC3339Nano) + " " + line
		}
		made = append(made, line)
	}
	return made
}

func ownCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
