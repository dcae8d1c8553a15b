package devserver

import "github.com/aerosql/aerosql/protocol"

// readCollection executes a call on a list or map that changes nothing. No
// call is known: every one is a parameter error.
func (c *command) readCollection(*protocol.RawOp, bin, bool) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}

// modifyCollection executes a call that changes a list or map; see readCollection.
func (c *command) modifyCollection(*protocol.RawOp) (bin, protocol.ResultCode) {
	return bin{}, protocol.ParameterError
}
