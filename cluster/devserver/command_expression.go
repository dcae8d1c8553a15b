package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A filter is a filter expression that has been read and can be asked about records.
type filter struct{ expression *expression.Expression }

// parseFilter reads a packed filter expression, to which it keeps a reference; without
// bytes there is no filter.
func parseFilter(packed []byte) (*filter, protocol.ResultCode) {
	if packed == nil {
		return nil, protocol.OK
	}
	e, code := expression.ParseFilter(packed)
	if code != protocol.OK {
		return nil, code
	}
	return &filter{e}, protocol.OK
}

// check reports whether a record may be worked on: OK or FilteredOut.
func (f *filter) check(ns *namespace, r *record) protocol.ResultCode {
	if f.expression.Matches(storedRecord{r, &ns.server.clock}) {
		return protocol.OK
	}
	return protocol.FilteredOut
}

// applyFilter decides whether a command may go on with a record that exists. The
// command's own filter replaces that of its batch.
func (c *command) applyFilter(r *record) protocol.ResultCode {
	f := c.batchFilter
	if c.filter != nil {
		var code protocol.ResultCode
		if f, code = parseFilter(c.filter); code != protocol.OK {
			return code
		}
	}
	if f == nil {
		return protocol.OK
	}
	return f.check(c.ns, r)
}

// readExpression evaluates an expression for the answer.
func (c *command) readExpression(op *wire.RawOp) (bin, protocol.ResultCode) {
	o, code := expression.ParseRead(op.Data)
	if code != protocol.OK {
		return bin{}, code
	}
	result, code := o.Read(c.seen())
	return bin{particle: result.Type, value: result.Data}, code
}

// modifyExpression evaluates an expression and writes its value, or removes the bin.
func (c *command) modifyExpression(op *wire.RawOp) protocol.ResultCode {
	o, code := expression.ParseModify(op.Data)
	if code != protocol.OK {
		return code
	}
	_, exists := c.bin(op.Name)
	change, result, code := o.Modify(c.seen(), exists)
	switch {
	case code != protocol.OK:
		return code
	case change == expression.Delete:
		c.removeBin(op.Name)
	case change == expression.Set:
		c.put(bin{name: op.Name, particle: result.Type, value: c.keep(result.Data), indexed: result.Indexed})
	}
	return protocol.OK
}
