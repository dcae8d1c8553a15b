package devserver

import (
	"bytes"
	"sync"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// idleSize is the largest buffer that an idle connection keeps.
	idleSize = 64 << 10
	// idleParts is the largest number of operations, fields or bins that an idle connection keeps
	// space for.
	idleParts = 256
	// retainSize is the largest buffer that is reused for a later request of any connection. A
	// message of a query fits in, which ends with the first record beyond scanChunk: a scan that
	// allocated each of its messages would run the garbage collector over all records again and
	// again.
	retainSize = 2 * scanChunk

	// scratchLimit is how many bytes of scratch space a command may use before values that no bin
	// refers to any longer are dropped.
	scratchLimit = 16 << 20
	// maxCommandBins limits the size of a command's bins, in bytes, between two operations. It is
	// larger than any record can be. A real server has no such limit and may crash.
	maxCommandBins = 64 << 20
)

// buffers pools buffers that no connection uses.
type buffers struct{ pool sync.Pool }

// take returns an empty buffer, nil if the pool is empty.
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

// takeOutBuffer takes a buffer from the pool for an answer that is probably long.
func (c *conn) takeOutBuffer() {
	if c.out == nil {
		c.out = c.node.server.buffers.take()
	}
}

// trim releases large memory of the last request before the connection waits for the next one.
func (c *conn) trim() {
	command := &c.command
	if cap(c.body) > idleSize {
		c.node.server.buffers.give(c.body)
		c.body = nil
		// These refer to the body.
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

// isFull reports whether the records exceed Options.MaxMemory.
func (s *Server) isFull() bool {
	if s.options.MaxMemory == 0 {
		return false
	}
	var used int64
	for _, ns := range s.namespaces.Load().list {
		for node := range ns.usage {
			used += ns.usage[node].bytes.Load()
		}
	}
	return used > s.options.MaxMemory
}

// limitMemory limits the memory of a command after each operation. It returns false if the command
// uses too much.
func (c *command) limitMemory() bool {
	if len(c.out)-c.start > protocol.MaxProtoSize {
		return false
	}
	if len(c.scratch) < scratchLimit {
		return true
	}
	c.scratch = nil
	size := 0
	for i := range c.bins {
		size += len(c.bins[i].value)
		c.bins[i].value = bytes.Clone(c.bins[i].value)
	}
	return size <= maxCommandBins
}
