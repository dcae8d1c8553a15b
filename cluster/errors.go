package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// Causes of failures on this side, to be asked for with errors.Is.
var (
	// ErrClosed means that the client was closed before or during the call, or was not made by
	// Open.
	ErrClosed = errors.New("client is closed")
	// ErrNoNode means that no active node of the cluster holds the record's partition, or that no
	// active node has the requested name.
	ErrNoNode = errors.New("no node available")
	// ErrTimeout means that the total timeout, the socket timeout or the context's deadline was
	// reached.
	ErrTimeout = link.ErrTimeout
	// ErrPoolExhausted means that all connections of a node were in use until the time was over.
	ErrPoolExhausted = link.ErrPoolExhausted
	// ErrNodeBackoff means that the node has failed more often than Config.MaxErrorRate allows. No
	// command is sent to it until Config.ErrorRateWindow is over. Nothing was sent. Try again
	// later, or with another replica policy.
	ErrNodeBackoff = errors.New("node is backing off after too many errors")
	// ErrRetryBudget means that a command was not retried because too many commands are being
	// retried, see Config.RetryPercent. The error also wraps the failure of the last try.
	ErrRetryBudget = errors.New("retry budget exhausted")
	// ErrConnect means that no connection could be made: to any seed, or to the node.
	ErrConnect = errors.New("can't connect")
	// ErrClusterName means that a seed belongs to a cluster of another name; errors.As gives a
	// *ClusterNameError.
	ErrClusterName = errors.New("cluster name mismatch")
	// ErrNode means that a node answered in a way that does not let it take part, e.g. with another
	// node's name.
	ErrNode = link.ErrNode
	// ErrNamespace means a namespace that no node of the cluster has. The error's code is
	// protocol.InvalidNamespace as well.
	ErrNamespace = errors.New("unknown namespace")
	// ErrEmptyBatch means a batch without keys or rows.
	ErrEmptyBatch = errors.New("batch without rows")
	// ErrBatchNamespaces means a batch of keys of several namespaces.
	ErrBatchNamespaces = errors.New("batch of keys of several namespaces")
)

// contextError is why a context has ended, nil if it has not.
func contextError(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return link.ContextError(ctx)
}

// inner is the text of an error within another one's, where the prefix would be there twice.
func inner(err error) string { return strings.TrimPrefix(err.Error(), "aerospike: ") }

// clientError wraps what is wrong before anything is sent.
func clientError(err error) *protocol.Error {
	return &protocol.Error{Code: protocol.ClientError, Err: err}
}

// ErrConfig means a Config or a policy that contradicts itself; the message says where.
var ErrConfig = errors.New("invalid configuration")

func configError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrConfig, fmt.Errorf(format, args...))
}

// verdictOf returns the server's verdict in a command's error, and whether it may have been applied
// all the same.
func verdictOf(err error) (code protocol.ResultCode, inDoubt bool) {
	if err == nil {
		return protocol.OK, false
	}
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Code, e.InDoubt
	}
	return protocol.ClientError, false
}

// ErrArgument means an argument that no call can use, such as a nil context, function or
// transaction.
var ErrArgument = errors.New("invalid argument")

var errNilContext = fmt.Errorf("%w: the context is nil", ErrArgument)

// ErrNoModule means a module that is not registered.
var ErrNoModule = errors.New("no such module")

// ErrNoFunction means a function that its module does not have. The error's code is
// protocol.UDFError as well.
var ErrNoFunction = errors.New("no such function")

var (
	errNotOpened = fmt.Errorf("%w: it was not made by Open", ErrClosed)
)
