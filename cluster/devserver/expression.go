package devserver

import "github.com/aerosql/aerosql/protocol"

// A filter is a filter expression that has been read and can be asked about records.
type filter struct{}

// parseFilter reads a packed filter expression; without bytes there is no filter.
// No expression is known: every one is a parameter error.
func parseFilter(packed []byte) (*filter, protocol.ResultCode) {
	if packed != nil {
		return nil, protocol.ParameterError
	}
	return nil, protocol.OK
}

// check reports whether a record may be worked on: OK or FilteredOut.
func (f *filter) check(*record) protocol.ResultCode { return protocol.OK }

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
	return f.check(r)
}

// readExpression evaluates an expression for the answer; see parseFilter.
func (c *command) readExpression(*protocol.RawOp) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}

// modifyExpression evaluates an expression and writes its value; see parseFilter.
func (c *command) modifyExpression(*protocol.RawOp) protocol.ResultCode {
	return protocol.ParameterError
}
