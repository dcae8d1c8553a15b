package cluster

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
)

// A Txn is a multi-record transaction. Its commands on records of one namespace take effect
// together or not at all, and see no changes that others make in the meantime. Needs server 8.0
// Enterprise and a namespace with strong consistency.
//
//	txn := cluster.NewTxn(cluster.TxnOptions{})
//	ctx := cluster.WithTxn(ctx, txn)
//	rec, err := client.Get(ctx, nil, from)
//	err = client.Put(ctx, nil, to, bins)
//	status, err := client.Commit(ctx, txn)
//
// Commands on single records, batches and UDF calls belong to a transaction if their context or
// policy refers to it. Client.Transact does all of the above, and retries transactions that
// conflict with others.
//
// A record that the transaction writes is locked. Reads outside of transactions return its old
// version. Writes by others fail with protocol.TransactionBlocked, as do reads in other
// transactions. A record that the transaction only reads is not locked, but the commit fails if it
// has changed. Locks are released when the transaction ends. If it has not ended by its timeout,
// the server rolls it back.
//
// A Txn is safe for concurrent use until it ends. It can't be reused.
type Txn struct {
	options TxnOptions

	mu      sync.Mutex // guards the fields below; not held during I/O
	state   transaction.Transaction
	created chan struct{} // closed when the pending creation of the monitor has ended
}

// TxnOptions are the options of a transaction. The zero value is the default.
type TxnOptions struct {
	// Timeout limits the transaction's duration, starting with its first write: 1 s to 2 minutes,
	// rounded up to whole seconds. The default is the server's mrt-duration, which is 10 s unless
	// changed.
	Timeout time.Duration
}

// MaxTxnTimeout is the longest timeout that servers accept.
const MaxTxnTimeout = 2 * time.Minute

// NewTxn returns a new transaction. It sends nothing to the server.
func NewTxn(o TxnOptions) *Txn {
	t := &Txn{options: o}
	for t.state.ID == 0 {
		t.state.ID = rand.Uint64() >> 1 // the id is also an integer key, which is signed
	}
	return t
}

// A TxnState is the state of a transaction: TxnOpen, TxnVerified, TxnCommitted, TxnAborted.
type TxnState uint8

// The states of a transaction.
const (
	TxnOpen      = TxnState(transaction.Open)      // accepts commands
	TxnVerified  = TxnState(transaction.Verified)  // its reads are verified, but it is not known to be committed
	TxnCommitted = TxnState(transaction.Committed) // durable
	TxnAborted   = TxnState(transaction.Aborted)   // rolled back
)

// String returns the state in one word, such as "open".
func (s TxnState) String() string { return transaction.State(s).String() }

// MaxTxnWrites is the largest number of records that a transaction may write.
const MaxTxnWrites = transaction.MaxWrites

// Errors of transactions. Use errors.Is.
var (
	// ErrTxnEnded means that the transaction of the command has been committed or aborted.
	ErrTxnEnded = transaction.ErrEnded
	// ErrTxnNamespace means that the record is not in the transaction's namespace, which is that of
	// its first command.
	ErrTxnNamespace = transaction.ErrNamespace
	// ErrTxnBusy means a commit or abort while commands of the transaction are running.
	ErrTxnBusy = transaction.ErrBusy
	// ErrTxnInDoubt means an abort of a transaction that may be committed.
	ErrTxnInDoubt = transaction.ErrInDoubt
	// ErrTxnUnsupported means that the namespace has no strong consistency, or that a server is
	// older than version 8.
	ErrTxnUnsupported = errors.New("transactions need a namespace with strong consistency, and servers of version 8 or later")
	// ErrTxnQuery means an operation that the server can't run in a transaction. Nothing was sent.
	// To run it outside of the transaction, use a context from WithTxn(ctx, nil).
	ErrTxnQuery = errors.New("scans, queries and truncations can't belong to a transaction")
)

// ID returns the transaction's id, which is random and positive.
func (t *Txn) ID() int64 { return int64(t.state.ID) }

// State returns the transaction's state.
func (t *Txn) State() TxnState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return TxnState(t.state.State())
}

// InDoubt reports whether it is unknown if the transaction is committed. Call Client.Commit again
// to resolve it.
func (t *Txn) InDoubt() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.InDoubt()
}

// Namespace returns the namespace of the transaction's records, "" before the first command.
func (t *Txn) Namespace() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Namespace()
}

type txnKey struct{}

// WithTxn returns a context whose commands belong to t, unless their policy sets another
// transaction. If t is nil they belong to no transaction.
func WithTxn(ctx context.Context, t *Txn) context.Context { return context.WithValue(ctx, txnKey{}, t) }

// TxnFrom returns the context's transaction, nil if it has none.
func TxnFrom(ctx context.Context) *Txn {
	if ctx == nil {
		return nil
	}
	t, _ := ctx.Value(txnKey{}).(*Txn)
	return t
}

// txnOf returns the transaction of a command: its policy's, or else its context's.
func txnOf(ctx context.Context, policy *Txn) *Txn {
	if policy != nil {
		return policy
	}
	return TxnFrom(ctx)
}

// outsideTxn returns ErrTxnQuery if the context has a transaction.
func outsideTxn(ctx context.Context) error {
	if TxnFrom(ctx) != nil {
		return clientError(ErrTxnQuery)
	}
	return nil
}

func (o *TxnOptions) validate() error {
	if o.Timeout < 0 || o.Timeout > MaxTxnTimeout {
		return configError("TxnOptions.Timeout is %v, not between 1s and %v", o.Timeout, MaxTxnTimeout)
	}
	return nil
}

// seconds returns the timeout in seconds, as the monitor stores it.
func (o *TxnOptions) seconds() uint32 { return uint32((o.Timeout + time.Second - 1) / time.Second) }
