package devserver

import "github.com/aerosql/aerosql/protocol"

// applyFilter decides whether a command may go on with a record that exists.
// No filter expression is known: every one is a parameter error.
func (c *command) applyFilter(*record) protocol.ResultCode {
	if c.filter != nil {
		return protocol.ParameterError
	}
	return protocol.OK
}

// readExpression evaluates an expression for the answer; see applyFilter.
func (c *command) readExpression(*protocol.RawOp) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}

// modifyExpression evaluates an expression and writes its value; see applyFilter.
func (c *command) modifyExpression(*protocol.RawOp) protocol.ResultCode {
	return protocol.ParameterError
}
