package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// Causes of errors on the client's side. Use errors.Is to test for them.
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
	// ErrPoolExhausted means that all connections to a node were in use until the timeout.
	ErrPoolExhausted = link.ErrPoolExhausted
	// ErrOverload means that commands for a node arrive faster than it answers them. Nothing was
	// sent. The command was refused at once because too many others were waiting, see
	// Config.MaxQueuePerNode; or it waited, and too little of its time was left for an answer when
	// its turn came. Then the error is ErrTimeout too, or context.DeadlineExceeded if the context
	// set the limit, and may be returned some round trips early. Send fewer commands, or try again
	// after a pause.
	ErrOverload = link.ErrOverload
	// ErrNodeBackoff means that the node has failed more often than Config.MaxErrorRate allows. No
	// command is sent to it until Config.ErrorRateWindow has passed. Nothing was sent. Try again
	// later, or with another replica policy.
	ErrNodeBackoff = errors.New("node is backing off after too many errors")
	// ErrRetryBudget means that a command was not retried because too many commands are being
	// retried, see Config.RetryPercent. The error also wraps the error of the last try.
	ErrRetryBudget = errors.New("retry budget exhausted")
	// ErrConnect means that the client could not connect to the node, or to any seed.
	ErrConnect = errors.New("can't connect")
	// ErrClusterName means that a seed belongs to a cluster with another name. Use errors.As to get
	// the *ClusterNameError.
	ErrClusterName = errors.New("cluster name mismatch")
	// ErrNode means that a node can't be used because of what it answered, such as another node's
	// name.
	ErrNode = link.ErrNode
	// ErrNamespace means that no node of the cluster has the namespace. The error also has the code
	// protocol.InvalidNamespace.
	ErrNamespace = errors.New("unknown namespace")
	// ErrEmptyBatch means that a batch has no keys or rows.
	ErrEmptyBatch = errors.New("batch without rows")
	// ErrBatchNamespaces means that the keys of a batch are in more than one namespace.
	ErrBatchNamespaces = errors.New("batch of keys of several namespaces")
)

// contextError returns why the context has ended, or nil if it has not.
func contextError(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return link.ContextError(ctx)
}

// inner returns the text of an error for use within the text of another one, without the prefix
// that both have.
func inner(err error) string { return strings.TrimPrefix(err.Error(), "aerospike: ") }

// clientError returns the *protocol.Error for a failure before anything was sent.
func clientError(err error) *protocol.Error {
	return &protocol.Error{Code: protocol.ClientError, Err: err}
}

// ErrConfig means that a Config or a policy is invalid. The message names the field.
var ErrConfig = errors.New("invalid configuration")

func configError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrConfig, fmt.Errorf(format, args...))
}

// verdictOf returns the result code in a command's error, and whether the command may have been
// applied despite the error.
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

// ErrArgument means that an argument is invalid, such as a nil context, function or transaction.
var ErrArgument = errors.New("invalid argument")

var errNilContext = fmt.Errorf("%w: the context is nil", ErrArgument)

// ErrNoModule means that a module is not registered.
var ErrNoModule = errors.New("no such module")

// ErrNoFunction means that a module does not have the function. The error also has the code
// protocol.UDFError.
var ErrNoFunction = errors.New("no such function")

var (
	errNotOpened = fmt.Errorf("%w: it was not made by Open", ErrClosed)
)
