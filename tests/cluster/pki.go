package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// authority signs the certificates of one cluster.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	folder      string
	server      string
}

// The users that get a kubeconfig. All but one are in system:masters: the
// controller-manager with one identity is denied by RBAC else (no pod is ever
// created), and a node's certificate may not create its Node without the node
// authorizer.
var users = []struct {
	file, name string
	groups     []string
}{
	{"admin", "kubernetes-admin", []string{"system:masters"}},
	{"controller-manager", "system:kube-controller-manager", []string{"system:masters"}},
	{"scheduler", "system:kube-scheduler", []string{"system:masters"}},
	{"kubelet", "system:node:" + nodeName, []string{"system:masters"}},
	{"nobody", "nobody", nil},
}

// runPKI writes every key, certificate and kubeconfig of a cluster into a folder.
func runPKI(args []string) error {
	flags := flag.NewFlagSet("pki", flag.ExitOnError)
	folder := flags.String("folder", ".", "where to write")
	server := flags.String("server", "", "URL of the API server, for the kubeconfigs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ca, err := newAuthority(*folder, *server)
	if err != nil {
		return err
	}
	if err := ca.writeServing("apiserver"); err != nil {
		return err
	}
	if err := writeServiceAccountKeys(*folder); err != nil {
		return err
	}
	for _, user := range users {
		subject := pkix.Name{CommonName: user.name, Organization: user.groups}
		certificate, key, err := ca.sign(&x509.Certificate{
			Subject:     subject,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		if err != nil {
			return err
		}
		if err := ca.writeKubeconfig(user.file, user.name, certificate, key); err != nil {
			return err
		}
	}
	return nil
}

func newAuthority(folder, server string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	ca := &authority{key: key, folder: folder, server: server}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "rutter test cluster"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	ca.certificate = template
	der, err := ca.issue(template, key.Public())
	if err != nil {
		return nil, err
	}
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return ca, write(folder, "ca.crt", ca.pem())
}

func (ca *authority) pem() []byte {
	return block("CERTIFICATE", ca.certificate.Raw)
}

// issue fills in what all certificates share and signs; returns DER.
func (ca *authority) issue(template *x509.Certificate, key crypto.PublicKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(30 * 24 * time.Hour)
	return x509.CreateCertificate(rand.Reader, template, ca.certificate, key, ca.key)
}

// sign makes a key and its certificate; both are returned as PEM.
func (ca *authority) sign(template *x509.Certificate) (certificate, private []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := ca.issue(template, key.Public())
	if err != nil {
		return nil, nil, err
	}
	private, err = privatePEM(key)
	return block("CERTIFICATE", der), private, err
}

// writeServing writes the API server's certificate. It also presents it to the
// kubelet, which accepts anybody.
func (ca *authority) writeServing(name string) error {
	certificate, key, err := ca.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("10.0.0.1")},
		DNSNames: []string{
			"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
		},
	})
	if err != nil {
		return err
	}
	if err := write(ca.folder, name+".crt", certificate); err != nil {
		return err
	}
	return write(ca.folder, name+".key", key)
}

func (ca *authority) writeKubeconfig(file, user string, certificate, key []byte) error {
	config := api.NewConfig()
	config.Clusters["rutter-test"] = &api.Cluster{Server: ca.server, CertificateAuthorityData: ca.pem()}
	config.AuthInfos[user] = &api.AuthInfo{ClientCertificateData: certificate, ClientKeyData: key}
	config.Contexts["rutter-test"] = &api.Context{Cluster: "rutter-test", AuthInfo: user}
	config.CurrentContext = "rutter-test"
	return clientcmd.WriteToFile(*config, filepath.Join(ca.folder, file+".kubeconfig"))
}

// writeServiceAccountKeys writes the pair that signs service accounts' tokens.
func writeServiceAccountKeys(folder string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	private, err := privatePEM(key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := write(folder, "sa.key", private); err != nil {
		return err
	}
	return write(folder, "sa.pub", block("PUBLIC KEY", public))
}

func privatePEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	return block("EC PRIVATE KEY", der), err
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func write(folder, name string, content []byte) error {
	if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
