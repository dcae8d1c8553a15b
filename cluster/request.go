package cluster

import (
	"sync"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A request is one call of a single-record command: its parameters, the command and the answer. It
// stays in one place from the Client's method to the sender, so that nothing of it is copied on the
// way and the stacks of waiting callers stay small.
type request struct {
	call
	cmd  wire.Command
	resp wire.Response
}

var requestPool = sync.Pool{New: func() any { return new(request) }}

// newRequest returns an empty request. Its owner must call free.
func newRequest() *request { return requestPool.Get().(*request) }

// free keeps the memory of the request for another. The caller must not use it any more.
func (r *request) free() {
	*r = request{}
	requestPool.Put(r)
}
