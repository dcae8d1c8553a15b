package replay

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A pair is a client's connection with that to the node.
type pair struct {
	node             *proxyNode
	number           int
	client, upstream net.Conn

	mu      sync.Mutex
	waiting []*pending // requests without a complete answer, oldest first
}

// handshakeTimeout is how long a TLS handshake may take.
const handshakeTimeout = 10 * time.Second

// A pending request waits for the rest of its answer.
type pending struct {
	request request
	asked   []string // commands about addresses, if the node got others
	began   time.Time
	x       Exchange
}

// serve passes everything on between a client and the node until one of them closes its connection.
func (n *proxyNode) serve(client net.Conn) {
	p := n.proxy
	if err := p.handshake(client); err != nil {
		p.options.Logger.Warn("TLS handshake", "client", client.RemoteAddr(), "error", err)
		return
	}
	p.mu.Lock()
	address, tlsName := n.upstream, n.tlsName
	p.mu.Unlock()
	upstream, err := p.dial(p.running, address, tlsName)
	if err != nil {
		p.options.Logger.Warn("upstream", "address", address, "error", err)
		return
	}
	if !p.track(upstream) {
		return
	}
	c := &pair{node: n, number: int(n.conns.Add(1)), client: client, upstream: upstream}
	p.options.Logger.Debug("connection", "client", client.RemoteAddr(), "upstream", address)
	sending := make(chan struct{})
	go func() {
		defer close(sending)
		err := c.passRequests()
		p.options.Logger.Debug("connection ends", "client", client.RemoteAddr(), "error", err)
		upstream.Close() // ends passAnswers
	}()
	end := c.passAnswers()
	p.forget(upstream)
	client.Close()
	<-sending
	c.abandon(end)
}

// handshake completes the handshake of a client with TLS.
func (p *Proxy) handshake(client net.Conn) error {
	c, ok := client.(*tls.Conn)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.running, handshakeTimeout)
	defer cancel()
	return c.HandshakeContext(ctx)
}

// dial connects to a node.
func (p *Proxy) dial(ctx context.Context, address, tlsName string) (net.Conn, error) {
	nc, err := p.options.Dial(ctx, "tcp", address)
	if err != nil || p.options.UpstreamTLS == nil {
		return nc, err
	}
	config := p.options.UpstreamTLS
	if config.ServerName == "" {
		host, _, _ := net.SplitHostPort(address)
		config = config.Clone()
		config.ServerName = cmp.Or(tlsName, host)
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	secured := tls.Client(nc, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, fmt.Errorf("TLS with %s: %w", address, err)
	}
	return secured, nil
}

// passRequests passes requests on to the node.
func (c *pair) passRequests() error {
	in := bufio.NewReader(c.client)
	for {
		f, err := readFrame(in)
		if err != nil {
			return err
		}
		r := parseRequest(f)
		now := time.Now()
		sent, asked := asksOther(f, c.node.proxy.options.UpstreamTLS != nil)
		w := &pending{request: r, asked: asked, began: now, x: Exchange{
			Number: c.node.proxy.number.Add(1), At: now.Sub(c.node.proxy.record.began), Node: c.node.number, Conn: c.number,
			Kind: r.kind, Request: f,
		}}
		c.mu.Lock()
		c.waiting = append(c.waiting, w)
		c.mu.Unlock()
		if _, err := c.upstream.Write(sent); err != nil {
			return err
		}
	}
}

// passAnswers passes answers on to the client. A complete exchange is recorded before the client
// gets the end of the answer. It returns who closed the connection.
func (c *pair) passAnswers() (end string) {
	in := bufio.NewReader(c.upstream)
	for {
		f, err := readFrame(in)
		if errors.Is(err, net.ErrClosed) {
			return endedByClient
		}
		if err != nil {
			// A node that dies within an answer: the client gets the part.
			c.received(f)
			_, _ = c.client.Write(f)
			return endedByServer
		}
		c.node.learnName(f)
		f = replaceAddresses(f, c.asked(), c.node)
		c.received(f)
		if _, err := c.client.Write(f); err != nil {
			return endedByClient
		}
	}
}

// asked returns the commands about addresses of the request that the next frame answers.
func (c *pair) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return nil
	}
	return c.waiting[0].asked
}

// received adds a frame to the oldest request without a complete answer.
func (c *pair) received(f frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		if len(f) == 0 {
			return
		}
		c.node.proxy.options.Logger.Warn("an answer without a request", "node", c.node.number)
		return
	}
	w := c.waiting[0]
	w.x.Answer = append(w.x.Answer, f...)
	if list, _ := frames(f); len(list) == 1 && w.request.ends(f) {
		c.waiting = c.waiting[1:]
		c.node.proxy.write(w)
	}
}

// abandon records the requests whose answers are incomplete.
func (c *pair) abandon(end string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waiting {
		w.x.End = end
		c.node.proxy.write(w)
	}
	c.waiting = nil
}

// write writes an exchange to the recording, without secrets.
func (p *Proxy) write(w *pending) {
	x := w.x
	x.Took = time.Since(w.began)
	hide := hideSecrets
	if p.options.Redact {
		hide = redact
	}
	list, rest := frames(x.Answer)
	x.Answer = nil
	for _, f := range list {
		x.Answer = append(x.Answer, hide(f, true)...)
	}
	if p.options.Redact {
		clear(rest[min(wire.ProtoHeaderSize, len(rest)):])
	}
	x.Answer = append(x.Answer, rest...)
	x.Request = hide(x.Request, false)
	r := parseRequest(x.Request)
	x.About = r.about()
	p.record.exchange(&x)
	if err := p.record.failed(); err != nil {
		p.options.Logger.Error("recording failed", "error", err)
	}
}
