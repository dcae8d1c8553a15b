package cluster

import (
	"sync"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A request is one call of a single-record command. It stays in one place from the Client's method
// to the sender: nothing of it is copied on the way, and the stacks of callers stay small. A new
// goroutine that makes one call would otherwise spend most of its time on growing its stack.
type request struct {
	call
	cmd   wire.Command
	resp  wire.Response
	span  link.Span
	state retry.State
	fail  failure // of the latest try
	probe *probe  // nil if the call is not observed
}

var requestPool = sync.Pool{New: func() any { return new(request) }}

// newRequest returns an empty request. Its owner must call free.
func newRequest() *request { return requestPool.Get().(*request) }

// free keeps the memory of the request for another. The caller must not use it any more.
func (r *request) free() {
	*r = request{}
	requestPool.Put(r)
}
