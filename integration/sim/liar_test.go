package sim

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A liar passes calls on to a client and changes the results of single writes, reads, batches and
// queries. A nil function changes nothing.
type liar struct {
	Client
	write  func(write func() error) error
	read   func(key protocol.Key, read func() (*protocol.Record, error)) (*protocol.Record, error)
	batch  func(results []cluster.BatchResult, err error) ([]cluster.BatchResult, error)
	query  func(records iter.Seq2[*protocol.Record, error]) iter.Seq2[*protocol.Record, error]
	close  func() error
	commit func(status cluster.CommitStatus, err error) (cluster.CommitStatus, error)
	// highLevel wraps operations of package mapper and SQL. operate changes the operations of a
	// command.
	highLevel func(do func() error) error
	operate   func(ops []protocol.Operation)
	// writesOutside and readsOutside execute commands of a transaction outside it.
	writesOutside, readsOutside bool
}

func (l *liar) Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error {
	if l.writesOutside {
		ctx = cluster.WithTxn(ctx, nil)
	}
	put := func() error { return l.Client.Put(ctx, p, key, bins) }
	if l.write == nil {
		return put()
	}
	return l.write(put)
}

func (l *liar) Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	get := func() (*protocol.Record, error) { return l.Client.Get(l.outside(ctx), p, key, bins...) }
	if l.read == nil {
		return get()
	}
	return l.read(key, get)
}

func (l *liar) GetHeader(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (*protocol.Record, error) {
	return l.Client.GetHeader(l.outside(ctx), p, key)
}

func (l *liar) Exists(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (bool, error) {
	return l.Client.Exists(l.outside(ctx), p, key)
}

func (l *liar) BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error) {
	return l.Client.BatchRead(l.outside(ctx), p, keys, bins...)
}

// outside returns the context of a read.
func (l *liar) outside(ctx context.Context) context.Context {
	if l.readsOutside {
		return cluster.WithTxn(ctx, nil)
	}
	return ctx
}

func (l *liar) BatchWrite(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow) ([]cluster.BatchResult, error) {
	results, err := l.Client.BatchWrite(ctx, p, rows)
	if l.batch == nil {
		return results, err
	}
	return l.batch(results, err)
}

func (l *liar) Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error] {
	records := l.Client.Query(ctx, p, stmt)
	if l.query == nil {
		return records
	}
	return l.query(records)
}

func (l *liar) Commit(ctx context.Context, t *cluster.Txn) (cluster.CommitStatus, error) {
	status, err := l.Client.Commit(ctx, t)
	if l.commit == nil {
		return status, err
	}
	return l.commit(status, err)
}

func (l *liar) runHighLevel(do func() error) error {
	if l.highLevel == nil {
		return do()
	}
	return l.highLevel(do)
}

func (l *liar) Operate(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error) {
	if l.operate != nil {
		l.operate(ops)
	}
	return l.Client.Operate(ctx, p, key, ops...)
}

func (l *liar) Close() error {
	if l.close == nil {
		return l.Client.Close()
	}
	return l.close()
}

// claim returns a changed copy of an error.
func claim(err error, change func(e *protocol.Error)) error {
	var e *protocol.Error
	if !errors.As(err, &e) {
		return err
	}
	other := *e
	change(&other)
	return &other
}

// afterwards returns a liar that changes the results of writes.
func afterwards(lie func(error) error) liar {
	return liar{write: func(write func() error) error { return lie(write()) }}
}

func readAfterwards(lie func(*protocol.Record, error) (*protocol.Record, error)) liar {
	return liar{read: func(_ protocol.Key, read func() (*protocol.Record, error)) (*protocol.Record, error) {
		return lie(read())
	}}
}

// firstReads returns a liar that returns each record as it was first read.
func firstReads() liar {
	var mu sync.Mutex
	known := make(map[protocol.Digest]*protocol.Record)
	return liar{read: func(key protocol.Key, read func() (*protocol.Record, error)) (*protocol.Record, error) {
		rec, err := read()
		mu.Lock()
		defer mu.Unlock()
		if old := known[key.Digest()]; old != nil && err == nil && len(old.Bins) == len(rec.Bins) {
			return old, nil
		}
		known[key.Digest()] = rec
		return rec, err
	}}
}

// edited returns a liar that changes the records and the error of a query.
func edited(edit func(list []*protocol.Record, err error) ([]*protocol.Record, error)) liar {
	return liar{query: func(records iter.Seq2[*protocol.Record, error]) iter.Seq2[*protocol.Record, error] {
		return func(yield func(*protocol.Record, error) bool) {
			var list []*protocol.Record
			var failure error
			for rec, err := range records {
				if failure = err; err == nil {
					list = append(list, rec)
				}
			}
			list, failure = edit(list, failure)
			for _, rec := range list {
				if !yield(rec, nil) {
					return
				}
			}
			if failure != nil {
				yield(nil, failure)
			}
		}
	}}
}

// swapped swaps the first two results of a batch.
func swapped(results []cluster.BatchResult, err error) ([]cluster.BatchResult, error) {
	if len(results) > 1 && err == nil {
		results[0].Record, results[1].Record = results[1].Record, results[0].Record
	}
	return results, err
}

// liars break each of the rules that a client can break.
var liars = map[string]struct {
	rule Rule
	lie  func() liar
}{
	"hides doubt": {FalseNotApplied, func() liar {
		return afterwards(func(err error) error { return claim(err, func(e *protocol.Error) { e.InDoubt = false }) })
	}},
	"reports applied writes as failed": {FalseNotApplied, func() liar {
		return afterwards(func(error) error { return &protocol.Error{Code: protocol.ClientError, Err: cluster.ErrNoNode} })
	}},
	"always doubts": {FalseInDoubt, func() liar {
		return afterwards(func(err error) error { return claim(err, func(e *protocol.Error) { e.InDoubt = true }) })
	}},
	"doubts refusals": {UnneededInDoubt, func() liar {
		return afterwards(func(err error) error {
			return claim(err, func(e *protocol.Error) { e.InDoubt = e.InDoubt || e.Code != protocol.ClientError })
		})
	}},
	"hides failures": {FalseApplied, func() liar { return afterwards(func(error) error { return nil }) }},
	"says OK and writes nothing": {FalseApplied, func() liar {
		return liar{write: func(func() error) error { return nil }}
	}},
	"writes twice": {AppliedTwice, func() liar {
		return liar{write: func(write func() error) error { return errors.Join(write(), write()) }}
	}},
	"sends twice": {ForbiddenSend, func() liar {
		return liar{write: func(write func() error) error {
			if err := write(); err == nil {
				return nil
			}
			return write()
		}}
	}},
	"doubts reads": {ReadInDoubt, func() liar {
		return readAfterwards(func(rec *protocol.Record, err error) (*protocol.Record, error) {
			return rec, claim(err, func(e *protocol.Error) { e.InDoubt = true })
		})
	}},
	"reads old versions": {WrongRead, firstReads},
	"reads half of a record": {WrongRead, func() liar {
		return readAfterwards(func(rec *protocol.Record, err error) (*protocol.Record, error) {
			if err == nil && len(rec.Bins) > 0 {
				rec.Bins = rec.Bins[1:]
			}
			return rec, err
		})
	}},
	"finds no record": {ImpossibleCode, func() liar {
		return readAfterwards(func(rec *protocol.Record, err error) (*protocol.Record, error) {
			return nil, &protocol.Error{Code: protocol.KeyNotFound}
		})
	}},
	"invents result codes": {ImpossibleCode, func() liar {
		return afterwards(func(err error) error { return claim(err, func(e *protocol.Error) { e.Code = protocol.RecordTooBig }) })
	}},
	"says it was canceled": {ImpossibleCause, func() liar {
		return afterwards(func(err error) error {
			return claim(err, func(e *protocol.Error) { e.Code, e.Err = protocol.ClientError, context.Canceled })
		})
	}},
	"returns untyped errors": {ImpossibleCause, func() liar {
		return afterwards(func(err error) error {
			if err != nil {
				return errors.New(err.Error())
			}
			return nil
		})
	}},
	"refuses commands that have time": {ImpossibleCause, func() liar {
		return liar{write: func(func() error) error {
			return &protocol.Error{Code: protocol.ClientError, Err: cluster.ErrOverload}
		}}
	}},
	"mixes rows up": {WrongWriteResult, func() liar { return liar{batch: swapped} }},
	"hides failed rows": {WrongBatchError, func() liar {
		return liar{batch: func(results []cluster.BatchResult, _ error) ([]cluster.BatchResult, error) { return results, nil }}
	}},
	"loses records": {QueryLost, func() liar {
		return edited(func(list []*protocol.Record, err error) ([]*protocol.Record, error) {
			return list[min(1, len(list)):], err
		})
	}},
	"hides the error of an incomplete query": {QueryLost, func() liar {
		return edited(func(list []*protocol.Record, _ error) ([]*protocol.Record, error) { return list, nil })
	}},
	"repeats records": {QueryDuplicate, func() liar {
		return edited(func(list []*protocol.Record, err error) ([]*protocol.Record, error) {
			return append(list, list[:min(1, len(list))]...), err
		})
	}},
	"invents records": {WrongQueryResult, func() liar {
		return edited(func(list []*protocol.Record, err error) ([]*protocol.Record, error) {
			return append(list, &protocol.Record{Key: protocol.MustKey(namespace, fixed, "stranger"), Generation: 1}), err
		})
	}},
	"hides failed commits": {FalseCommitted, func() liar {
		return liar{commit: func(cluster.CommitStatus, error) (cluster.CommitStatus, error) { return cluster.CommitOK, nil }}
	}},
	"hides commits": {FalseNotCommitted, func() liar {
		return liar{commit: func(cluster.CommitStatus, error) (cluster.CommitStatus, error) {
			return cluster.CommitVerifyFailed, &cluster.CommitError{Status: cluster.CommitVerifyFailed}
		}}
	}},
	"contradicts a transaction": {ImpossibleCause, func() liar {
		return liar{commit: func(status cluster.CommitStatus, _ error) (cluster.CommitStatus, error) {
			return status, &cluster.CommitError{Status: cluster.CommitMarkAbandoned, InDoubt: true}
		}}
	}},
	"writes outside of a transaction": {TornTransaction, func() liar { return liar{writesOutside: true} }},
	"reads outside of a transaction":  {NonrepeatableRead, func() liar { return liar{readsOutside: true} }},
	"repeats a change in doubt": {AppliedTwice, func() liar {
		return liar{highLevel: func(do func() error) error {
			err := do()
			var e *protocol.Error
			if errors.As(err, &e) && e.InDoubt {
				return do() // as if the write had certainly not been applied
			}
			return err
		}}
	}},
	"hides doubt of mapper and SQL": {FalseNotApplied, func() liar {
		return liar{highLevel: func(do func() error) error {
			return claim(do(), func(e *protocol.Error) { e.InDoubt = false })
		}}
	}},
	"hides failures of mapper and SQL": {FalseApplied, func() liar {
		return liar{highLevel: func(do func() error) error { _ = do(); return nil }}
	}},
	"counts wrongly": {WrongWriteResult, func() liar {
		return liar{operate: func(ops []protocol.Operation) {
			for i := range ops {
				if ops[i].Bin == binCount {
					ops[i].Value = protocol.Int(2)
				}
			}
		}}
	}},
	"returns late": {Late, func() liar {
		return afterwards(func(err error) error { time.Sleep(time.Second); return err })
	}},
	"closes slowly": {Late, func() liar {
		return liar{close: func() error { time.Sleep(time.Second); return nil }}
	}},
	"never closes": {Leak, func() liar {
		return liar{close: func() error { return nil }}
	}},
	"never recovers": {NotRecovered, func() liar {
		var failed atomic.Pointer[error]
		return readAfterwards(func(rec *protocol.Record, err error) (*protocol.Record, error) {
			if err != nil && !errors.Is(err, protocol.KeyNotFound) {
				failed.Store(&err)
			}
			if first := failed.Load(); first != nil {
				return nil, *first
			}
			return rec, err
		})
	}},
}

// maxSeeds is the number of seeds within which a liar must be caught.
const maxSeeds = 40

// TestLiarsAreCaught checks that every liar is caught within a few seeds, by the rule that it
// breaks.
func TestLiarsAreCaught(t *testing.T) {
	for name, l := range liars {
		t.Run(name, func(t *testing.T) {
			transactions := slices.Contains([]Rule{FalseCommitted, FalseNotCommitted, TornTransaction, NonrepeatableRead}, l.rule)
			for seed, tried := uint64(1), 0; tried < maxSeeds; seed++ {
				p := Draw(seed)
				if transactions && p.Strong == 0 {
					continue
				}
				tried++
				wrap := func(c Client) Client {
					lie := l.lie()
					lie.Client = c
					return &lie
				}
				e, violations := simulate(t, p, wrap)
				for _, v := range violations {
					if v.Rule == l.rule {
						require.Contains(t, describe(e, violations), "-first")
						return
					}
				}
			}
			t.Fatalf("not caught in %d seeds", maxSeeds)
		})
	}
}
