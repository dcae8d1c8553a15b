package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// tlsName is the name in the certificate that -tls-ca makes.
const tlsName = "localhost"

func (f *serveFlags) usesTLS() bool { return f.tlsCA != "" || f.tlsCert != "" }

// tls returns the TLS options, nil without TLS.
func (f *serveFlags) tls() (*devserver.TLSOptions, error) {
	switch {
	case f.tlsCA != "" && f.tlsCert != "":
		return nil, errors.New("-tls-ca makes a certificate and -tls-cert has one: use one of them")
	case (f.tlsCert == "") != (f.tlsKey == ""):
		return nil, errors.New("-tls-cert and -tls-key need each other")
	case !f.usesTLS() && f.tlsClientCA != "":
		return nil, errors.New("-tls-client-ca needs -tls-ca or -tls-cert")
	case !f.usesTLS():
		return nil, nil
	}
	certificate, name, err := f.certificate()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if f.tlsClientCA != "" {
		pem, err := os.ReadFile(f.tlsClientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("-tls-client-ca %s has no certificate", f.tlsClientCA)
		}
	}
	return &devserver.TLSOptions{Config: config, Name: name}, nil
}

// certificate returns the server's certificate and its TLS name.
func (f *serveFlags) certificate() (tls.Certificate, string, error) {
	if f.tlsCert != "" {
		certificate, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
		return certificate, "", err
	}
	authority, err := devserver.NewAuthority()
	if err != nil {
		return tls.Certificate{}, "", err
	}
	certificate, err := authority.Issue(tlsName)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	return certificate, tlsName, os.WriteFile(f.tlsCA, authority.PEM(), 0o644)
}
