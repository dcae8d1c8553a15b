package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A filter is a parsed filter expression.
type filter struct{ expression *expression.Expression }

// parseFilter parses a packed filter expression and retains packed. For nil it returns no filter.
func (s *Server) parseFilter(packed []byte) (*filter, protocol.ResultCode) {
	switch {
	case packed == nil:
		return nil, protocol.OK
	case s.lacksExpression(packed):
		return nil, protocol.ParameterError
	}
	e, code := expression.ParseFilter(packed)
	if code != protocol.OK {
		return nil, code
	}
	return &filter{e}, protocol.OK
}

// check returns OK if the record matches, otherwise FilteredOut.
func (f *filter) check(ns *namespace, r *record) protocol.ResultCode {
	if f.expression.Matches(storedRecord{r, &ns.server.clock}) {
		return protocol.OK
	}
	return protocol.FilteredOut
}

// applyFilter applies the command's filter to an existing record. The command's own filter replaces
// that of its batch.
func (c *command) applyFilter(r *record) protocol.ResultCode {
	f := c.batchFilter
	if c.filter != nil {
		var code protocol.ResultCode
		if f, code = c.ns.server.parseFilter(c.filter); code != protocol.OK {
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
	if c.unknownOperation(op) {
		return bin{}, protocol.ParameterError
	}
	o, code := expression.ParseRead(op.Data)
	if code != protocol.OK {
		return bin{}, code
	}
	result, code := o.Read(c.expressionRecord())
	return bin{particle: result.Type, value: result.Data}, code
}

// modifyExpression evaluates an expression and writes its value to the bin, or removes the bin.
func (c *command) modifyExpression(op *wire.RawOp) protocol.ResultCode {
	if c.unknownOperation(op) {
		return protocol.ParameterError
	}
	o, code := expression.ParseModify(op.Data)
	if code != protocol.OK {
		return code
	}
	_, exists := c.bin(op.Name)
	change, result, code := o.Modify(c.expressionRecord(), exists)
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
