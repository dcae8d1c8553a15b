package cluster

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/transaction"
)

// A Txn is a multi-record transaction: commands on many records of one namespace that take effect together or
// not at all, and see nothing of what others do meanwhile (server 8 Enterprise, namespaces with strong consistency).
//
//	txn := cluster.NewTxn(cluster.TxnOptions{})
//	ctx := cluster.WithTxn(ctx, txn)
//	rec, err := client.Get(ctx, nil, from)
//	err = client.Put(ctx, nil, to, bins)
//	status, err := client.Commit(ctx, txn)
//
// Commands belong to a transaction if their context or their policy names it: all commands on single records,
// batches and functions. Client.Transact does all of the above, and tries again where others were in the way.
//
// A record that the transaction writes is locked: others still read it as it was, and their writes fail with
// protocol.TransactionBlocked, as do the reads of other transactions. What it only reads is not locked; the commit
// fails if it has changed. A lock ends with the transaction, at the latest at its timeout, behind which the server rolls back.
//
// Until it is ended a Txn may be used from several goroutines. It serves for one transaction.
type Txn struct {
	options TxnOptions

	mu      sync.Mutex // guards what follows; it is never held over I/O
	state   transaction.Transaction
	created chan struct{} // closed when the creation of the monitor that is under way has ended
}

// TxnOptions are what a transaction is begun with. The zero value is the default.
type TxnOptions struct {
	// Timeout is how long the transaction may last from its first write on: 1 s to 2 minutes, rounded up to whole
	// seconds. Default is what the server has configured (mrt-duration), which is 10 s unless changed.
	Timeout time.Duration
}

// MaxTxnTimeout is the longest timeout that a server allows a transaction.
const MaxTxnTimeout = 2 * time.Minute

// NewTxn returns a transaction to which commands can belong. Nothing is sent.
func NewTxn(o TxnOptions) *Txn {
	t := &Txn{options: o}
	for t.state.ID == 0 {
		t.state.ID = rand.Uint64() >> 1 // as a key the id is a signed number
	}
	return t
}

// A TxnState is how far a transaction has come.
type TxnState uint8

// The states of a transaction.
const (
	TxnOpen      = TxnState(transaction.Open)      // takes commands
	TxnVerified  = TxnState(transaction.Verified)  // its reads held, but it is not known to be committed
	TxnCommitted = TxnState(transaction.Committed) // cannot be lost any more
	TxnAborted   = TxnState(transaction.Aborted)   // nothing of it stays
)

// String returns the state in a word.
func (s TxnState) String() string { return transaction.State(s).String() }

// MaxTxnWrites is the largest number of records that a transaction may write.
const MaxTxnWrites = transaction.MaxWrites

// What a transaction does not allow, to be asked for with errors.Is.
var (
	// ErrTxnEnded means a command of a transaction that was committed or aborted.
	ErrTxnEnded = transaction.ErrEnded
	// ErrTxnNamespace means a record of another namespace than the transaction's first.
	ErrTxnNamespace = transaction.ErrNamespace
	// ErrTxnBusy means a commit or abort while commands of the transaction are under way.
	ErrTxnBusy = transaction.ErrBusy
	// ErrTxnInDoubt means an abort of a transaction that may be committed.
	ErrTxnInDoubt = transaction.ErrInDoubt
	// ErrTxnUnsupported means a namespace without strong consistency, or a server before version 8: there are no transactions.
	ErrTxnUnsupported = errors.New("transactions need a namespace with strong consistency, and servers of version 8 or later")
	// ErrTxnQuery means something that the server can't do within a transaction. Nothing was sent. Do it
	// outside of it, with a context from WithTxn(ctx, nil).
	ErrTxnQuery = errors.New("scans, queries and truncations can't belong to a transaction")
)

// ID is the transaction's id, random and greater than 0.
func (t *Txn) ID() int64 { return int64(t.state.ID) }

// State returns how far the transaction has come.
func (t *Txn) State() TxnState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return TxnState(t.state.State())
}

// InDoubt reports whether nobody knows yet if the transaction is committed. Client.Commit, called again, finds out.
func (t *Txn) InDoubt() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.InDoubt()
}

// Namespace is the one of the transaction's records, "" before the first command.
func (t *Txn) Namespace() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Namespace()
}

type txnKey struct{}

// WithTxn returns a context under which commands belong to a transaction, unless their policy names another one. With nil they belong to none.
func WithTxn(ctx context.Context, t *Txn) context.Context { return context.WithValue(ctx, txnKey{}, t) }

// TxnFrom returns the transaction of a context, nil for none.
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

// outsideTxn refuses what can't belong to a transaction.
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

// seconds is the timeout as a monitor has it.
func (o *TxnOptions) seconds() uint32 { return uint32((o.Timeout + time.Second - 1) / time.Second) }
