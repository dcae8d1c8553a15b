package cluster

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol/wire"
)

// request returns the part of a query's requests that is the same for all nodes. It fails if no
// server could accept the statement.
func (stmt *Statement) request(p *QueryPolicy, l *limits) (*wire.Query, error) {
	r := &wire.Query{Scan: wire.Scan{
		Namespace: stmt.Namespace, Set: stmt.Set, Bins: stmt.Bins, NoBins: stmt.NoBins,
		RecordsPerSecond: uint32(p.RecordsPerSecond), SocketTimeout: uint32(l.socket.Milliseconds()), Filter: p.Filter,
	}, Ops: stmt.Ops}
	if stmt.NoBins && len(stmt.Bins)+len(stmt.Ops) > 0 {
		return nil, configError("Statement.NoBins is set together with Bins or Ops; omit one of them")
	}
	if p.Compress {
		r.Info1 |= wire.Info1CompressResponses
	}
	switch p.ExpectedDuration {
	case ShortQuery:
		r.Info1 |= wire.Info1ShortQuery
	case LongQueryRelaxAP:
		r.Info2 |= wire.Info2RelaxAPQuery
	}
	var err error
	if r.Where, err = stmt.Filter.request(); err != nil {
		return nil, err
	}
	// An error of the query as a whole shows with any partition.
	trial := *r
	trial.Partitions = []uint16{0}
	_, err = trial.AppendMessage(nil)
	return r, err
}

// identity returns a hash of everything that determines which records a query returns, and in which
// order. Queries with equal identities can use each other's cursors.
func identity(r *wire.Query) uint64 {
	what := wire.Query{Scan: wire.Scan{Namespace: r.Namespace, Set: r.Set, Filter: r.Filter, Partitions: []uint16{0}}, Where: r.Where}
	// request has already encoded it, so this can't fail.
	message, _ := what.AppendMessage(nil)
	sum := sha256.Sum256(message)
	return binary.BigEndian.Uint64(sum[:]) | 1
}
