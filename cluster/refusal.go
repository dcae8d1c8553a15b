package cluster

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// describe sets Op of a call's error, and Key unless it is set already. If Close interrupted the
// call or came before it, the error is ErrClosed alone, unless the server has returned a result
// code.
func (c *Client) describe(e *protocol.Error, op string, key *protocol.Key) {
	e.Op = op
	if e.Key.Namespace == "" {
		e.Key = *key
	}
	if e.Code == protocol.ClientError && (c.isClosed() || e.Attempts == 0 && c.calls.closed()) {
		if !errors.Is(e.Err, ErrClosed) {
			e.Err = ErrClosed
		}
		e.Message = ""
	}
}

// about describes the error of a method that works on a set, a namespace or neither. Methods defer
// it.
func (c *Client) about(err *error, op, namespace, set string) {
	if e, ok := errors.AsType[*protocol.Error](*err); ok {
		c.describe(e, op, &protocol.Key{Namespace: namespace, Set: set})
	}
}

// aboutKey describes and returns the error of a command on a record. The key replaces that of
// another record, such as the monitor of a transaction.
func (c *Client) aboutKey(err error, op string, key *protocol.Key) error {
	if e, ok := err.(*protocol.Error); ok {
		e.Key = *key
		c.describe(e, op, key)
	}
	return err
}

// nameBin sets the message of an error about a bin to the bin's name, if the command has only one
// bin and the server sent no message.
func nameBin(e *protocol.Error, cmd *wire.Command) {
	switch e.Code {
	case protocol.BinExists, protocol.BinTypeError, protocol.BinNotFound, protocol.ElementNotFound, protocol.ElementExists, protocol.OpNotApplicable:
		if bin := cmd.OnlyBin(); bin != "" && e.Message == "" {
			e.Message = fmt.Sprintf("bin %q", bin)
		}
	}
}
