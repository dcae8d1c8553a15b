package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"

	"github.com/aerosql/aerosql/examples/shop/order"
	"github.com/aerosql/aerosql/examples/shop/session"
)

// errRequest is the kind of errors about what the client sent.
var errRequest = errors.New("invalid request")

// statuses says which errors are which status. The first that fits counts.
var statuses = []struct {
	err    error
	status int
}{
	// A write in doubt comes first: it may have happened, whatever else the error says. The client
	// reads, or repeats a request that can be repeated.
	{mapper.ErrInDoubt, http.StatusServiceUnavailable},
	{errRequest, http.StatusBadRequest},
	{order.ErrInvalid, http.StatusBadRequest},
	{session.ErrNone, http.StatusUnauthorized},
	{mapper.ErrNotFound, http.StatusNotFound},
	{mapper.ErrStale, http.StatusPreconditionFailed},
	{mapper.ErrCursor, http.StatusBadRequest},
	{mapper.ErrExists, http.StatusConflict},
	{order.ErrOutOfStock, http.StatusConflict},
	{order.ErrTaken, http.StatusConflict},
	{mapper.ErrRange, http.StatusBadRequest}, // such as a place that is not on the earth
	{cluster.ErrTimeout, http.StatusGatewayTimeout},
	{context.DeadlineExceeded, http.StatusGatewayTimeout},
}

func statusOf(err error) int {
	if _, invalid := errors.AsType[*mapper.ValidationError](err); invalid {
		return http.StatusBadRequest
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}
