package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/control"
)

// A controller serves the control address of a server.
type controller struct {
	handler *control.Handler
	http    *http.Server
	address string
	ended   chan error
}

// headerTimeout limits how long a client may take to send the header of a request.
const headerTimeout = 10 * time.Second

// startControl listens on the address of -control. An address that is not loopback needs a token.
func startControl(server *devserver.Server, address, token string) (*controller, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-control: %w", err)
	}
	ip := net.ParseIP(host)
	if token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("-control %s is not a loopback address: set -control-token", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("-control: %w", err)
	}
	c := &controller{handler: control.New(server, control.Options{Token: token}), address: l.Addr().String(), ended: make(chan error, 1)}
	c.http = &http.Server{Handler: c.handler, ReadHeaderTimeout: headerTimeout}
	go func() { c.ended <- c.http.Serve(l) }()
	return c, nil
}

// close ends the control address and the forks.
func (c *controller) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = c.http.Close()
	}
	<-c.ended
	return errors.Join(err, c.handler.Close())
}
