package cluster

import (
	"sync"

	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxKeptRows is the number of rows up to which a batch's memory is kept for another one.
const maxKeptRows = 4096

// A rowMemory keeps the memory of the rows of finished batches for later ones.
type rowMemory struct{ spare sync.Pool }

// take returns n zero rows.
func (m *rowMemory) take(n int) []batchRow {
	if kept, ok := m.spare.Get().(*[]batchRow); ok && cap(*kept) >= n {
		return (*kept)[:n]
	}
	return make([]batchRow, n)
}

// put takes rows back. What they refer to is forgotten.
func (m *rowMemory) put(rows []batchRow) {
	if cap(rows) > maxKeptRows {
		return
	}
	clear(rows)
	m.spare.Put(&rows)
}

type batchRow struct {
	cmd   wire.Command
	state retry.State
	turn  int        // changes of replica
	asked *batchPart // whom the row was sent to in this round, nil once it is answered
	node  *Node
	fail  failure
	// The record's version in the row's last answer, for a transaction.
	version    wire.RecordVersion
	hasVersion bool
}

// A batchPart is what one node is sent in one round.
type batchPart struct {
	node *Node
	rows []int
}
