package cluster

import (
	"sync"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
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

// maxKeptFrame is the size in bytes up to which the memory of a batch's request is kept for another
// one. Small requests are in the memory of their connection.
const maxKeptFrame = 1 << 20

// A frameMemory keeps the memory of large requests for later ones.
type frameMemory struct{ spare sync.Pool }

// take returns memory for a request of about size bytes: buf if it is large enough.
func (m *frameMemory) take(buf []byte, size int) []byte {
	if size += size / 4; cap(buf) >= size {
		return buf
	}
	if kept, ok := m.spare.Get().(*[]byte); ok && cap(*kept) >= size {
		return (*kept)[:0]
	}
	return make([]byte, 0, size)
}

// put takes back the memory of a request that has been sent and that its connection does not keep.
func (m *frameMemory) put(request []byte) {
	if size := cap(request); size > link.MaxKept && size <= maxKeptFrame {
		m.spare.Put(&request)
	}
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
	spare      *protocol.Record // of the caller's earlier results, nil if there is none
}

// A batchPart is what one node is sent in one round.
type batchPart struct {
	node *Node
	rows []int
	size int // of the request, in bytes and approximately; 0 if it is not known
}
