package devserver

import (
	"bytes"
	"sync"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// idleSize is the largest buffer that a connection keeps while it waits for a request.
	idleSize = 64 << 10
	// idleParts is how many operations, fields or bins it keeps space for.
	idleParts = 256
	// retainSize is the largest buffer that is kept from one request for the next, of whatever connection.
	retainSize = 1 << 20

	// crowdedSize is how many bytes of values the operations of a command make before those that no bin has any longer
	// are dropped.
	crowdedSize = 16 << 20
	// maxUnstored is how many bytes the bins of a command may have between two operations: more than any record can. A real
	// server has no such bound, and may end.
	maxUnstored = 64 << 20
)

// buffers are those that no connection uses.
type buffers struct{ pool sync.Pool }

// take returns an empty buffer, nil if there is none.
func (b *buffers) take() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return (*p)[:0]
	}
	return nil
}

func (b *buffers) give(buf []byte) {
	if cap(buf) <= retainSize {
		b.pool.Put(&buf)
	}
}

// takeOut takes a buffer for an answer that can be expected to be long.
func (c *conn) takeOut() {
	if c.out == nil {
		c.out = c.node.server.buffers.take()
	}
}

// trim lets go of memory that the last request has taken, before the connection waits for the next one.
func (c *conn) trim() {
	command := &c.command
	if cap(c.body) > idleSize {
		c.node.server.buffers.give(c.body)
		c.body = nil
		// These have parts of it.
		c.message = wire.Message{}
		command.setName, command.key, command.filter = nil, nil, nil
	}
	if cap(c.out) > idleSize {
		c.node.server.buffers.give(c.out)
		c.out = nil
	}
	if cap(c.message.Ops) > idleParts || cap(c.message.Fields) > idleParts {
		c.message = wire.Message{}
	}
	if cap(command.scratch) > idleSize {
		command.scratch = nil
	}
	if cap(command.bins) > idleParts {
		command.bins = nil
	}
}

// settle bounds the memory that a command takes, after each of its operations; false means that it is too much.
func (c *command) settle() bool {
	if len(c.out)-c.start > protocol.MaxProtoSize {
		return false
	}
	if len(c.scratch) < crowdedSize {
		return true
	}
	c.scratch = nil
	size := 0
	for i := range c.bins {
		size += len(c.bins[i].value)
		c.bins[i].value = bytes.Clone(c.bins[i].value)
	}
	return size <= maxUnstored
}
