package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// Causes of failures on this side, to be asked for with errors.Is.
var (
	// ErrClosed means that the client was closed before or during the call, or was not made by Open.
	ErrClosed = errors.New("client is closed")
	// ErrNoNode means that no active node of the cluster holds the record's partition, or that
	// there is no node of the name asked for.
	ErrNoNode = errors.New("no node for this")
	// ErrTimeout means that the total timeout, the socket timeout or the context's deadline was reached.
	ErrTimeout = link.ErrTimeout
	// ErrPoolExhausted means that all connections of a node were in use until the time was over.
	ErrPoolExhausted = link.ErrPoolExhausted
	// ErrNodeBackoff means that the node has failed more often than Config.MaxErrorRate allows, and is left alone until
	// Config.ErrorRateWindow is over. Nothing was sent. Try again after that, or at another node under another replica policy.
	ErrNodeBackoff = errors.New("node fails too often and is left alone for now")
	// ErrRetryBudget means that a command was not tried again because too many commands are being tried again: see
	// Config.RetryPercent. The failure of its last try stands beside it.
	ErrRetryBudget = errors.New("the budget of retries is spent")
	// ErrConnect means that no connection could be made: to any seed, or to the node.
	ErrConnect = errors.New("can't connect")
	// ErrClusterName means that a seed belongs to a cluster of another name; errors.As gives a *ClusterNameError.
	ErrClusterName = errors.New("another cluster's name")
	// ErrNode means that a node answered in a way that does not let it take part, e.g. with
	// another node's name.
	ErrNode = link.ErrNode
	// ErrNamespace means a namespace that no node of the cluster has. The error's code is
	// protocol.InvalidNamespace as well.
	ErrNamespace = errors.New("unknown namespace")
	// ErrEmptyBatch means a batch without keys or rows.
	ErrEmptyBatch = errors.New("batch without rows")
	// ErrBatchNamespaces means a batch of keys of several namespaces.
	ErrBatchNamespaces = errors.New("batch of keys of several namespaces")
)

// A PoolExhaustedError tells how long a caller waited for a connection. It is ErrPoolExhausted and ErrTimeout.
type PoolExhaustedError struct {
	Waited time.Duration
	Max    int // connections that the pool may have
}

// Error gives one line.
func (e *PoolExhaustedError) Error() string {
	return fmt.Sprintf("%v: waited %v for one of %d", ErrPoolExhausted, e.Waited.Round(time.Microsecond), e.Max)
}

// Is reports whether target is ErrPoolExhausted or ErrTimeout.
func (e *PoolExhaustedError) Is(target error) bool {
	return target == ErrPoolExhausted || target == ErrTimeout
}

// A ClusterNameError tells that a node belongs to another cluster. Nothing but its name was asked, and nothing is sent to it. It
// is ErrClusterName.
type ClusterNameError struct {
	Want, Got string
}

// Error gives one line.
func (e *ClusterNameError) Error() string {
	return fmt.Sprintf("%v: it is %q, not %q as Config.ClusterName says", ErrClusterName, e.Got, e.Want)
}

// Is reports whether target is ErrClusterName.
func (e *ClusterNameError) Is(target error) bool { return target == ErrClusterName }

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

// verdictOf returns the server's verdict in a command's error, and whether it may have been applied all the same.
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
