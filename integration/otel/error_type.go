package otel

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// errorType returns a value of low cardinality: the server's result code, the client-side cause, or
// the error's type.
func errorType(err error) string {
	if pe, ok := errors.AsType[*protocol.Error](err); ok && pe.Code != protocol.ClientError {
		return pe.Code.String()
	}
	if code, ok := errors.AsType[protocol.ResultCode](err); ok && code != protocol.ClientError {
		return code.String()
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return fmt.Sprintf("%T", err)
}

// causes are the reasons for which a command ends on the client's side, most specific first.
var causes = []struct {
	err  error
	name string
}{
	{context.Canceled, "canceled"},
	{context.DeadlineExceeded, "deadline_exceeded"},
	{cluster.ErrTimeout, "timeout"},
	{cluster.ErrNodeBackoff, "node_backoff"},
	{cluster.ErrOverload, "overload"},
	{cluster.ErrNoNode, "no_node"},
	{cluster.ErrConnect, "connect"},
	{cluster.ErrClosed, "closed"},
}
