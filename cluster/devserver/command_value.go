package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/protocol"
)

// Bins are stored in the encoding that clients read. Operations on their content work on values;
// this file converts between the two. Whether a list or map has a persisted index is part of the
// value, but not of the encoding.

// parse returns the value of a bin. It shares memory with the bin.
func (b bin) parse() (protocol.Value, protocol.ResultCode) {
	v, err := collection.Unpack(b.particle, b.value)
	if err != nil {
		return v, protocol.ServerError
	}
	if b.indexed {
		v = collection.Indexed(v)
	}
	return v, protocol.OK
}

// binValue returns the value of the bin with the given name, nil if the bin does not exist.
func (c *command) binValue(name []byte) (protocol.Value, protocol.ResultCode) {
	b, exists := c.bin(name)
	if !exists {
		return protocol.Nil(), protocol.OK
	}
	return b.parse()
}

// setValue stores a value in the bin with the given name. nil removes the bin.
func (c *command) setValue(name []byte, v protocol.Value) protocol.ResultCode {
	if v.IsNil() {
		c.removeBin(name)
		return protocol.OK
	}
	b, code := c.pack(v, protocol.OK)
	if code == protocol.OK {
		b.name, b.indexed = name, v.Order()&protocol.PersistIndex != 0
		c.put(b)
	}
	return code
}

// pack encodes a computed value in scratch space and returns it as a bin without a name. If code is
// not OK, pack returns it.
func (c *command) pack(v protocol.Value, code protocol.ResultCode) (bin, protocol.ResultCode) {
	if code != protocol.OK {
		return bin{}, code
	}
	start := len(c.scratch)
	packed, err := collection.Pack(c.scratch, v)
	if err != nil {
		return bin{}, protocol.ServerError
	}
	c.scratch = packed
	return bin{particle: v.Particle(), value: packed[start:len(packed):len(packed)]}, protocol.OK
}
