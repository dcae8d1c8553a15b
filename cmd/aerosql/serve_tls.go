package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// tlsName is the name in the certificate that -tls-ca makes.
const tlsName = "localhost"

// listenTLS are the flags for a second address that speaks TLS.
type listenTLS struct{ ca, cert, key, clientCA string }

// register adds the flags. effect says what else they cause.
func (t *listenTLS) register(flags *flag.FlagSet, effect string) {
	flags.StringVar(&t.ca, "tls-ca", "", "also listen with TLS for the name \"localhost\", on port+1333, and write the certificate of the authority to this `file`"+effect)
	flags.StringVar(&t.cert, "tls-cert", "", "also listen with TLS, with the certificate in this `file` (with -tls-key)"+effect)
	flags.StringVar(&t.key, "tls-key", "", "private key of -tls-cert, a `file`")
}

// used reports whether a flag asks for TLS.
func (t *listenTLS) used() bool { return t.ca != "" || t.cert != "" }

// options returns the TLS options, nil without TLS.
func (t *listenTLS) options() (*devserver.TLSOptions, error) {
	switch {
	case t.ca != "" && t.cert != "":
		return nil, errors.New("-tls-ca makes a certificate and -tls-cert has one: use one of them")
	case (t.cert == "") != (t.key == ""):
		return nil, errors.New("-tls-cert and -tls-key need each other")
	case !t.used() && t.clientCA != "":
		return nil, errors.New("-tls-client-ca needs -tls-ca or -tls-cert")
	case !t.used():
		return nil, nil
	}
	certificate, name, err := t.certificate()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if t.clientCA != "" {
		config.ClientAuth = tls.VerifyClientCertIfGiven
		if config.ClientCAs, err = authorities("tls-client-ca", t.clientCA); err != nil {
			return nil, err
		}
	}
	return &devserver.TLSOptions{Config: config, Name: name}, nil
}

// certificate returns the server's certificate and its TLS name.
func (t *listenTLS) certificate() (tls.Certificate, string, error) {
	if t.cert != "" {
		certificate, err := tls.LoadX509KeyPair(t.cert, t.key)
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
	return certificate, tlsName, os.WriteFile(t.ca, authority.PEM(), 0o644)
}

// authorities reads the certificates of authorities from the file of a flag.
func authorities(name, file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("-%s %s has no certificate", name, file)
	}
	return pool, nil
}

// dialTLS are the flags for connections to nodes with TLS.
type dialTLS struct{ ca, name, cert, key string }

// config returns the configuration of the connections, nil without TLS.
func (t *dialTLS) config() (*tls.Config, error) {
	switch {
	case t.ca == "" && (t.name != "" || t.cert != "" || t.key != ""):
		return nil, errors.New("-upstream-tls-name, -upstream-tls-cert and -upstream-tls-key need -upstream-tls-ca")
	case t.ca == "":
		return nil, nil
	case (t.cert == "") != (t.key == ""):
		return nil, errors.New("-upstream-tls-cert and -upstream-tls-key need each other")
	}
	pool, err := authorities("upstream-tls-ca", t.ca)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: pool, ServerName: t.name}
	if t.cert != "" {
		certificate, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}
