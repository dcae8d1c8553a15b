package devserver

import "github.com/aerosql/aerosql/protocol"

// readBits executes a bit operation that changes nothing. No call is known:
// every one is a parameter error.
func (c *command) readBits(*protocol.RawOp, bin, bool) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}

// modifyBits executes a bit operation that changes a blob; see readBits.
func (c *command) modifyBits(*protocol.RawOp) protocol.ResultCode { return protocol.ParameterError }
