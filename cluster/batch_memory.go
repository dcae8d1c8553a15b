package cluster

import "sync"

// maxKeptRows is the number of rows up to which a batch's memory is kept for another one.
const maxKeptRows = 4096

// A rowMemory keeps the rows of batches that are over, which nobody knows any more, for those to come.
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
