package devserver

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// userAgents counts a node's open connections by the user agent that the client sent.
type userAgents struct {
	mu     sync.Mutex
	counts map[string]int // by encoded user agent
}

func (u *userAgents) add(agent string, n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts == nil {
		u.counts = make(map[string]int)
	}
	if u.counts[agent] += n; u.counts[agent] == 0 {
		delete(u.counts, agent)
	}
}

// maxUserAgent is the length of the longest user agent, in base64.
const maxUserAgent = 84

// setUserAgent accepts the client's user agent, once per connection.
func (r *infoRequest) setUserAgent() string {
	value, failure := r.required("value")
	switch {
	case failure != "":
		return failure
	case r.conn.userAgent != "":
		return infoError(protocol.ParameterError, "already set")
	case len(value) > maxUserAgent:
		return infoError(protocol.ParameterError, "'value' value too long")
	}
	if _, err := base64.StdEncoding.DecodeString(value); err != nil {
		return infoError(protocol.ParameterError, "'value' invalid base64")
	}
	r.conn.userAgent = value
	r.node.agents.add(value, 1)
	return infoOK
}

// forgetUserAgent removes a connection that ends from the counts.
func (c *conn) forgetUserAgent() {
	if c.userAgent != "" {
		c.node.agents.add(c.userAgent, -1)
	}
}

// userAgents lists the user agents of open connections.
func (r *infoRequest) userAgents() string {
	u := &r.node.agents
	u.mu.Lock()
	defer u.mu.Unlock()
	var b strings.Builder
	for _, agent := range slices.Sorted(maps.Keys(u.counts)) {
		fmt.Fprintf(&b, "user-agent=%s:count=%d;", agent, u.counts[agent])
	}
	return b.String()
}
