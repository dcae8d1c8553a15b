package cluster

import (
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxKeptRows is the number of rows up to which a batch's memory is kept for another one.
const maxKeptRows = 4096

// A rowMemory keeps the memory of the rows of finished batches, and of their commands, for later
// ones.
type rowMemory struct {
	rows     sync.Pool // of *[]batchRow
	commands sync.Pool // of *[]wire.Command
}

// take returns n zero rows.
func (m *rowMemory) take(n int) []batchRow { return takeZero[batchRow](&m.rows, n) }

// takeCommands returns n zero commands.
func (m *rowMemory) takeCommands(n int) []wire.Command { return takeZero[wire.Command](&m.commands, n) }

// put takes rows and their commands back. What they refer to is forgotten.
func (m *rowMemory) put(rows []batchRow, commands []wire.Command) {
	putCleared(&m.rows, rows)
	putCleared(&m.commands, commands)
}

// takeZero returns n zero elements, in kept memory if it is large enough.
func takeZero[T any](pool *sync.Pool, n int) []T {
	if kept, ok := pool.Get().(*[]T); ok && cap(*kept) >= n {
		return (*kept)[:n]
	}
	return make([]T, n)
}

// putCleared clears elements and keeps their memory, unless they are too many.
func putCleared[T any](pool *sync.Pool, all []T) {
	if len(all) == 0 || cap(all) > maxKeptRows {
		return
	}
	clear(all)
	kept := all // so that the argument does not escape to the heap
	pool.Put(&kept)
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
		kept := request // so that the argument does not escape to the heap
		m.spare.Put(&kept)
	}
}

// A batchRow is a row of a batch. Its key is that of its result.
type batchRow struct {
	cmd   *wire.Command // the row's own, with its key, or shared with other rows
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
	// sent is the request that was sent at began; its conn is nil before and after.
	sent  exchange
	began time.Time
}
